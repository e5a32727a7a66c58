//! Checks a parsed request against the service model's table and words the refusal as AWS does.

mod code;
mod shown;
mod violation;

use serde_json::{Map, Number, Value};

use crate::error::ApiError;
use crate::generated::{ErrorCode, Operation};
use crate::scalar::{Blob, Epoch};
use crate::shape::{Kind, Limits, Member, Shape};
use violation::{Constraint, Path, Violation};

/// No more violations than this are looked for: the answer must stay small whatever was sent.
const VIOLATIONS_MAX: usize = 10;

/// Checks the object that is `operation`'s request: types, required members, lengths, ranges,
/// sizes, patterns and enums. Unknown members are ignored, null ones count as absent.
///
/// A wrong type is `SerializationException`. A broken constraint is the exception that the operation
/// models for that member, else `InvalidParameterException` if it models that, else
/// `ValidationException`; the message names all broken constraints, the first decides the code.
pub fn check(operation: Operation, request: &Map<String, Value>) -> Result<(), ApiError> {
    let mut checker = Checker { violations: Vec::new() };
    let Kind::Structure { members } = &operation.input().kind else {
        unreachable!("the input of every operation is a structure");
    };
    checker.structure(members, request, &Path::root())?;
    let Some(first) = checker.violations.first() else {
        return Ok(());
    };
    let code = code::for_member(operation, first.path.member());
    Err(ApiError::new(code, violation::message(&checker.violations)))
}

struct Checker {
    violations: Vec<Violation>,
}

impl Checker {
    fn value(&mut self, shape: &Shape, value: &Value, path: &Path) -> Result<(), ApiError> {
        if self.violations.len() >= VIOLATIONS_MAX {
            return Ok(());
        }
        match (&shape.kind, value) {
            (Kind::Structure { members }, Value::Object(object)) => self.structure(members, object, path)?,
            (Kind::List { member, limits }, Value::Array(elements)) => {
                self.length(limits, elements.len() as u64, path, || shown::list(elements));
                for (index, element) in elements.iter().enumerate() {
                    self.value(member, element, &path.element(index))?;
                }
            }
            (Kind::Map { key, value, limits }, Value::Object(entries)) => {
                self.length(limits, entries.len() as u64, path, || shown::map(entries));
                self.entries(key, value, entries, path)?;
            }
            (Kind::String { .. }, Value::String(text)) => self.string(shape, text, path),
            (Kind::Integer { limits }, Value::Number(number)) => {
                let amount = integer::<i32>(number).ok_or_else(|| wrong_type(value, "Integer"))?;
                self.range(limits, amount.into(), path);
            }
            (Kind::Long { limits }, Value::Number(number)) => {
                let amount = integer::<i64>(number).ok_or_else(|| wrong_type(value, "Long"))?;
                self.range(limits, amount, path);
            }
            (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Float | Kind::Double, Value::Number(number)) if number.as_f64().is_some() => {}
            (Kind::Timestamp, Value::Number(number)) if timestamp(number).is_some() => {}
            (Kind::Blob, Value::String(text)) if Blob::from_base64(text).is_some() => {}
            (kind, value) => return Err(wrong_type(value, type_name(kind))),
        }
        Ok(())
    }

    fn structure(
        &mut self,
        members: &[Member],
        object: &Map<String, Value>,
        path: &Path,
    ) -> Result<(), ApiError> {
        for member in members {
            let path = path.join(member.name);
            match object.get(member.name) {
                None | Some(Value::Null) if member.required => self.broken(&path, None, Constraint::NotNull),
                None | Some(Value::Null) => {}
                Some(value) => self.value(member.shape, value, &path)?,
            }
        }
        Ok(())
    }

    fn entries(
        &mut self,
        key: &Shape,
        value: &Shape,
        entries: &Map<String, Value>,
        path: &Path,
    ) -> Result<(), ApiError> {
        for (name, entry) in entries {
            self.string(key, name, &path.key());
            self.value(value, entry, &path.entry(name))?;
        }
        Ok(())
    }

    fn string(&mut self, shape: &Shape, text: &str, path: &Path) {
        let Kind::String { limits, pattern, values } = &shape.kind else {
            unreachable!("{} is a string", shape.name);
        };
        let length = text.chars().count() as u64;
        self.length(limits, length, path, || text.to_owned());
        if limits.max.is_some_and(|max| length > u64::from(max)) {
            // A text of any length is not worth matching.
            return;
        }
        if let Some(pattern) = pattern.filter(|pattern| !pattern.matches(text)) {
            self.broken(path, Some(text), Constraint::Pattern(pattern.text));
        }
        if !values.is_empty() && !values.contains(&text) {
            self.broken(path, Some(text), Constraint::Enum(values));
        }
    }

    fn length(&mut self, limits: &Limits, amount: u64, path: &Path, shown: impl FnOnce() -> String) {
        if limits.hold(amount) {
            return;
        }
        let constraint = match limits.min.filter(|min| amount < u64::from(*min)) {
            Some(min) => Constraint::LengthMin(min),
            None => Constraint::LengthMax(limits.max.unwrap_or(u32::MAX)),
        };
        self.broken(path, Some(&shown()), constraint);
    }

    fn range(&mut self, limits: &Limits, amount: i64, path: &Path) {
        let constraint = match (limits.min, limits.max) {
            (Some(min), _) if amount < i64::from(min) => Constraint::ValueMin(min),
            (_, Some(max)) if amount > i64::from(max) => Constraint::ValueMax(max),
            _ => return,
        };
        self.broken(path, Some(&amount.to_string()), constraint);
    }

    fn broken(&mut self, path: &Path, shown: Option<&str>, constraint: Constraint) {
        self.violations.push(Violation::new(path.clone(), shown, constraint));
    }
}

/// The number if it is whole, written without exponent, and fits.
fn integer<T: std::str::FromStr>(number: &Number) -> Option<T> {
    number.to_string().parse().ok()
}

fn timestamp(number: &Number) -> Option<Epoch> {
    number.as_f64().and_then(Epoch::from_seconds)
}

fn wrong_type(value: &Value, wanted: &str) -> ApiError {
    let message = match value {
        Value::Null => format!("null found where {wanted} was expected"),
        Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
        Value::Array(_) => "Start of list found where not expected.".to_owned(),
        Value::Bool(true) => format!("TRUE_VALUE can not be converted to {wanted}"),
        Value::Bool(false) => format!("FALSE_VALUE can not be converted to {wanted}"),
        Value::Number(_) => format!("NUMBER_VALUE can not be converted to {wanted}"),
        Value::String(_) => format!("STRING_VALUE can not be converted to {wanted}"),
    };
    ApiError::new(ErrorCode::SerializationException, message)
}

fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Structure { .. } => "Structure",
        Kind::List { .. } => "List",
        Kind::Map { .. } => "Map",
        Kind::String { .. } => "String",
        Kind::Integer { .. } => "Integer",
        Kind::Long { .. } => "Long",
        Kind::Float => "Float",
        Kind::Double => "Double",
        Kind::Boolean => "Boolean",
        Kind::Timestamp => "Timestamp",
        Kind::Blob => "Blob",
    }
}

#[cfg(test)]
mod tests;
