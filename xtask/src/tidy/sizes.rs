//! The bound on the length of files, and the list of old offenders, which may only shrink.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::Fault;
use super::files::Source;

/// Lines without tests, from which on a file must be split.
const LINES_MAX: usize = 500;

const ALLOW_LIST: &str = "xtask/tidy-allow.txt";

/// Old offenders: for a path, how many lines it may have and where the list says so.
type Allowed<'a> = BTreeMap<&'a str, (usize, usize)>;

/// Checks every file's length against the bound and the list.
pub(super) fn check(root: &Path, sources: &[Source]) -> io::Result<Vec<Fault>> {
    let list = match std::fs::read_to_string(root.join(ALLOW_LIST)) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let lengths: BTreeMap<&str, usize> = sources
        .iter()
        .filter(|source| counts(&source.path))
        .map(|source| (source.path.as_str(), lines_without_tests(&source.text)))
        .collect();
    Ok(compare(&lengths, &list))
}

/// Faults of the files in `lengths`, given the text of the list.
pub(super) fn compare(lengths: &BTreeMap<&str, usize>, list: &str) -> Vec<Fault> {
    let (allowed, mut faults) = parse(list);
    for (path, lines) in lengths {
        match allowed.get(path) {
            None if *lines > LINES_MAX => {
                let what = format!("{lines} lines without tests, {LINES_MAX} at most: split it");
                faults.push(Fault::new(*path, LINES_MAX + 1, what));
            }
            Some((most, _)) if lines > most => {
                let what =
                    format!("{lines} lines without tests, the list of old offenders has {most}: shrink it");
                faults.push(Fault::new(*path, most + 1, what));
            }
            Some((most, line)) if lines < most => {
                let what = match *lines > LINES_MAX {
                    true => format!("{path} has shrunk to {lines} lines: put that here"),
                    false => format!("{path} has shrunk to {lines} lines: take it off the list"),
                };
                faults.push(Fault::new(ALLOW_LIST, *line, what));
            }
            _ => {}
        }
    }
    let gone = allowed.iter().filter(|(path, _)| !lengths.contains_key(*path));
    faults.extend(gone.map(|(path, (_, line))| {
        Fault::new(ALLOW_LIST, *line, format!("{path} is gone: take it off the list"))
    }));
    faults
}

/// The list's lines are `PATH LINES`; empty ones and those that start with `#` do not count.
fn parse(list: &str) -> (Allowed<'_>, Vec<Fault>) {
    let mut allowed = Allowed::new();
    let mut faults = Vec::new();
    for (index, line) in list.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let entry = line.rsplit_once(' ').and_then(|(path, lines)| Some((path, lines.parse().ok()?)));
        match entry {
            Some((path, lines)) => drop(allowed.insert(path, (lines, index + 1))),
            None => faults.push(Fault::new(ALLOW_LIST, index + 1, "not of the form `PATH LINES`")),
        }
    }
    (allowed, faults)
}

/// Generated files and files of tests have no bound.
fn counts(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let is_generated = parts.contains(&"generated") || path.ends_with("/generated.rs");
    let is_test = parts.contains(&"tests") || path.ends_with("/tests.rs");
    !is_generated && !is_test
}

/// The lines up to a test module that stands in the file itself, which by custom is its end.
pub(super) fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let starts_tests =
        |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
    lines.windows(2).position(starts_tests).unwrap_or(lines.len())
}
