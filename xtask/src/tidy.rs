//! Holds the tree against STYLE.md, as far as a program can.

mod crates;
mod files;
mod sizes;

use std::fmt;
use std::path::Path;

use crate::Outcome;

/// Documents that the root must hold.
const DOCUMENTS: [&str; 7] =
    ["ARCHITECTURE.md", "CHANGELOG.md", "FORMAT.md", "LICENSE", "NOTICE", "README.md", "STYLE.md"];

/// One broken rule, shown as `path:line: what`.
#[derive(Debug, PartialEq)]
struct Fault {
    /// Relative to the root.
    path: String,
    line: usize,
    what: String,
}

impl Fault {
    fn new(path: impl Into<String>, line: usize, what: impl Into<String>) -> Fault {
        Fault { path: path.into(), line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Runs `cargo xtask tidy`.
pub(crate) fn run(root: &Path) -> Outcome {
    let sources = files::rust_sources(root)?;
    let mut faults = documents(root);
    faults.extend(files::check(&sources));
    faults.extend(sizes::check(root, &sources)?);
    faults.extend(crates::check(root)?);
    faults.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(format!("tidy: {count} faults").into()),
    }
}

fn documents(root: &Path) -> Vec<Fault> {
    DOCUMENTS
        .into_iter()
        .filter(|name| !root.join(name).is_file())
        .map(|name| Fault::new(name, 1, "the document is missing"))
        .collect()
}

#[cfg(test)]
mod tests;
