//! The programs of this bench that are in C, built with the system's compiler.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Programs {
    pub directory: PathBuf,
}

impl Programs {
    /// Builds them all, in the directory where tools/bench puts what it builds.
    pub fn build() -> Self {
        let target = Path::new(env!("CARGO_BIN_EXE_fasten")).ancestors().nth(2).expect("a target directory");
        let programs = Self { directory: target.join("versus") };
        fs::create_dir_all(&programs.directory).expect("the target directory is writable");
        for name in ["floor", "empty", "hold", "library"] {
            programs.compile(name, &[]);
        }
        programs.compile("bare", &["-nostdlib"]);
        programs.compile("raw_floor", &["-nostdlib", "-fno-stack-protector"]);
        programs
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Another name for a program.
    pub fn link(&self, name: &str, program: &Path) -> PathBuf {
        let directory = self.path("links");
        fs::create_dir_all(&directory).expect("the target directory is writable");
        let link = directory.join(name);
        let _ = fs::remove_file(&link);
        symlink(program, &link).expect("there is nothing of that name any more");
        link
    }

    fn compile(&self, name: &str, how: &[&str]) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/versus/c/{name}.c"));
        let mut gcc = Command::new("gcc");
        gcc.args(["-O2", "-static"]).args(how).arg("-o").arg(self.path(name)).arg(source);
        assert!(gcc.status().expect("gcc can be started").success(), "{name} cannot be built");
    }
}
