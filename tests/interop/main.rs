//! fasten beside the programs that take the same locks, for real.
//!
//! What each of them does was seen with strace(1), in Debian 12; that it still
//! does is seen in the kernel's table, by
//! [`they_hold::the_kernel_shows_their_lock_as_the_table_says`].
//!
//! | program | opens the lock | and calls | bytes | when busy |
//! | --- | --- | --- | --- | --- |
//! | flock(1), util-linux 2.38 | `O_RDONLY\|O_CREAT` | `flock(LOCK_EX)`, `-s` `LOCK_SH` | | 1 |
//! | setlock, daemontools 0.76 | `O_WRONLY\|O_CREAT\|O_APPEND` | `flock(LOCK_EX)` | | 111 |
//! | s6-setlock, s6 2.11.3 | `O_WRONLY\|O_CREAT`, `-r` `O_RDONLY` | `fcntl(F_SETLKW, F_WRLCK)`, `-r` `F_RDLCK` | all | 1 |
//! | with-lock-ex, chiark-utils 7.0 | `O_RDWR\|O_CREAT` | `fcntl(F_SETLKW, F_WRLCK)` | the first | 255 |
//! | lckdo, moreutils 0.67 | `O_WRONLY\|O_CREAT`, `-s` `O_RDONLY\|O_CREAT` | `fcntl(F_SETLK, F_WRLCK)`, `-s` `F_RDLCK` | all | 75 |
//! | fasteners 0.20, both classes | `O_APPEND\|O_CREAT`, to read and write or to write | `fcntl(F_SETLK)`, again and again | all | false |
//! | lockf(3) | | `fcntl(F_SETLKW, F_WRLCK)` | from where the file stands | `EAGAIN` |
//! | cargo 1.95, `.cargo-lock` | `O_RDWR\|O_CREAT` | `flock(LOCK_EX\|LOCK_NB)`, then `flock(LOCK_EX)` | | waits |
//!
//! `s6-setlock -t` leaves the lock to a process of its own, `s6lockd-helper`, and
//! it is that one that fasten names.
//!
//! The programs come with `tools/test`.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/mod.rs"]
mod support;

mod cargo;
mod contenders;
mod they_hold;
mod tools;
mod we_hold;
