//! What must be true of the parsers of /proc, whatever bytes they are given. For the tests, and for the
//! fuzzer, which looks for bytes for which it is not.

#[path = "draw.rs"]
mod draw;

use std::os::unix::ffi::OsStringExt;

use fasten::holders::LockId;
use fasten::holders::command::{self, Wrapper};
use fasten::holders::{mountinfo, parse};

use draw::Draw;

/// Everything, with values drawn from these bytes.
pub fn hold_for(bytes: &[u8]) {
    none_panics(bytes);
    a_line_says_what_is_in_it(bytes);
    for check in [
        locks_are_found_among_other_lines,
        fields_are_found_among_other_lines,
        a_mount_is_found_among_others,
        a_process_is_read_whatever_its_name,
        numbers_are_read_from_a_list,
        a_system_call_is_read,
        arguments_are_what_they_were,
    ] {
        check(&mut Draw(bytes));
    }
}

fn none_panics(bytes: &[u8]) {
    parse::locks(bytes).for_each(drop);
    parse::fdinfo_locks(bytes).for_each(drop);
    parse::numbers(bytes).for_each(drop);
    let _ = (parse::lock(bytes), parse::stat(bytes), parse::effective_uid(bytes));
    let _ = (parse::field_number(bytes, "ino:"), mountinfo::device(bytes, 1));
    let _ = (parse::ofd_wait(bytes, 72, 38), parse::user_name(bytes, 0), mountinfo::mount(bytes, 1));
    let words = command::arguments(bytes);
    let _ = (Wrapper::Fasten.wrapped(&words), Wrapper::Flock.wrapped(&words));
}

/// Numbers neither wrap nor lose digits: what was understood of a line is what the line says.
fn a_line_says_what_is_in_it(bytes: &[u8]) {
    for line in bytes.split(|&byte| byte == b'\n') {
        let Some(entry) = parse::lock(line) else { continue };
        let text = String::from_utf8_lossy(line);
        let mut words = text.split_ascii_whitespace().skip(1).peekable();
        assert_eq!(words.next_if_eq(&"->").is_some(), entry.blocked, "{text}");
        let mut words = words.skip(3);
        let mut word = || words.next().unwrap();
        let pid = decimal(word());
        assert_eq!(entry.pid.map(i128::from), (1..=u32::MAX.into()).contains(&pid).then_some(pid), "{text}");
        let file: Vec<&str> = word().split(':').collect();
        let hex = |word: &str| i128::from_str_radix(word, 16).unwrap();
        let LockId { major, minor, inode, .. } = entry.file;
        let said = [hex(file[0]), hex(file[1]), decimal(file[2])];
        assert_eq!(said, [major.into(), minor.into(), inode.into()], "{text}");
        assert_eq!(decimal(word()), entry.start.into(), "{text}");
        let end = word();
        assert_eq!(
            if end == "EOF" { i64::MAX.into() } else { decimal(end) },
            i128::from(entry.end),
            "{text}"
        );
    }
}

fn decimal(word: &str) -> i128 {
    word.parse().unwrap()
}

