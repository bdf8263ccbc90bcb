//! The command line as clap sees it. `main.rs` hands the parsed line to the subcommand: `lock.rs` for
//! those that lock.
//!
//! This file imports nothing of the crate but `option_values`, so that the tests that compare the
//! completions and the manual with it can include both.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, Parser, Subcommand, ValueHint};

use super::option_values::{
    Color, OnDeadlock, Prefer, Shell, descriptor, exit_code, lock, permissions, slot_count, time,
};

/// Run a command while holding a lock.
#[derive(Debug, Parser)]
#[command(name = "fasten", version, args_override_self = true)]
#[command(after_help = "See 'fasten help COMMAND' for details, and 'fasten manual' for the manual page.")]
pub struct Cli {
    #[command(subcommand)]
    pub action: Action,
}

// The first paragraph is what `-h` and the completions show; `--help` shows all of them, with the
// lines as they are broken here.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Action {
    /// Run a command under an exclusive lock
    ///
    /// This is a plain mutex, the same lock that flock(1) takes. A stream of
    /// readers can keep it waiting; 'fasten write' takes turns with them.
    #[command(verbatim_doc_comment)]
    #[command(override_usage = "fasten exclusive [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Exclusive(ExclusiveArgs),
    /// Run a command under a shared lock, together with other readers
    ///
    /// Any number of readers run together, but none while a writer runs.
    #[command(override_usage = "fasten read [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...", verbatim_doc_comment)]
    Read(LockArgs),
    /// Run a command under an exclusive lock, taking turns with readers
    ///
    /// Neither readers nor writers can keep the others out, unless --prefer
    /// says so.
    #[command(verbatim_doc_comment)]
    #[command(override_usage = "fasten write [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Write(WriteArgs),
    /// Run a command in one of N slots
    ///
    /// At most N commands run at once, first come, first served. The command
    /// finds the number of its slot, 0 to N-1, in FASTEN_SLOT. 'exclusive' and
    /// 'write' wait until all slots are free.
    #[command(verbatim_doc_comment)]
    #[command(override_usage = "fasten slot -j <N> [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Slot(SlotArgs),
    /// Release the lock of an open descriptor
    ///
    /// It is not an error if the descriptor is not locked.
    #[command(verbatim_doc_comment)]
    Unlock(UnlockArgs),
    /// Show who holds locks and who waits for them
    ///
    /// Waiters are shown in the order of the queue. No lock is taken to find
    /// out. Exits with 0 if all locks are free, with 75 if one is held or its
    /// state is unknown.
    #[command(verbatim_doc_comment)]
    Status(StatusArgs),
    /// Check whether locks work in a directory
    ///
    /// Takes locks there, checks which processes get them, and prints each
    /// finding, with a remedy for what is wrong. Exits with 0 if nothing is
    /// wrong, with 71 if something is.
    #[command(verbatim_doc_comment)]
    Doctor(DoctorArgs),
    /// Print the completions for a shell
    ///
    /// The file belongs where the shell looks for completions, for bash in
    /// ~/.local/share/bash-completion/completions/fasten.
    #[command(verbatim_doc_comment)]
    Completions(CompletionsArgs),
    /// Show the manual page
    ///
    /// At a terminal man(1) shows it. Into a file or a pipe goes its source:
    /// fasten manual > fasten.1
    #[command(verbatim_doc_comment)]
    Manual,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct LockArgs {
    /// Do not wait for the lock
    ///
    /// Exit with 75 if the lock is not free at once. For 'read' it is not free
    /// if a writer holds it or waits for it, for 'write' if another process
    /// holds it or waits for it.
    #[arg(short, long, visible_alias = "nb", conflicts_with = "timeout", verbatim_doc_comment)]
    pub nonblock: bool,

    /// Wait at most TIME: 10, 1.5, 250ms, 2m, 1h30m
    ///
    /// A number without a unit is in seconds; the units are ms, s, m, h and d.
    /// TIME is for all LOCKs together; when it runs out, exit with 75. 0 is the
    /// same as --nonblock.
    #[arg(verbatim_doc_comment)]
    #[arg(short = 'w', long, visible_alias = "wait", value_name = "TIME", value_parser = time)]
    #[arg(allow_hyphen_values = true)]
    pub timeout: Option<Duration>,

    /// Exit with N if the lock was not obtained
    ///
    /// N is from 0 to 255 and replaces 75: the lock is busy, the wait timed
    /// out, it is a deadlock, or another command covers this one
    /// (--coalesce). Other errors keep their exit codes.
    #[arg(short = 'E', long, value_name = "N", default_value_t = 75, verbatim_doc_comment)]
    #[arg(value_parser = exit_code, allow_negative_numbers = true)]
    pub conflict_exit_code: u8,

    /// Exec the command instead of forking
    ///
    /// No process of fasten remains. The lock is held until the last process
    /// that inherited it has exited, as with --linger. A command that closes
    /// inherited descriptors, such as sudo(8), releases it at once.
    /// Cannot be used with --close.
    #[arg(short = 'F', long, conflicts_with = "close", verbatim_doc_comment)]
    pub no_fork: bool,

    /// Do not let the command inherit the lock
    ///
    /// Only fasten holds the lock: if fasten is killed, the lock is released
    /// although the command may still run.
    #[arg(short = 'o', long, conflicts_with = "linger", verbatim_doc_comment)]
    pub close: bool,

    /// Hold the lock until every process that inherited it has exited
    ///
    /// Without this option the lock is released when the command ends, even
    /// if a process that the command started still runs.
    /// Cannot be used with --close.
    #[arg(long, verbatim_doc_comment)]
    pub linger: bool,

    /// Lock the open descriptor N instead of a LOCK
    ///
    /// Without a COMMAND, take the lock and exit: it stays with the
    /// descriptor until 'fasten unlock --fd N', or until all processes that
    /// have the descriptor have closed it. If the descriptor is locked
    /// already, the lock is converted: 'write' upgrades it, 'read'
    /// downgrades it. Cannot be given twice.
    #[arg(long, value_name = "N", conflicts_with_all = ["locks", "no_create", "mode"], verbatim_doc_comment)]
    #[arg(value_parser = descriptor, allow_negative_numbers = true, action = ArgAction::Append)]
    pub fd: Vec<i32>,

    /// Take an fcntl(2) lock instead of a flock(2) lock
    ///
    /// lockf(3), s6-setlock, with-lock-ex, lckdo, Python's fasteners and many
    /// databases take fcntl(2) locks. On local file systems of Linux the two
    /// kinds do not see each other. A shared lock needs read permission, an
    /// exclusive lock write permission.
    #[arg(long, verbatim_doc_comment)]
    pub fcntl: bool,

    /// What to do about a deadlock
    ///
    /// A command that asks for the lock under which it runs, for example,
    /// waits for itself. fasten refuses a deadlock only when it is certain.
    #[arg(long, value_name = "HOW", default_value = "refuse", verbatim_doc_comment)]
    pub nested: OnDeadlock,

    /// Do not create a LOCK that does not exist
    ///
    /// Exit with 69 instead.
    #[arg(long, verbatim_doc_comment)]
    pub no_create: bool,

    /// Create lock files with the permissions MODE, in octal
    ///
    /// The umask is not subtracted. 0666 shares a lock with all users, 0600 with
    /// none. With 0644 others may read the file, which is all that a lock needs;
    /// with --fcntl only 'read' does with it. A file that exists is not changed.
    #[arg(long, value_name = "MODE", value_parser = permissions, verbatim_doc_comment)]
    #[arg(allow_negative_numbers = true)]
    pub mode: Option<u32>,

    /// Print nothing about a busy lock or a wait for it
    ///
    /// Only the exit code reports that the lock is busy or that the wait timed
    /// out. Everything else that goes wrong is reported all the same: a deadlock,
    /// a lock that cannot be opened, a command that cannot be started.
    #[arg(short, long, conflicts_with = "verbose", verbatim_doc_comment)]
    pub quiet: bool,

    /// Report how long it waited and held the lock
    ///
    /// Also report, after half a second and then every 30 seconds, what is being
    /// waited for; why a lock was served first come, first served instead of in
    /// turns; and which processes keep the lock with --linger, or no longer keep
    /// it without.
    #[arg(short, long, verbatim_doc_comment)]
    pub verbose: bool,

    /// Run STRING with /bin/sh -c instead of a COMMAND
    #[arg(short, long = "command", value_name = "STRING", value_hint = ValueHint::CommandString)]
    #[arg(allow_hyphen_values = true)]
    pub command_string: Option<OsString>,

    /// Files or directories to lock: all of them, or none
    ///
    /// A file that does not exist is created. Several locks are taken in one
    /// global order, so commands that name the same locks cannot deadlock.
    /// name:NAME is a lock of the user, machine:NAME one of all users, without
    /// a path.
    #[arg(verbatim_doc_comment)]
    #[arg(required_unless_present = "fd", value_name = "LOCK", value_hint = ValueHint::AnyPath)]
    #[arg(value_parser = PathBufValueParser::new().try_map(lock))]
    pub locks: Vec<PathBuf>,

    /// Command to run, with its arguments
    ///
    /// fasten exits as the command does.
    #[arg(verbatim_doc_comment)]
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    #[arg(required_unless_present_any = ["command_string", "fd"], conflicts_with = "command_string")]
    pub command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct ExclusiveArgs {
    #[command(flatten)]
    pub lock: LockArgs,

    #[command(flatten)]
    pub coalescing: CoalesceArgs,
}

/// Of the commands that write.
#[derive(Debug, Args)]
pub struct CoalesceArgs {
    /// Leave if another such command already waits to run
    ///
    /// For reloads, cache rebuilds and the like: the one that waits starts after
    /// this request, so it does its work too. Exit with 75 then. If none waits,
    /// run, or wait to run. For one LOCK; cannot be used with --nonblock or --fd.
    #[arg(long, conflicts_with_all = ["nonblock", "fd"], verbatim_doc_comment)]
    pub coalesce: bool,
}

#[derive(Debug, Args)]
pub struct WriteArgs {
    #[command(flatten)]
    pub lock: LockArgs,

    #[command(flatten)]
    pub coalescing: CoalesceArgs,

    /// Who goes first when readers and this writer compete
    #[arg(long, value_name = "WHO", default_value = "fair")]
    pub prefer: Prefer,
}

// How many slots there are, and how many of them the command takes. No doc comment: clap would make
// it the description of `slot`.
#[derive(Debug, Clone, Copy, Args)]
pub struct SlotCounts {
    /// Run at most N commands at once
    ///
    /// All commands that use a LOCK should give the same N. A command uses the
    /// slots 0 to N-1 only.
    #[arg(short, long, value_name = "N", value_parser = slot_count, allow_negative_numbers = true)]
    #[arg(verbatim_doc_comment)]
    pub jobs: u32,

    /// Take K slots at once: all of them, or none
    ///
    /// The command finds their numbers in FASTEN_SLOTS, separated by commas.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = slot_count)]
    #[arg(allow_negative_numbers = true, verbatim_doc_comment)]
    pub take: u32,
}

/// Those of the other locks, but for `--fd` and `--fcntl`: slots are bytes of a file that fasten
/// opens, beside its flock(2) lock.
#[derive(Debug)]
pub struct SlotArgs {
    pub lock: LockArgs,
    pub counts: SlotCounts,
}

impl Args for SlotArgs {
    fn augment_args(command: Command) -> Command {
        let command = LockArgs::augment_args(SlotCounts::augment_args(command));
        let command = [
            ("nonblock", "Do not wait for the lock\n\nExit with 75 if too few slots are free at once, or if another command\nwaits for one."),
            ("mode", "Create lock files with the permissions MODE, in octal\n\nThe umask is not subtracted. Slots need write permission: with 0666 every\nuser can take one."),
            ("conflict_exit_code", "Exit with N if the lock was not obtained\n\nN is from 0 to 255 and replaces 75: too few slots are free, the wait timed\nout, or it is a deadlock. Other errors keep their exit codes."),
        ]
        .into_iter()
        .fold(command, |command, (name, help)| command.mut_arg(name, |option| option.long_help(help)));
        command.mut_arg("fd", |option| option.hide(true)).mut_arg("fcntl", |option| option.hide(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SlotArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        let lock = LockArgs::from_arg_matches_mut(matches)?;
        Ok(Self { lock, counts: SlotCounts::from_arg_matches_mut(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct UnlockArgs {
    /// Descriptor to unlock
    #[arg(long, value_name = "N", required = true)]
    #[arg(value_parser = descriptor, allow_negative_numbers = true, action = ArgAction::Append)]
    pub fd: Vec<i32>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct StatusArgs {
    /// Print nothing on standard output: the exit code is the answer
    #[arg(short, long, conflicts_with_all = ["json", "watch"])]
    pub quiet: bool,

    /// Print JSON, for programs
    ///
    /// The form of the document does not change between versions; fasten(1)
    /// describes it.
    #[arg(long, conflicts_with = "watch", verbatim_doc_comment)]
    pub json: bool,

    /// Print the table again whenever it changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Files or directories to show; without one, every lock that can be seen
    #[arg(value_name = "LOCK", value_hint = ValueHint::AnyPath)]
    #[arg(value_parser = PathBufValueParser::new().try_map(lock))]
    pub locks: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct DoctorArgs {
    /// Print only what is wrong
    #[arg(short, long)]
    pub quiet: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Directories to check; without one, the current directory
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directories: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Whose completions to print
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
