//! Bodies in CBOR (RFC 8949), as JSON. Bytes become null: no event shows them.

use super::DEPTH_MAX;
use serde_json::{Map, Number, Value};

/// Bytes are not CBOR, or nested as no body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotCbor;

/// Reads one item; what follows it means nothing.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, NotCbor> {
    Input { rest: bytes }.item(DEPTH_MAX)
}

struct Input<'a> {
    rest: &'a [u8],
}

/// The number in an item's head: a length, a value, or that the length is not known beforehand.
#[derive(Clone, Copy)]
enum Argument {
    Known(u64),
    Indefinite,
}

const BREAK: u8 = 0xff;

impl Input<'_> {
    fn item(&mut self, depth: usize) -> Result<Value, NotCbor> {
        let inner = depth.checked_sub(1).ok_or(NotCbor)?;
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 {
            return self.simple_or_float(info);
        }
        let argument = self.argument(info)?;
        match (major, argument) {
            (0, Argument::Known(value)) => Ok(value.into()),
            (1, Argument::Known(value)) => Ok(negative(value)),
            (2, argument) => self.chunks(2, argument).map(|_| Value::Null),
            (3, argument) => {
                let text = self.chunks(3, argument)?;
                Ok(Value::from(String::from_utf8(text).map_err(|_| NotCbor)?))
            }
            (4, argument) => self.array(argument, inner),
            (5, argument) => self.map(argument, inner),
            // A tag says how to take what follows: an epoch time is the number that it is.
            (6, Argument::Known(_)) => self.item(inner),
            _ => Err(NotCbor),
        }
    }

    fn byte(&mut self) -> Result<u8, NotCbor> {
        let (first, rest) = self.rest.split_first().ok_or(NotCbor)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, count: u64) -> Result<&[u8], NotCbor> {
        let count = usize::try_from(count).map_err(|_| NotCbor)?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(NotCbor)?;
        self.rest = rest;
        Ok(taken)
    }

    fn argument(&mut self, info: u8) -> Result<Argument, NotCbor> {
        match info {
            0..=23 => Ok(Argument::Known(info.into())),
            24..=27 => self.big_endian(1 << (info - 24)).map(Argument::Known),
            31 => Ok(Argument::Indefinite),
            _ => Err(NotCbor),
        }
    }

    fn big_endian(&mut self, count: u64) -> Result<u64, NotCbor> {
        Ok(self.take(count)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// Whether the items of unknown number end here.
    fn at_break(&mut self) -> bool {
        let ends = self.rest.first() == Some(&BREAK);
        if ends {
            self.rest = &self.rest[1..];
        }
        ends
    }

    /// Bytes or text, whole or in chunks.
    fn chunks(&mut self, major: u8, argument: Argument) -> Result<Vec<u8>, NotCbor> {
        if let Argument::Known(count) = argument {
            return Ok(self.take(count)?.to_vec());
        }
        let mut all = Vec::new();
        while !self.at_break() {
            let first = self.byte()?;
            match self.argument(first & 0x1f)? {
                Argument::Known(count) if first >> 5 == major => all.extend_from_slice(self.take(count)?),
                _ => return Err(NotCbor),
            }
        }
        Ok(all)
    }

    fn array(&mut self, argument: Argument, depth: usize) -> Result<Value, NotCbor> {
        let mut elements = Vec::new();
        while self.has_more(argument, elements.len()) {
            elements.push(self.item(depth)?);
        }
        Ok(Value::Array(elements))
    }

    fn map(&mut self, argument: Argument, depth: usize) -> Result<Value, NotCbor> {
        let mut members = Map::new();
        let mut count = 0;
        while self.has_more(argument, count) {
            let Value::String(name) = self.item(depth)? else { return Err(NotCbor) };
            members.insert(name, self.item(depth)?);
            count += 1;
        }
        Ok(Value::Object(members))
    }

    fn has_more(&mut self, argument: Argument, count: usize) -> bool {
        match argument {
            Argument::Known(all) => (count as u64) < all,
            Argument::Indefinite => !self.at_break(),
        }
    }

    fn simple_or_float(&mut self, info: u8) -> Result<Value, NotCbor> {
        match info {
            20 => Ok(Value::Bool(false)),
            21 => Ok(Value::Bool(true)),
            22 | 23 => Ok(Value::Null),
            25 => Ok(float(half(self.big_endian(2)? as u16))),
            26 => Ok(float(f32::from_bits(self.big_endian(4)? as u32).into())),
            27 => Ok(float(f64::from_bits(self.big_endian(8)?))),
            _ => Err(NotCbor),
        }
    }
}

/// -1 - value, which 64 bits may not hold.
fn negative(value: u64) -> Value {
    match i64::try_from(value) {
        Ok(value) => Value::from(-1 - value),
        Err(_) => float(-1.0 - value as f64),
    }
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::Number)
}

/// Ten bits of fraction, five of exponent, a sign (RFC 8949, appendix D).
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}
