//! What holds for all of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::stage::EXAMPLES;

fn scripts() -> Vec<PathBuf> {
    let files = fs::read_dir(EXAMPLES).unwrap().map(|entry| entry.unwrap().path());
    let scripts: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "sh")).collect();
    assert!(!scripts.is_empty());
    scripts
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let checked = Command::new("shellcheck")
        .args(scripts())
        .output()
        .expect("this test needs shellcheck (tools/test gets it)");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn each_can_be_run_stands_in_the_readme_and_has_a_test() {
    let read = |path: &str| fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let readme = read("README.md");
    for script in scripts() {
        let name = script.file_name().unwrap().to_str().unwrap();
        assert_eq!(script.metadata().unwrap().permissions().mode() & 0o111, 0o111, "{name}");
        assert!(readme.contains(&format!("(examples/{name})")), "{name}");
        let test = read(&format!("tests/examples/{}.rs", name.trim_end_matches(".sh").replace('-', "_")));
        assert!(test.contains(name), "{name}");
    }
}
