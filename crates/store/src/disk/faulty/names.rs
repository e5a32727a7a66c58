//! The names in folders: what programs see, and what the medium holds.

use super::random::{Random, Survival};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Clone, Default)]
pub(super) struct Names {
    visible: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    /// Changes that are not on the medium yet, in order.
    pending: Vec<Change>,
}

/// One step: the old name goes and the new one comes at once.
#[derive(Clone)]
struct Change {
    folder: PathBuf,
    gone: Option<PathBuf>,
    come: Option<(PathBuf, usize)>,
}

impl Names {
    pub(super) fn inode(&self, path: &Path) -> Option<usize> {
        self.visible.get(path).copied()
    }

    /// The files that have a name.
    pub(super) fn inodes(&self) -> impl Iterator<Item = usize> + '_ {
        self.visible.values().copied()
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.visible.keys().cloned().collect()
    }

    pub(super) fn list(&self, folder: &Path) -> Vec<String> {
        let inside = self.visible.keys().filter(|path| path.parent() == Some(folder));
        inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }

    pub(super) fn link(&mut self, path: &Path, inode: usize) {
        self.change(path, None, Some((path.to_owned(), inode)));
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let inode = self.inode(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(to, Some(from.to_owned()), Some((to.to_owned(), inode)));
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.inode(path).ok_or(io::ErrorKind::NotFound)?;
        self.change(path, Some(path.to_owned()), None);
        Ok(())
    }

    pub(super) fn sync(&mut self, folder: &Path) {
        let durable = &mut self.durable;
        self.pending.retain(|change| {
            if change.folder == folder {
                change.apply(durable);
            }
            change.folder != folder
        });
    }

    /// Leaves what the medium holds, and some of what was on its way there.
    pub(super) fn lose_power(&mut self, random: &mut Random) {
        let survival = Survival::choose(random, self.pending.len());
        for (index, change) in self.pending.drain(..).enumerate() {
            if survival.keeps(index, random) {
                change.apply(&mut self.durable);
            }
        }
        self.visible = self.durable.clone();
    }

    fn change(&mut self, path: &Path, gone: Option<PathBuf>, come: Option<(PathBuf, usize)>) {
        let change = Change { folder: path.parent().unwrap_or(path).to_owned(), gone, come };
        change.apply(&mut self.visible);
        self.pending.push(change);
    }
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        if let Some(path) = &self.gone {
            names.remove(path);
        }
        if let Some((path, inode)) = &self.come {
            names.insert(path.clone(), *inode);
        }
    }
}
