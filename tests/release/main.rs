//! What `tools/release` has put into dist/, used as people use it. `cargo test` leaves these out:
//! tools/packagers, tools/release, and then `cargo test --test release`.

#[path = "../support/mod.rs"]
mod support;

mod debian;
mod dist;
mod wheel;
