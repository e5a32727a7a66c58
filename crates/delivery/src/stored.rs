//! The outbox of a folder that nobody serves: a stopped data folder, or a restored backup.

use crate::error::DeliveryError;
use crate::heads::{Head, heads};
use crate::options::DeliveryOptions;
use crate::outbox::{ObjectKind, Outbox};
use crate::steps::Steps;
use cairn_model::{Organization, Position, Timestamp, Trail, TrailArn};
use std::path::{Path, PathBuf};

/// What an outbox holds. Reads only: no file is removed, nothing is delivered.
pub struct StoredOutbox {
    outbox: Outbox,
    dir: PathBuf,
}

/// An object that was cut and is not in its bucket yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingObject {
    /// The trail that delivers it.
    pub trail: TrailArn,
    /// Where it goes.
    pub bucket: String,
    /// Its key there.
    pub key: String,
    /// Whether it is a log file; else it is a digest.
    pub is_log_file: bool,
    /// The file that holds its bytes.
    pub file: PathBuf,
}

impl StoredOutbox {
    /// Opens the outbox in `dir`; `None` if there is none. Nobody else may use it.
    pub async fn open(dir: &Path) -> Result<Option<StoredOutbox>, DeliveryError> {
        if !Outbox::is_in(dir) {
            return Ok(None);
        }
        let options = DeliveryOptions::new(dir, "");
        let outbox = Outbox::open(&options, Steps::default()).await?;
        Ok(Some(StoredOutbox { outbox, dir: dir.to_owned() }))
    }

    /// Every record of the log below is in a log file or needs none; and the trails as they were there.
    pub async fn trails(&self) -> Result<(Position, Vec<Trail>), DeliveryError> {
        let (position, view) = self.outbox.load_view().await?;
        Ok((position, view.trails().cloned().collect()))
    }

    /// The organizations as they were there.
    pub async fn organizations(&self) -> Result<Vec<Organization>, DeliveryError> {
        let (_, view) = self.outbox.load_view().await?;
        Ok(view.organizations().cloned().collect())
    }

    /// What is not in its bucket yet, in no order that means anything.
    pub async fn waiting(&self) -> Result<Vec<WaitingObject>, DeliveryError> {
        let mut waiting = Vec::new();
        for lane in self.outbox.lanes().await? {
            for pending in self.outbox.pending(&lane, Timestamp::MAX, u32::MAX).await? {
                waiting.push(WaitingObject {
                    trail: lane.trail.clone(),
                    bucket: lane.bucket.clone(),
                    key: pending.key,
                    is_log_file: lane.kind == ObjectKind::Log,
                    file: Outbox::file_in(&self.dir, &pending.file),
                });
            }
        }
        Ok(waiting)
    }

    /// Bucket and key of every log file that is in its bucket and that no digest names yet, but one will.
    pub async fn unnamed(&self) -> Result<Vec<(String, String)>, DeliveryError> {
        self.outbox.unnamed_files().await
    }

    /// The trail, the first and the last position of each gap that no event of the log tells of yet.
    pub async fn untold_gaps(&self) -> Result<Vec<(TrailArn, Position, Position)>, DeliveryError> {
        self.outbox.untold_gaps().await
    }

    /// See [`crate::Delivery::heads`].
    pub async fn heads(&self) -> Result<Vec<Head>, DeliveryError> {
        heads(&self.outbox).await
    }
}
