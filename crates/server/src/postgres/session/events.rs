//! Statements that the Lake answers.

use super::super::catalog::Relation;
use super::super::statement::Filled;
use super::super::{faults, ledger, values};
use super::{Run, Session};
use crate::access::refuse_ingest_only;
use crate::auth::Caller;
use crate::queries::{Asked, Asker, Refusal, named};
use crate::stores::{family_of, id_of};
use cairn_lake::sql::{Column, Family, Row, columns_of};
use futures::{Stream, stream};
use pgwire::api::portal::Format;
use pgwire::api::results::{QueryResponse, Response};
use pgwire::error::PgWireResult;
use pgwire::messages::data::DataRow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The action of asking anything.
const QUERY: &str = "cairn:Query";
/// The oid of event history; those of stores come behind it.
const HISTORY_OID: u32 = 16_384;

/// When a statement that runs has to end.
#[derive(Clone)]
struct End {
    cancelled: CancellationToken,
    /// If the session has set one.
    deadline: Option<Instant>,
}

impl Session {
    /// Runs a statement; it is on the record before its first row goes out.
    pub(super) async fn events(&self, run: &Run<'_>) -> PgWireResult<Response> {
        let caller = self.caller()?;
        let end = self.end();
        let asked = end.within(self.ask(&caller, &run.filled.text)).await?;
        let asked = match asked {
            Ok(asked) => asked,
            Err(refusal) => {
                return Err(self.refuse(&caller, run.sent, run.filled, run.parameters, refusal).await);
            }
        };
        ledger::statement(self, &caller, run.sent, run.parameters, None).await;
        let columns = asked.described().to_vec();
        let fields = Arc::new(values::fields(&columns, run.format));
        Ok(Response::Query(QueryResponse::new(fields, rows(asked, columns, run.format.cloned(), end))))
    }

    /// The columns of a statement; why it cannot be asked is on the record.
    pub(super) async fn event_columns(&self, sent: &str, filled: &Filled) -> PgWireResult<Vec<Column>> {
        let caller = self.caller()?;
        let asker = self.asker(&caller);
        let app = &self.shared.app;
        let described = async {
            self.permit(&caller, &asker)?;
            app.queries.describe(app, &asker, &filled.text).await
        };
        match self.end().within(described).await? {
            Ok(columns) => Ok(columns),
            Err(refusal) => Err(self.refuse(&caller, sent, filled, &[], refusal).await),
        }
    }

    /// The tables that the caller may name.
    pub(super) fn relations(&self, caller: &Caller) -> Vec<Relation> {
        let history = Relation {
            oid: HISTORY_OID,
            name: named::HISTORY.to_owned(),
            columns: columns_of(Family::Events),
        };
        let stores = named::stores(&self.shared.app, &self.asker(caller));
        let relation = |store: &Arc<_>| Relation {
            // Clients ask for it and name it again, so it has to stay what it is.
            oid: HISTORY_OID + 1 + (id_of(store).as_u128() as u32 >> 2),
            name: store.name.clone(),
            columns: columns_of(family_of(store)),
        };
        std::iter::once(history).chain(stores.iter().map(relation)).collect()
    }

    async fn ask(&self, caller: &Caller, text: &str) -> Result<Asked, Refusal> {
        let (app, asker) = (&self.shared.app, self.asker(caller));
        self.permit(caller, &asker)?;
        app.queries.run(app, &asker, text).await
    }

    /// What every call is asked over HTTP before it is looked at.
    pub(super) fn permit(&self, caller: &Caller, asker: &Asker) -> Result<(), Refusal> {
        refuse_ingest_only(caller, QUERY)?;
        asker.require(&self.shared.app, QUERY, "*")
    }

    pub(super) fn asker(&self, caller: &Caller) -> Asker {
        Asker::behind(&self.shared.app, caller, self.source, self.tls.is_some()).or_operator(caller)
    }

    async fn refuse(
        &self,
        caller: &Caller,
        sent: &str,
        filled: &Filled,
        parameters: &[Option<String>],
        refusal: Refusal,
    ) -> pgwire::error::PgWireError {
        let fault = faults::refused(&refusal, filled);
        ledger::statement(self, caller, sent, parameters, Some(&refusal.into())).await;
        fault
    }

    fn end(&self) -> End {
        let timeout = self.settings().statement_timeout();
        End {
            cancelled: self.known.process.begin(),
            deadline: timeout.map(|timeout: Duration| Instant::now() + timeout),
        }
    }
}

impl End {
    /// Waits for something until the statement has to end.
    async fn within<T>(&self, future: impl Future<Output = T>) -> PgWireResult<T> {
        let passed = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(faults::cancelled()),
            () = passed => Err(faults::timed_out()),
            done = future => Ok(done),
        }
    }
}

/// Rows on their way out, and what makes them.
struct Rows {
    asked: Asked,
    columns: Vec<Column>,
    format: Option<Format>,
    end: End,
    /// What came and has not gone out.
    waiting: std::vec::IntoIter<Row>,
}

/// The rows of a result; the first error is the last.
fn rows(
    asked: Asked,
    columns: Vec<Column>,
    format: Option<Format>,
    end: End,
) -> impl Stream<Item = PgWireResult<DataRow>> {
    let rows = Rows { asked, columns, format, end, waiting: Vec::new().into_iter() };
    stream::try_unfold(rows, |mut rows| async move {
        let row = rows.next().await?;
        Ok(row.map(|row| (row, rows)))
    })
}

impl Rows {
    async fn next(&mut self) -> PgWireResult<Option<DataRow>> {
        loop {
            if let Some(row) = self.waiting.next() {
                let encoded = values::row(&row, &self.columns, self.format.as_ref());
                return encoded
                    .map(Some)
                    .ok_or_else(|| faults::error("XX000", "a value is none of its column's type"));
            }
            match self.end.within(self.asked.next()).await? {
                None => return Ok(None),
                Some(Ok(rows)) => self.waiting = rows.into_iter(),
                Some(Err(error)) => return Err(faults::ended(&error)),
            }
        }
    }
}
