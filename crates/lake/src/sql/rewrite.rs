//! From what the dialect allows to what the planner understands, as changes of the parsed statement.
//!
//! Places of the user's text stay with the names, so that what the planner finds wrong can be shown there.

mod calls;
mod columns;
mod joins;
mod types;

use super::error::{SqlError, SqlErrorKind};
use super::functions;
use super::named::{self, TableName};
use super::statement::start;
use datafusion::arrow::datatypes::DataType;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, LambdaFunction, ObjectName, Query, Select, SetExpr, Spanned, TableFactor, TableWithJoins,
    VisitMut, VisitorMut,
};
use std::collections::HashSet;
use std::ops::ControlFlow;
use uuid::Uuid;

/// Between a column's name and the number that tells it from another one of that name. No name has it.
pub(super) const NUMBERED: char = ':';
/// How deep expressions may be.
const DEPTH: usize = 3_000;

/// What was found on the way.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) casts: Vec<DataType>,
    pub(super) stores: Vec<Uuid>,
    pub(super) names: Vec<TableName>,
}

pub(super) fn rewrite(query: &mut Query) -> Result<Rewritten, SqlError> {
    let mut rewriter = Rewriter {
        scopes: Vec::new(),
        lambdas: Vec::new(),
        tables: HashSet::new(),
        casts: Vec::new(),
        stores: Vec::new(),
        names: Vec::new(),
        tries: 0,
        depth: 0,
    };
    match query.visit(&mut rewriter) {
        ControlFlow::Continue(()) => {
            let Rewriter { casts, stores, names, .. } = rewriter;
            Ok(Rewritten { casts, stores, names })
        }
        ControlFlow::Break(error) => Err(error),
    }
}

struct Rewriter {
    /// What the tables of the queries around are called, the innermost last.
    scopes: Vec<HashSet<String>>,
    /// The parameters of the lambdas around.
    lambdas: Vec<Vec<String>>,
    /// What WITH defines.
    tables: HashSet<String>,
    casts: Vec<DataType>,
    stores: Vec<Uuid>,
    names: Vec<TableName>,
    /// How many TRY are around.
    tries: usize,
    depth: usize,
}

type Flow = ControlFlow<SqlError>;

