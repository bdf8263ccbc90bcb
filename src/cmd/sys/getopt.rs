//! `getopt_long(3)`: the C library's rules for bundles, abbreviations and the end of the options,
//! and its messages about wrong ones. util-linux's flock uses it, so fasten as flock does too.

use std::ffi::{CStr, CString, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::ptr;

/// C's `struct option`.
#[repr(C)]
struct Long {
    name: *const c_char,
    takes_value: c_int,
    flag: *mut c_int,
    letter: c_int,
}

unsafe extern "C" {
    static mut optarg: *mut c_char;
    static mut optind: c_int;

    fn getopt_long(
        count: c_int,
        words: *const *mut c_char,
        letters: *const c_char,
        long: *const Long,
        index: *mut c_int,
    ) -> c_int;
}

/// The options of a command line, one after the other, each with its value. A `?` stands for a
/// wrong option, which has been reported on standard error.
///
/// The C library keeps its position in global variables: a process can have only one of these.
pub(crate) struct Getopt {
    words: Vec<CString>,
    pointers: Vec<*mut c_char>,
    letters: &'static CStr,
    long: Vec<Long>,
}

impl Getopt {
    /// `letters` as for getopt(3); `long`: name, whether it takes a value, and the letter that
    /// stands for it.
    pub(crate) fn new(
        words: Vec<OsString>,
        letters: &'static CStr,
        long: &[(&'static CStr, bool, u8)],
    ) -> Self {
        let words: Vec<CString> = words.into_iter().map(|word| without_zero(word.into_vec())).collect();
        let pointers = words.iter().map(|word| word.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect();
        let entry = |name: *const c_char, takes_value: bool, letter: u8| Long {
            name,
            takes_value: takes_value.into(),
            flag: ptr::null_mut(),
            letter: letter.into(),
        };
        let named =
            long.iter().map(|(name, takes_value, letter)| entry(name.as_ptr(), *takes_value, *letter));
        let long = named.chain([entry(ptr::null(), false, 0)]).collect();
        Self { words, pointers, letters, long }
    }

    /// The next word; inside a bundle it is the same one again.
    pub(crate) fn next_word(&self) -> Option<&OsStr> {
        self.words.get(Self::place()).map(|word| OsStr::from_bytes(word.to_bytes()))
    }

    /// The words after the options, once all options have been read.
    pub(crate) fn operands(self) -> Vec<OsString> {
        let rest = self.words.into_iter().skip(Self::place());
        rest.map(|word| OsString::from_vec(word.into_bytes())).collect()
    }

    fn place() -> usize {
        // SAFETY: only this file uses it, in one thread.
        usize::try_from(unsafe { optind }).unwrap_or(usize::MAX)
    }
}

impl Iterator for Getopt {
    type Item = (u8, OsString);

    fn next(&mut self) -> Option<Self::Item> {
        let count = c_int::try_from(self.words.len()).unwrap_or(c_int::MAX);
        // SAFETY: the lists end with a null pointer and an empty entry; they and the strings live
        // as long as `self`; only one thread uses this.
        let letter = unsafe {
            optarg = ptr::null_mut();
            getopt_long(
                count,
                self.pointers.as_ptr(),
                self.letters.as_ptr(),
                self.long.as_ptr(),
                ptr::null_mut(),
            )
        };
        // SAFETY: it is null or points into one of the words.
        let value = unsafe { optarg.as_ref().map(|value| CStr::from_ptr(value)) };
        let value = value.map(|value| OsStr::from_bytes(value.to_bytes()).to_owned());
        u8::try_from(letter).ok().map(|letter| (letter, value.unwrap_or_default()))
    }
}

fn without_zero(word: Vec<u8>) -> CString {
    CString::new(word).expect("an argument of a process has no zero byte")
}
