//! Operations that are either about a trail or about an event data store.

/// What a call names; exactly one may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// `TrailName`.
    Trail(&'a str),
    /// `EventDataStore`.
    EventDataStore(&'a str),
}

/// Why it is not clear what a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// `InvalidParameterException`.
    #[error("Specify TrailName or EventDataStore.")]
    Neither,
    /// `InvalidParameterCombinationException`.
    #[error("TrailName and EventDataStore cannot be specified in the same request.")]
    Both,
}

impl<'a> Subject<'a> {
    /// What `TrailName` and `EventDataStore` name together.
    pub fn of(trail: Option<&'a str>, store: Option<&'a str>) -> Result<Subject<'a>, SubjectError> {
        match (trail, store) {
            (Some(trail), None) => Ok(Subject::Trail(trail)),
            (None, Some(store)) => Ok(Subject::EventDataStore(store)),
            (None, None) => Err(SubjectError::Neither),
            (Some(_), Some(_)) => Err(SubjectError::Both),
        }
    }
}