fn flow(result: Result<(), SqlError>) -> Flow {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

impl VisitorMut for Rewriter {
    type Break = SqlError;

    fn pre_visit_query(&mut self, query: &mut Query) -> Flow {
        if let Some(with) = &query.with {
            let names = with.cte_tables.iter().map(|table| table.alias.name.value.clone());
            self.tables.extend(names);
        }
        let mut scope = HashSet::new();
        collect_tables(&query.body, &mut scope);
        self.scopes.push(scope);
        flow(only_reads(query))
    }

    fn post_visit_query(&mut self, _: &mut Query) -> Flow {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> Flow {
        if let Err(error) = plain_select(select) {
            return ControlFlow::Break(error);
        }
        joins::nest_unnest(&mut select.from);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> Flow {
        columns::name_all(&mut select.projection);
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> Flow {
        flow(self.take_table(relation))
    }

    fn pre_visit_table_factor(&mut self, table: &mut TableFactor) -> Flow {
        flow(joins::check(table))
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> Flow {
        self.depth += 1;
        if self.depth > DEPTH {
            let message = "the statement is nested too deeply";
            return ControlFlow::Break(SqlError::new(SqlErrorKind::Syntax, None, message));
        }
        match expr {
            Expr::CompoundIdentifier(names) => {
                if let Some(access) = columns::split(names, |table| self.is_table(table)) {
                    *expr = access;
                }
            }
            Expr::CompoundFieldAccess { .. } => columns::settle_access(expr, |table| self.is_table(table)),
            Expr::Lambda(lambda) => self.lambdas.push(parameters(lambda)),
            Expr::Function(call) if is_try(call) => self.tries += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> Flow {
        self.depth -= 1;
        match expr {
            Expr::Lambda(_) => {
                self.lambdas.pop();
            }
            Expr::Function(call) if is_try(call) => self.tries -= 1,
            _ => {}
        }
        flow(self.rewrite_expr(expr))
    }
}

impl Rewriter {
    fn rewrite_expr(&mut self, expr: &mut Expr) -> Result<(), SqlError> {
        match expr {
            Expr::Function(call) => {
                self.check_function(call)?;
                if let Some(other) = calls::rewrite(call, self)? {
                    *expr = other;
                }
            }
            Expr::Cast { .. } | Expr::TypedString(_) => self.rewrite_cast(expr)?,
            _ => {}
        }
        Ok(())
    }

    /// A name in front of a column can be that of a table, unless it is a lambda's parameter.
    fn is_table(&self, name: &str) -> bool {
        let is_parameter = self.lambdas.iter().flatten().any(|parameter| parameter == name);
        !is_parameter && self.scopes.iter().any(|scope| scope.contains(name))
    }

    fn take_table(&mut self, relation: &ObjectName) -> Result<(), SqlError> {
        if let Some(store) = named::store_of(relation) {
            if !self.stores.contains(&store) {
                self.stores.push(store);
            }
            return Ok(());
        }
        let unknown = named::unknown(relation);
        let name = named::bare(relation).ok_or_else(|| unknown.clone())?.value.clone();
        let is_new = !self.tables.contains(&name) && self.names.iter().all(|known| known.name != name);
        if is_new {
            self.names.push(TableName { name, unknown });
        }
        Ok(())
    }

    fn check_function(&self, call: &Function) -> Result<(), SqlError> {
        let name = call.name.to_string();
        if functions::is_known(&name) {
            return Ok(());
        }
        let proposal = super::error::proposal(&name, functions::names());
        let message = format!("there is no function '{name}'{proposal}");
        Err(SqlError::new(SqlErrorKind::UnknownFunction, start(call.name.span()), message))
    }
}

fn is_try(call: &Function) -> bool {
    matches!(&call.name.0[..], [name] if name.as_ident().is_some_and(|name| name.value == "try"))
}

fn parameters(lambda: &LambdaFunction) -> Vec<String> {
    lambda.params.iter().map(|parameter| parameter.name.value.clone()).collect()
}

/// What the tables of a query are called within it.
fn collect_tables(body: &SetExpr, names: &mut HashSet<String>) {
    match body {
        SetExpr::Select(select) => select.from.iter().for_each(|from| collect_joined(from, names)),
        SetExpr::SetOperation { left, right, .. } => {
            collect_tables(left, names);
            collect_tables(right, names);
        }
        _ => {}
    }
}

fn collect_joined(from: &TableWithJoins, names: &mut HashSet<String>) {
    let joined = from.joins.iter().map(|join| &join.relation);
    for table in std::iter::once(&from.relation).chain(joined) {
        let alias = match table {
            TableFactor::NestedJoin { table_with_joins, .. } => {
                collect_joined(table_with_joins, names);
                continue;
            }
            TableFactor::Table { alias: None, name, .. } => name.0.last().and_then(|part| part.as_ident()),
            TableFactor::Table { alias, .. }
            | TableFactor::Derived { alias, .. }
            | TableFactor::UNNEST { alias, .. } => alias.as_ref().map(|alias| &alias.name),
            _ => None,
        };
        names.extend(alias.map(|alias| alias.value.clone()));
    }
}

/// A query may hold nothing that writes, locks or is of another dialect.
fn only_reads(query: &Query) -> Result<(), SqlError> {
    let place = start(query.span());
    let reads = match query.body.as_ref() {
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => false,
        _ => query.locks.is_empty(),
    };
    if !reads {
        return Err(SqlError::unsupported(place, "only SELECT statements can be run"));
    }
    if query.with.as_ref().is_some_and(|with| with.recursive) {
        return Err(SqlError::unsupported(place, "WITH RECURSIVE is not supported"));
    }
    let foreign = query.for_clause.is_some()
        || query.settings.is_some()
        || query.format_clause.is_some()
        || !query.pipe_operators.is_empty();
    match foreign {
        true => Err(SqlError::unsupported(place, "this clause is not supported")),
        false => Ok(()),
    }
}

fn plain_select(select: &Select) -> Result<(), SqlError> {
    let place = start(select.select_token.0.span);
    if select.into.is_some() {
        return Err(SqlError::unsupported(place, "SELECT INTO is not supported: nothing can be written"));
    }
    let foreign = select.top.is_some()
        || select.exclude.is_some()
        || !select.lateral_views.is_empty()
        || select.prewhere.is_some()
        || !select.connect_by.is_empty()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.value_table_mode.is_some();
    match foreign {
        true => Err(SqlError::unsupported(place, "this form of SELECT is not supported")),
        false => Ok(()),
    }
}
