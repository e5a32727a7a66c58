//! What a session has set, as `SET` and `SHOW` know it.

use super::lexer::{Kind, Piece, words};
use std::collections::BTreeMap;
use std::time::Duration;

/// The version of PostgreSQL whose catalogs and messages tools may expect.
pub(super) const VERSION: &str = "15.0";
pub(super) const VERSION_NUMBER: u32 = 150_000;

/// Names and values; names in lower case.
#[derive(Clone, Debug)]
pub(super) struct Settings(BTreeMap<String, String>);

/// Values of a new session, which clients are told of.
const DEFAULTS: [(&str, &str); 20] = [
    ("server_version", VERSION),
    ("server_version_num", "150000"),
    ("server_encoding", "UTF8"),
    ("client_encoding", "UTF8"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("timezone", "UTC"),
    ("integer_datetimes", "on"),
    ("standard_conforming_strings", "on"),
    ("is_superuser", "off"),
    ("search_path", "\"$user\", public"),
    ("transaction_isolation", "read committed"),
    ("transaction_read_only", "on"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_isolation", "read committed"),
    ("in_hot_standby", "off"),
    ("statement_timeout", "0"),
    ("extra_float_digits", "1"),
    ("max_identifier_length", "63"),
    ("application_name", ""),
];

/// The ones that clients are told of when they connect, as PostgreSQL writes them.
pub(super) const TOLD: [(&str, &str); 10] = [
    ("server_version", "server_version"),
    ("server_encoding", "server_encoding"),
    ("client_encoding", "client_encoding"),
    ("datestyle", "DateStyle"),
    ("intervalstyle", "IntervalStyle"),
    ("timezone", "TimeZone"),
    ("integer_datetimes", "integer_datetimes"),
    ("standard_conforming_strings", "standard_conforming_strings"),
    ("is_superuser", "is_superuser"),
    ("application_name", "application_name"),
];

/// What would change what answers look like: all but these values is refused.
const FIXED: [(&str, &[&str]); 3] = [
    ("client_encoding", &["utf8", "utf-8", "unicode", "sql_ascii"]),
    ("standard_conforming_strings", &["on", "true"]),
    ("transaction_read_only", &["on", "true"]),
];

/// Values of a session are no longer than this together.
const BYTES_MAX: usize = 16 << 10;

/// Why something cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SetError {
    #[error("the value of {0} cannot be changed to that")]
    Fixed(String),
    #[error("this form of SET is not understood")]
    Malformed,
    #[error("too much is set")]
    TooMuch,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings(DEFAULTS.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

impl Settings {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str)
    }

    /// How long a statement may run, if the session says.
    pub(super) fn statement_timeout(&self) -> Option<Duration> {
        let value = self.get("statement_timeout")?;
        duration(value).filter(|limit| !limit.is_zero())
    }

    pub(super) fn put(&mut self, name: &str, value: &str) -> Result<(), SetError> {
        let name = name.to_lowercase();
        let is_allowed = |values: &[&str]| values.iter().any(|allowed| value.eq_ignore_ascii_case(allowed));
        let fixed = FIXED.iter().find(|(fixed, _)| *fixed == name);
        if fixed.is_some_and(|(_, values)| !is_allowed(values))
            || (name == "statement_timeout" && duration(value).is_none())
        {
            return Err(SetError::Fixed(name));
        }
        let bytes: usize = self.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes + name.len() + value.len() > BYTES_MAX {
            return Err(SetError::TooMuch);
        }
        self.0.insert(name, value.to_owned());
        Ok(())
    }

    /// Runs `SET x = y`, `SET x TO y`, `SET TIME ZONE y`, `SET TRANSACTION ...` or `RESET x`; returns what it is confirmed
    /// with.
    pub(super) fn run(&mut self, statement: &str) -> Result<&'static str, SetError> {
        let words = words(statement);
        let is = |at: usize, word: &str| words.get(at).is_some_and(|piece: &Piece<'_>| piece.is_word(word));
        if is(0, "reset") {
            match words.get(1).map(Piece::value).as_deref() {
                Some("all") => *self = Settings::default(),
                Some(name) => self.reset(name),
                None => return Err(SetError::Malformed),
            }
            return Ok("RESET");
        }
        let at = if is(1, "session") || is(1, "local") { 2 } else { 1 };
        if is(at, "transaction") || is(at, "characteristics") {
            return Ok("SET");
        }
        let (name, value) = match () {
            () if is(at, "time") && is(at + 1, "zone") => ("timezone".to_owned(), &words[at + 2..]),
            () if is(at, "names") => ("client_encoding".to_owned(), &words[at + 1..]),
            () => {
                let equals = words.iter().position(|piece| piece.text == "=" || piece.is_word("to"));
                let equals = equals.filter(|equals| *equals > at).ok_or(SetError::Malformed)?;
                let name: String = words[at..equals].iter().map(Piece::value).collect();
                (name, &words[equals + 1..])
            }
        };
        let value = written(value);
        match value.to_lowercase().as_str() {
            "" => return Err(SetError::Malformed),
            "default" => self.reset(&name),
            _ => self.put(&name, &value)?,
        }
        Ok("SET")
    }

    fn reset(&mut self, name: &str) {
        let default = DEFAULTS.iter().find(|(known, _)| *known == name);
        match default {
            Some((_, value)) => self.0.insert(name.to_owned(), (*value).to_owned()),
            None => self.0.remove(name),
        };
    }
}

fn written(words: &[Piece<'_>]) -> String {
    let value = |piece: &Piece<'_>| match piece.kind {
        Kind::Sign if piece.text == "," => ", ".to_owned(),
        Kind::Sign if piece.text == ";" => String::new(),
        Kind::Word => piece.text.to_owned(),
        _ => piece.value(),
    };
    words.iter().map(value).collect()
}

/// Milliseconds, or a number with a unit.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let milliseconds = match text[digits..].trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_set_is_shown_and_reset() {
        let mut settings = Settings::default();
        for (statement, name, value) in [
            ("SET extra_float_digits = 3", "extra_float_digits", "3"),
            ("set session application_name to 'it''s'", "application_name", "it's"),
            ("SET TIME ZONE 'Europe/Berlin';", "timezone", "Europe/Berlin"),
            ("SET DateStyle = ISO, DMY", "datestyle", "ISO, DMY"),
            ("SET NAMES 'UTF8'", "client_encoding", "UTF8"),
            ("SET my.own = 5", "my.own", "5"),
        ] {
            assert_eq!(settings.run(statement), Ok("SET"), "{statement}");
            assert_eq!(settings.get(name), Some(value), "{statement}");
        }
        assert_eq!(settings.run("RESET my.own"), Ok("RESET"));
        assert_eq!(settings.run("SET datestyle TO DEFAULT"), Ok("SET"));
        assert_eq!(settings.get("DateStyle"), Some("ISO, MDY"));
        assert_eq!(settings.run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY"), Ok("SET"));
        assert_eq!(settings.run("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"), Ok("SET"));
        assert_eq!(settings.run("SET x"), Err(SetError::Malformed));
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        let mut settings = Settings::default();
        for statement in [
            "SET client_encoding = 'LATIN1'",
            "SET standard_conforming_strings = off",
            "SET transaction_read_only = off",
            "SET statement_timeout = 'soon'",
        ] {
            assert!(matches!(settings.run(statement), Err(SetError::Fixed(_))), "{statement}");
        }
        let long = format!("SET x = '{}'", "y".repeat(20_000));
        assert_eq!(settings.run(&long), Err(SetError::TooMuch));
    }

    #[test]
    fn a_timeout_has_units() {
        for (value, expected) in [("1500", 1_500), ("5s", 5_000), ("2min", 120_000), ("1h", 3_600_000)] {
            let mut settings = Settings::default();
            settings.put("statement_timeout", value).unwrap();
            assert_eq!(settings.statement_timeout(), Some(Duration::from_millis(expected)));
        }
        assert_eq!(Settings::default().statement_timeout(), None);
    }
}
