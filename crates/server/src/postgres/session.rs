//! One connection: who it is, what it has set, and its statements.

mod events;
mod prepared;

pub(super) use prepared::Prepared;

use super::cancelling::Known;
use super::faults::error;
use super::lexer::statements;
use super::scram::Scram;
use super::settings::Settings;
use super::statement::{self, Asked, Filled};
use super::{Shared, catalog, values};
use crate::auth::Caller;
use crate::listener::TlsSession;
use async_trait::async_trait;
use cairn_lake::sql::{Column, ColumnKind, Row};
use cairn_model::AccessKey;
use futures::{Sink, stream};
use pgwire::api::cancel::CancelHandler;
use pgwire::api::portal::Format;
use pgwire::api::query::SimpleQueryHandler;
use pgwire::api::results::{QueryResponse, Response, Tag};
use pgwire::api::store::PortalStore;
use pgwire::api::{ClientInfo, ClientPortalStore};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::cancel::CancelRequest;
use std::collections::HashSet;
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Statements of one message.
const STATEMENTS_MAX: usize = 64;

/// A connection.
pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) known: Known,
    pub(super) tls: Option<TlsSession>,
    pub(super) source: IpAddr,
    /// Whether one more connection may be.
    pub(super) has_room: bool,
    login: Mutex<Login>,
    settings: Mutex<Settings>,
    /// How many prepared statements the client keeps.
    kept: Arc<AtomicUsize>,
    /// The names of its portals.
    portals: Mutex<HashSet<String>>,
    me: Weak<Session>,
}

/// How far a login is.
#[derive(Debug)]
pub(super) enum Login {
    /// It has not begun, or came to nothing.
    Failed,
    /// The client has said who it is.
    Greeted { user: String, database: String },
    /// It is about to prove it.
    Proving { user: String, database: String, key: Option<Arc<AccessKey>>, scram: Scram },
    /// It has.
    Done(Caller),
}

/// What a statement is run with.
struct Run<'a> {
    /// As the client sent it.
    sent: &'a str,
    filled: &'a Filled,
    parameters: &'a [Option<String>],
    format: Option<&'a Format>,
}

impl Session {
    pub(super) fn new(
        shared: &Arc<Shared>,
        tls: Option<TlsSession>,
        source: IpAddr,
        has_room: bool,
    ) -> Arc<Session> {
        Arc::new_cyclic(|me| Session {
            shared: Arc::clone(shared),
            known: shared.cancelling.register(),
            tls,
            source,
            has_room,
            login: Mutex::new(Login::Failed),
            settings: Mutex::default(),
            kept: Arc::default(),
            portals: Mutex::default(),
            me: Weak::clone(me),
        })
    }

    pub(super) fn login(&self) -> MutexGuard<'_, Login> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn portals(&self) -> MutexGuard<'_, HashSet<String>> {
        self.portals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the client has proved who it is.
    pub(super) fn is_known(&self) -> bool {
        matches!(*self.login(), Login::Done(_))
    }

    /// Runs a statement.
    async fn run(&self, run: &Run<'_>) -> PgWireResult<Response> {
        let text = run.filled.text.as_str();
        let tag = |name: &str| Response::Execution(Tag::new(name));
        Ok(match statement::asked(text) {
            Asked::Events => self.events(run).await?,
            Asked::Catalog => self.catalog(run)?,
            Asked::Begin => Response::TransactionStart(Tag::new("BEGIN")),
            Asked::End(name) => Response::TransactionEnd(Tag::new(name)),
            Asked::Set => tag(self.settings().run(text)?),
            Asked::Show => self.show(run)?,
            Asked::Nothing(name) => tag(name),
            Asked::Writes => return Err(writes()),
        })
    }

    /// The columns of a statement's result.
    async fn columns(&self, sent: &str, filled: &Filled) -> PgWireResult<Vec<Column>> {
        Ok(match statement::asked(&filled.text) {
            Asked::Events => self.event_columns(sent, filled).await?,
            Asked::Catalog => catalog::columns(&filled.text),
            Asked::Show => vec![setting_column(&filled.text)],
            Asked::Writes => return Err(writes()),
            Asked::Begin | Asked::End(_) | Asked::Set | Asked::Nothing(_) => Vec::new(),
        })
    }

    fn catalog(&self, run: &Run<'_>) -> PgWireResult<Response> {
        let caller = self.caller()?;
        // Who may not ask sees no names either.
        let relations = match self.permit(&caller, &self.asker(&caller)) {
            Ok(()) => self.relations(&caller),
            Err(_) => Vec::new(),
        };
        let settings = self.settings().clone();
        let facts = catalog::Facts {
            user: &caller.key.access_key_id,
            database: &caller.region,
            process: self.known.process.number,
            settings: &settings,
            relations: &relations,
        };
        let answer = catalog::answer(&run.filled.text, &facts);
        rows(&answer.columns, answer.rows, run.format)
    }

    fn show(&self, run: &Run<'_>) -> PgWireResult<Response> {
        let column = setting_column(&run.filled.text);
        let value = self.settings().get(&column.name).map(str::to_owned);
        let unknown = || error("42704", format!("unrecognized configuration parameter \"{}\"", column.name));
        let value = value.ok_or_else(unknown)?;
        rows(std::slice::from_ref(&column), vec![vec![Some(value)]], run.format)
    }
}

/// `SHOW x`, `SHOW TIME ZONE`, `SHOW TRANSACTION ISOLATION LEVEL`.
fn setting_column(text: &str) -> Column {
    let words: Vec<String> =
        super::lexer::words(text).iter().skip(1).map(super::lexer::Piece::value).collect();
    let name = match words.concat().trim_end_matches(';') {
        "timezone" => "timezone".to_owned(),
        "transactionisolationlevel" => "transaction_isolation".to_owned(),
        name => name.to_owned(),
    };
    Column { name, kind: ColumnKind::Text, type_name: String::new() }
}

fn writes() -> PgWireError {
    error("25006", "only SELECT statements can be run: nothing can be written here")
}

/// An answer that is at hand.
fn rows(columns: &[Column], rows: Vec<Row>, format: Option<&Format>) -> PgWireResult<Response> {
    let encoded: Option<Vec<_>> = rows.iter().map(|row| values::row(row, columns, format)).collect();
    let encoded = encoded.ok_or_else(|| error("XX000", "a value is none of its column's type"))?;
    let fields = Arc::new(values::fields(columns, format));
    Ok(Response::Query(QueryResponse::new(fields, stream::iter(encoded.into_iter().map(Ok)))))
}

#[async_trait]
impl SimpleQueryHandler for Session {
    async fn do_query<C>(&self, _: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        self.caller()?;
        let sent = statements(query);
        if sent.len() > STATEMENTS_MAX {
            return Err(error("54000", format!("more than {STATEMENTS_MAX} statements in one message")));
        }
        let mut responses = Vec::new();
        for sent in sent {
            let filled = Filled::within(query, sent);
            let run = Run { sent, filled: &filled, parameters: &[], format: None };
            responses.push(self.run(&run).await?);
        }
        Ok(match responses.is_empty() {
            true => vec![Response::EmptyQuery],
            false => responses,
        })
    }
}

#[async_trait]
impl CancelHandler for Session {
    async fn on_cancel_request(&self, request: CancelRequest) {
        self.shared.cancelling.cancel(request.pid, &request.secret_key);
    }
}
