//! Colour for the words that matter, at a terminal, unless the user has turned it off.

pub(super) const RED: u8 = 31;
pub(super) const GREEN: u8 = 32;
pub(super) const YELLOW: u8 = 33;
pub(super) const MAGENTA: u8 = 35;

/// Whether words are coloured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// Colour at a terminal, unless `NO_COLOR` is set and not empty.
    pub(super) fn new(at_terminal: bool) -> Self {
        Self(at_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    /// The words in this colour, or plain.
    pub(super) fn words(self, colour: u8, words: &str) -> String {
        if self.0 { format!("\x1b[{colour}m{words}\x1b[0m") } else { words.to_owned() }
    }
}
