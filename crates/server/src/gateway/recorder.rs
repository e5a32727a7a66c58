//! Records what is forwarded.

use super::admission::Who;
use super::faults::{Fault, Form};
use super::hashed::Mismatch;
use super::intents::Owed;
use super::lessons::Lesson;
use super::queue::Event;
use super::request_body::WholeBody;
use super::story::{Story, Told};
use super::subject::Subject;
use super::upstreams::Upstream;
use crate::app::App;
use crate::clock;
use crate::config::RecordMode;
use crate::journal::JournalError;
use crate::listener::TlsSession;
use cairn_gateway::{Exchange, NotRecorded, NotSent, Outcome, Watcher};
use cairn_model::{AccountId, Timestamp};
use cairn_record::{Answer, Body};
use cairn_wire::sigv4::AuthError;
use http::{request, response};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;
use uuid::Uuid;

/// Bytes of an answer that tells of an error.
const ERROR_BYTES: usize = 64 << 10;
/// Bytes of both bodies of a call whose event may be told later.
const UNTOLD_BODY_BYTES: u64 = 64 << 10;

/// One call on its way through.
pub(crate) struct ForwardedCall {
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) who: Who,
    pub(crate) subject: Subject,
    /// How its errors are written.
    pub(crate) form: Form,
    /// Whether it may change something.
    pub(crate) writes: bool,
    /// Whether events tell of answers without an error.
    pub(crate) tells_of_answers: bool,
    pub(crate) request_id: String,
    pub(crate) event_id: Uuid,
    pub(crate) source: IpAddr,
    pub(crate) tls: Option<TlsSession>,
    /// The request's body, if it was read before.
    pub(crate) read: Option<WholeBody>,
    pub(crate) mismatch: Option<Mismatch>,
}

/// Follows a call and records it.
pub(crate) struct Recorder {
    pub(crate) app: Arc<App>,
    pub(crate) call: Box<ForwardedCall>,
    /// Whether an intent is open.
    pub(crate) is_intended: bool,
    /// Whether it was refused, which is on the record by itself.
    pub(crate) is_refused: bool,
    /// A stop waits for those that are still to be recorded.
    pub(crate) _under_way: TaskTrackerToken,
}

impl Watcher for Recorder {
    type Refusal = Fault;

    async fn forwarding(&mut self, head: &request::Parts) -> Result<(), Fault> {
        let mode = self.app.config.gateway.record;
        if !self.call.writes || mode == RecordMode::Async {
            return Ok(());
        }
        let permitted = match self.app.gateway.health.check(&self.app.journal) {
            Ok(()) if mode == RecordMode::Intent => Box::pin(self.intend(head)).await,
            checked => checked,
        };
        let Err(why) = permitted else { return Ok(()) };
        let fault = Fault::Unavailable(why);
        // Told all the same: and if the log takes it, the next call goes through again. Should the client go meanwhile,
        // the call is over, and must not be told of twice.
        self.is_refused = true;
        Box::pin(self.call.record_fault(&self.app, head, &fault)).await;
        Err(fault)
    }

    fn answered(&mut self, head: &response::Parts) -> usize {
        match head.status.is_client_error() || head.status.is_server_error() {
            true => ERROR_BYTES,
            false if self.call.tells_of_answers => self.app.config.gateway.capture_bytes,
            false => 0,
        }
    }

    async fn finished(self, exchange: Exchange) -> Result<(), NotRecorded> {
        let Recorder { app, call, is_intended, is_refused, _under_way } = self;
        if is_refused {
            return Ok(());
        }
        let ended = clock::now();
        if call.can_be_told_later(&app, &exchange) {
            let teller = Arc::clone(&app);
            let tell = move || {
                let Told { account, event, .. } = call.told(&teller, &exchange, ended);
                Event { account, text: event }
            };
            app.gateway.queue.offer_untold(Box::new(tell));
            return Ok(());
        }
        let mut told = call.told(&app, &exchange, ended);
        let recorded = commit(&app, &mut told).await;
        match &recorded {
            Ok(()) if is_intended => app.gateway.close_intent(call.event_id),
            Err(error) if is_intended => {
                let Told { account, event, changes, .. } = told;
                app.gateway.owe(call.event_id, Owed { account, event, changes }, error);
            }
            _ => {}
        }
        counted(&app, recorded, call.writes)
    }
}

impl Recorder {
    /// Has on disk what is about to be done.
    async fn intend(&mut self, head: &request::Parts) -> Result<(), &'static str> {
        let answer = Answer::Own {
            code: "OutcomeUnknown",
            message: "Cairn stopped before the outcome of this call was known.",
        };
        let Told { account, event, .. } =
            self.call.story(clock::now()).told(&self.app, head, self.call.body(), answer, None);
        // Said before it is: should the client go meanwhile, the intent has to be closed all the same.
        self.is_intended = true;
        let opened = self.app.gateway.open_intent(&self.app, self.call.event_id, account, &event).await;
        self.is_intended = opened.is_ok();
        opened.map_err(|error| {
            tracing::error!(%error, "an intent could not be written");
            "The log cannot be written, so nothing was done. Try again."
        })
    }
}

