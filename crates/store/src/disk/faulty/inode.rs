//! A file's bytes: what programs see, and what the medium holds.

use super::random::{Random, Survival};
use std::collections::BTreeSet;

const PAGE_BYTES: usize = 4096;
/// What a medium writes in one piece; a page may be torn between two.
const SECTOR_BYTES: usize = 512;

#[derive(Clone)]
pub(super) struct Inode {
    visible: Vec<u8>,
    durable: Vec<u8>,
    /// Pages of `visible` that are not on the medium yet.
    dirty: BTreeSet<usize>,
    /// The shortest the file has been since it was synced.
    shortest: usize,
}

impl Inode {
    /// A file whose bytes are all on the medium.
    pub(super) fn durable(bytes: Vec<u8>) -> Inode {
        Inode { shortest: bytes.len(), durable: bytes.clone(), visible: bytes, dirty: BTreeSet::new() }
    }

    pub(super) fn visible(&self) -> &[u8] {
        &self.visible
    }

    pub(super) fn len(&self) -> u64 {
        self.visible.len() as u64
    }

    pub(super) fn set_len(&mut self, len: u64) {
        let len = len as usize;
        self.visible.resize(len, 0);
        self.shortest = self.shortest.min(len);
        self.dirty.retain(|page| page * PAGE_BYTES < len);
    }

    pub(super) fn read(&self, into: &mut [u8], offset: u64) -> usize {
        let rest = self.visible.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        count
    }

    /// Writes within the file's length.
    pub(super) fn write(&mut self, bytes: &[u8], offset: u64) {
        let start = offset as usize;
        let end = start + bytes.len();
        self.visible[start..end].copy_from_slice(bytes);
        self.dirty.extend(start / PAGE_BYTES..end.div_ceil(PAGE_BYTES));
    }

    pub(super) fn sync(&mut self) {
        self.sync_length();
        for page in std::mem::take(&mut self.dirty) {
            let end = self.visible.len().min((page + 1) * PAGE_BYTES);
            self.copy(page * PAGE_BYTES, end);
        }
    }

    /// Writes some of what is dirty to the medium and calls all of it clean.
    pub(super) fn fail_sync(&mut self, random: &mut Random) {
        self.write_back(random);
        self.dirty.clear();
    }

    /// Leaves what the medium holds, and some of what was on its way there.
    pub(super) fn lose_power(&mut self, random: &mut Random) {
        self.write_back(random);
        *self = Inode::durable(std::mem::take(&mut self.durable));
    }

    /// Writes some of what is dirty to the medium, as a kernel does at any time.
    pub(super) fn write_back(&mut self, random: &mut Random) {
        if random.one_in(2) {
            self.sync_length();
        }
        let survival = Survival::choose(random, self.dirty.len());
        let torn = random.one_in(2);
        for (index, page) in self.dirty.clone().into_iter().enumerate() {
            if survival.keeps(index, random) {
                self.write_page(page, torn, random);
            }
        }
    }

    fn write_page(&mut self, page: usize, torn: bool, random: &mut Random) {
        // Bytes beyond a length that was not written are lost.
        let page_end = (page + 1) * PAGE_BYTES;
        let end = page_end.min(self.durable.len()).min(self.visible.len());
        for sector in (page * PAGE_BYTES..end).step_by(SECTOR_BYTES) {
            if !torn || random.one_in(2) {
                self.copy(sector, end.min(sector + SECTOR_BYTES));
            }
        }
    }

    fn sync_length(&mut self) {
        self.durable.truncate(self.shortest);
        self.durable.resize(self.visible.len(), 0);
        self.shortest = self.visible.len();
    }

    fn copy(&mut self, start: usize, end: usize) {
        self.durable[start..end].copy_from_slice(&self.visible[start..end]);
    }
}
