//! The tools that a user might pick, and how each of them is invoked.

/// What the locks of a tool are: the two families do not see each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Flock,
    Fcntl,
}

/// Where a tool is found.
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    /// This project, as tools/release ships it.
    Shipped,
    /// This project, as `cargo build --release` builds it.
    Built,
    /// The shipped one, invoked as flock.
    AsFlock,
    /// A program of a Debian package.
    Debian(&'static str, &'static str),
    /// A C program of this bench, of this name.
    Floor(&'static str),
    /// A library of Python, through `locks.py`.
    Python(&'static str),
}

/// What is asked of a tool.
#[derive(Debug, Clone, Copy)]
pub enum Call {
    /// Run a command under the lock, waiting for it if need be.
    Run,
    /// Exec the command instead of forking.
    InPlace,
    /// Run a command string with a shell.
    Shell,
    /// Do not wait, and be refused.
    Refuse,
}

/// A tool, and its words for each call: LOCK and CMD stand for what they say.
#[derive(Debug)]
pub struct Tool {
    pub name: &'static str,
    pub from: Origin,
    pub family: Family,
    calls: [&'static str; 4],
}

pub const SHIPPED: &str = "fasten, as shipped";
pub const BUILT: &str = "fasten, as built";
pub const NAMING: &str = "fasten, naming the holder";
pub const BUILT_NAMING: &str = "fasten as built, naming the holder";
pub const WRITE: &str = "fasten write";
pub const FLOCK: &str = "flock(1)";
pub const FLOOR: &str = "the floor with glibc";
pub const RAW_FLOOR: &str = "the floor without a C library";

/// All of them, fasten and what it is compared with first.
pub const TOOLS: [Tool; 17] = [
    fasten(SHIPPED, Origin::Shipped),
    fasten(BUILT, Origin::Built),
    tool(NAMING, Origin::Shipped, Family::Flock).refuse("exclusive -n LOCK -- CMD"),
    tool(BUILT_NAMING, Origin::Built, Family::Flock).refuse("exclusive -n LOCK -- CMD"),
    tool(WRITE, Origin::Shipped, Family::Flock).run("write LOCK -- CMD"),
    tool("fasten as flock", Origin::AsFlock, Family::Flock)
        .run("LOCK CMD")
        .in_place("-F LOCK CMD")
        .shell("LOCK -c true")
        .refuse("-n LOCK CMD"),
    tool(FLOCK, Origin::Debian("util-linux", "flock"), Family::Flock)
        .run("LOCK CMD")
        .in_place("-F LOCK CMD")
        .shell("LOCK -c true")
        .refuse("-n LOCK CMD"),
    tool("flock of BusyBox", Origin::Debian("busybox", "busybox"), Family::Flock)
        .run("flock LOCK CMD")
        .shell("flock LOCK -c true")
        .refuse("flock -n LOCK CMD"),
    tool("setlock", Origin::Debian("daemontools", "setlock"), Family::Flock)
        .run("LOCK CMD")
        .in_place("LOCK CMD")
        .refuse("-n LOCK CMD"),
    tool("s6-setlock", Origin::Debian("s6", "s6-setlock"), Family::Fcntl)
        .run("LOCK CMD")
        .in_place("LOCK CMD")
        .refuse("-n LOCK CMD"),
    tool("with-lock-ex", Origin::Debian("chiark-utils-bin", "with-lock-ex"), Family::Fcntl)
        .run("-w LOCK CMD")
        .in_place("-w LOCK CMD")
        .refuse("-f LOCK CMD"),
    tool("lckdo", Origin::Debian("moreutils", "lckdo"), Family::Fcntl)
        .run("-w LOCK CMD")
        .in_place("-e -w LOCK CMD")
        .refuse("LOCK CMD"),
    tool("Python's fasteners", Origin::Python("fasteners"), Family::Fcntl).run("run fasteners LOCK CMD"),
    tool("Python's filelock", Origin::Python("filelock"), Family::Flock).run("run filelock LOCK CMD"),
    tool("Python's portalocker", Origin::Python("portalocker"), Family::Flock)
        .run("run portalocker LOCK CMD"),
    floor(FLOOR, Origin::Floor("floor")),
    floor(RAW_FLOOR, Origin::Floor("raw_floor")),
];

const fn fasten(name: &'static str, from: Origin) -> Tool {
    tool(name, from, Family::Flock)
        .run("exclusive LOCK -- CMD")
        .in_place("exclusive -F LOCK -- CMD")
        .shell("exclusive LOCK -c true")
        .refuse("exclusive -n -q LOCK -- CMD")
}

const fn floor(name: &'static str, from: Origin) -> Tool {
    tool(name, from, Family::Flock)
        .run("LOCK CMD")
        .in_place("-F LOCK CMD")
        .shell("LOCK /bin/sh -c true")
        .refuse("-n LOCK")
}

const fn tool(name: &'static str, from: Origin, family: Family) -> Tool {
    Tool { name, from, family, calls: [""; 4] }
}

impl Tool {
    /// The words of this call, if the tool has it.
    pub fn words(&self, call: Call) -> Option<&'static str> {
        let words = self.calls[call as usize];
        (!words.is_empty()).then_some(words)
    }

    const fn run(self, words: &'static str) -> Self {
        self.with(Call::Run, words)
    }

    const fn in_place(self, words: &'static str) -> Self {
        self.with(Call::InPlace, words)
    }

    const fn shell(self, words: &'static str) -> Self {
        self.with(Call::Shell, words)
    }

    const fn refuse(self, words: &'static str) -> Self {
        self.with(Call::Refuse, words)
    }

    const fn with(mut self, call: Call, words: &'static str) -> Self {
        self.calls[call as usize] = words;
        self
    }
}
