//! The file `cairn.toml`.

use super::upstream::Table;
use super::{ConfigError, Kind, settings};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use toml::Spanned;

/// The name looked for in the working folder if no file is named.
const DEFAULT: &str = "cairn.toml";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The file as it was named.
    pub(super) path: String,
    /// By the setting's key: the value as it would stand in a flag, and its line.
    pub(super) values: BTreeMap<&'static str, (String, usize)>,
    /// The `[[upstream]]` tables, in their order.
    pub(super) upstreams: Vec<Table>,
}

/// Reads the file; without a name, that in the working folder if there is one.
pub(super) fn read(path: Option<&Path>) -> Result<File, ConfigError> {
    let shown = path.unwrap_or(Path::new(DEFAULT)).display().to_string();
    let text = match std::fs::read_to_string(&shown) {
        Ok(text) => text,
        Err(error) if path.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(File::default());
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ConfigError::Missing(shown));
        }
        Err(source) => return Err(ConfigError::Unreadable { path: shown, source }),
    };
    parse(shown, &text)
}

fn parse(path: String, text: &str) -> Result<File, ConfigError> {
    let line = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let tables: Node = toml::from_str(text).map_err(|error| ConfigError::NotToml {
        path: path.clone(),
        line: line(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let (tables, upstreams) = tables.split_off("upstream");
    let mut found = Vec::new();
    tables.collect("", &mut found);
    let mut file = File { path, ..File::default() };
    for (key, at, value) in found {
        let Some(setting) = settings::find(&key) else {
            let nearest = settings::nearest(&key);
            return Err(ConfigError::UnknownKey { path: file.path, line: line(at), key, nearest });
        };
        file.values.insert(setting.key, (value.text(setting.kind), line(at)));
    }
    for members in upstreams {
        file.upstreams.push(Table::of(&file.path, members, &line)?);
    }
    Ok(file)
}

/// A value of the file, its keys with where they stand.
pub(super) enum Node {
    Table(Members),
    Value(Value),
    Tables(Vec<Members>),
}

/// The members of a table.
pub(super) type Members = Vec<(Spanned<String>, Node)>;

/// A value that is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// As it would stand in a flag.
    Plain(String),
    /// An array of such.
    List(Vec<String>),
}

impl Value {
    /// As it would stand in a flag of a setting of this kind. A list where none is expected is refused with the setting's
    /// own words.
    fn text(self, kind: Kind) -> String {
        match self {
            Value::Plain(text) => text,
            Value::List(texts) if kind == Kind::List => texts.join(","),
            Value::List(_) => "[...]".to_owned(),
        }
    }
}

impl Node {
    /// Takes out the array of tables of this name, if there is one.
    fn split_off(self, name: &str) -> (Node, Vec<Members>) {
        let Node::Table(mut members) = self else { return (self, Vec::new()) };
        let is_it = |(key, value): &(Spanned<String>, Node)| {
            key.get_ref() == name && matches!(value, Node::Tables(_))
        };
        let found = members.iter().position(is_it).map(|at| members.remove(at));
        match found {
            Some((_, Node::Tables(tables))) => (Node::Table(members), tables),
            _ => (Node::Table(members), Vec::new()),
        }
    }

    /// All values as (dotted key, where its last part begins, value).
    fn collect(self, prefix: &str, found: &mut Vec<(String, usize, Value)>) {
        let Node::Table(members) = self else { return };
        collect(members, prefix, found);
    }
}

/// All values below a table as (dotted key, where its last part begins, value).
pub(super) fn collect(members: Members, prefix: &str, found: &mut Vec<(String, usize, Value)>) {
    for (key, value) in members {
        let at = key.span().start;
        let key = format!("{prefix}{}", key.into_inner());
        match value {
            Node::Value(value) => found.push((key, at, value)),
            Node::Tables(_) => found.push((key, at, Value::List(Vec::new()))),
            table => table.collect(&format!("{key}."), found),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table, a text, a number, true, false or an array of them")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Value(Value::Plain(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Value(Value::Plain(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Value(Value::Plain(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Value(Value::Plain(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node, A::Error> {
        let (mut texts, mut tables) = (Vec::new(), Vec::new());
        while let Some(element) = elements.next_element()? {
            match element {
                Node::Table(members) => tables.push(members),
                Node::Value(Value::Plain(text)) => texts.push(text),
                // No setting is a list of lists: its element then is no value that the setting takes.
                Node::Value(Value::List(_)) | Node::Tables(_) => texts.push("[...]".to_owned()),
            }
        }
        Ok(if tables.is_empty() { Node::Value(Value::List(texts)) } else { Node::Tables(tables) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut table = Vec::new();
        while let Some(member) = members.next_entry()? {
            table.push(member);
        }
        Ok(Node::Table(table))
    }
}
