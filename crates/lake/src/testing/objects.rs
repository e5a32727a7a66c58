//! A bucket in memory.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::{RemoteError, RemoteObject, RemoteObjects};
use async_trait::async_trait;
use bytes::Bytes;
use cairn_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct MemoryObjects {
    objects: Mutex<BTreeMap<String, Bytes>>,
}

impl MemoryObjects {
    pub(crate) fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

#[async_trait]
impl RemoteObjects for MemoryObjects {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        self.objects.lock().unwrap().insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        let mut objects = self.objects.lock().unwrap();
        if objects.contains_key(key) {
            return Err(RemoteError::Exists);
        }
        objects.insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Bytes, RemoteError> {
        self.objects.lock().unwrap().get(key).cloned().ok_or(RemoteError::NotFound)
    }

    async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError> {
        let objects = self.objects.lock().unwrap();
        let wanted = objects
            .iter()
            .filter(|(key, _)| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after));
        let shown = wanted.map(|(key, bytes)| RemoteObject {
            key: key.clone(),
            bytes: bytes.len() as u64,
            modified: Timestamp::from_micros(0),
        });
        Ok(shown.collect())
    }

    async fn delete(&self, key: &str) -> Result<(), RemoteError> {
        self.objects.lock().unwrap().remove(key);
        Ok(())
    }
}
