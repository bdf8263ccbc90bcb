//! What was found, as plain data: one line for the reader each.

/// What a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Tried, and as it must be.
    Ok,
    /// Good to know; nothing is broken.
    Note,
    /// Locks do not do here what they promise.
    Wrong,
}

impl Mark {
    pub(super) const ALL: [Self; 3] = [Self::Ok, Self::Note, Self::Wrong];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// One line of the report; with its remedy where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) mark: Mark,
    pub(super) text: String,
}

impl Finding {
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self { mark: Mark::Ok, text: text.into() }
    }

    pub(super) fn note(text: impl Into<String>) -> Self {
        Self { mark: Mark::Note, text: text.into() }
    }

    pub(super) fn wrong(text: impl Into<String>) -> Self {
        Self { mark: Mark::Wrong, text: text.into() }
    }
}
