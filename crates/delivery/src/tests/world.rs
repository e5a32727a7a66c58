//! A log in memory, buckets in memory, and a delivery over them that can be killed and started again.

use super::bucket::Buckets;
use crate::delivery::{Applied, Delivery};
use crate::error::DeliveryError;
use crate::options::DeliveryOptions;
use crate::signing::{NewSigningKey, new_signing_key};
use crate::steps::Steps;
use crate::target::{Object, Unseal, UnsealError};
use cairn_model::event::{Admission, Door};
use cairn_model::{
    AccountId, Change, Logging, Origin, Position, Record, SigningKey, Timestamp, Trail, TrailArn,
};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;

pub(super) const HOME: &str = "us-east-1";
pub(super) const ACCOUNT: &str = "111122223333";

/// Making a key takes a while: all tests share these.
pub(super) static KEYS: LazyLock<[NewSigningKey; 2]> =
    LazyLock::new(|| [new_signing_key().unwrap(), new_signing_key().unwrap()]);

pub(super) struct World {
    pub(super) dir: TempDir,
    pub(super) options: DeliveryOptions,
    pub(super) buckets: Arc<Buckets>,
    pub(super) log: Vec<(Position, Vec<u8>)>,
    pub(super) end: Position,
    pub(super) now: Timestamp,
    pub(super) delivery: Option<Delivery>,
}

struct Unsealed;

impl Unseal for Unsealed {
    fn unseal(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>, UnsealError> {
        match sealed.strip_prefix(context.as_bytes()) {
            Some(private) => Ok(private.to_vec()),
            None => Err(UnsealError),
        }
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(super) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

pub(super) fn arn(name: &str) -> TrailArn {
    TrailArn { region: HOME.to_owned(), account: account(), name: name.to_owned() }
}

/// A multi-region trail with validation that never logged.
pub(super) fn trail(name: &str, bucket: &str) -> Trail {
    let created = at("2026-03-01T00:00:00Z");
    Trail {
        multi_region: true,
        log_file_validation: true,
        ..Trail::new(arn(name), bucket.to_owned(), created)
    }
}

pub(super) fn signing_key(which: usize) -> SigningKey {
    let key = &KEYS[which];
    let mut sealed_private = key.fingerprint.clone().into_bytes();
    sealed_private.extend_from_slice(&key.pkcs8);
    SigningKey {
        account: account(),
        fingerprint: key.fingerprint.clone(),
        public_der: key.public_der.clone(),
        sealed_private,
        valid_from: at("2026-01-01T00:00:00Z"),
        valid_to: at("2027-01-01T00:00:00Z"),
    }
}

/// A management event with this id.
pub(super) fn event(id: &str, region: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-03-01T00:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"{region}","readOnly":false,"eventID":"{id}","eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{ACCOUNT}","eventCategory":"Management"}}"#
    )
}

impl World {
    /// Cuts every 5 s, digests every 60 s; the account has a signing key.
    pub(super) fn new() -> World {
        let mut world = World::without_key();
        world.change("CreateKey", vec![Change::PutSigningKey(signing_key(0))]);
        world
    }

