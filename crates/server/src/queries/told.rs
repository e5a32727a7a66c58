//! What is told of queries, and their end before their time.

use super::{Asker, Queries, Refusal, blocking};
use crate::app::App;
use cairn_decide::queries::{Ending, Query};
use cairn_decide::stores::StoreError;
use cairn_model::AccountId;
use cairn_store::rows::{Page, RowsReader};
use cairn_wire::ApiError;
use std::sync::Arc;

/// Bytes of values in a page, but for one row: a page of a thousand large events would be hundreds of megabytes.
const PAGE_BYTES: usize = 4 << 20;

/// Which query is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sought<'a> {
    /// The one of this id.
    Id(&'a str),
    /// The newest that a dashboard calls so, of one refresh if it is named.
    Alias {
        /// What it is called.
        alias: &'a str,
        /// The refresh.
        refresh: Option<&'a str>,
    },
}

/// Rows of a result.
#[derive(Debug, Default)]
pub(crate) struct ResultPage {
    /// The names of the columns.
    pub(crate) columns: Vec<String>,
    /// The rows, and where the next begin.
    pub(crate) page: Page,
}

impl Queries {
    /// A query of the asker's account and region, if the asker may do this with each store that it asks.
    pub(crate) fn find(
        &self,
        app: &App,
        asker: &Asker,
        action: &str,
        sought: Sought<'_>,
    ) -> Result<Query, Refusal> {
        let is_here = |query: &Query| query.account == asker.account && query.region == asker.region;
        let found = match sought {
            Sought::Id(id) => self.kept.find(id),
            Sought::Alias { alias, refresh } => self.kept.newest(|query| {
                let is_refresh = refresh.is_none_or(|refresh| query.refresh.as_deref() == Some(refresh));
                is_here(query) && query.alias.as_deref() == Some(alias) && is_refresh
            }),
        };
        let missing = || Refusal::NoQuery(sought.name().to_owned());
        let Some(query) = found.filter(is_here) else {
            // Who may do it with no query at all is not told which there are.
            asker.require(app, action, "*")?;
            return Err(missing());
        };
        for arn in &query.stores {
            let id = arn.id.parse().expect("it was made of one");
            match asker.store(app, action, id, Some(arn.account).filter(|owner| *owner != asker.account)) {
                Ok(_) => {}
                Err(Refusal::Store(StoreError::NotFound(_))) => return Err(missing()),
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(query)
    }

    /// All queries of the asker's account and region.
    pub(crate) fn all(&self, asker: &Asker) -> Vec<Query> {
        self.all_of(asker.account, &asker.region)
    }

    /// All queries for which this holds.
    pub(crate) fn matching(&self, is_it: impl Fn(&Query) -> bool) -> Vec<Query> {
        self.kept.all(is_it)
    }

    fn all_of(&self, account: AccountId, region: &str) -> Vec<Query> {
        self.kept.all(|query| query.account == account && query.region == region)
    }

    /// The statement of a query, its parameters filled in.
    pub(crate) async fn statement(&self, id: &str) -> Result<String, ApiError> {
        let (kept, id) = (Arc::clone(&self.kept), id.to_owned());
        let read = blocking(move || kept.statement(&id)).await;
        read.map_err(|error| ApiError::internal(format!("a query's file could not be read: {error}")))
    }

    /// Rows of a query that has some, from the row `from` on.
    pub(crate) async fn results(&self, id: &str, from: u64, rows_max: usize) -> Result<ResultPage, ApiError> {
        let (disk, path) = (self.kept.disk().clone(), self.kept.rows_path(id));
        let read = blocking(move || {
            let reader = RowsReader::open(&*disk, &path)?;
            let page = reader.page(from, rows_max, PAGE_BYTES)?;
            Ok(ResultPage { columns: reader.columns().to_vec(), page })
        });
        let read: Result<_, cairn_store::rows::RowsError> = read.await;
        read.map_err(|error| ApiError::internal(format!("rows of query {id} could not be read: {error}")))
    }

    /// Ends a query before its time; refused if it has ended already. When this returns well, that survives power loss.
    pub(crate) async fn cancel(&self, query: &Query) -> Result<(), Refusal> {
        let (kept, id) = (Arc::clone(&self.kept), query.id.clone());
        match blocking(move || kept.end(&id, Ending::Cancelled, 0)).await? {
            true => Ok(()),
            false => Err(Refusal::Ended(query.id.clone())),
        }
    }
}

impl Sought<'_> {
    fn name(&self) -> &str {
        match self {
            Sought::Id(id) => id,
            Sought::Alias { alias, .. } => alias,
        }
    }
}
