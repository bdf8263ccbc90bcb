//! Shells that are told one line after the other, in a directory of locks.

use std::path::Path;

use crate::support::{Place, Running, fasten, table, until};

impl Place {
    /// A shell that stands in it, and knows `fasten`.
    pub fn shell(&self) -> Shell {
        self.shell_in(&[])
    }

    /// The same, started by these words.
    pub fn shell_in(&self, words: &[String]) -> Shell {
        let mut running = Running::start(&[words, &["bash".to_owned()]].concat());
        let programs = Path::new(fasten()).parent().unwrap().display();
        running.tell(&format!("cd '{}'", self.directory().display()));
        running.tell(&format!("PATH='{programs}':$PATH; exec 2>&1"));
        Shell { running }
    }

    /// The lines of the kernel's table about this lock, without their numbers.
    pub fn table(&self, lock: &str) -> Vec<String> {
        table::lines(&self.path(lock))
    }

    /// The process that sleeps for this lock.
    pub fn pid_of_waiter(&self, lock: &str) -> String {
        let table = self.table(lock);
        let line = table.iter().find(|line| line.starts_with("-> ")).expect("a process waits");
        line.split_whitespace().nth(4).unwrap().to_owned()
    }
}

pub struct Shell {
    running: Running,
}

/// What a line came to.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub said: String,
}

impl Shell {
    /// Has a line done, and waits for its end.
    pub fn does(&mut self, line: &str) -> Ended {
        self.begins(line);
        self.ended()
    }

    /// Has a line done that is refused, until it names the holder: it does not where that takes too
    /// long.
    pub fn is_refused_by_name(&mut self, line: &str) -> Ended {
        let mut ended = self.does(line);
        until("the holder is named", || {
            let named = ended.said.contains(": held by ");
            if !named {
                ended = self.does(line);
            }
            named
        });
        ended
    }

    /// Has a line done that must end with this code, silently.
    pub fn ends(&mut self, line: &str, code: i32) {
        let ended = self.does(line);
        assert_eq!((ended.code, ended.said.as_str()), (code, ""), "{line}");
    }

    /// Has a line begun that will take its time.
    pub fn begins(&mut self, line: &str) {
        self.running.tell(&format!("{line}\necho \"=$?\""));
    }

    /// Whether the next line that what was begun says is this one.
    pub fn says(&mut self, line: &str) -> bool {
        self.running.line() == line
    }

    /// Waits for the end of what was begun.
    pub fn ended(&mut self) -> Ended {
        let mut said = String::new();
        loop {
            let line = self.running.line();
            if let Some(code) = line.strip_prefix('=') {
                return Ended { code: code.parse().unwrap(), said };
            }
            said.push_str(&line);
            said.push('\n');
        }
    }

    pub fn pid(&self) -> u32 {
        self.running.pid
    }
}
