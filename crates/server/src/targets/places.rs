//! Which S3 a bucket is at.

use cairn_aws::{AwsError, S3};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

/// How long it is believed that a bucket is where it was.
const BELIEVED: Duration = Duration::from_secs(60);
/// Buckets that are remembered. Beyond that all are looked for anew.
const BUCKETS_MAX: usize = 4096;

/// S3s in the order in which a bucket is looked for.
pub(super) struct Places {
    places: Vec<S3>,
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    place: usize,
    until: Instant,
}

impl Places {
    pub(super) fn new(places: Vec<S3>) -> Places {
        Places { places, known: Mutex::default() }
    }

    /// Where the bucket is, or was a moment ago; `None` if it is nowhere.
    ///
    /// Errors: the first place that cannot tell ends the search. Behind it there may be another bucket of the name,
    /// and a trail whose files lie in two would be worse than one that waits.
    pub(super) async fn find(&self, bucket: &str) -> Result<Option<&S3>, AwsError> {
        let known = self.known().get(bucket).copied();
        match known.filter(|known| Instant::now() < known.until) {
            Some(known) => Ok(self.places.get(known.place)),
            None => self.look(bucket).await,
        }
    }

    /// Where the bucket is now.
    pub(super) async fn look(&self, bucket: &str) -> Result<Option<&S3>, AwsError> {
        for (place, s3) in self.places.iter().enumerate() {
            if is_at(s3, bucket).await? {
                self.learn(bucket, Known { place, until: Instant::now() + BELIEVED });
                return Ok(Some(s3));
            }
        }
        Ok(None)
    }

    pub(super) fn forget(&self, bucket: &str) {
        self.known().remove(bucket);
    }

    fn learn(&self, bucket: &str, place: Known) {
        let mut known = self.known();
        if known.len() >= BUCKETS_MAX {
            known.clear();
        }
        known.insert(bucket.to_owned(), place);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().expect("nobody panics while holding it")
    }
}

/// A bucket that may not be asked about is there. Wrong credentials look the same in an answer to HEAD, which has no
/// body: a second request tells them apart.
async fn is_at(s3: &S3, bucket: &str) -> Result<bool, AwsError> {
    let error = match s3.head_bucket(bucket).await {
        Ok(()) => return Ok(true),
        Err(error) if error.status() == Some(403) => match s3.get_bucket_location(bucket).await {
            Ok(_) => return Ok(true),
            Err(error) => error,
        },
        Err(error) => error,
    };
    match error.code() {
        "AccessDenied" => Ok(true),
        _ if error.is_not_found() => Ok(false),
        _ => Err(error),
    }
}
