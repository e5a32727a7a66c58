//! The extended protocol: statements that are prepared, bound to parameters, described and executed.

use super::super::faults::error;
use super::super::statement::{self, Filled, Value};
use super::super::values::{self, ParameterError};
use super::{Run, Session};
use async_trait::async_trait;
use cairn_lake::sql::Column;
use futures::{Sink, SinkExt};
use pgwire::api::portal::{Format, Portal, PortalExecutionState};
use pgwire::api::query::{ExtendedQueryHandler, send_execution_response, send_partial_query_response};
use pgwire::api::results::{FieldInfo, QueryResponse, Response, Tag};
use pgwire::api::stmt::QueryParser;
use pgwire::api::store::{Entry, PortalStore};
use pgwire::api::{ClientInfo, ClientPortalStore, DEFAULT_NAME, Type};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::extendedquery::{
    Bind, BindComplete, Close, CloseComplete, Execute, TARGET_TYPE_BYTE_STATEMENT,
};
use pgwire::messages::response::EmptyQueryResponse;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Prepared statements that one connection may keep.
const KEPT_MAX: usize = 500;
/// Portals with names likewise.
const PORTALS_MAX: usize = 20;

/// A statement that was prepared.
#[derive(Clone)]
pub(in super::super) struct Prepared(Arc<Inner>);

struct Inner {
    text: String,
    /// What the client says of its parameters.
    kinds: Vec<Option<Type>>,
    parameters: usize,
    columns: Vec<Column>,
    _place: Place,
}

/// One of the things that a connection keeps.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(kept: &Arc<AtomicUsize>) -> PgWireResult<Place> {
        let place = Place(Arc::clone(kept));
        match kept.fetch_add(1, Ordering::Relaxed) < KEPT_MAX {
            true => Ok(place),
            false => Err(error("53400", "too many prepared statements: close some")),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl QueryParser for Session {
    type Statement = Prepared;

    async fn parse_sql<C>(&self, _: &C, sql: &str, kinds: &[Option<Type>]) -> PgWireResult<Option<Prepared>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let mut texts = super::statements(sql).into_iter();
        let Some(text) = texts.next() else { return Ok(None) };
        if texts.next().is_some() {
            return Err(error("42601", "cannot insert multiple commands into a prepared statement"));
        }
        let place = Place::take(&self.kept)?;
        let parameters = statement::parameters(text);
        let kind = |index: usize| kinds.get(index).and_then(Option::as_ref);
        let samples: Vec<Value> = (0..parameters).map(|index| values::sample(kind(index))).collect();
        let filled = statement::fill(text, &samples).ok_or_else(no_such_parameter)?;
        let columns = self.columns(text, &filled).await?;
        let text = text.to_owned();
        let inner = Inner { text, kinds: kinds.to_vec(), parameters, columns, _place: place };
        Ok(Some(Prepared(Arc::new(inner))))
    }

    fn get_parameter_types(&self, prepared: &Prepared) -> PgWireResult<Vec<Type>> {
        let Inner { parameters, kinds, .. } = &*prepared.0;
        let kind = |index: usize| kinds.get(index).cloned().flatten().filter(|kind| *kind != Type::UNKNOWN);
        Ok((0..*parameters).map(|index| kind(index).unwrap_or(Type::TEXT)).collect())
    }

    fn get_result_schema(
        &self,
        prepared: &Prepared,
        format: Option<&Format>,
    ) -> PgWireResult<Vec<FieldInfo>> {
        Ok(values::fields(&prepared.0.columns, format))
    }
}

fn no_such_parameter() -> PgWireError {
    error("42P02", "there is no such parameter")
}

/// The parameters of a portal, as they stand in the statement and as the record tells them.
fn parameters(portal: &Portal<Prepared>) -> Result<(Vec<Value>, Vec<Option<String>>), ParameterError> {
    let kinds = &portal.statement.parameter_types;
    let mut taken = (Vec::new(), Vec::new());
    for (index, bytes) in portal.parameters.iter().enumerate() {
        let is_binary = match &portal.parameter_format {
            Format::UnifiedText => false,
            Format::UnifiedBinary => true,
            Format::Individual(codes) => codes.get(index) == Some(&1),
        };
        let kind = kinds.get(index).and_then(Option::as_ref);
        // A client that says nothing of a type sends what it was told.
        let kind = kind.filter(|kind| **kind != Type::UNKNOWN || !is_binary).or(Some(&Type::TEXT));
        let value = values::parameter(bytes.as_deref(), kind, is_binary)?;
        let shown = bytes.as_ref().map(|_| match &value {
            Value::Text(text) | Value::Literal(text) => text.clone(),
            Value::Unknown => String::new(),
        });
        taken.0.push(value);
        taken.1.push(shown);
    }
    Ok(taken)
}

