//! GetChannel.

use super::{Answered, Call, channel_error, shapes};
use cairn_decide::audit_events::{IngestionStatus, ingestion_status};
use cairn_decide::channels;
use cairn_lake::{Categories, Filter, Found, Lookup};
use cairn_model::{Category, ChannelArn, Origin, Timestamp};
use cairn_wire::generated::GetChannelRequest;
use std::time::{Duration, Instant};

/// How many calls on a channel are looked at together.
const PAGE: usize = 50;
/// How many such pages are looked at. Most of the calls may be strangers', which tell nothing.
const PAGES_MAX: usize = 20;
/// A channel is shown without its status if that takes longer.
const DEADLINE: Duration = Duration::from_secs(2);

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: GetChannelRequest = call.input()?;
    let known = call.known();
    let channel = channels::get(&call.store_facts(&known), &input.channel).map_err(channel_error)?;
    let status = status(&call, &channel.arn).await;
    call.read(&shapes::channel(channel, status))
}

/// How the channel fares, as the calls on it tell that are in history, whoever's they are. So it needs no state of its
/// own and outlives restarts.
async fn status(call: &Call<'_>, channel: &ChannelArn) -> IngestionStatus {
    let mut lookup = latest_calls(call, channel);
    let mut found: Vec<Found> = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = match call.app.history.lookup(lookup.clone()).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "a channel's status cannot be told");
                break;
            }
        };
        // Callers may post what they like; Cairn's own events are the recorded ones.
        found.extend(page.events.into_iter().filter(|found| found.origin == Origin::Recorded));
        if page.next.is_none() || of(&found).success.is_some() {
            break;
        }
        lookup.after = page.next;
    }
    of(&found)
}

fn of(found: &[Found]) -> IngestionStatus {
    ingestion_status(found.iter().map(|found| -> (Timestamp, &str) { (found.event_time, &found.text) }))
}

fn latest_calls(call: &Call<'_>, channel: &ChannelArn) -> Lookup {
    Lookup {
        account: None,
        region: Some(channel.region.clone()),
        categories: Categories::of(&[Category::Data]),
        filters: vec![
            Filter::ResourceName(channel.to_string()),
            Filter::EventName("PutAuditEvents".to_owned()),
        ],
        text: None,
        from: None,
        to: None,
        limit: PAGE,
        after: None,
        deadline: Some(Instant::now() + DEADLINE),
        now: call.now,
    }
}
