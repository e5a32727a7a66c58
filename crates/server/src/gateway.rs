//! The recording gateway: calls go to their upstream, and what was called goes on the record.
//!
//! ```text
//! destination -> admission (who calls) -> cairn_gateway (forwards, calls the recorder) -> answer
//!                                              recorder -> story (the event) -> journal, queue or intents
//! ```

mod admission;
mod allowed;
mod buckets;
mod destination;
mod faults;
mod figures;
mod hashed;
mod health;
mod identities;
mod intents;
mod lessons;
mod own_api;
mod parameters;
mod queue;
mod recorder;
mod reloaded;
mod request_body;
mod resign;
mod sent_form;
mod story;
mod subject;
mod upstreams;

pub(crate) use admission::{Identity, Who};
pub(crate) use buckets::list as list_buckets;
pub(crate) use destination::{Destination, destination, region as signed_region};
pub(crate) use faults::{Fault, Form};
pub(crate) use figures::page;
pub(crate) use intents::IntentsError;
pub(crate) use reloaded::{FileError, Reloaded};
pub(crate) use story::tls_details;
pub(crate) use story::{Story, Told};
pub(crate) use subject::Subject;
pub(crate) use upstreams::{Upstream, UpstreamError};

use crate::app::App;
use crate::auth::Caller;
use crate::clock;
use crate::config::{Config, RecordMode};
use crate::events::Exchange;
use crate::http::{Answer, sts, whole};
use crate::journal::{Journal, JournalError};
use crate::listener::TlsSession;
use crate::route::signed_service;
use admission::{Admitted, Turned, admit};
use cairn_gateway::{Failure, Hold, Plan};
use cairn_model::{AccountId, Position};
use cairn_store::disk::Disk;
use cairn_store::log::{AppendError, Hold as LogHold};
use cairn_wire::ApiError;
use figures::Figures;
use health::Health;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use intents::{Intents, Owed};
use lessons::Lessons;
use metrics_exporter_prometheus::PrometheusRecorder;
use parameters::parameters;
use queue::{Drain, Event, EventQueue};
use recorder::{ForwardedCall, Recorder, not_sent};
use request_body::WholeBody;
use sent_form::SentForm;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upstreams::Upstreams;
use uuid::Uuid;

/// Memory for captured bodies and small answers of all calls together.
const HELD_BYTES_MAX: usize = 128 << 20;
/// How often it is seen to that closed intents are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(5);
/// The folder of the intents' log in the data folder.
pub(crate) const INTENTS: &str = "intents";

/// What forwarded calls share.
pub(crate) struct Gateway {
    upstreams: Upstreams,
    link: cairn_gateway::Gateway,
    /// Names below which buckets have host names of their own.
    base_hosts: Vec<String>,
    health: Health,
    figures: Figures,
    queue: EventQueue,
    /// Until it is started.
    drain: Mutex<Option<Drain>>,
    intents: Option<Intents>,
    lessons: Lessons,
    /// Calls that are not on the record yet.
    under_way: TaskTracker,
}

/// Why the gateway does not start. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error(transparent)]
    Intents(#[from] IntentsError),
}

impl Gateway {
    /// Reads what the settings name, and puts on the record what a crash left without an outcome.
    pub(crate) async fn open(
        config: &Config,
        disk: Arc<dyn Disk>,
        journal: &Journal,
        recorder: Arc<PrometheusRecorder>,
    ) -> Result<Gateway, GatewayError> {
        let upstreams = Upstreams::open(&config.gateway, &config.region)?;
        let (queue, drain) = EventQueue::new(config.gateway.queue_bytes);
        let folder = config.data.join(INTENTS);
        let is_needed = config.gateway.record == RecordMode::Intent || folder.exists();
        let intents = match is_needed {
            true => Some(Intents::open(disk, folder, journal).await?),
            false => None,
        };
        Ok(Gateway {
            upstreams,
            link: cairn_gateway::Gateway::new(HELD_BYTES_MAX),
            base_hosts: config.bucket_domain.iter().cloned().chain(["s3.localhost".to_owned()]).collect(),
            health: Health::new(config.data.clone(), config.reserve_bytes),
            figures: Figures::new(recorder),
            queue,
            drain: Mutex::new(Some(drain)),
            intents,
            lessons: Lessons::default(),
            under_way: TaskTracker::new(),
        })
    }

