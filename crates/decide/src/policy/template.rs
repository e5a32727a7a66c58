//! Texts with wildcards and variables, such as `arn:aws:s3:::home/${aws:username}/*`.

use super::{Context, Pattern};
use std::borrow::Cow;

/// A text of a policy: a pattern, once its variables are filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    text: String,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Fixed(Pattern),
    Varying(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    /// `${*}`, `${?}` and `${$}`: the character itself.
    Literal(&'static str),
    Variable {
        /// In small letters.
        key: String,
        default: Option<String>,
    },
}

/// A `${` without its `}`, or with nothing in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotATemplate;

impl Template {
    /// Reads a text in which `${...}` is no variable, as in policies of 2008.
    pub(super) fn plain(text: &str) -> Template {
        Template { text: text.to_owned(), form: Form::Fixed(Pattern::new(text)) }
    }

    /// Reads a text with variables.
    pub(super) fn with_variables(text: &str) -> Result<Template, NotATemplate> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, behind) = after.split_once('}').ok_or(NotATemplate)?;
            parts.extend((!before.is_empty()).then(|| Part::Text(before.to_owned())));
            parts.push(variable(inside)?);
            rest = behind;
        }
        if parts.is_empty() {
            return Ok(Template::plain(text));
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.to_owned())));
        Ok(Template { text: text.to_owned(), form: Form::Varying(parts) })
    }

    /// As it stands in the policy.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has a wildcard or a variable.
    pub fn is_open(&self) -> bool {
        match &self.form {
            Form::Fixed(pattern) => pattern.has_wildcard(),
            Form::Varying(_) => true,
        }
    }

    /// The pattern for this request; `None` if a variable has no single value and no default.
    pub(super) fn pattern(&self, context: &Context) -> Option<Cow<'_, Pattern>> {
        match &self.form {
            Form::Fixed(pattern) => Some(Cow::Borrowed(pattern)),
            Form::Varying(parts) => filled(parts, context).map(Cow::Owned),
        }
    }

    /// The same for operators that know no wildcards.
    pub(super) fn literal(&self, context: &Context) -> Option<Cow<'_, str>> {
        let Form::Varying(parts) = &self.form else { return Some(Cow::Borrowed(&self.text)) };
        let mut text = String::new();
        for part in parts {
            text.push_str(part.value(context)?);
        }
        Some(Cow::Owned(text))
    }
}

fn filled(parts: &[Part], context: &Context) -> Option<Pattern> {
    let mut pattern = Pattern::default();
    for part in parts {
        match part {
            Part::Text(text) => pattern.push(text),
            // Whatever a caller's name holds, it is no wildcard.
            other => pattern.push_literal(other.value(context)?),
        }
    }
    Some(pattern)
}

impl Part {
    fn value<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match self {
            Part::Text(text) => Some(text),
            Part::Literal(text) => Some(text),
            Part::Variable { key, default } => context.single(key).or(default.as_deref()),
        }
    }
}

/// `key`, or `key, 'default'`.
fn variable(inside: &str) -> Result<Part, NotATemplate> {
    match inside {
        "*" => return Ok(Part::Literal("*")),
        "?" => return Ok(Part::Literal("?")),
        "$" => return Ok(Part::Literal("$")),
        _ => {}
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            let quoted = default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            (key, Some(quoted.ok_or(NotATemplate)?.to_owned()))
        }
        None => (inside, None),
    };
    let key = key.trim();
    match key.is_empty() || key.contains(['$', '{']) {
        true => Err(NotATemplate),
        false => Ok(Part::Variable { key: key.to_lowercase(), default }),
    }
}
