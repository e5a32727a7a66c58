//! In which state a store is.

use cairn_model::EventDataStore;

/// A store's state. What takes AWS a while is done at once here, so that a store is never seen on its way: what
/// CreateEventDataStore answers, `CREATED`, is over when it can be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Just made.
    Created,
    /// Taking events in.
    Enabled,
    /// Taking none in.
    StoppedIngestion,
    /// Deleted, and can be restored.
    PendingDeletion,
}

impl Status {
    /// The state of a store that is not gone.
    pub fn of(store: &EventDataStore) -> Status {
        match (store.is_pending_deletion(), store.ingesting) {
            (true, _) => Status::PendingDeletion,
            (false, true) => Status::Enabled,
            (false, false) => Status::StoppedIngestion,
        }
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Created => "CREATED",
            Status::Enabled => "ENABLED",
            Status::StoppedIngestion => "STOPPED_INGESTION",
            Status::PendingDeletion => "PENDING_DELETION",
        }
    }
}
