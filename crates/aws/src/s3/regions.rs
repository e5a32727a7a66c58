//! Which region a bucket is in.

use crate::endpoint::is_region;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// Buckets that are remembered. Beyond that all are learnt anew: each costs one request.
const BUCKETS_MAX: usize = 4096;

#[derive(Debug)]
pub(super) struct Regions {
    default: String,
    known: Mutex<HashMap<String, String>>,
}

impl Regions {
    pub(super) fn new(default: String) -> Regions {
        Regions { default, known: Mutex::default() }
    }

    pub(super) fn of(&self, bucket: &str) -> String {
        self.known().get(bucket).unwrap_or(&self.default).clone()
    }

    /// What is no region is not learnt.
    pub(super) fn learn(&self, bucket: &str, region: &str) {
        if !is_region(region) {
            return;
        }
        let mut known = self.known();
        if known.len() >= BUCKETS_MAX {
            known.clear();
        }
        known.insert(bucket.to_owned(), region.to_owned());
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.known.lock().expect("nobody panics while holding it")
    }
}
