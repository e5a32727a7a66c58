//! What the engine's planner asks of the Lake: tables, functions, and what operators mean.

mod operators;
mod unnest;

use super::engine::Table;
use super::functions::{self, Cast, cast_of_name};
use super::tokens::table_name;
use super::types;
use cairn_model::Timestamp;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::TableReference;
use datafusion::common::plan_err;
use datafusion::config::ConfigOptions;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner, RelationPlanner};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    AggregateUDF, ColumnarValue, Expr, HigherOrderUDF, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, TableSource, Volatility, WindowUDF,
};
use datafusion::scalar::ScalarValue;
use datafusion::sql::planner::{NullOrdering, ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast;
use operators::Operators;
use std::collections::HashMap;
use std::sync::Arc;
use unnest::Unnest;

/// The name of a table on disk within the tables that statements see.
const ON_DISK: &str = "table";

/// What one statement can see.
pub(super) struct Planner<'s> {
    config: ConfigOptions,
    casts: &'s [DataType],
    tables: HashMap<String, Arc<dyn TableSource>>,
    now: Timestamp,
    operators: Vec<Arc<dyn ExprPlanner>>,
    relations: Vec<Arc<dyn RelationPlanner>>,
}

impl<'s> Planner<'s> {
    pub(super) fn new(casts: &'s [DataType], tables: &[Table], now: Timestamp) -> Result<Planner<'s>> {
        let tables = tables.iter().map(|table| Ok((table_name(table.store), view(table)?)));
        let ours: Arc<dyn ExprPlanner> = Arc::new(Operators);
        let theirs = SessionStateDefaults::default_expr_planners();
        Ok(Planner {
            config: ConfigOptions::new(),
            casts,
            tables: tables.collect::<Result<_>>()?,
            now,
            operators: std::iter::once(ours).chain(theirs).collect(),
            relations: vec![Arc::new(Unnest)],
        })
    }

    pub(super) fn plan(&self, query: ast::Query) -> Result<LogicalPlan> {
        let options = ParserOptions {
            // Names are in lower case already.
            enable_ident_normalization: false,
            collect_spans: true,
            map_string_types_to_utf8view: false,
            default_null_ordering: NullOrdering::NullsLast,
            ..ParserOptions::new()
        };
        let planner = SqlToRel::new_with_options(self, options);
        planner.sql_statement_to_plan(ast::Statement::Query(Box::new(query)))
    }
}

/// A table as statements see it.
pub(super) fn view(table: &Table) -> Result<Arc<dyn TableSource>> {
    // Some columns are called as they are on disk, and the optimizer may put both into one place.
    let seen = Some(TableReference::bare("seen"));
    let columns = table.family.columns().into_iter();
    let columns = columns.map(|(name, expr)| expr.alias_qualified(seen.clone(), name));
    let on_disk = provider_as_source(table.source.provider());
    let plan = LogicalPlanBuilder::scan(ON_DISK, on_disk, None)?.project(columns)?.build()?;
    Ok(provider_as_source(Arc::new(ViewTable::new(plan, None))))
}

impl ContextProvider for Planner<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        match self.tables.get(name.table()) {
            Some(table) => Ok(table.clone()),
            None => plan_err!("table '{}' not found", name.table()),
        }
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.operators
    }

    fn get_relation_planners(&self) -> &[Arc<dyn RelationPlanner>] {
        &self.relations
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        if let Some((number, lenient)) = cast_of_name(name) {
            let to = self.casts.get(number)?.clone();
            return Some(Arc::new(Cast::new(name, to, lenient).into()));
        }
        match name {
            "now" | "current_timestamp" | "localtimestamp" => Some(self.constant("now", types::time())),
            "current_date" => Some(self.constant("current_date", DataType::Date32)),
            _ => functions::scalar(name),
        }
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        functions::higher_order(name)
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        functions::aggregate(name)
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        functions::window(name)
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.config
    }

    // Names are proposed before the planner would ask for them.
    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Planner<'_> {
    /// The statement's time, which is the same wherever it asks.
    fn constant(&self, name: &'static str, kind: DataType) -> Arc<ScalarUDF> {
        let value = ScalarValue::TimestampMicrosecond(Some(self.now.as_micros()), Some("UTC".into()));
        let value = value.cast_to(&kind).unwrap_or(ScalarValue::Null);
        Arc::new(Constant { name, kind, value, signature: Signature::nullary(Volatility::Immutable) }.into())
    }
}

/// A function without arguments.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Constant {
    name: &'static str,
    kind: DataType,
    value: ScalarValue,
    signature: Signature,
}

impl ScalarUDFImpl for Constant {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.kind.clone())
    }

    fn simplify(&self, _: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        Ok(ExprSimplifyResult::Simplified(Expr::Literal(self.value.clone(), None)))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(self.value.clone()))
    }
}