impl ForwardedCall {
    /// `at` is when what is told was the case.
    fn story(&self, at: Timestamp) -> Story<'_> {
        Story {
            at,
            who: &self.who,
            subject: &self.subject,
            upstream: Some(&self.upstream),
            request_id: &self.request_id,
            event_id: self.event_id,
            source: self.source,
            tls: self.tls,
        }
    }

    /// The request's body, if it was read before.
    fn body(&self) -> Body<'_> {
        self.read.as_ref().map_or_else(Body::default, |read| Body::whole(read.bytes()))
    }

    /// Records a call that Cairn answered itself, also if the client does not wait for it.
    pub(crate) async fn record_fault(&self, app: &Arc<App>, head: &request::Parts, fault: &Fault) {
        let told = fault.told(self.form);
        let answer = Answer::Own { code: told.code, message: &told.message };
        let told = self.story(clock::now()).told(app, head, self.body(), answer, None);
        let recorder = Arc::clone(app);
        let recorded = app.gateway.under_way.spawn(async move { write(&recorder, told).await });
        // Only a panic or the end of the process gets in between.
        let _ = recorded.await;
    }

    /// Whether nobody misses its event for a moment, and what has to be kept until it is told is small. What teaches whose
    /// a key is does so before the key is used.
    fn can_be_told_later(&self, app: &App, exchange: &Exchange) -> bool {
        let read_bytes = self.read.as_ref().map_or(0, |read| read.bytes().len() as u64);
        let bytes = exchange.request_body.bytes.max(read_bytes) + exchange.response_body.bytes;
        let account = self.who.account().unwrap_or(app.home_account());
        app.config.gateway.record == RecordMode::Async
            && bytes <= UNTOLD_BODY_BYTES
            && !self.subject.may_teach()
            && !is_new(app, account)
    }

    /// What is told of a call that was over at `ended`.
    fn told(&self, app: &App, exchange: &Exchange, ended: Timestamp) -> Told {
        let captured = exchange.request_body.contiguous();
        let body = match &self.read {
            Some(read) => Body { bytes: exchange.request_body.bytes, ..Body::whole(read.bytes()) },
            None => Body {
                start: &captured,
                is_whole: exchange.request_body.is_whole(),
                bytes: exchange.request_body.bytes,
            },
        };
        let answered = exchange.response_body.contiguous();
        let fault = self.fault(exchange).map(|fault| fault.told(self.form));
        let answer = match (&exchange.response, &fault) {
            (Some(response), None) => Answer::Given {
                status: response.status,
                headers: &response.headers,
                body: Body {
                    start: &answered,
                    is_whole: exchange.response_body.is_whole(),
                    bytes: exchange.response_body.bytes,
                },
            },
            (_, Some(told)) => Answer::Own { code: told.code, message: &told.message },
            (None, None) => Answer::Own { code: GONE, message: "The client went before it had an answer." },
        };
        let trailers = exchange.response_body.trailers.as_ref();
        let told = self.story(ended).told(app, &exchange.request, body, answer, trailers);
        app.gateway.figures.forwarded(self.subject.source(), &exchange.outcome, told.failed);
        if self.who.verified == Some(false) {
            app.gateway.figures.unverified();
        }
        told
    }

    /// Why there is no answer of the upstream's.
    fn fault(&self, exchange: &Exchange) -> Option<Fault> {
        if self.mismatch.as_ref().is_some_and(Mismatch::is_found) {
            return Some(Fault::Signature(AuthError::BodyHashMismatch));
        }
        match &exchange.outcome {
            Outcome::Answered | Outcome::ClientGone => None,
            _ if exchange.response.is_some() => None,
            Outcome::NotSent(why) => Some(not_sent(why)),
            Outcome::TimedOut => Some(Fault::TimedOut),
            Outcome::UpstreamBroke(why) => Some(Fault::BadGateway(why.to_string())),
        }
    }
}

/// `errorCode` of a call whose client went before there was an answer.
const GONE: &str = "ClientClosedRequest";

/// What a caller is told of a call that was not sent.
pub(crate) fn not_sent(why: &NotSent) -> Fault {
    match why {
        NotSent::Full => Fault::Unavailable("Too many calls are under way at the upstream. Try again."),
        NotSent::Unreachable(_) | NotSent::CannotSign | NotSent::Unforwardable => {
            Fault::BadGateway(why.to_string())
        }
    }
}

/// Puts the event of a call that was refused into the log. That one is missing is counted, and holds up nobody.
async fn write(app: &App, mut told: Told) {
    if let Err(error) = commit(app, &mut told).await {
        app.journal.miss(&error);
    }
}

/// Counts what is missing. It holds up those that may have changed something.
fn counted(app: &App, recorded: Result<(), JournalError>, writes: bool) -> Result<(), NotRecorded> {
    recorded.or_else(|error| {
        app.journal.miss(&error);
        if writes { Err(NotRecorded) } else { Ok(()) }
    })
}

/// Puts an event, and what its call taught, into the log. If this fails, `told` is as it was.
async fn commit(app: &App, told: &mut Told) -> Result<(), JournalError> {
    let Told { account, event, changes, .. } = told;
    if !changes.is_empty() || is_new(app, *account) {
        let lesson = Lesson { account: *account, event: event.clone(), changes: changes.clone() };
        return app.gateway.lessons.learn(&app.journal, lesson).await;
    }
    if app.config.gateway.record == RecordMode::Async {
        app.gateway.queue.offer(Event { account: *account, text: std::mem::take(event) });
        return Ok(());
    }
    let began = Instant::now();
    let recorded = app.journal.record(*account, event).await;
    app.gateway.figures.held(began.elapsed());
    recorded
}

fn is_new(app: &App, account: AccountId) -> bool {
    !app.journal.catalog().state().accounts.contains_key(&account)
}
