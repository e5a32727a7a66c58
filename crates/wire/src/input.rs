//! From a request's bytes to the operation's typed input.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::generated::{ErrorCode, Operation};
use crate::shape::Kind;
use crate::{json, query, validate};

/// The largest body that [`input`] looks at, in bytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;

/// Parses and validates the body of a JSON 1.1 request. `T` is the input struct of `operation`.
///
/// An empty body counts as `{}`; members that the model lacks are ignored; a null member counts as
/// absent. Errors: `SerializationException` for what is not the right JSON, `RequestEntityTooLargeException`
/// beyond [`BODY_BYTES_MAX`], and for a broken constraint what [`validate`] says.
pub fn input<T: DeserializeOwned>(operation: Operation, body: &[u8]) -> Result<T, ApiError> {
    typed(operation, object(body)?)
}

/// [`input`] for rest-json: members that the model puts in the query string are taken from
/// `query`, the raw text after `?`, and only from there.
pub fn input_with_query<T: DeserializeOwned>(
    operation: Operation,
    query: &str,
    body: &[u8],
) -> Result<T, ApiError> {
    let mut object = object(body)?;
    let pairs = query::Form::parse(query.as_bytes()).map_err(|error| error.json())?;
    let Kind::Structure { members } = &operation.input().kind else {
        unreachable!("the input of every operation is a structure");
    };
    for member in *members {
        let Some(parameter) = member.query else { continue };
        match pairs.get(parameter) {
            Some(value) => object.insert(member.name.to_owned(), Value::from(value)),
            None => object.remove(member.name),
        };
    }
    typed(operation, object)
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.len() > BODY_BYTES_MAX {
        let message = format!("The request is larger than {BODY_BYTES_MAX} bytes.");
        return Err(ApiError::new(ErrorCode::RequestEntityTooLargeException, message));
    }
    json::object(body).map_err(|error| ApiError::new(ErrorCode::SerializationException, error.to_string()))
}

fn typed<T: DeserializeOwned>(operation: Operation, object: Map<String, Value>) -> Result<T, ApiError> {
    validate::check(operation, &object)?;
    // What the table lets pass fits the struct generated from the same model; should the two ever
    // differ, or the caller name another operation's struct, the client is not the one to blame.
    serde_json::from_value(Value::Object(object))
        .map_err(|error| ApiError::internal(format!("{} input: {error}", operation.name())))
}

#[cfg(test)]
mod tests;
