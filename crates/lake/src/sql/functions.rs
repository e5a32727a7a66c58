//! The functions of the dialect: those of the engine under the names that Trino gives them, and our own where it has none
//! or they mean something else.

mod cast;
mod collections;
mod element_at;
mod event_json;
mod json;
mod json_value;
mod lists;
mod member;
mod regex;
mod rows;
pub(super) mod texts;
mod times;

pub(super) use cast::{Cast, cast_name, cast_of_name};
pub(super) use element_at::element_at;
pub(super) use event_json::event_json;
pub(super) use json_value::json_value;
pub(super) use member::{NO_MEMBER, member, struct_of};

use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

/// Functions of the engine that mean what Trino's of the same name do, or of another one.
const SCALARS: &[(&str, &str)] = &[
    ("abs", "abs"),
    ("array_distinct", "array_distinct"),
    ("array_except", "array_except"),
    ("array_intersect", "array_intersect"),
    ("array_join", "array_to_string"),
    ("array_max", "array_max"),
    ("array_min", "array_min"),
    ("array_position", "array_position"),
    ("array_remove", "array_remove"),
    ("array_sort", "array_sort"),
    ("array_union", "array_union"),
    ("arrays_overlap", "array_has_any"),
    ("btrim", "btrim"),
    ("ceil", "ceil"),
    ("ceiling", "ceil"),
    ("character_length", "character_length"),
    ("chr", "chr"),
    ("coalesce", "coalesce"),
    ("concat_ws", "concat_ws"),
    ("contains", "array_has"),
    ("date_part", "date_part"),
    ("ends_with", "ends_with"),
    ("exp", "exp"),
    ("flatten", "flatten"),
    ("floor", "floor"),
    ("greatest", "greatest"),
    ("least", "least"),
    ("length", "character_length"),
    ("levenshtein_distance", "levenshtein"),
    ("ln", "ln"),
    ("log10", "log10"),
    ("log2", "log2"),
    ("lower", "lower"),
    ("ltrim", "ltrim"),
    ("make_array", "make_array"),
    ("map", "map"),
    ("map_entries", "map_entries"),
    ("map_keys", "map_keys"),
    ("map_values", "map_values"),
    ("nullif", "nullif"),
    ("position", "strpos"),
    ("pow", "power"),
    ("power", "power"),
    ("replace", "replace"),
    ("reverse", "reverse"),
    ("round", "round"),
    ("rtrim", "rtrim"),
    ("sign", "signum"),
    ("split", "string_to_array"),
    ("split_part", "split_part"),
    ("sqrt", "sqrt"),
    ("starts_with", "starts_with"),
    ("strpos", "strpos"),
    ("substr", "substr"),
    ("substring", "substr"),
    ("translate", "translate"),
    ("trim", "btrim"),
    ("truncate", "trunc"),
    ("upper", "upper"),
];

const AGGREGATES: &[(&str, &str)] = &[
    ("any_value", "any_value"),
    ("approx_distinct", "approx_distinct"),
    ("approx_percentile_cont", "approx_percentile_cont"),
    ("arbitrary", "any_value"),
    ("array_agg", "array_agg"),
    ("avg", "avg"),
    ("bool_and", "bool_and"),
    ("bool_or", "bool_or"),
    ("corr", "corr"),
    ("count", "count"),
    ("every", "bool_and"),
    ("first_value", "first_value"),
    ("grouping", "grouping"),
    ("last_value", "last_value"),
    ("listagg", "string_agg"),
    ("max", "max"),
    ("min", "min"),
    ("stddev", "stddev"),
    ("stddev_pop", "stddev_pop"),
    ("stddev_samp", "stddev"),
    ("string_agg", "string_agg"),
    ("sum", "sum"),
    ("var_pop", "var_pop"),
    ("var_samp", "var"),
    ("variance", "var"),
];

const WINDOWS: &[(&str, &str)] = &[
    ("cume_dist", "cume_dist"),
    ("dense_rank", "dense_rank"),
    ("first_value", "first_value"),
    ("lag", "lag"),
    ("last_value", "last_value"),
    ("lead", "lead"),
    ("nth_value", "nth_value"),
    ("ntile", "ntile"),
    ("percent_rank", "percent_rank"),
    ("rank", "rank"),
    ("row_number", "row_number"),
];

