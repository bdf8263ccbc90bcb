//! Colour for the words that matter, at a terminal whose user wants it.

pub(super) const RED: u8 = 31;
pub(super) const GREEN: u8 = 32;
pub(super) const YELLOW: u8 = 33;
pub(super) const MAGENTA: u8 = 35;

/// Whether there is colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// At a terminal, unless `NO_COLOR` is set to anything.
    pub(super) fn new(at_terminal: bool) -> Self {
        Self(at_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    /// The words in that colour, or as they are.
    pub(super) fn words(self, colour: u8, words: &str) -> String {
        if self.0 { format!("\x1b[{colour}m{words}\x1b[0m") } else { words.to_owned() }
    }
}
