//! The file `cairn.toml`.

use super::{ConfigError, settings};
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
    let mut found = Vec::new();
    tables.collect("", &mut found);
    let mut file = File { path, values: BTreeMap::new() };
    for (key, at, value) in found {
        let Some(setting) = settings::find(&key) else {
            let nearest = settings::nearest(&key);
            return Err(ConfigError::UnknownKey { path: file.path, line: line(at), key, nearest });
        };
        file.values.insert(setting.key, (value, line(at)));
    }
    Ok(file)
}

/// A value of the file, its keys with where they stand.
enum Node {
    Table(Vec<(Spanned<String>, Node)>),
    /// A value as it would stand in a flag.
    Plain(String),
}

impl Node {
    /// All plain values as (dotted key, where its last part begins, value).
    fn collect(self, prefix: &str, found: &mut Vec<(String, usize, String)>) {
        let Node::Table(members) = self else { return };
        for (key, value) in members {
            let at = key.span().start;
            let key = format!("{prefix}{}", key.into_inner());
            match value {
                Node::Plain(value) => found.push((key, at, value)),
                table => table.collect(&format!("{key}."), found),
            }
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
        f.write_str("a table, a text, a number, true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Plain(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node, A::Error> {
        while elements.next_element::<Node>()?.is_some() {}
        // No setting is a list: this is refused with the setting's own words.
        Ok(Node::Plain("[...]".to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut table = Vec::new();
        while let Some(member) = members.next_entry()? {
            table.push(member);
        }
        Ok(Node::Table(table))
    }
}
