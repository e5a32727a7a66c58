//! Keeping events until they are acknowledged, in bounded memory.

mod counts;
mod post;
mod sender;

pub use counts::Counts;

use crate::event::{Finished, Origin};
use counts::Tally;
use http::Uri;
use post::Poster;
use sender::{Entry, Sender};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Where events go, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server, such as `https://cairn.example.com:4580`. Without TLS only over loopback.
    pub endpoint: String,
    /// The bearer token of a key that may post events (`cairn key create --ingest-only`).
    pub token: String,
    /// `eventSource` of calls that name none.
    pub event_source: String,
    /// `awsRegion`; `us-east-1` unless set.
    pub region: String,
    /// `recipientAccountId`; the key's account unless set.
    pub account: Option<String>,
    /// When a call is answered.
    pub mode: Mode,
    /// How many events may wait, 1,024 unless set. An event has at most about 200 KiB, and mostly 1.
    pub waiting_max: usize,
    /// How long a response waits for the acknowledgement, 5 s unless set.
    pub wait_max: Duration,
    /// How long one attempt to post may take, 10 s unless set.
    pub attempt_max: Duration,
}

impl Settings {
    /// Settings of a service, all others as they are unless set.
    pub fn new(
        endpoint: impl Into<String>,
        token: impl Into<String>,
        event_source: impl Into<String>,
    ) -> Settings {
        Settings {
            endpoint: endpoint.into(),
            token: token.into(),
            event_source: event_source.into(),
            region: "us-east-1".to_owned(),
            account: None,
            mode: Mode::BeforeResponse,
            waiting_max: 1024,
            wait_max: Duration::from_secs(5),
            attempt_max: Duration::from_secs(10),
        }
    }
}

/// When a call is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When its event is on the server's disk: nobody sees a success that is not on the record.
    BeforeResponse,
    /// At once. Events that find no room are dropped, and counted.
    Async,
}

/// Why nothing can be recorded.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The endpoint is no URL of a server.
    #[error("{0:?} is not a URL like https://cairn.example.com:4580")]
    Endpoint(String),
    /// Whoever listens would see the token.
    #[error("a token travels over TLS or loopback only: {0:?} is neither")]
    Exposed(String),
    /// The token holds what no header may hold.
    #[error("the token is not one")]
    Token,
    /// The system has no certificates to verify the server by.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(std::io::Error),
}

/// Events were not acknowledged in time; they are tried further while the recorder lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} events are not acknowledged yet")]
pub struct Unflushed {
    /// How many.
    pub waiting: u64,
}

/// Sends events; clones share one queue. When the last is gone, what waits gets one more attempt.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::Sender<Entry>,
    tally: Arc<Tally>,
    origin: Arc<Origin>,
    mode: Mode,
    wait_max: Duration,
}

impl Recorder {
    /// Starts a recorder on the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start(settings: Settings) -> Result<Recorder, StartError> {
        let poster = Poster::new(&settings.endpoint, &settings.token, settings.attempt_max)?;
        let (queue, waiting) = mpsc::channel(settings.waiting_max.max(1));
        let tally = Arc::<Tally>::default();
        tokio::spawn(Sender::new(poster, waiting, Arc::clone(&tally)).run());
        let Settings { event_source, region, account, mode, wait_max, .. } = settings;
        let origin = Arc::new(Origin { event_source, region, account });
        Ok(Recorder { queue, tally, origin, mode, wait_max })
    }

    /// What became of the events so far.
    pub fn counts(&self) -> Counts {
        self.tally.counts()
    }

    /// Returns when all events that were recorded before are acknowledged or refused, or when time is up.
    /// To be called at shutdown, when no request is under way.
    pub async fn flush(&self, within: Duration) -> Result<(), Unflushed> {
        let target = self.tally.counts().queued;
        let settled = tokio::time::timeout(within, self.tally.settled(target)).await;
        settled.map_err(|_| Unflushed { waiting: self.tally.counts().waiting() })
    }

    /// Room for one event. None if the call must not be made, because it could not be recorded: that is known if
    /// no room is left, or if the last attempt to post failed and is being repeated.
    pub(crate) fn room(&self) -> Option<Room> {
        let permit = match self.mode {
            Mode::Async => None,
            Mode::BeforeResponse if self.tally.is_failing() => return None,
            Mode::BeforeResponse => Some(self.reserve()?),
        };
        Some(Room { permit, recorder: self.clone() })
    }

    fn reserve(&self) -> Option<mpsc::OwnedPermit<Entry>> {
        self.queue.clone().try_reserve_owned().ok()
    }
}

/// A place in the queue, held for one event while its call is under way.
#[derive(Debug)]
pub(crate) struct Room {
    /// Held from the start if the call waits for its event.
    permit: Option<mpsc::OwnedPermit<Entry>>,
    recorder: Recorder,
}

impl Room {
    /// Queues the event, or drops it and counts that.
    pub(crate) fn take(self, event: &Finished) -> Ticket {
        let Room { permit, recorder } = self;
        let waits = permit.is_some();
        let Some(permit) = permit.or_else(|| recorder.reserve()) else {
            recorder.tally.drop_one();
            return Ticket(None);
        };
        let (acknowledge, acknowledged) = oneshot::channel();
        // Counted first, so that no more is ever settled than was queued.
        recorder.tally.queue();
        permit.send(Entry { text: event.text(&recorder.origin), acknowledge });
        Ticket(waits.then_some((acknowledged, recorder.wait_max)))
    }
}

/// What an acknowledgement is waited for with.
pub(crate) struct Ticket(Option<(oneshot::Receiver<()>, Duration)>);

impl Ticket {
    /// Whether the call's answer may be given: the event is on disk, or nobody waits for that.
    pub(crate) async fn acknowledged(self) -> bool {
        let Some((acknowledged, wait_max)) = self.0 else { return true };
        matches!(tokio::time::timeout(wait_max, acknowledged).await, Ok(Ok(())))
    }
}

/// The server's address, if a token may travel there.
fn checked(endpoint: &str) -> Result<Uri, StartError> {
    let wrong = || StartError::Endpoint(endpoint.to_owned());
    let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']);
    let is_loopback = || {
        let ip = host.parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
    };
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_loopback() => Ok(uri),
        Some("http") => Err(StartError::Exposed(endpoint.to_owned())),
        _ => Err(wrong()),
    }
}
