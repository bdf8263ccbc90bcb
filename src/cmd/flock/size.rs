//! A number of bytes as flock(1) reads it: `512`, `0x200`, `4K`, `4KiB` and `4KB`, `1.5M`.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;

/// The place of the letter is the power of the base.
const UNITS: &[u8] = b"KMGTPEZY";

/// The digits of a fraction that can make a difference in 64 bits.
const DIGITS: usize = 18;

/// Parses the text. The error is `EINVAL` if it is not a number, `ERANGE` if it exceeds 64 bits.
pub(super) fn size(text: &OsStr) -> io::Result<u64> {
    let (number, rest) = whole(text.as_bytes())?;
    if rest.is_empty() {
        return Ok(number);
    }
    let (fraction, unit) = match rest.split_first() {
        Some((b'.', rest)) => rest.split_at(rest.iter().take_while(|digit| digit.is_ascii_digit()).count()),
        _ => (&[][..], rest),
    };
    let unit = unit_of(unit)?;
    let whole = number.checked_mul(unit).filter(|_| unit > 0 || number == 0);
    let whole = whole.ok_or_else(|| error(libc::ERANGE))?;
    // Digit by digit, each one rounded down: the original does the same.
    let parts = fraction.iter().take(DIGITS).zip(1..).map(|(digit, place)| {
        let divisor = 10_u64.pow(place).checked_div(u64::from(digit - b'0'));
        divisor.map_or(0, |divisor| unit / divisor)
    });
    Ok(parts.fold(whole, u64::wrapping_add))
}

/// The number as strtoumax(3) reads it, in base 8, 10 or 16, and the text after it.
fn whole(text: &[u8]) -> io::Result<(u64, &[u8])> {
    let is_space = |letter: &u8| letter.is_ascii_whitespace() || *letter == b'\x0b';
    let text = &text[text.iter().take_while(|letter| is_space(letter)).count()..];
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (base, text) = match text {
        [b'0', b'x' | b'X', digits @ ..] if digits.first().is_some_and(u8::is_ascii_hexdigit) => (16, digits),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let digits = text.iter().map_while(|letter| char::from(*letter).to_digit(base));
    let (count, number) = digits.fold((0, Some(0_u64)), |(count, number), digit| {
        let number = number.and_then(|number| number.checked_mul(base.into())?.checked_add(digit.into()));
        (count + 1, number)
    });
    match number {
        _ if count == 0 => Err(error(libc::EINVAL)),
        None => Err(error(libc::ERANGE)),
        Some(number) => Ok((number, &text[count..])),
    }
}

/// The bytes of a unit; 0 for a unit that exceeds 64 bits.
fn unit_of(unit: &[u8]) -> io::Result<u64> {
    let (letter, base) = match unit {
        [letter] | [letter, b'i', b'B' | b'b'] => (letter, 1024_u64),
        [letter, b'B' | b'b'] => (letter, 1000),
        _ => return Err(error(libc::EINVAL)),
    };
    let power = UNITS.iter().position(|known| known.eq_ignore_ascii_case(letter));
    let power = power.ok_or_else(|| error(libc::EINVAL))?;
    Ok(base.checked_pow(power as u32 + 1).unwrap_or(0))
}

fn error(number: i32) -> io::Error {
    io::Error::from_raw_os_error(number)
}
