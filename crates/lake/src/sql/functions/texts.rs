//! Functions of texts.

use super::rows::{RowFunction, Texts, Want, text, text_array, whole_at};
use crate::sql::types;
use aws_lc_rs::digest::{SHA256, digest};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, ScalarUDF};
use std::sync::Arc;

/// How long a text may be made: longer ones would be a way to take memory that nobody counts.
const PADDED_CHARACTERS: i64 = 10_000;

pub(super) fn all() -> Vec<RowFunction> {
    use Want::{Any, Text, Whole};
    vec![
        RowFunction::new("lpad", &[Text, Whole, Text], text, |args| pad(args, true)),
        RowFunction::new("rpad", &[Text, Whole, Text], text, |args| pad(args, false)),
        RowFunction::new("typeof", &[Any], text, type_of),
    ]
}

/// The SHA-256 of each text, in hex.
pub(crate) fn checksum(text: Expr) -> Expr {
    let function = RowFunction::new("checksum", &[Want::Text], self::text, hash);
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(ScalarUDF::from(function)), vec![text]))
}

fn hash(args: &[ArrayRef]) -> Result<ArrayRef> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hash = |text: Option<&str>| text.map(|text| hex(digest(&SHA256, text.as_bytes()).as_ref()));
    Ok(text_array(Texts::of(&args[0]).iter().map(hash)))
}

fn pad(args: &[ArrayRef], left: bool) -> Result<ArrayRef> {
    let (texts, pads) = (Texts::of(&args[0]), Texts::of(&args[2]));
    let pad = |row| -> Result<Option<String>> {
        let (Some(text), Some(length), Some(pad)) = (texts.get(row), whole_at(&args[1], row), pads.get(row))
        else {
            return Ok(None);
        };
        if !(0..=PADDED_CHARACTERS).contains(&length) || pad.is_empty() {
            let message = format!(
                "Target length must be in the range [0..{PADDED_CHARACTERS}] and the padding not empty"
            );
            return Err(DataFusionError::Execution(message));
        }
        let missing = (length as usize).saturating_sub(text.chars().count());
        let padding = pad.chars().cycle().take(missing);
        let text = text.chars().take(length as usize);
        Ok(Some(if left { padding.chain(text).collect() } else { text.chain(padding).collect() }))
    };
    let padded = (0..args[0].len()).map(pad).collect::<Result<Vec<_>>>()?;
    Ok(text_array(padded.into_iter()))
}

fn type_of(args: &[ArrayRef]) -> Result<ArrayRef> {
    let name = types::name(args[0].data_type());
    Ok(text_array((0..args[0].len()).map(|_| Some(name.clone()))))
}
