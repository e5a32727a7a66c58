//! Parameters: what they allow, and what their values come to.

use super::section::{known_keys, text_of};
use crate::document::{Member, Node, Tree, member};
use crate::fault::{Fault, Mark, Problem};
use regex_lite::Regex;

const KEYS: [&str; 11] = [
    "Type",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "ConstraintDescription",
    "Description",
    "NoEcho",
];

/// A declared parameter.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) mark: Mark,
    form: Form,
    default: Option<String>,
    allowed_values: Vec<String>,
    allowed_pattern: Option<Regex>,
    lengths: (Option<usize>, Option<usize>),
    values: (Option<f64>, Option<f64>),
    constraint: Option<String>,
    /// Whether its value is hidden from whoever looks.
    pub(crate) no_echo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Number,
    Texts,
    Numbers,
}

impl Parameter {
    pub(super) fn parse(parameter: &Member) -> Result<Parameter, Fault> {
        let members = parameter.value.map()?;
        known_keys(members, &KEYS)?;
        let missing = || parameter.mark.fault(Problem::Missing("Type".to_owned()));
        let form = form(text_of(members, "Type")?.ok_or_else(missing)?)?;
        let get = |key| member(members, key).map(|member| &member.value);
        let allowed = get("AllowedValues").map(Node::list).transpose()?.unwrap_or_default();
        Ok(Parameter {
            name: parameter.key.clone(),
            mark: parameter.mark,
            form,
            default: get("Default").map(Node::scalar).transpose()?,
            allowed_values: allowed.iter().map(Node::scalar).collect::<Result<_, _>>()?,
            allowed_pattern: get("AllowedPattern").map(pattern).transpose()?,
            lengths: (number(get("MinLength"))?, number(get("MaxLength"))?),
            values: (number(get("MinValue"))?, number(get("MaxValue"))?),
            constraint: get("ConstraintDescription").map(Node::scalar).transpose()?,
            no_echo: get("NoEcho").map_or(Ok(false), Node::flag)?,
        })
    }

    /// What `Ref` gives for that value, or for the default.
    pub(crate) fn settled(&self, given: Option<&str>) -> Result<Node, Fault> {
        let value = given.or(self.default.as_deref());
        let value = value.ok_or_else(|| self.mark.fault(Problem::NoValue(self.name.clone())))?;
        let text = |text: &str| Node::new(self.mark, Tree::Text(text.to_owned()));
        match self.form {
            Form::Text | Form::Number => {
                self.check(value)?;
                Ok(text(value))
            }
            Form::Texts | Form::Numbers => {
                let elements: Vec<&str> = match value {
                    "" => Vec::new(),
                    value => value.split(',').map(str::trim).collect(),
                };
                elements.iter().try_for_each(|element| self.check(element))?;
                Ok(Node::new(self.mark, Tree::List(elements.into_iter().map(text).collect())))
            }
        }
    }

    fn check(&self, value: &str) -> Result<(), Fault> {
        self.refusal(value).map_or(Ok(()), |why| {
            let (name, why) = (self.name.clone(), self.constraint.clone().unwrap_or(why));
            Err(self.mark.fault(Problem::Parameter { name, why }))
        })
    }

    /// Why a value is not allowed. The value itself is not told: it may be a secret.
    fn refusal(&self, value: &str) -> Option<String> {
        if matches!(self.form, Form::Number | Form::Numbers) {
            let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
            let Some(number) = number else { return Some("a number is expected".to_owned()) };
            if self.values.0.is_some_and(|min| number < min) || self.values.1.is_some_and(|max| number > max)
            {
                return Some("the number is out of range".to_owned());
            }
        }
        let length = value.chars().count();
        if self.lengths.0.is_some_and(|min| length < min) || self.lengths.1.is_some_and(|max| length > max) {
            return Some("the value is too short or too long".to_owned());
        }
        if self.allowed_pattern.as_ref().is_some_and(|pattern| !pattern.is_match(value)) {
            return Some("the value does not match AllowedPattern".to_owned());
        }
        if !self.allowed_values.is_empty() && !self.allowed_values.iter().any(|allowed| allowed == value) {
            return Some(format!("one of {} is expected", self.allowed_values.join(", ")));
        }
        None
    }
}

fn form((name, mark): (String, Mark)) -> Result<Form, Fault> {
    match name.as_str() {
        "String" => Ok(Form::Text),
        "Number" => Ok(Form::Number),
        "CommaDelimitedList" | "List<String>" => Ok(Form::Texts),
        "List<Number>" => Ok(Form::Numbers),
        _ => Err(mark.fault(Problem::Unsupported(format!(
            "the parameter type {name:?}; String, Number, CommaDelimitedList and List<Number> it does"
        )))),
    }
}

/// A pattern that the whole value has to match.
fn pattern(node: &Node) -> Result<Regex, Fault> {
    let pattern = Regex::new(&format!("^(?:{})$", node.scalar()?));
    pattern.map_err(|_| node.expected("a regular expression"))
}

fn number<T: std::str::FromStr>(node: Option<&Node>) -> Result<Option<T>, Fault> {
    let read = |node: &Node| node.scalar()?.parse().map_err(|_| node.expected("a number"));
    node.map(read).transpose()
}
