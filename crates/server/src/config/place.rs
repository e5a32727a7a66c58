//! Where a setting was given, so that what is wrong with it can be pointed at.

use super::settings::find;
use super::{ConfigError, file, upstream};
use std::collections::BTreeMap;
use std::fmt;

/// Where a setting was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a line of the file.
    Line { path: String, line: usize },
    /// By this variable.
    Variable(&'static str),
    /// By this flag, without its dashes.
    Flag(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { path, line } => write!(f, "{path}:{line}"),
            Place::Variable(name) => f.write_str(name),
            Place::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// Values by their settings' keys, each with the place that won.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) values: BTreeMap<&'static str, String>,
    places: BTreeMap<&'static str, Place>,
    pub(super) upstreams: Vec<upstream::Table>,
}

impl Given {
    /// Flags beat variables, and those the file.
    pub(super) fn join(
        file: file::File,
        flags: &BTreeMap<&'static str, String>,
        variables: &BTreeMap<&'static str, String>,
    ) -> Given {
        let mut given = Given { upstreams: file.upstreams, ..Given::default() };
        for (key, (value, line)) in file.values {
            given.take(key, value, Place::Line { path: file.path.clone(), line });
        }
        for (key, value) in variables {
            given.take(key, value.clone(), Place::Variable(variable_of(key, value)));
        }
        for (key, value) in flags {
            let flag = find(key).and_then(|setting| setting.flags.first());
            given.take(key, value.clone(), Place::Flag(flag.copied().unwrap_or(key)));
        }
        given
    }

    fn take(&mut self, key: &'static str, value: String, place: Place) {
        self.values.insert(key, value);
        self.places.insert(key, place);
    }

    /// The error, with the place of the setting that it is about.
    pub(super) fn locate(&self, error: ConfigError) -> ConfigError {
        let name = match &error {
            ConfigError::Value { name, .. } | ConfigError::NotBuilt { name } => name,
            _ => return error,
        };
        match self.places.get(name) {
            Some(place) => ConfigError::At { place: place.to_string(), source: Box::new(error) },
            None => error,
        }
    }
}

/// The one of a setting's variables that has the value; they are synonyms.
fn variable_of(key: &'static str, value: &str) -> &'static str {
    let variables = find(key).map_or(&[][..], |setting| setting.variables);
    let has_it = |variable: &&&str| std::env::var(**variable).is_ok_and(|found| found == value);
    variables.iter().find(has_it).or(variables.first()).copied().unwrap_or(key)
}