const HIGHER_ORDER: &[(&str, &str)] =
    &[("any_match", "array_any_match"), ("filter", "array_filter"), ("transform", "array_transform")];

/// What the statement's rewriting or the planner makes something else of.
const REWRITTEN: &[&str] = &[
    "all_match",
    "approx_percentile",
    "concat",
    "count_if",
    "current_date",
    "current_timestamp",
    "date",
    "if",
    "localtimestamp",
    "max_by",
    "min_by",
    "none_match",
    "now",
    "try",
    "unnest",
];

struct Functions {
    scalars: HashMap<&'static str, Arc<ScalarUDF>>,
    aggregates: HashMap<&'static str, Arc<AggregateUDF>>,
    windows: HashMap<&'static str, Arc<WindowUDF>>,
    higher_order: HashMap<&'static str, Arc<HigherOrderUDF>>,
    names: HashSet<&'static str>,
}

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
    let scalars =
        pick(SCALARS, &SessionStateDefaults::default_scalar_functions(), |function| function.name());
    let own = rows::all().into_iter().map(|function| (function.title(), Arc::new(ScalarUDF::from(function))));
    let own = own.chain([("element_at", element_at())]);
    let functions = Functions {
        scalars: scalars.into_iter().chain(own).collect(),
        aggregates: aggregates(),
        windows: pick(WINDOWS, &SessionStateDefaults::default_window_functions(), |function| function.name()),
        higher_order: pick(
            HIGHER_ORDER,
            &SessionStateDefaults::default_higher_order_functions(),
            |function| function.name(),
        ),
        names: HashSet::new(),
    };
    let scalars = functions.scalars.keys().copied().filter(|name| !name.starts_with("try_"));
    let others =
        functions.aggregates.keys().chain(functions.windows.keys()).chain(functions.higher_order.keys());
    let names = scalars.chain(others.copied()).chain(REWRITTEN.iter().copied()).collect();
    Functions { names, ..functions }
});

fn aggregates() -> HashMap<&'static str, Arc<AggregateUDF>> {
    let engine = SessionStateDefaults::default_aggregate_functions();
    let mut picked = pick(AGGREGATES, &engine, |function| function.name());
    picked.entry("array_agg").and_modify(|function| *function = lists::bounded(Arc::clone(function)));
    picked
}

fn pick<F>(
    wanted: &[(&'static str, &'static str)],
    all: &[Arc<F>],
    name: impl Fn(&F) -> &str,
) -> HashMap<&'static str, Arc<F>> {
    let find = |wanted: &str| all.iter().find(|function| name(function) == wanted).cloned();
    wanted.iter().filter_map(|(ours, theirs)| Some((*ours, find(theirs)?))).collect()
}

/// Whether statements may call a function of this name.
pub(super) fn is_known(name: &str) -> bool {
    FUNCTIONS.names.contains(name)
}

/// All functions that statements may call.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.names.iter().copied()
}

pub(super) fn scalar(name: &str) -> Option<Arc<ScalarUDF>> {
    FUNCTIONS.scalars.get(name).cloned()
}

pub(super) fn aggregate(name: &str) -> Option<Arc<AggregateUDF>> {
    FUNCTIONS.aggregates.get(name).cloned()
}

pub(super) fn window(name: &str) -> Option<Arc<WindowUDF>> {
    FUNCTIONS.windows.get(name).cloned()
}

pub(super) fn higher_order(name: &str) -> Option<Arc<HigherOrderUDF>> {
    FUNCTIONS.higher_order.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_has_every_function_that_is_named() {
        let functions = &*FUNCTIONS;
        for (name, engine) in SCALARS {
            assert!(functions.scalars.contains_key(name), "{engine}");
        }
        for (name, engine) in AGGREGATES {
            assert!(functions.aggregates.contains_key(name), "{engine}");
        }
        for (name, engine) in WINDOWS {
            assert!(functions.windows.contains_key(name), "{engine}");
        }
        for (name, engine) in HIGHER_ORDER {
            assert!(functions.higher_order.contains_key(name), "{engine}");
        }
    }
}
