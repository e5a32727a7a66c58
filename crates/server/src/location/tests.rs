#![allow(clippy::unwrap_used, reason = "tests")]
use super::probe::heeds_conditions;
use async_trait::async_trait;
use bytes::Bytes;
use cairn_lake::{RemoteError, RemoteObject, RemoteObjects};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// How a server treats a condition.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Heeds,
    LooksAway,
    /// Looks whether the object is there, waits for the body, and writes.
    LooksTooEarly,
    Refuses,
}

struct Server {
    manner: Manner,
    objects: Mutex<BTreeMap<String, Bytes>>,
}

impl Server {
    fn has(&self, key: &str) -> bool {
        self.objects.lock().unwrap().contains_key(key)
    }
}

#[async_trait]
impl RemoteObjects for Server {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        self.objects.lock().unwrap().insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        if self.manner == Manner::Refuses {
            return Err(RemoteError::Failed("NotImplemented".into()));
        }
        let is_taken = self.has(key) && self.manner != Manner::LooksAway;
        if self.manner == Manner::LooksTooEarly {
            tokio::task::yield_now().await;
        }
        match is_taken {
            true => Err(RemoteError::Exists),
            false => self.put(key, bytes).await,
        }
    }

    async fn get(&self, key: &str) -> Result<Bytes, RemoteError> {
        self.objects.lock().unwrap().get(key).cloned().ok_or(RemoteError::NotFound)
    }

    async fn list(&self, _: &str, _: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError> {
        Ok(Vec::new())
    }

    async fn delete(&self, key: &str) -> Result<(), RemoteError> {
        self.objects.lock().unwrap().remove(key);
        Ok(())
    }
}

async fn probe(manner: Manner) -> Result<bool, RemoteError> {
    let server = Arc::new(Server { manner, objects: Mutex::default() });
    let heeds = heeds_conditions(server.clone(), "lake/").await;
    assert!(server.objects.lock().unwrap().is_empty(), "the probe leaves nothing behind");
    heeds
}

#[tokio::test]
async fn a_server_is_trusted_with_commits_only_if_one_of_several_writers_wins() {
    assert_eq!(probe(Manner::Heeds).await, Ok(true));
    assert_eq!(probe(Manner::LooksAway).await, Ok(false));
    assert_eq!(probe(Manner::LooksTooEarly).await, Ok(false));
    assert_eq!(probe(Manner::Refuses).await, Err(RemoteError::Failed("NotImplemented".into())));
}
