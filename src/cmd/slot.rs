//! What a command under slots gets to know: their numbers, in its environment.

use std::ffi::CString;

/// `FASTEN_SLOT` is the lowest slot of the first LOCK. `FASTEN_SLOTS` is all of them: those of one
/// LOCK with commas between them, and the LOCKs with a blank between them.
pub(super) fn slot_variables(slots: &[Vec<u32>]) -> Vec<CString> {
    let numbers = |slots: &Vec<u32>| slots.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let all = slots.iter().map(numbers).collect::<Vec<_>>().join(" ");
    let first = slots.first().and_then(|slots| slots.first()).map(u32::to_string).unwrap_or_default();
    [format!("FASTEN_SLOT={first}"), format!("FASTEN_SLOTS={all}")]
        .into_iter()
        .map(|variable| CString::new(variable).expect("numbers have no zero byte"))
        .collect()
}
