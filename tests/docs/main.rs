//! What is written about fasten, in documents, completions and the list of public names, is held to what it is.

#[path = "../../src/cmd/args.rs"]
#[allow(dead_code, reason = "only the definition is used, nothing is parsed into it")]
mod args;
#[path = "../../src/cmd/option_values.rs"]
#[allow(dead_code, reason = "only what clap reads is compared")]
mod option_values;

mod completions;
mod pages;
mod public_api;
mod reading;
mod tower;
