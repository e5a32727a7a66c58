//! JSON read strictly: what two parsers could understand in two ways is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The deepest nesting of arrays and objects that is read; the outermost counts as 1.
const DEPTH_MAX: usize = 64;

/// The key under which serde_json hands over a number's text when it keeps numbers as received.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Why a body is not taken, with words for the client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonError {
    /// Not JSON, a key twice in one object, or nested too deep.
    #[error("The body is not valid JSON: {0}")]
    Malformed(#[from] serde_json::Error),
    /// JSON, but not an object.
    #[error("The body is not a JSON object.")]
    NoObject,
}

/// The object that is the whole of `body`; an empty body is an empty object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, JsonError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(JsonError::NoObject),
    }
}

/// Reads one value that stands inside `depth` arrays and objects.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn inside<E: serde::de::Error>(self) -> Result<Strict, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom(format_args!("nested deeper than {DEPTH_MAX}")));
        }
        Ok(Strict { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inside)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut inside = None;
        while let Some(key) = entries.next_key::<String>()? {
            if key == NUMBER_KEY && object.is_empty() {
                return number(entries);
            }
            let seed = match inside {
                Some(seed) => seed,
                None => *inside.insert(self.inside()?),
            };
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice in one object")));
            }
            object.insert(key, entries.next_value_seed(seed)?);
        }
        Ok(Value::Object(object))
    }
}

/// A number that serde_json hands over as a map. An object sent with that very key reads as the
/// number it spells, or not at all; both are harmless here.
fn number<'de, A: MapAccess<'de>>(mut entries: A) -> Result<Value, A::Error> {
    let text: String = entries.next_value()?;
    let number: Number = text.parse().map_err(|_| A::Error::custom("no number"))?;
    match entries.next_key::<String>()? {
        None => Ok(Value::Number(number)),
        Some(_) => Err(A::Error::custom("a number with members")),
    }
}

#[cfg(test)]
mod tests;