impl Session {
    /// Takes note of a portal with a name, which stays until it is closed.
    fn keep_portal(&self, name: Option<&str>) -> PgWireResult<()> {
        let Some(name) = name else { return Ok(()) };
        let mut portals = self.portals();
        if portals.len() >= PORTALS_MAX && !portals.contains(name) {
            return Err(error("53400", "too many portals: close some"));
        }
        portals.insert(name.to_owned());
        Ok(())
    }
}

/// Sends what a statement without rows answers; returns the rows of one that has them.
async fn begin<C>(client: &mut C, response: Response) -> PgWireResult<Option<QueryResponse>>
where
    C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send,
    C::Error: Debug,
    PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
{
    let status = client.transaction_status();
    let (tag, status) = match response {
        Response::Query(results) => return Ok(Some(results)),
        Response::Execution(tag) => (tag, status),
        Response::TransactionStart(tag) => (tag, status.to_in_transaction_state()),
        Response::TransactionEnd(tag) => (tag, status.to_idle_state()),
        _ => return Err(error("XX000", "this statement has no answer")),
    };
    send_execution_response(client, tag).await?;
    client.set_transaction_status(status);
    Ok(None)
}

#[async_trait]
impl ExtendedQueryHandler for Session {
    type Statement = Prepared;
    type QueryParser = Session;

    fn query_parser(&self) -> Arc<Session> {
        self.me.upgrade().expect("it is asked while it is there")
    }

    async fn on_bind<C>(&self, client: &mut C, message: Bind) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        self.keep_portal(message.portal_name.as_deref())?;
        let name = message.statement_name.as_deref().unwrap_or(DEFAULT_NAME);
        let portal_name = message.portal_name.as_deref().unwrap_or(DEFAULT_NAME);
        match client.portal_store().get_statement(name) {
            Some(Entry::Value(statement)) => {
                let portal = Portal::try_new(&message, statement)?;
                client.portal_store().put_portal(Arc::new(portal));
            }
            Some(Entry::Empty) => client.portal_store().put_empty_portal(portal_name),
            None => return Err(PgWireError::StatementNotFound(name.to_owned())),
        }
        client.send(PgWireBackendMessage::BindComplete(BindComplete::new())).await?;
        Ok(())
    }

    /// Sends rows as they come: pgwire's own way holds all of a result before it sends the first.
    async fn on_execute<C>(&self, client: &mut C, message: Execute) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let name = message.name.as_deref().unwrap_or(DEFAULT_NAME);
        let portal = match client.portal_store().get_portal(name) {
            Some(Entry::Value(portal)) => portal,
            Some(Entry::Empty) => {
                client.feed(PgWireBackendMessage::EmptyQueryResponse(EmptyQueryResponse::new())).await?;
                return Ok(());
            }
            None => return Err(PgWireError::PortalNotFound(name.to_owned())),
        };
        let state = portal.state();
        let mut state = state.lock().await;
        if matches!(*state, PortalExecutionState::Initial) {
            let response = ExtendedQueryHandler::do_query(self, client, &portal, 0).await?;
            let begun = begin(client, response).await?;
            *state = begun.map_or(PortalExecutionState::Finished, PortalExecutionState::Suspended);
        } else if matches!(*state, PortalExecutionState::Finished) {
            send_execution_response(client, Tag::new("SELECT").with_rows(0)).await?;
        }
        if matches!(*state, PortalExecutionState::Suspended(_)) {
            // The key may have been disabled since the rows before.
            self.caller()?;
        }
        if let PortalExecutionState::Suspended(results) = &mut *state {
            // Nothing, or what makes no sense, means all.
            let most = usize::try_from(message.max_rows).unwrap_or(0);
            if !send_partial_query_response(client, results, most).await? {
                *state = PortalExecutionState::Finished;
            }
        }
        Ok(())
    }

    async fn on_close<C>(&self, client: &mut C, message: Close) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let name = message.name.as_deref().unwrap_or(DEFAULT_NAME);
        if message.target_type == TARGET_TYPE_BYTE_STATEMENT {
            client.portal_store().rm_statement(name);
        } else {
            self.portals().remove(name);
            client.portal_store().rm_portal(name);
        }
        client.send(PgWireBackendMessage::CloseComplete(CloseComplete::new())).await?;
        Ok(())
    }

    async fn do_query<C>(&self, _: &mut C, portal: &Portal<Prepared>, _: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let inner = &portal.statement.statement.0;
        let (values, parameters) = parameters(portal)?;
        let filled = match inner.parameters {
            0 => Filled::of(&inner.text),
            _ => statement::fill(&inner.text, &values).ok_or_else(no_such_parameter)?,
        };
        let format = Some(&portal.result_column_format);
        self.run(&Run { sent: &inner.text, filled: &filled, parameters: &parameters, format }).await
    }
}
