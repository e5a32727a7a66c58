//! Calls of functions that the planner knows under another name or in another form.

use super::Rewriter;
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::statement::start;
use datafusion::arrow::datatypes::DataType;
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, Ident, LambdaFunction, ObjectName, OrderByExpr, OrderByOptions,
    Spanned, UnaryOperator, Value,
};

/// What stands for a call; `None` if the call stays, changed or not.
pub(super) fn rewrite(call: &mut Function, rewriter: &mut Rewriter) -> Result<Option<Expr>, SqlError> {
    let name = call.name.to_string();
    match name.as_str() {
        "if" => choose(call).map(Some),
        "try" => one(call).map(Some),
        "concat" => Ok(joined(call)),
        "date" => {
            let span = call.name.span();
            let lenient = rewriter.tries > 0;
            let inner = one(call)?;
            Ok(Some(rewriter.cast(inner, DataType::Date32, lenient, span)))
        }
        "greatest" | "least" => Ok(Some(null_if_any_is(call))),
        "replace" => {
            add_empty(call);
            Ok(None)
        }
        "count_if" => count_if(call).map(|()| None),
        "max_by" | "min_by" => extreme(call, name == "max_by").map(|()| None),
        "approx_percentile" => percentile(call).map(|()| None),
        "all_match" | "none_match" => Ok(Some(no_match(call, name == "all_match"))),
        "json_parse" | "date_parse" | "from_iso8601_timestamp" | "from_iso8601_date"
            if rewriter.tries > 0 =>
        {
            rename(call, &format!("try_{name}"));
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// A plain call.
pub(super) fn call(name: ObjectName, args: Vec<Expr>) -> Expr {
    let args = args.into_iter().map(|arg| FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)));
    Expr::Function(Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: args.collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

fn rename(call: &mut Function, name: &str) {
    let span = call.name.span();
    call.name = ObjectName::from(Ident::with_span(span, name));
}

fn list(call: &mut Function) -> Option<&mut FunctionArgumentList> {
    match &mut call.args {
        FunctionArguments::List(list) => Some(list),
        FunctionArguments::None | FunctionArguments::Subquery(_) => None,
    }
}

/// The arguments, if they are plain; then the call has none any more.
fn take(call: &mut Function) -> Vec<Expr> {
    let Some(list) = list(call) else { return Vec::new() };
    let args = std::mem::take(&mut list.args).into_iter();
    args.filter_map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    })
    .collect()
}

fn put(call: &mut Function, args: Vec<Expr>) {
    if let Some(list) = list(call) {
        list.args = args.into_iter().map(|arg| FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))).collect();
    }
}

fn takes(call: &Function, what: &str) -> SqlError {
    let message = format!("function '{}' takes {what}", call.name);
    SqlError::new(SqlErrorKind::Invalid, start(call.name.span()), message)
}

fn one(call: &mut Function) -> Result<Expr, SqlError> {
    let mut args = take(call);
    match (args.pop(), args.is_empty()) {
        (Some(arg), true) => Ok(arg),
        _ => Err(takes(call, "one argument")),
    }
}

fn two(call: &mut Function) -> Result<(Expr, Expr), SqlError> {
    <[Expr; 2]>::try_from(take(call)).map(Into::into).map_err(|_| takes(call, "two arguments"))
}

/// `if(condition, a, b)`.
fn choose(call: &mut Function) -> Result<Expr, SqlError> {
    let mut args = take(call).into_iter();
    let (Some(condition), Some(result), otherwise, None) =
        (args.next(), args.next(), args.next(), args.next())
    else {
        return Err(takes(call, "a condition and one or two values"));
    };
    Ok(case(condition, result, otherwise))
}

/// A concatenation is null if a part of it is, which the planner's function of this name sees otherwise.
fn joined(call: &mut Function) -> Option<Expr> {
    let join = |left, right| binary(left, BinaryOperator::StringConcat, right);
    take(call).into_iter().reduce(join)
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    // In parentheses, so that it stays whole whatever is around it.
    Expr::Nested(Box::new(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
}

/// The greatest of some values is null if one of them is, which the planner's function sees otherwise.
fn null_if_any_is(call: &mut Function) -> Expr {
    let args = take(call);
    let is_null = |arg: &Expr| Expr::IsNull(Box::new(arg.clone()));
    let or = |left, right| binary(left, BinaryOperator::Or, right);
    let any = args.iter().map(is_null).reduce(or);
    put(call, args);
    match any {
        Some(condition) => {
            case(condition, Expr::Value(Value::Null.into()), Some(Expr::Function(call.clone())))
        }
        None => Expr::Function(call.clone()),
    }
}

fn case(condition: Expr, result: Expr, otherwise: Option<Expr>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result }],
        else_result: otherwise.map(Box::new),
    }
}

/// `replace(text, part)` takes the part out.
fn add_empty(call: &mut Function) {
    let mut args = take(call);
    if args.len() == 2 {
        args.push(Expr::Value(Value::SingleQuotedString(String::new()).into()));
    }
    put(call, args);
}

/// `count_if(c)` is `count(1) FILTER (WHERE c)`.
fn count_if(call: &mut Function) -> Result<(), SqlError> {
    let condition = one(call)?;
    add_filter(call, condition);
    put(call, vec![Expr::Value(Value::Number("1".into(), false).into())]);
    rename(call, "count");
    Ok(())
}

fn add_filter(call: &mut Function, condition: Expr) {
    let filter = match call.filter.take() {
        Some(filter) => binary(*filter, BinaryOperator::And, condition),
        None => condition,
    };
    call.filter = Some(Box::new(filter));
}

/// `max_by(x, y)` is the first x by falling y.
fn extreme(call: &mut Function, largest: bool) -> Result<(), SqlError> {
    let (value, by) = two(call)?;
    add_filter(call, Expr::IsNotNull(Box::new(by.clone())));
    put(call, vec![value]);
    let options = OrderByOptions { asc: Some(!largest), nulls_first: Some(false) };
    let order = OrderByExpr { expr: by, options, with_fill: None };
    if let Some(list) = list(call) {
        list.clauses.push(FunctionArgumentClause::OrderBy(vec![order]));
    }
    rename(call, "first_value");
    Ok(())
}

fn percentile(call: &mut Function) -> Result<(), SqlError> {
    let (value, percentile) = two(call)?;
    put(call, vec![percentile]);
    let options = OrderByOptions { asc: None, nulls_first: None };
    call.within_group = vec![OrderByExpr { expr: value, options, with_fill: None }];
    rename(call, "approx_percentile_cont");
    Ok(())
}

/// `none_match(l, f)` is `NOT any_match(l, f)`, and `all_match(l, f)` is `none_match` of what is not f.
fn no_match(call: &mut Function, negate: bool) -> Expr {
    let mut args = take(call);
    if negate && let Some(Expr::Lambda(LambdaFunction { body, .. })) = args.last_mut() {
        let inner = std::mem::replace(body.as_mut(), Expr::Identifier(Ident::new("")));
        **body = not(inner);
    }
    let name = Ident::with_span(call.name.span(), "any_match");
    not(self::call(ObjectName::from(name), args))
}

fn not(expr: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(Expr::Nested(Box::new(expr))) }
}
