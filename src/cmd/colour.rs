//! Colour for the words that matter: at a terminal, unless the user decides otherwise.

use std::env::var_os;

use super::option_values::Color;

pub(super) const RED: u8 = 31;
pub(super) const GREEN: u8 = 32;
pub(super) const YELLOW: u8 = 33;
pub(super) const MAGENTA: u8 = 35;

/// Whether words are coloured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// `--color` decides; `auto` is colour at a terminal that has it, unless `NO_COLOR` is set and
    /// not empty.
    pub(super) fn new(wanted: Color, at_terminal: bool) -> Self {
        let is_refused = || var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(match wanted {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => at_terminal && !is_dumb() && !is_refused(),
        })
    }

    /// The words in this colour, or plain.
    pub(super) fn words(self, colour: u8, words: &str) -> String {
        if self.0 { format!("\x1b[{colour}m{words}\x1b[0m") } else { words.to_owned() }
    }
}

/// Whether the terminal says that it understands no escape sequences.
pub(super) fn is_dumb() -> bool {
    var_os("TERM").is_some_and(|kind| kind == "dumb")
}
