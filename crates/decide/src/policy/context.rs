//! What conditions and variables see of a request.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Condition keys, such as `aws:SourceIp`, and their values. Names are the same whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<Cow<'static, str>, Vec<String>>);

impl Context {
    /// Gives a key one value.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.0.insert(lower(key.into()), vec![value.into()]);
    }

    /// Gives a key a set of values. An empty set counts as if the key were absent.
    pub fn set_all(&mut self, key: impl Into<Cow<'static, str>>, values: Vec<String>) {
        if !values.is_empty() {
            self.0.insert(lower(key.into()), values);
        }
    }

    /// The values of a key in small letters; `None` if it is absent.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// The values of every key.
    pub(super) fn all_values(&self) -> impl Iterator<Item = &[String]> {
        self.0.values().map(Vec::as_slice)
    }

    /// The value of a key that has exactly one.
    pub(super) fn single(&self, key: &str) -> Option<&str> {
        match self.values(key)? {
            [value] => Some(value),
            _ => None,
        }
    }
}

impl<const COUNT: usize> From<[(&'static str, &str); COUNT]> for Context {
    fn from(pairs: [(&'static str, &str); COUNT]) -> Context {
        let mut context = Context::default();
        pairs.into_iter().for_each(|(key, value)| context.set(key, value));
        context
    }
}

fn lower(key: Cow<'static, str>) -> Cow<'static, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(key.to_lowercase()) } else { key }
}
