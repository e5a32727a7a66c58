//! How large a statement becomes when each use of a WITH is replaced by its query, as planning does. Steps that each use the one
//! before twice double it, and a statement of a few hundred letters would take all memory.

use super::error::SqlError;
use datafusion::sql::sqlparser::ast::{ObjectName, Query, Visit, Visitor};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// How many tables a statement may read, each as often as it is used.
const TABLES_MAX: u64 = 1_000;

/// Refuses a statement that would become too large.
pub(super) fn check(query: &Query) -> Result<(), SqlError> {
    let mut spread = Spread { open: vec![0], ..Spread::default() };
    let ControlFlow::Continue(()) = query.visit(&mut spread);
    match spread.open.iter().sum::<u64>() > TABLES_MAX {
        true => {
            let message = format!(
                "the statement reads more than {TABLES_MAX} tables when every use of a WITH is replaced by its query"
            );
            Err(SqlError::unsupported(None, message))
        }
        false => Ok(()),
    }
}

/// Counts the tables of queries.
#[derive(Default)]
struct Spread {
    /// Of the queries around what is visited, the innermost last; the first is what is around them all.
    open: Vec<u64>,
    /// Queries of a WITH by where they stand, and what they are called.
    named: HashMap<*const Query, String>,
    /// Tables of what a WITH has called so. A name that is used twice counts as the larger.
    tables: HashMap<String, u64>,
}

impl Spread {
    fn add(&mut self, tables: u64) {
        if let Some(innermost) = self.open.last_mut() {
            *innermost = innermost.saturating_add(tables).min(TABLES_MAX + 1);
        }
    }
}

impl Visitor for Spread {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.named.insert(&raw const *table.query, table.alias.name.value.to_lowercase());
        }
        self.open.push(0);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let tables = self.open.pop().unwrap_or(0);
        match self.named.get(&(&raw const *query)) {
            Some(name) => {
                let known = self.tables.entry(name.clone()).or_default();
                *known = tables.max(*known);
            }
            None => self.add(tables),
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<Self::Break> {
        let name = relation.0.last().and_then(|part| part.as_ident()).map(|name| name.value.to_lowercase());
        let tables = name.and_then(|name| self.tables.get(&name).copied()).unwrap_or(1);
        self.add(tables.max(1));
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::super::Statement;

    const STORE: &str = "0a7b4c3e-0000-4000-8000-000000000001";

    fn doubling(steps: usize) -> String {
        let steps: Vec<String> = (1..=steps)
            .map(|step| format!("t{step} AS (SELECT a.eventID FROM t{0} a, T{0} b)", step - 1))
            .collect();
        format!("t0 AS (SELECT eventID FROM {STORE}), {}", steps.join(", "))
    }

    #[test]
    fn steps_that_double_are_refused_before_they_are_planned() {
        for (steps, is_taken) in [(3, true), (9, true), (10, false), (60, false)] {
            let with = doubling(steps);
            for statement in [
                format!("WITH {with} SELECT * FROM t{steps}"),
                format!("SELECT * FROM (WITH {with} SELECT * FROM t{steps}) x"),
                format!("SELECT 1 FROM {STORE} WHERE eventID IN (WITH {with} SELECT eventID FROM t{steps})"),
            ] {
                let taken = Statement::parse(&statement).map(drop);
                assert_eq!(taken.is_ok(), is_taken, "{steps} steps: {taken:?}");
            }
        }
    }

    #[test]
    fn many_uses_of_one_with_are_fine() {
        let uses = vec!["SELECT * FROM t"; 50].join(" UNION ALL ");
        Statement::parse(&format!("WITH t AS (SELECT eventID FROM {STORE}) {uses}")).unwrap();
    }
}
