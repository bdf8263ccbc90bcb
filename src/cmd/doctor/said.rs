//! What the examining process tells the one that watches over it, as lines.

use super::finding::{Finding, Mark};
use crate::cmd::exit::Code;
use crate::cmd::message::printable;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// What it does next, to be named if it hangs.
    Trying(String),
    Found(Finding),
    /// It cannot go on: the code to end with, and why.
    Cannot(Code, String),
    Done,
}

const CODES: [Code; 3] = [Code::CannotOpen, Code::CannotCreate, Code::System];

impl Said {
    /// One line without its end.
    pub(super) fn encoded(&self) -> String {
        match self {
            Self::Trying(what) => format!("trying {what}"),
            Self::Found(Finding { mark, text }) => format!("{} {}", mark.word(), printable(text)),
            Self::Cannot(code, why) => format!("{} {}", code.number(), printable(why)),
            Self::Done => "done ".to_owned(),
        }
    }

    /// `None` for what nobody says here.
    pub(super) fn decoded(line: &str) -> Option<Self> {
        let (word, text) = line.split_once(' ')?;
        let text = text.to_owned();
        if let Some(mark) = Mark::ALL.into_iter().find(|mark| mark.word() == word) {
            return Some(Self::Found(Finding { mark, text }));
        }
        match word {
            "trying" => Some(Self::Trying(text)),
            "done" => Some(Self::Done),
            number => {
                let code = CODES.into_iter().find(|code| number == code.number().to_string())?;
                Some(Self::Cannot(code, text))
            }
        }
    }
}
