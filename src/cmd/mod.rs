//! All that only the command needs: arguments, subcommands, messages, exit codes. The library knows
//! nothing of it.

mod advice;
pub(crate) mod args;
mod clap_error;
mod colour;
pub(crate) mod completions;
mod denial;
mod describe;
pub(crate) mod doctor;
mod exit;
pub(crate) mod failure;
mod fast_path;
pub(crate) mod flock;
mod home_directory;
pub(crate) mod job;
pub(crate) mod lock;
mod lock_directory;
mod lock_name;
mod lock_report;
pub(crate) mod manual;
mod message;
mod option_values;
mod pace;
mod progress;
mod run;
mod slot;
pub(crate) mod status;
mod sys;
pub(crate) mod unlock;
pub(crate) mod usage;
