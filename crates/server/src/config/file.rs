//! The file `cairn.toml`.

use super::{ConfigError, settings};
use figment::providers::{Format, Toml};
use figment::value::Value;
use figment::{Figment, Profile, Provider};
use std::collections::BTreeMap;
use std::path::Path;

/// The name looked for in the working folder if no file is named.
const DEFAULT: &str = "cairn.toml";

/// The file's values by key.
pub(super) fn read(path: Option<&Path>) -> Result<BTreeMap<&'static str, String>, ConfigError> {
    let shown = path.unwrap_or(Path::new(DEFAULT)).display().to_string();
    let failed = |source: figment::Error| ConfigError::File { path: shown.clone(), source: Box::new(source) };
    if path.is_none() && !Path::new(DEFAULT).exists() {
        return Ok(BTreeMap::new());
    }
    if let Some(missing) = path.filter(|path| !path.exists()) {
        let message = format!("{} does not exist", missing.display());
        return Err(failed(figment::Error::from(message)));
    }
    let text = Toml::file_exact(path.unwrap_or(Path::new(DEFAULT)));
    let figment = Figment::from(text);
    let tables = Provider::data(&figment).map_err(failed)?;
    let mut values = BTreeMap::new();
    for (table, value) in tables.get(&Profile::Default).into_iter().flatten() {
        collect(table, value, &shown, &mut values)?;
    }
    Ok(values)
}

fn collect(
    name: &str,
    value: &Value,
    path: &str,
    values: &mut BTreeMap<&'static str, String>,
) -> Result<(), ConfigError> {
    if let Value::Dict(_, members) = value {
        for (member, value) in members {
            collect(&format!("{name}.{member}"), value, path, values)?;
        }
        return Ok(());
    }
    let Some(setting) = settings::find(name) else {
        return Err(ConfigError::UnknownKey {
            path: path.to_owned(),
            key: name.to_owned(),
            nearest: settings::nearest(name),
        });
    };
    values.insert(setting.key, plain(value));
    Ok(())
}

/// A value as it would stand in a flag.
fn plain(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, value) => value.to_string(),
        Value::Num(_, number) => match (number.to_i128(), number.to_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(fraction)) => fraction.to_string(),
            (None, None) => String::new(),
        },
        _ => format!("{value:?}"),
    }
}
