//! The machine on which a run was measured.

use std::fs;
use std::thread::available_parallelism;

/// `2 processors (Intel Xeon), a virtual machine, Linux 6.1, Debian GNU/Linux 12`.
pub fn described() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let field =
        |name| processor.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(": "));
    let model = field("model name").map_or("of an unknown kind", |(_, model)| model);
    let is_virtual =
        field("flags").is_some_and(|(_, flags)| flags.split(' ').any(|flag| flag == "hypervisor"));
    let release = read("/proc/sys/kernel/osrelease");
    let kernel: Vec<&str> = release.split(['.', '-']).take(2).collect();
    let system = read("/etc/os-release");
    let system =
        system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("an unknown system");
    let count = available_parallelism().map_or(0, usize::from);
    let kind = if is_virtual { ", a virtual machine" } else { "" };
    let (kernel, system) = (kernel.join("."), system.trim_matches('"'));
    format!("{count} processors ({model}){kind}, Linux {kernel}, {system}")
}