    /// Starts what runs beside calls, until `stop`.
    pub(crate) fn start(app: &Arc<App>, stop: &CancellationToken) -> JoinSet<()> {
        let mut running = JoinSet::new();
        let drain = app.gateway.drain.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(drain) = drain {
            running.spawn(drain.run(Arc::clone(&app.journal), stop.clone()));
        }
        running.spawn(tidy(Arc::clone(app), stop.clone()));
        running
    }

    /// Waits until all calls that were forwarded are on the record or in the queue.
    pub(crate) async fn all_recorded(&self) {
        self.under_way.close();
        self.under_way.wait().await;
    }

    /// Events at this position and behind are needed, should Cairn end now.
    pub(crate) fn floor(&self) -> Option<Position> {
        self.intents.as_ref()?.floor()
    }

    /// Ends what waits for an upstream, for a process that stops.
    pub(crate) fn cut(&self) {
        self.link.cut();
    }

    /// Keeps the intents as they are, for a copy; nothing if there never were any.
    pub(crate) fn hold_intents(&self) -> Option<LogHold> {
        self.intents.as_ref().map(Intents::hold)
    }

    /// What a request is about that no upstream serves. `form` is its body if that is a form.
    pub(crate) fn subject(&self, parts: &Parts, form: &[u8]) -> Subject {
        Subject::Aws(subject::aws(parts, SentForm::of(&parts.headers, form).pairs(), &self.base_hosts))
    }

    /// Takes an event that nobody waits for.
    pub(crate) fn offer(&self, account: AccountId, event: Vec<u8>) {
        self.queue.offer(Event { account, text: event });
    }

    /// Why nothing that is to be on the record may be begun now, if so.
    pub(crate) fn check(&self, journal: &Journal) -> Result<(), &'static str> {
        self.health.check(journal)
    }

    async fn open_intent(
        &self,
        app: &App,
        id: Uuid,
        account: AccountId,
        event: &[u8],
    ) -> Result<(), AppendError> {
        match &self.intents {
            Some(intents) => intents.begin(id, account, event, &app.journal).await,
            None => Err(AppendError::Closed),
        }
    }

    /// The outcome of an intended call could not be recorded.
    fn owe(&self, id: Uuid, owed: Owed, error: &JournalError) {
        if let Some(intents) = &self.intents {
            intents.owe(id, owed, error);
        }
    }

    fn close_intent(&self, id: Uuid) {
        if let Some(intents) = &self.intents {
            intents.end(id);
        }
    }
}

async fn tidy(app: Arc<App>, stop: CancellationToken) {
    let Some(intents) = &app.gateway.intents else { return };
    loop {
        tokio::select! {
            () = stop.cancelled() => return intents.tidy(&app.journal).await,
            () = tokio::time::sleep(TIDY_EVERY) => intents.tidy(&app.journal).await,
        }
    }
}

