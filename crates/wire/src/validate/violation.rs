//! One broken constraint and its words.

/// The most characters of a refused value that the message repeats.
const SHOWN_CHARACTERS_MAX: usize = 256;

/// Where a value stands in the request: `tagsList.1.member.key`.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// Name of the request's own member that holds the value, as the model has it.
    member: &'static str,
    text: String,
}

impl Path {
    pub(super) fn root() -> Path {
        Path { member: "", text: String::new() }
    }

    /// The request's own member that this is or lies in.
    pub(super) fn member(&self) -> &'static str {
        self.member
    }

    /// A member of this structure. AWS shows its name with a small first letter.
    pub(super) fn join(&self, name: &'static str) -> Path {
        let mut text = self.text.clone();
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&name[..1].to_ascii_lowercase());
        text.push_str(&name[1..]);
        let member = if self.member.is_empty() { name } else { self.member };
        Path { member, text }
    }

    /// An element of this list; AWS counts from 1.
    pub(super) fn element(&self, index: usize) -> Path {
        self.with(&format!("{}.member", index + 1))
    }

    /// A key of this map.
    pub(super) fn key(&self) -> Path {
        self.with("key")
    }

    /// The value under a key of this map.
    pub(super) fn entry(&self, key: &str) -> Path {
        self.with(&format!("{}.member", shown(key)))
    }

    fn with(&self, part: &str) -> Path {
        Path { member: self.member, text: format!("{}.{part}", self.text) }
    }
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Constraint {
    NotNull,
    LengthMin(u32),
    LengthMax(u32),
    ValueMin(u32),
    ValueMax(u32),
    Pattern(&'static str),
    Enum(&'static [&'static str]),
}

impl Constraint {
    fn text(self) -> String {
        match self {
            Constraint::NotNull => "Member must not be null".to_owned(),
            Constraint::LengthMin(min) => format!("Member must have length greater than or equal to {min}"),
            Constraint::LengthMax(max) => format!("Member must have length less than or equal to {max}"),
            Constraint::ValueMin(min) => format!("Member must have value greater than or equal to {min}"),
            Constraint::ValueMax(max) => format!("Member must have value less than or equal to {max}"),
            Constraint::Pattern(text) => format!("Member must satisfy regular expression pattern: {text}"),
            Constraint::Enum(values) => {
                format!("Member must satisfy enum value set: [{}]", values.join(", "))
            }
        }
    }
}

/// A value that breaks a constraint.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) path: Path,
    value: Option<String>,
    constraint: Constraint,
}

impl Violation {
    /// `value` is what the message repeats, shortened; `None` for what is missing.
    pub(super) fn new(path: Path, value: Option<&str>, constraint: Constraint) -> Violation {
        Violation { path, value: value.map(shown), constraint }
    }

    fn text(&self) -> String {
        let value = self.value.as_ref().map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
        format!(
            "Value {value} at '{}' failed to satisfy constraint: {}",
            self.path.text,
            self.constraint.text()
        )
    }
}

/// AWS's sentence about all violations.
pub(super) fn message(violations: &[Violation]) -> String {
    let errors = if violations.len() == 1 { "error" } else { "errors" };
    let texts: Vec<String> = violations.iter().map(Violation::text).collect();
    format!("{} validation {errors} detected: {}", violations.len(), texts.join("; "))
}

fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}
