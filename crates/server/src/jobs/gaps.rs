//! What trails skipped is written into the log: history and the trails themselves show it.

use crate::app::App;
use crate::clock;
use crate::journal::JournalError;
use cairn_delivery::{DeliveryError, Gap};
use cairn_record::{Caller, Exchange, TlsDetails, event_text};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the outbox is asked for gaps.
const TICK: Duration = Duration::from_secs(2);

/// Why a gap is not told of yet.
#[derive(Debug, thiserror::Error)]
enum NotTold {
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = tell_all(&app).await {
            tracing::error!(%error, "gaps of trails could not be recorded; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn tell_all(app: &App) -> Result<(), NotTold> {
    for gap in app.delivery.gaps(clock::now()).await? {
        tracing::error!(
            trail = %gap.trail, events = gap.events, reason = gap.reason.name(), "a trail has a gap"
        );
        let mut control = app.journal.control().await;
        control.commit(&[], gap.trail.account, &gap_event(&gap)).await?;
        drop(control);
        // A crash here leaves the gap, and the next start writes the same event, under the same id, again.
        app.delivery.gap_recorded(gap.id).await?;
    }
    Ok(())
}

/// The event that tells of a gap: the same bytes at every attempt.
fn gap_event(gap: &Gap) -> Vec<u8> {
    let details = json!({
        "trailARN": gap.trail.to_string(),
        "reason": gap.reason.name(),
        "fromPosition": gap.from.get(),
        "toPosition": gap.to.get(),
        "oldestEventTime": gap.oldest.to_string(),
        "newestEventTime": gap.newest.to_string(),
        "eventCount": gap.events,
    });
    event_text(&Exchange {
        caller: Caller::Service { name: "cairn.amazonaws.com" },
        call: cairn_record::trail_gap(gap.trail.to_string(), gap.trail.account, details),
        event_time: gap.closed,
        region: &gap.trail.region,
        source_ip: "cairn.amazonaws.com",
        user_agent: Some("cairn.amazonaws.com"),
        failure: None,
        request_id: &gap.event_id,
        event_id: &gap.event_id,
        recipient: gap.trail.account,
        tls: TlsDetails::default(),
    })
}

#[cfg(test)]
mod tests;
