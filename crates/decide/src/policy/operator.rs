//! Condition operators.

use super::fault::PolicyReason;
use super::{Context, Template, date, network};
use cairn_model::Timestamp;
use ipnet::IpNet;
use std::cmp::Ordering;
use std::net::IpAddr;

/// What kind of values an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `String...`.
    Text,
    /// `Arn...`.
    Arn,
    /// `Numeric...`.
    Number,
    /// `Date...`.
    Date,
    /// `Bool`.
    Truth,
    /// `BinaryEquals`.
    Binary,
    /// `IpAddress` and `NotIpAddress`.
    Address,
    /// `Null`.
    Null,
}

/// An operator with the values that it compares with; several are alternatives.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Equals(Vec<Template>),
    /// Values are compared in small letters.
    EqualsIgnoringCase(Vec<Template>),
    Like(Vec<Template>),
    Arn(Vec<Template>),
    Number(Comparison, Vec<f64>),
    Date(Comparison, Vec<Timestamp>),
    Truth(Vec<bool>),
    Binary(Vec<String>),
    Address(Vec<IpNet>),
    /// Whether the key is absent.
    Null(bool),
}

/// How the request's value has to stand to the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// What follows `Numeric` or `Date`.
    fn parse(name: &str) -> Option<Comparison> {
        Some(match name {
            "Equals" => Comparison::Equal,
            "LessThan" => Comparison::Less,
            "LessThanEquals" => Comparison::LessOrEqual,
            "GreaterThan" => Comparison::Greater,
            "GreaterThanEquals" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Comparison::Equal => order == Some(Ordering::Equal),
            Comparison::Less => order == Some(Ordering::Less),
            Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Comparison::Greater => order == Some(Ordering::Greater),
            Comparison::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

impl Test {
    /// Reads an operator without `ForAnyValue:` and `IfExists`. Tells whether it is negated.
    pub(super) fn parse(
        operator: &str,
        values: &[String],
        template: impl Fn(&str) -> Result<Template, PolicyReason>,
    ) -> Result<(Test, bool), PolicyReason> {
        let templates = || values.iter().map(|value| template(value)).collect::<Result<Vec<_>, _>>();
        if let Some((positive, is_negated)) = text_operator(operator) {
            return Ok((positive(templates()?), is_negated));
        }
        let invalid =
            |value: &String| PolicyReason::Value { operator: operator.to_owned(), value: value.clone() };
        let numbers = || {
            read(values, |value| value.parse().ok().filter(|number: &f64| number.is_finite()))
                .map_err(invalid)
        };
        let dates = || read(values, date::parse).map_err(invalid);
        let truths = || read(values, |value| value.to_ascii_lowercase().parse().ok()).map_err(invalid);
        Ok(match operator {
            "NumericNotEquals" => (Test::Number(Comparison::Equal, numbers()?), true),
            "DateNotEquals" => (Test::Date(Comparison::Equal, dates()?), true),
            "Bool" => (Test::Truth(truths()?), false),
            "BinaryEquals" => (Test::Binary(read(values, base64).map_err(invalid)?), false),
            "IpAddress" | "NotIpAddress" => {
                let networks = read(values, network::parse).map_err(invalid)?;
                (Test::Address(networks), operator == "NotIpAddress")
            }
            "Null" => match truths()?.as_slice() {
                [is_absent] => (Test::Null(*is_absent), false),
                _ => return Err(PolicyReason::Shape("the value of Null", "one of true and false")),
            },
            other => {
                let unknown = || PolicyReason::Operator(other.to_owned());
                let numeric = other.strip_prefix("Numeric").and_then(Comparison::parse);
                let date = other.strip_prefix("Date").and_then(Comparison::parse);
                match (numeric, date) {
                    (Some(comparison), _) => (Test::Number(comparison, numbers()?), false),
                    (_, Some(comparison)) => (Test::Date(comparison, dates()?), false),
                    (None, None) => return Err(unknown()),
                }
            }
        })
    }

    /// Whether one of the values fits the request's. What the request says in a form that the operator cannot read
    /// fits none.
    pub(super) fn fits(&self, asked: &str, context: &Context) -> bool {
        let text = |wanted: &Template, is_same: fn(&str, &str) -> bool| {
            wanted.literal(context).is_some_and(|wanted| is_same(&wanted, asked))
        };
        match self {
            Test::Equals(values) => values.iter().any(|wanted| text(wanted, |wanted, asked| wanted == asked)),
            Test::EqualsIgnoringCase(values) => values
                .iter()
                .any(|wanted| text(wanted, |wanted, asked| wanted.to_lowercase() == asked.to_lowercase())),
            Test::Like(values) => values
                .iter()
                .any(|wanted| wanted.pattern(context).is_some_and(|pattern| pattern.matches(asked))),
            Test::Arn(values) => values
                .iter()
                .any(|wanted| wanted.pattern(context).is_some_and(|pattern| pattern.matches_arn(asked))),
            Test::Number(comparison, values) => {
                let asked: Option<f64> = asked.parse().ok();
                values
                    .iter()
                    .any(|wanted| comparison.holds(asked.and_then(|asked| asked.partial_cmp(wanted))))
            }
            Test::Date(comparison, values) => {
                let asked = date::parse(asked);
                values.iter().any(|wanted| comparison.holds(asked.map(|asked| asked.cmp(wanted))))
            }
            Test::Truth(values) => values.iter().any(|wanted| asked.eq_ignore_ascii_case(truth(*wanted))),
            Test::Binary(values) => values.iter().any(|wanted| wanted == asked),
            Test::Address(networks) => {
                let address = asked.parse().map(|address: IpAddr| address.to_canonical());
                address.is_ok_and(|address| networks.iter().any(|network| network.contains(&address)))
            }
            Test::Null(_) => false,
        }
    }

    pub(super) fn family(&self) -> Family {
        match self {
            Test::Equals(_) | Test::EqualsIgnoringCase(_) | Test::Like(_) => Family::Text,
            Test::Arn(_) => Family::Arn,
            Test::Number(..) => Family::Number,
            Test::Date(..) => Family::Date,
            Test::Truth(_) => Family::Truth,
            Test::Binary(_) => Family::Binary,
            Test::Address(_) => Family::Address,
            Test::Null(_) => Family::Null,
        }
    }
}

type OfTemplates = fn(Vec<Template>) -> Test;

fn text_operator(operator: &str) -> Option<(OfTemplates, bool)> {
    Some(match operator {
        "StringEquals" => (Test::Equals, false),
        "StringNotEquals" => (Test::Equals, true),
        "StringEqualsIgnoreCase" => (Test::EqualsIgnoringCase, false),
        "StringNotEqualsIgnoreCase" => (Test::EqualsIgnoringCase, true),
        "StringLike" => (Test::Like, false),
        "StringNotLike" => (Test::Like, true),
        "ArnEquals" | "ArnLike" => (Test::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
        _ => return None,
    })
}

/// All values as the operator has them, or the first that it cannot take.
fn read<T>(values: &[String], one: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, &String> {
    values.iter().map(|value| one(value).ok_or(value)).collect()
}

/// Base64 is compared as it stands: every value has one canonical form.
fn base64(text: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    (text.len().is_multiple_of(4) && text.bytes().all(allowed)).then(|| text.to_owned())
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
