//! Tables that a statement calls by names instead of by the IDs of stores.
//!
//! What a name means is for who runs the statement to say ([`super::Statement::name`]), before it is planned.

use super::error::{SqlError, SqlErrorKind};
use super::statement::start;
use super::tokens::{store, table_name};
use datafusion::sql::sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Query, Spanned, TableAlias, TableFactor, VisitMut, VisitorMut,
};
use std::ops::ControlFlow;
use uuid::Uuid;

/// A table's name in a statement, in lower case, and what to say if it stays one.
#[derive(Clone, Debug)]
pub(super) struct TableName {
    pub(super) name: String,
    pub(super) unknown: SqlError,
}

/// Tools that speak PostgreSQL's protocol write it in front of tables.
const SCHEMA: &str = "public";

/// The name of a table without the schema.
pub(super) fn bare(relation: &ObjectName) -> Option<&Ident> {
    match &relation.0[..] {
        [table] => table.as_ident(),
        [schema, table] if schema.as_ident()?.value == SCHEMA => table.as_ident(),
        _ => None,
    }
}

/// What is said of a table that there is none of.
pub(super) fn unknown(relation: &ObjectName) -> SqlError {
    let message = format!("there is no table '{relation}': tables are named by the IDs of event data stores");
    SqlError::new(SqlErrorKind::UnknownTable, start(relation.span()), message)
}

/// Makes every table of this name that of a store.
pub(super) fn name(query: &mut Query, name: &str, store: Uuid) {
    let ControlFlow::Continue(()) = query.visit(&mut Naming { name, store });
}

struct Naming<'a> {
    name: &'a str,
    store: Uuid,
}

impl VisitorMut for Naming<'_> {
    type Break = std::convert::Infallible;

    fn pre_visit_table_factor(&mut self, table: &mut TableFactor) -> ControlFlow<Self::Break> {
        let TableFactor::Table { name, alias, .. } = table else { return ControlFlow::Continue(()) };
        let Some(written) = bare(name).filter(|written| written.value == self.name).cloned() else {
            return ControlFlow::Continue(());
        };
        let id = Ident { value: table_name(self.store), ..written.clone() };
        // Columns are written behind the name, which they keep.
        alias.get_or_insert_with(|| TableAlias {
            explicit: false,
            name: written,
            columns: Vec::new(),
            at: None,
        });
        *name = ObjectName(vec![ObjectNamePart::Identifier(id)]);
        ControlFlow::Continue(())
    }
}

/// The store that a table names by its ID.
pub(super) fn store_of(relation: &ObjectName) -> Option<Uuid> {
    bare(relation).and_then(|table| store(&table.value))
}

#[cfg(test)]
mod tests;
