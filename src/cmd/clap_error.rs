//! What a clap error has to say: its parts as text, and its tips, which are often no more than guesses.

use clap::error::{ContextKind, ContextValue, Error};

/// Whether clap has a tip of this kind, and the words differ by a slip of the fingers. Its tips for
/// other words are guesses: 'unlock' for `lock`, '--no-create' for `--no-wait`.
pub(super) fn has_tip(error: &Error, kind: ContextKind, typed: &str) -> bool {
    let is_near = |tip: &String| tip.chars().find(|&c| c != '-') == typed.chars().find(|&c| c != '-');
    let is_slip = |tip: &String| is_near(tip) && distance(tip, typed) <= 2;
    match error.get(kind) {
        Some(ContextValue::String(tip)) => is_slip(tip),
        Some(ContextValue::Strings(tips)) => tips.iter().any(is_slip),
        _ => false,
    }
}

/// How many letters have to be inserted, removed or replaced (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

/// A part of the error; empty if it has none.
pub(super) fn text(error: &Error, kind: ContextKind) -> &str {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text,
        Some(ContextValue::Strings(texts)) => texts.first().map_or("", String::as_str),
        _ => "",
    }
}