/// Forwards a request to its upstream. To be called from the connection's own task: when that goes, the upstream's
/// request is aborted, and the call is recorded all the same.
pub(crate) async fn forward(
    app: &Arc<App>,
    peer: SocketAddr,
    mut parts: Parts,
    body: Incoming,
    upstream: Arc<Upstream>,
) -> Answer {
    let token = app.gateway.under_way.token();
    if upstream.api.is_some() {
        // Who calls an API of one's own may be told by any header, but by none that the API never gets.
        cairn_gateway::strip_named_by_connection(&mut parts.headers);
    }
    let exchange = Exchange::new(app, &parts, peer);
    let Exchange { source, request_id, now, .. } = exchange;
    let admitted = admit(app, &upstream, &mut parts, body, now).await;
    let tls = parts.extensions.get::<TlsSession>().copied();
    let call = |subject: Subject, who, read, mismatch| ForwardedCall {
        form: subject.form(&parts),
        writes: subject.writes(&parts),
        tells_of_answers: subject.tells_of_answers(&parts),
        upstream: Arc::clone(&upstream),
        who,
        subject,
        request_id: request_id.clone(),
        event_id: Uuid::from_u128(clock::random_bits()),
        source,
        tls,
        read,
        mismatch,
    };
    let Admitted { who, subject, body, mismatch, read } = match admitted {
        Ok(admitted) => admitted,
        Err(turned) => {
            let Turned { fault, who, subject, read } = *turned;
            let call = call(subject, who, read, None);
            Box::pin(call.record_fault(app, &parts, &fault)).await;
            return told(&fault, call.form, &request_id);
        }
    };
    if let Identity::Own(caller) = &who.identity {
        let exchange = Exchange {
            parts: &parts,
            peer: peer.ip().to_canonical(),
            source,
            request_id: request_id.clone(),
            now,
        };
        match answered_here(app, &exchange, caller, &subject, read.as_ref()).await {
            Ok(None) => {}
            Ok(Some(answer)) => return answer,
            Err(denied) => {
                let fault = Fault::NotAllowed(denied.message);
                let call = call(subject, who, read, None);
                Box::pin(call.record_fault(app, &parts, &fault)).await;
                return told(&fault, call.form, &request_id);
            }
        }
    }
    let call = Box::new(call(subject, who, read, mismatch.clone()));
    let form = call.form;
    let plan = Plan {
        hold: match app.config.gateway.record {
            RecordMode::BeforeResponse => Hold::UntilRecorded,
            RecordMode::Intent | RecordMode::Async => Hold::Nothing,
        },
        request_capture_bytes: capture_bytes(app, &call),
    };
    let recorder =
        Recorder { app: Arc::clone(app), call, is_intended: false, is_refused: false, _under_way: token };
    let request = http::Request::from_parts(parts, body);
    match app.gateway.link.forward(&upstream.link, request, plan, recorder).await {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(failure) => told(&fault_of(failure, mismatch.as_ref()), form, &request_id),
    }
}

/// What Cairn answers a holder of one of its own keys in the upstream's place, if anything.
///
/// Errors: policies do not allow the call.
async fn answered_here(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    subject: &Subject,
    read: Option<&WholeBody>,
) -> Result<Option<Answer>, ApiError> {
    if subject.asks_who_calls() {
        return Ok(Some(Box::pin(sts::identity(app, exchange, caller)).await));
    }
    if signed_service(exchange.parts).as_deref() == Some("sts") {
        let said = parameters(exchange.parts, read);
        if let Some(answer) = Box::pin(sts::own(app, exchange, caller, said.as_deref())).await {
            return Ok(Some(answer));
        }
    }
    allowed::check(app, exchange, caller, subject, read).map(|()| None)
}

/// What was read before need not be captured, and objects' contents are on no record.
fn capture_bytes(app: &App, call: &ForwardedCall) -> usize {
    let is_stream = match &call.subject {
        Subject::Aws(cairn_operations::Recognized::Operation { operation, .. }) => {
            operation.has_streaming_input()
        }
        _ => false,
    };
    if call.read.is_some() || is_stream { 0 } else { app.config.gateway.capture_bytes }
}

fn fault_of(failure: Failure<Fault>, mismatch: Option<&hashed::Mismatch>) -> Fault {
    if mismatch.is_some_and(hashed::Mismatch::is_found) {
        return Fault::Signature(cairn_wire::sigv4::AuthError::BodyHashMismatch);
    }
    match failure {
        Failure::Refused(fault) => fault,
        Failure::NotSent(why) => not_sent(&why),
        Failure::TimedOut => Fault::TimedOut,
        Failure::UpstreamBroke(why) => Fault::BadGateway(why.to_string()),
        Failure::ClientGone => Fault::BrokeOff,
        Failure::NotRecorded => Fault::NotRecorded,
    }
}

fn told(fault: &Fault, form: Form, request_id: &str) -> Answer {
    whole(fault.told(form).response(form, request_id))
}
