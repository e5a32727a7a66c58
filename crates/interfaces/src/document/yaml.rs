//! YAML 1.2 to the tree that JSON has. Beyond its core schema merge keys (`<<`) are known, because documents
//! in the wild use them.

use super::{Fault, Problem};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// How deep lists and maps may nest; what reads the tree recurses that deep.
const DEPTH_MAX: usize = 100;
/// How many values a document may have, those counted again that aliases repeat.
const VALUES_MAX: usize = 1_000_000;
/// How many bytes its texts may have in all, counted likewise.
const TEXT_BYTES_MAX: usize = 64 << 20;

pub(super) fn load(text: &str) -> Result<Value, Fault> {
    let mut loader = Loader::new(text);
    let result = loader.document();
    result.map_err(|problem| Fault { line: Some(loader.line), pointer: String::new(), problem })
}

struct Loader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// Where the last event began.
    line: usize,
    /// What anchors name, with its size; absent while it is still being read.
    anchors: HashMap<usize, (Value, Size)>,
    size: Size,
}

/// How much was made of the text.
#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    text_bytes: usize,
}

impl Size {
    fn grow(&mut self, more: Size) -> Result<(), Problem> {
        self.values += more.values;
        self.text_bytes += more.text_bytes;
        if self.values > VALUES_MAX || self.text_bytes > TEXT_BYTES_MAX {
            return Err(Problem::TooManyAliases);
        }
        Ok(())
    }

    fn since(self, before: Size) -> Size {
        Size { values: self.values - before.values, text_bytes: self.text_bytes - before.text_bytes }
    }
}

impl<'t> Loader<'t> {
    fn new(text: &'t str) -> Loader<'t> {
        let parser = Parser::new_from_str(text);
        Loader { parser, line: 1, anchors: HashMap::new(), size: Size::default() }
    }

    /// The one document of the text.
    fn document(&mut self) -> Result<Value, Problem> {
        let mut root = None;
        loop {
            match self.next()? {
                Event::StreamEnd => return root.ok_or(Problem::NotOpenApi),
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event if root.is_none() => root = Some(self.value(event, 0)?),
                _ => return Err(Problem::Expected("one document")),
            }
        }
    }

    fn next(&mut self) -> Result<Event<'t>, Problem> {
        let (event, span) = advance(&mut self.parser).map_err(|cause| {
            self.line = cause.marker().line();
            Problem::NotYaml(cause.info().to_owned())
        })?;
        self.line = span.start.line();
        Ok(event)
    }

    fn value(&mut self, event: Event<'t>, depth: usize) -> Result<Value, Problem> {
        if depth > DEPTH_MAX {
            return Err(Problem::TooDeep);
        }
        let before = self.size;
        self.size.grow(Size { values: 1, text_bytes: 0 })?;
        let (value, anchor) = match event {
            Event::Alias(anchor) => (self.alias(anchor)?, 0),
            Event::Scalar(text, style, anchor, tag) => (self.scalar(text, style, tag.as_deref())?, anchor),
            Event::SequenceStart(anchor, _) => (self.list(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.map(depth)?, anchor),
            _ => return Err(Problem::NotYaml("a value is expected".to_owned())),
        };
        if anchor != 0 {
            // A copy, bounded like every other.
            let size = self.size.since(before);
            self.size.grow(size)?;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn alias(&mut self, anchor: usize) -> Result<Value, Problem> {
        let around_itself = || Problem::NotYaml("an alias stands inside of what it names".to_owned());
        let (value, size) = self.anchors.get(&anchor).ok_or_else(around_itself)?;
        self.size.grow(*size)?;
        Ok(value.clone())
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<Value, Problem> {
        self.size.grow(Size { values: 0, text_bytes: text.len() })?;
        let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
        Ok(if is_text { Value::String(text.into_owned()) } else { plain(text) })
    }

    fn list(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::Array(elements)),
                event => elements.push(self.value(event, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut members = Map::new();
        let mut merged = Vec::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => break,
                Event::Scalar(key, style, ..) => {
                    self.size.grow(Size { values: 0, text_bytes: key.len() })?;
                    (key.into_owned(), style)
                }
                _ => return Err(Problem::Expected("a text as key")),
            };
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            if key == ("<<".to_owned(), ScalarStyle::Plain) {
                merged.push(value);
            } else if members.contains_key(&key.0) {
                return Err(Problem::DuplicateKey(key.0));
            } else {
                members.insert(key.0, value);
            }
        }
        merged.into_iter().try_for_each(|value| merge(&mut members, value))?;
        Ok(Value::Object(members))
    }
}

/// Adds what a merge key names: what is there already stays as it is.
fn merge(members: &mut Map<String, Value>, merged: Value) -> Result<(), Problem> {
    match merged {
        Value::Object(others) => {
            for (key, value) in others {
                members.entry(key).or_insert(value);
            }
            Ok(())
        }
        Value::Array(maps) if maps.iter().all(Value::is_object) => {
            maps.into_iter().try_for_each(|map| merge(members, map))
        }
        _ => Err(Problem::Expected("a map to merge")),
    }
}

/// A plain scalar by the core schema (YAML 1.2.2, section 10.3.2); numbers that JSON cannot write are texts.
fn plain(text: Cow<'_, str>) -> Value {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let may_be_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number = may_be_number.then(|| serde_json::from_str::<Number>(&text).ok()).flatten();
    number.map_or_else(|| Value::String(text.into_owned()), Value::Number)
}

pub(super) fn advance<'t>(parser: &mut Parser<'t, StrInput<'t>>) -> Result<(Event<'t>, Span), ScanError> {
    parser.next().unwrap_or_else(|| Ok((Event::StreamEnd, Span::default())))
}