    pub(super) fn without_key() -> World {
        let dir = tempfile::tempdir().unwrap();
        let mut options = DeliveryOptions::new(dir.path(), HOME);
        options.deliver_every = Duration::from_secs(5);
        options.digest_every = Duration::from_secs(60);
        World {
            dir,
            options,
            buckets: Arc::default(),
            log: Vec::new(),
            end: Position::ZERO,
            now: at("2026-03-01T10:00:00Z"),
            delivery: None,
        }
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    fn append(&mut self, record: Vec<u8>, text: &str, origin: Origin) {
        self.append_of(account(), record, text, origin);
    }

    fn append_of(&mut self, account: AccountId, mut record: Vec<u8>, text: &str, origin: Origin) {
        let admission = Admission { origin, account, arrival: self.now };
        Door::default().admit(text.as_bytes(), &admission, || 7, &mut record).unwrap();
        let at = self.end;
        self.end = Position::new(at.get() + record.len() as u64);
        self.log.push((at, record));
    }

    pub(super) fn post_as(&mut self, text: &str, origin: Origin) {
        let mut record = Vec::new();
        Record::start_event(&mut record);
        self.append(record, text, origin);
    }

    pub(super) fn post(&mut self, id: &str, region: &str) {
        self.post_as(&event(id, region), Origin::Posted);
    }

    /// Posts an event of another account.
    pub(super) fn post_of(&mut self, account: &str, id: &str, region: &str) {
        self.post_text_of(account, &event(id, region).replace(ACCOUNT, account));
    }

    /// Posts an event that names another account.
    pub(super) fn post_text_of(&mut self, account: &str, text: &str) {
        let mut record = Vec::new();
        Record::start_event(&mut record);
        self.append_of(account.parse().unwrap(), record, text, Origin::Posted);
    }

    /// Logs the changes with the event of their call, whose id is `id`.
    pub(super) fn change(&mut self, id: &str, changes: Vec<Change>) {
        let mut record = Vec::new();
        Record::start_changes(&changes, &mut record);
        self.append(record, &event(id, HOME), Origin::Recorded);
    }

    pub(super) fn put(&mut self, id: &str, trail: &Trail) {
        self.change(id, vec![Change::PutTrail(Box::new(trail.clone()))]);
    }

    pub(super) fn start_logging(&mut self, id: &str, trail: &mut Trail) {
        trail.logging = Logging::On { started: self.now, stopped: trail.logging.stopped() };
        self.put(id, trail);
    }

    pub(super) fn stop_logging(&mut self, id: &str, trail: &mut Trail) {
        trail.logging = Logging::Off { started: trail.logging.started().unwrap(), stopped: self.now };
        self.put(id, trail);
    }

    /// Starts the delivery anew; an old one is dropped as it is.
    pub(super) async fn start(&mut self) {
        self.start_with(Steps::default()).await.unwrap();
    }

    pub(super) async fn start_with(&mut self, steps: Steps) -> Result<(), DeliveryError> {
        self.delivery = None;
        let (options, target) = (self.options.clone(), self.buckets.clone());
        let delivery = Delivery::open_with(options, target, Arc::new(Unsealed), steps).await?;
        self.delivery = Some(delivery);
        Ok(())
    }

    pub(super) fn delivery(&self) -> &Delivery {
        self.delivery.as_ref().unwrap()
    }

    /// Applies all that the log holds from the delivery's own place on.
    pub(super) fn feed(&self) -> Result<(), DeliveryError> {
        let from = self.delivery().stats().applied;
        let first = self.log.partition_point(|(at, _)| *at < from);
        for index in first..self.log.len() {
            let (at, bytes) = &self.log[index];
            let next = self.log.get(index + 1).map_or(self.end, |(at, _)| *at);
            let record = Record::decode(bytes).unwrap();
            let applied = self.delivery().apply(*at, &record, next, self.now)?;
            assert_ne!(applied, Applied::CutFirst);
        }
        Ok(())
    }

    /// What its owner does every second.
    pub(super) async fn tick(&self) -> Result<(), DeliveryError> {
        self.feed()?;
        self.delivery().cut_if_due(self.now).await?;
        self.delivery().digest_if_due(self.now).await?;
        self.delivery().upload_due(self.now).await?;
        Ok(())
    }

    /// Lets time pass in steps of a second.
    pub(super) async fn run(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.pass(1);
            self.tick().await.unwrap();
        }
    }

    pub(super) fn log_files(&self) -> Vec<Object> {
        let mut objects = self.buckets.objects();
        objects.retain(|object| !object.key.contains("/CloudTrail-Digest/"));
        objects
    }

    pub(super) fn digests(&self) -> Vec<Object> {
        let mut objects = self.buckets.objects();
        objects.retain(|object| object.key.contains("/CloudTrail-Digest/"));
        objects
    }

    /// How often each event id stands in the trail's log files.
    pub(super) fn delivered(&self, trail: &str) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for object in self.log_files() {
            if object.trail.name != trail || object.key.contains("/CloudTrail-Aggregated/") {
                continue;
            }
            for id in event_ids(&object) {
                *found.entry(id).or_default() += 1;
            }
        }
        found
    }

    /// The ids of the events in the trail's log files, each of which must be there once.
    pub(super) fn delivered_once(&self, trail: &str) -> Vec<String> {
        let delivered = self.delivered(trail);
        for (id, times) in &delivered {
            assert_eq!(*times, 1, "{id} was delivered {times} times");
        }
        delivered.into_keys().collect()
    }

    /// Names of files in the outbox's folder.
    pub(super) fn outbox_files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path().join("outbox")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

pub(super) fn event_ids(object: &Object) -> Vec<String> {
    let plain = super::validator::gunzip(&object.bytes).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&plain).unwrap();
    let records = file["Records"].as_array().unwrap().iter();
    records.map(|record| record["eventID"].as_str().unwrap().to_owned()).collect()
}
