//! Deleting trails, and starting and stopping their logging.

use super::Facts;
use super::error::TrailError;
use super::find::to_change;
use cairn_model::{Logging, Trail, TrailArn};

/// DeleteTrail: which trail goes.
pub fn delete(facts: &Facts<'_>, name_or_arn: &str) -> Result<TrailArn, TrailError> {
    Ok(to_change(facts, name_or_arn)?.arn.clone())
}

/// StartLogging. A trail that is logging stays as it is: its logging began when it began.
pub fn start_logging(facts: &Facts<'_>, name_or_arn: &str) -> Result<Trail, TrailError> {
    let mut trail = to_change(facts, name_or_arn)?.clone();
    if !trail.logging.is_on() {
        trail.logging = Logging::On { started: facts.now, stopped: trail.logging.stopped() };
    }
    Ok(trail)
}

/// StopLogging. A trail that is not logging stays as it is.
pub fn stop_logging(facts: &Facts<'_>, name_or_arn: &str) -> Result<Trail, TrailError> {
    let mut trail = to_change(facts, name_or_arn)?.clone();
    if let Logging::On { started, .. } = trail.logging {
        trail.logging = Logging::Off { started, stopped: facts.now };
    }
    Ok(trail)
}
