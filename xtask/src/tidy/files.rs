//! The Rust files of the tree, and the rules about their names.

use std::io;
use std::path::Path;

use super::Fault;

/// Folders below the root that hold sources.
const SOURCE_FOLDERS: [&str; 2] = ["crates", "xtask"];

/// Names that say nothing about what is inside.
const BANNED_NAMES: [&str; 8] =
    ["common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"];

/// One Rust file.
pub(super) struct Source {
    /// Relative to the root, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

/// All Rust files of the workspace, sorted by path.
pub(super) fn rust_sources(root: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in SOURCE_FOLDERS {
        collect(root, &root.join(folder), &mut sources)?;
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if name != "target" {
                collect(root, &path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            sources.push(Source {
                path: relative.to_string_lossy().replace('\\', "/"),
                text: std::fs::read_to_string(&path)?,
            });
        }
    }
    Ok(())
}

/// The rules about names of files and of their folders.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    sources.iter().filter_map(|source| name_fault(&source.path)).collect()
}

pub(super) fn name_fault(path: &str) -> Option<Fault> {
    if path.ends_with("/mod.rs") {
        return Some(Fault::new(path, 1, "mod.rs: name the file after its module, beside the folder"));
    }
    let mut parts = path.trim_end_matches(".rs").split(['/', '_', '-']);
    let banned = parts.find(|part| BANNED_NAMES.contains(part))?;
    let what = format!("`{banned}` in a file's name: say what is inside");
    Some(Fault::new(path, 1, what))
}
