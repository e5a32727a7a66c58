//! From the acknowledgement of an event until LookupEvents shows it, at a fixed rate of events.

use crate::arguments::Settings;
use crate::error::BenchError;
use crate::http1::Connection;
use crate::pool::Pool;
use crate::quantiles::Quantiles;
use crate::server::{Server, lookup_events};
use crate::signing::REGION;
use serde_json::json;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// Between two questions for the same event.
const POLL: Duration = Duration::from_millis(2);
/// How long an event may take to be seen before the benchmark is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one run measured.
#[derive(Clone, Debug)]
pub(crate) struct VisibleRun {
    /// Events acknowledged a second.
    pub(crate) rate: f64,
    /// From the acknowledgement of a request to the answer of a look-up, asked again and again, that has an event of it.
    pub(crate) visible: Quantiles,
}

/// What senders tell the one who looks.
#[derive(Default)]
struct Acknowledged {
    events: u64,
    /// The newest event that can be looked up, and when it was acknowledged.
    newest: Option<(String, Instant)>,
    senders: usize,
}

/// Loads a fresh server and looks for one acknowledged event after the other.
pub(crate) async fn run(settings: &Settings, pool: &mut Pool) -> Result<VisibleRun, BenchError> {
    let server = Server::start(settings).await?;
    let senders = settings.connections;
    let interval = Duration::from_secs_f64(settings.batch as f64 / settings.visible_rate as f64);
    let start = Instant::now();
    let load = Load {
        token: server.token(),
        batch: settings.batch,
        start,
        end: start + Duration::from_secs(settings.seconds),
        pool: RefCell::new((pool, start)),
        interval,
        acknowledged: RefCell::new(Acknowledged { senders, ..Acknowledged::default() }),
    };
    let mut connections = Vec::new();
    for _ in 0..senders {
        connections.push(Connection::open(server.address()).await?);
    }
    let looking = load.look(Connection::open(server.address()).await?);
    let sending =
        futures::future::try_join_all(connections.into_iter().map(|connection| load.send(connection)));
    let (times, _) = futures::future::try_join(looking, sending).await?;
    let rate = load.acknowledged.borrow().events as f64 / settings.seconds as f64;
    Ok(VisibleRun { rate, visible: Quantiles::of(times) })
}

struct Load<'a> {
    token: &'a str,
    batch: usize,
    start: Instant,
    end: Instant,
    /// The bodies, and when the next of them is due.
    pool: RefCell<(&'a mut Pool, Instant)>,
    interval: Duration,
    acknowledged: RefCell<Acknowledged>,
}

impl Load<'_> {
    /// Sends requests when they are due, or late if all connections are waiting.
    async fn send(&self, mut connection: Connection) -> Result<(), BenchError> {
        loop {
            let (body, due) = {
                let (pool, next) = &mut *self.pool.borrow_mut();
                let due = *next;
                if due >= self.end {
                    break;
                }
                *next = due + self.interval;
                (pool.next_body(), due)
            };
            tokio::time::sleep_until(due.into()).await;
            let event = findable(&body);
            let taken = connection.post_events(self.token, body).await?.all_taken(self.batch)?;
            let mut acknowledged = self.acknowledged.borrow_mut();
            acknowledged.events += taken;
            acknowledged.newest = event.map(|event| (event, Instant::now())).or(acknowledged.newest.take());
        }
        self.acknowledged.borrow_mut().senders -= 1;
        Ok(())
    }

    /// Looks for the newest acknowledged event until it is there, then for the next.
    async fn look(&self, mut connection: Connection) -> Result<Vec<Duration>, BenchError> {
        let mut times = Vec::new();
        loop {
            let newest = self.acknowledged.borrow_mut().newest.take();
            let Some((event, acknowledged)) = newest else {
                if self.acknowledged.borrow().senders == 0 {
                    return Ok(times);
                }
                tokio::time::sleep(POLL).await;
                continue;
            };
            let attribute = json!({ "AttributeKey": "EventId", "AttributeValue": event });
            let request = json!({ "LookupAttributes": [attribute] });
            while !shows_one(&lookup_events(&mut connection, &request).await?) {
                if acknowledged.elapsed() > PATIENCE {
                    return Err(BenchError::Behind(self.start.elapsed()));
                }
                tokio::time::sleep(POLL).await;
            }
            times.push(acknowledged.elapsed());
        }
    }
}

fn shows_one(answer: &serde_json::Value) -> bool {
    answer["Events"].as_array().is_some_and(|events| !events.is_empty())
}

/// The id of an event of the body that LookupEvents of the home region has.
fn findable(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let region = format!(r#""awsRegion":"{REGION}""#);
    let line =
        text.lines().find(|line| line.contains(&region) && line.contains(r#""managementEvent":true"#))?;
    let (_, rest) = line.split_once(r#""eventID":""#)?;
    rest.split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests;
