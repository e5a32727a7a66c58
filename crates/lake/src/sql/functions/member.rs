//! Structs: putting one together out of columns, and taking a member out of one.
//!
//! Taking a member out of what was put together is that column, and the plan says so before it runs: a query of
//! `useridentity.arn` reads the column `user_arn` and nothing else.

use super::json_value::member_of;
use super::rows::run_on;
use crate::sql::error::proposal;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StructArray, make_array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{internal_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExpressionPlacement, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility, lit,
};
use std::sync::Arc;

/// Begins the message about a member that there is not.
pub(crate) const NO_MEMBER: &str = "there is no member";

#[derive(Debug, PartialEq, Eq, Hash)]
struct Member {
    signature: Signature,
}

/// The member `name`, in lower case, of a struct.
pub(crate) fn member(base: Expr, name: &str) -> Expr {
    let function = Member { signature: Signature::any(2, Volatility::Immutable) };
    call(function.into(), vec![base, lit(name)])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct StructOf {
    names: Vec<&'static str>,
    signature: Signature,
}

/// A struct of these members, null where `presence` is.
pub(crate) fn struct_of(presence: Expr, members: Vec<(&'static str, Expr)>) -> Expr {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    let function = StructOf { names, signature: Signature::variadic_any(Volatility::Immutable) };
    call(function.into(), std::iter::once(presence).chain(values).collect())
}

fn call(function: ScalarUDF, args: Vec<Expr>) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), args))
}

fn name_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(name, _) => name.try_as_str().flatten(),
        _ => None,
    }
}

impl ScalarUDFImpl for Member {
    fn name(&self) -> &str {
        "member"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type depends on the member's name")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let [base, _] = args.arg_fields else { return internal_err!("a member has a struct and a name") };
        let name = args.scalar_arguments[1].and_then(|name| name.try_as_str().flatten()).unwrap_or("");
        let DataType::Struct(fields) = base.data_type() else {
            return plan_err!(
                "{NO_MEMBER} '{name}' in a value of type {}",
                crate::sql::types::name(base.data_type())
            );
        };
        match fields.find(name) {
            Some((_, field)) => Ok(Arc::new(Field::new(name, field.data_type().clone(), true))),
            None => {
                let near = proposal(name, fields.iter().map(|field| field.name().as_str()));
                plan_err!("{NO_MEMBER} '{name}'{near}")
            }
        }
    }

    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let direct = || {
            let (base, name) = (args.first()?, name_of(args.get(1)?)?);
            member_put_in(base, name).or_else(|| member_of(base, name))
        };
        Ok(match direct() {
            Some(expr) => ExprSimplifyResult::Simplified(expr),
            None => ExprSimplifyResult::Original(args),
        })
    }

    /// Towards the table, where it becomes a column.
    fn placement(&self, args: &[ExpressionPlacement]) -> ExpressionPlacement {
        match args.first() {
            Some(ExpressionPlacement::Column | ExpressionPlacement::MoveTowardsLeafNodes) => {
                ExpressionPlacement::MoveTowardsLeafNodes
            }
            _ => ExpressionPlacement::KeepInPlace,
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let name = args.return_field.name().clone();
        run_on(args, |arrays| take(&arrays[0], &name))
    }
}

fn member_put_in(base: &Expr, name: &str) -> Option<Expr> {
    let Expr::ScalarFunction(call) = base else { return None };
    let names = &call.func.inner().downcast_ref::<StructOf>()?.names;
    let index = names.iter().position(|member| *member == name)?;
    call.args.get(index + 1).cloned()
}

/// Null structs have null members, whatever lies under them.
fn take(array: &ArrayRef, name: &str) -> Result<ArrayRef> {
    let Some(structs) = array.as_struct_opt() else { return internal_err!("a member of what is no struct") };
    let Some(column) = structs.column_by_name(name) else { return internal_err!("{NO_MEMBER} '{name}'") };
    let nulls = NullBuffer::union(structs.nulls(), column.logical_nulls().as_ref());
    let data = column.to_data().into_builder().nulls(nulls).build()?;
    Ok(make_array(data))
}

impl ScalarUDFImpl for StructOf {
    fn name(&self) -> &str {
        "struct_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(self.fields(args.get(1..).unwrap_or_default())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        run_on(args, |arrays| {
            let kinds: Vec<DataType> = arrays[1..].iter().map(|array| array.data_type().clone()).collect();
            let nulls = arrays[0].logical_nulls();
            Ok(Arc::new(StructArray::try_new(self.fields(&kinds), arrays[1..].to_vec(), nulls)?))
        })
    }
}

impl StructOf {
    fn fields(&self, kinds: &[DataType]) -> Fields {
        let fields = self.names.iter().zip(kinds);
        fields.map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect()
    }
}
