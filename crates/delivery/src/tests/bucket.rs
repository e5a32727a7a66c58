//! Buckets in memory that fail as they are told.

use crate::target::{LogEvents, Notification, Object, Put, Target, TargetError};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

/// How the next put goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not this one.
    None,
    /// Refused, nothing was put.
    Refused,
    /// Reported as refused, but it was put.
    PutButRefused,
}

#[derive(Default)]
pub(super) struct Buckets {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<(String, String), Object>,
    missing: BTreeSet<String>,
    faults: VecDeque<Fault>,
    silent: BTreeSet<String>,
    /// Keys in the order in which they were first there.
    order: Vec<String>,
    /// What topics were told.
    told: Vec<Notification>,
    topic_faults: VecDeque<Fault>,
    /// Topics that refuse everything.
    closed_topics: BTreeSet<String>,
    /// What log groups took.
    logged: Vec<LogEvents>,
    log_group_faults: VecDeque<Fault>,
    /// Log groups that are not there.
    missing_log_groups: BTreeSet<String>,
}

impl Buckets {
    pub(super) fn remove_bucket(&self, name: &str) {
        self.state.lock().unwrap().missing.insert(name.to_owned());
    }

    pub(super) fn make_bucket(&self, name: &str) {
        let mut state = self.state.lock().unwrap();
        state.missing.remove(name);
        state.silent.remove(name);
    }

    /// From now on nobody answers for the bucket, until it is made.
    pub(super) fn silence(&self, name: &str) {
        self.state.lock().unwrap().silent.insert(name.to_owned());
    }

    pub(super) fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().faults.extend(faults);
    }

    /// How the next messages to topics go wrong.
    pub(super) fn plan_topics(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().topic_faults.extend(faults);
    }

    pub(super) fn close_topic(&self, arn: &str) {
        self.state.lock().unwrap().closed_topics.insert(arn.to_owned());
    }

    pub(super) fn open_topic(&self, arn: &str) {
        self.state.lock().unwrap().closed_topics.remove(arn);
    }

    /// How the next calls for log groups go wrong.
    pub(super) fn plan_log_groups(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().log_group_faults.extend(faults);
    }

    pub(super) fn remove_log_group(&self, arn: &str) {
        self.state.lock().unwrap().missing_log_groups.insert(arn.to_owned());
    }

    pub(super) fn make_log_group(&self, arn: &str) {
        self.state.lock().unwrap().missing_log_groups.remove(arn);
    }

    /// What log groups took, in order.
    pub(super) fn logged(&self) -> Vec<LogEvents> {
        self.state.lock().unwrap().logged.clone()
    }

    /// What topics were told, in order.
    pub(super) fn told(&self) -> Vec<Notification> {
        self.state.lock().unwrap().told.clone()
    }

    /// Puts another object where one of ours will go.
    pub(super) fn squat(&self, bucket: &str, key: &str, like: &Object) {
        let mut other = like.clone();
        other.sha256 = "another".to_owned();
        key.clone_into(&mut other.key);
        let place = (bucket.to_owned(), key.to_owned());
        self.state.lock().unwrap().objects.insert(place, other);
    }

    /// From now on nothing goes wrong.
    pub(super) fn heal(&self) {
        let mut state = self.state.lock().unwrap();
        state.faults.clear();
        state.topic_faults.clear();
        state.log_group_faults.clear();
    }

    pub(super) fn remove(&self, bucket: &str, key: &str) -> Option<Object> {
        let place = (bucket.to_owned(), key.to_owned());
        self.state.lock().unwrap().objects.remove(&place)
    }

    pub(super) fn get(&self, bucket: &str, key: &str) -> Option<Object> {
        let place = (bucket.to_owned(), key.to_owned());
        self.state.lock().unwrap().objects.get(&place).cloned()
    }

    pub(super) fn objects(&self) -> Vec<Object> {
        let state = self.state.lock().unwrap();
        state.objects.values().cloned().collect()
    }

    /// Keys in the order in which they were put.
    pub(super) fn order(&self) -> Vec<String> {
        self.state.lock().unwrap().order.clone()
    }

    fn tell(&self, notification: &Notification) -> Result<(), TargetError> {
        let mut state = self.state.lock().unwrap();
        let refused = |code: &str| Err(TargetError::Refused { code: code.to_owned() });
        if state.closed_topics.contains(&notification.topic_arn) {
            return refused("AuthorizationError");
        }
        let fault = state.topic_faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::Refused {
            return refused("InternalError");
        }
        let (bucket, keys) = news(notification);
        for key in keys {
            assert!(state.objects.contains_key(&(bucket.clone(), key)), "told before it is there");
        }
        state.told.push(notification.clone());
        if fault == Fault::PutButRefused {
            return refused("InternalError");
        }
        Ok(())
    }

    fn log(&self, events: &LogEvents) -> Result<(), TargetError> {
        let mut state = self.state.lock().unwrap();
        let refused = |code: &str| Err(TargetError::Refused { code: code.to_owned() });
        if state.missing_log_groups.contains(&events.group_arn) {
            return refused("ResourceNotFoundException");
        }
        let fault = state.log_group_faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::Refused {
            return refused("InternalError");
        }
        state.logged.push(events.clone());
        if fault == Fault::PutButRefused { refused("InternalError") } else { Ok(()) }
    }

    fn put(&self, object: &Object) -> Result<Put, TargetError> {
        let mut state = self.state.lock().unwrap();
        let refused = |code: &str| Err(TargetError::Refused { code: code.to_owned() });
        if state.missing.contains(&object.bucket) {
            return refused("NoSuchBucket");
        }
        let fault = state.faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::Refused {
            return refused("InternalError");
        }
        let place = (object.bucket.clone(), object.key.clone());
        let put = match state.objects.get(&place) {
            Some(there) if there.sha256 == object.sha256 => {
                assert_eq!(there.bytes, object.bytes, "the same hash, the same bytes");
                assert_eq!(there.metadata, object.metadata);
                Put::SameAlreadyThere
            }
            Some(_) => return Err(TargetError::Conflict),
            None => {
                state.objects.insert(place, object.clone());
                state.order.push(object.key.clone());
                Put::Created
            }
        };
        if fault == Fault::PutButRefused {
            return refused("SlowDown");
        }
        Ok(put)
    }
}

#[async_trait]
impl Target for Buckets {
    async fn put_new(&self, object: &Object) -> Result<Put, TargetError> {
        let silent = self.state.lock().unwrap().silent.contains(&object.bucket);
        if silent {
            std::future::pending::<()>().await;
        }
        self.put(object)
    }

    async fn notify(&self, notification: &Notification) -> Result<(), TargetError> {
        let silent = self.state.lock().unwrap().silent.contains(&notification.topic_arn);
        if silent {
            std::future::pending::<()>().await;
        }
        self.tell(notification)
    }

    async fn put_log_events(&self, events: &LogEvents) -> Result<(), TargetError> {
        let silent = self.state.lock().unwrap().silent.contains(&events.group_arn);
        if silent {
            std::future::pending::<()>().await;
        }
        self.log(events)
    }
}

/// The bucket and the keys that a message names.
pub(super) fn news(notification: &Notification) -> (String, Vec<String>) {
    let message: serde_json::Value = serde_json::from_str(&notification.message).unwrap();
    let keys = message["s3ObjectKey"].as_array().unwrap().iter();
    let keys = keys.map(|key| key.as_str().unwrap().to_owned()).collect();
    (message["s3Bucket"].as_str().unwrap().to_owned(), keys)
}