fn locks_are_found_among_other_lines(draw: &mut Draw) {
    let (mut table, mut fdinfo, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..draw.below(6) {
        let other = draw.line(|line| parse::lock(line).is_none());
        table.extend([other, b"\n"].concat());
        let other = draw.line(|line| !line.starts_with(b"lock:"));
        fdinfo.extend([other, b"\n"].concat());
        let (line, entry) = draw.lock(number);
        table.extend([line.as_bytes(), b"\n"].concat());
        fdinfo.extend([b"lock:\t", line.as_bytes(), b"\n"].concat());
        expected.push(entry);
    }
    assert!(parse::locks(&table).eq(expected.iter().copied()), "{}", table.escape_ascii());
    assert!(parse::fdinfo_locks(&fdinfo).eq(expected), "{}", fdinfo.escape_ascii());
}

fn fields_are_found_among_other_lines(draw: &mut Draw) {
    let (inode, ids) = (draw.number(), [draw.number(), draw.number(), draw.number(), draw.number()]);
    let other = draw.line(|line| !line.starts_with(b"ino:") && !line.starts_with(b"Uid:"));
    let ids_line = format!("\nUid:\t{}\t{}\t{}\t{}\n", ids[0], ids[1], ids[2], ids[3]);
    let file = [other, format!("\nino:\t{inode}").as_bytes(), ids_line.as_bytes(), other].concat();
    assert_eq!(parse::field_number(&file, "ino:"), u64::try_from(inode).ok(), "{}", file.escape_ascii());
    assert_eq!(parse::effective_uid(&file), u32::try_from(ids[1]).ok(), "{}", file.escape_ascii());
}

fn a_mount_is_found_among_others(draw: &mut Draw) {
    let (id, major, minor) = (draw.number() as u64, draw.number(), draw.number());
    let other = draw.line(|line| mountinfo::device(line, id).is_none());
    let root = draw.line(|line| !line.iter().any(u8::is_ascii_whitespace));
    let mounts =
        [other, format!("\n{id} 1 {major}:{minor} /").as_bytes(), root, b" /a rw - ext4 /dev/x rw\n"]
            .concat();
    let device = u32::try_from(major).ok().zip(u32::try_from(minor).ok());
    assert_eq!(mountinfo::device(&mounts, id), device, "{}", mounts.escape_ascii());
}

fn a_process_is_read_whatever_its_name(draw: &mut Draw) {
    let (parent, threads, start) = (draw.number(), draw.number(), draw.number());
    let state = if draw.below(2) == 0 { 'S' } else { 'Z' };
    let comm = draw.bytes();
    let rest = format!(") {state} {parent} 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 {threads} 0 {start} 0 0\n");
    let line = [b"42 (", comm, rest.as_bytes()].concat();
    let expected = (|| {
        let (parent, threads) = (u32::try_from(parent).ok()?, u32::try_from(threads).ok()?);
        let start = u64::try_from(start).ok()?;
        Some(parse::Stat { comm, is_zombie: state == 'Z', parent, threads, start })
    })();
    assert_eq!(parse::stat(&line), expected, "{}", line.escape_ascii());
}

fn numbers_are_read_from_a_list(draw: &mut Draw) {
    let numbers: Vec<u128> = (0..draw.below(4)).map(|_| draw.number()).collect();
    let list: String = numbers.iter().map(|number| format!("{number} ")).collect();
    let expected = numbers.iter().filter_map(|&number| u32::try_from(number).ok());
    assert!(parse::numbers(list.as_bytes()).eq(expected), "{list}");
}

fn a_system_call_is_read(draw: &mut Draw) {
    let (descriptor, command) = (draw.number(), draw.number());
    let line = format!("72 {descriptor:#x} {command:#x} 0x7ffd 0x0 0x0 0x0 0x7ffe 0x7fff\n");
    let expected = u64::try_from(descriptor).ok().filter(|_| command == 38);
    assert_eq!(parse::ofd_wait(line.as_bytes(), 72, 38), expected, "{line}");
}

/// A command line comes back from its /proc/PID/cmdline, and from the line that people are shown, as a
/// shell would take it apart.
fn arguments_are_what_they_were(draw: &mut Draw) {
    let words: Vec<&[u8]> = (0..draw.below(4)).map(|_| draw.word()).collect();
    let cmdline: Vec<u8> = words.iter().flat_map(|word| [word, &b"\0"[..]].concat()).collect();
    if words != [b""] {
        assert_eq!(command::arguments(&cmdline), words);
    }
    let is_title = |words: &[&[u8]]| words.iter().skip(1).all(|word| word.is_empty());
    if !is_title(&words) {
        assert_eq!(taken_apart(&command::line(&words).into_vec()), words);
    }
}

fn taken_apart(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = vec![Vec::new()];
    let (mut quoted, mut escaped) = (false, false);
    for &byte in line {
        match byte {
            _ if escaped => {
                words.last_mut().unwrap().push(byte);
                escaped = false;
            }
            b'\'' => quoted = !quoted,
            b'\\' if !quoted => escaped = true,
            b' ' if !quoted => words.push(Vec::new()),
            _ => words.last_mut().unwrap().push(byte),
        }
    }
    words
}
