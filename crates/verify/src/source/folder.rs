//! A copy of what a trail delivered, as `aws s3 sync` makes one: keys are paths, metadata is gone.

use super::{NotAFolder, Opened, Place, Source, SourceError, open_file};
use std::path::{Component, Path, PathBuf};

/// The folder that the prefix of every key ends in.
const ROOT: &str = "AWSLogs";
/// Folders in each other: prefix, organization, account, kind, region and date need far fewer.
const DEPTH_MAX: usize = 64;

/// A copy of one bucket (`AWSLogs/...`, below the trail's prefix or without it), or of several by name.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Takes the folder that holds `AWSLogs`, or folders in which it is.
    pub fn open(path: &Path) -> Result<Folder, NotAFolder> {
        let failed = |source| NotAFolder::Io { path: path.to_owned(), source };
        let root = path.canonicalize().map_err(failed)?;
        if !root.metadata().map_err(failed)?.is_dir() {
            return Err(NotAFolder::NotOne { path: path.to_owned() });
        }
        let inside = root.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == ROOT));
        // Unless it holds a copy itself: somebody keeps copies in a folder of that name.
        match inside.and_then(Path::parent) {
            Some(holder) if !holds_copy(&root) => {
                Err(NotAFolder::Inside { path: path.to_owned(), holder: holder.to_owned() })
            }
            _ => Ok(Folder { root }),
        }
    }

    fn walk(&self, folder: &str, depth: usize, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError> {
        for entry in std::fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            // Keys that are no UTF-8 are not ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            // Folders that are links are left alone: they may lead in a circle.
            if entry.file_type()?.is_dir() && depth < DEPTH_MAX {
                self.walk(&path, depth + 1, visit)?;
            } else if path.ends_with(".json.gz") {
                visit(Place { bucket: None, path });
            }
        }
        Ok(())
    }
}

fn holds_copy(folder: &Path) -> bool {
    folder.join(ROOT).is_dir()
}

impl Source for Folder {
    fn list(&self, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError> {
        self.walk("", 0, visit)
    }

    /// Below the bucket's name, below the root, and below the root without some or all of the prefix.
    fn places(&self, bucket: &str, key: &str) -> Vec<Place> {
        let place = |path: String| Place { bucket: None, path };
        let mut places = vec![place(format!("{bucket}/{key}")), place(key.to_owned())];
        let prefix = key.rfind(&format!("{ROOT}/")).unwrap_or(0);
        let shorter = key[..prefix].match_indices('/').map(|(slash, _)| place(key[slash + 1..].to_owned()));
        places.extend(shorter);
        places
    }

    fn open(&self, place: &Place) -> Result<Opened, SourceError> {
        // A key may be anything: it must not lead out of the folder.
        let is_inside = Path::new(&place.path).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            return Err(SourceError::NotFound);
        }
        let file = open_file(&self.root.join(&place.path))?;
        Ok(Opened { metadata: None, body: Box::new(file) })
    }

    fn covers(&self, _bucket: &str, _key: &str) -> Option<bool> {
        None
    }
}
