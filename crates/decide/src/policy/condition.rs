//! Conditions of statements.

use super::fault::PolicyReason;
use super::operator::{Family, Test};
use super::parse::texts;
use super::{Context, Template, network};
use serde_json::Value;

/// One operator and key of a statement's `Condition`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As it stands in the policy.
    operator: String,
    /// As it stands in the policy.
    name: String,
    /// In small letters.
    key: String,
    test: Test,
    quantifier: Quantifier,
    /// `...Not...`: fits where none of the values does.
    is_negated: bool,
    /// `...IfExists`: holds where the key is absent.
    if_exists: bool,
}

/// Which of a key's values have to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// Neither is said: the key has one value.
    Single,
    Any,
    All,
}

impl Condition {
    /// Reads a statement's `Condition`: operators, in them keys, in them values.
    pub(super) fn parse_all(
        value: &Value,
        template: impl Fn(&str) -> Result<Template, PolicyReason>,
    ) -> Result<Vec<Condition>, PolicyReason> {
        let operators = value.as_object().ok_or(PolicyReason::Shape("Condition", "an object"))?;
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let keys =
                keys.as_object().ok_or(PolicyReason::Shape("an operator of Condition", "an object"))?;
            for (key, values) in keys {
                conditions.push(Condition::parse(operator, key, values, &template)?);
            }
        }
        Ok(conditions)
    }

    fn parse(
        operator: &str,
        key: &str,
        values: &Value,
        template: impl Fn(&str) -> Result<Template, PolicyReason>,
    ) -> Result<Condition, PolicyReason> {
        // Keys of S3 and of sessions have no more than one colon; all have one.
        if !key.contains(':') {
            return Err(PolicyReason::Action(key.to_owned()));
        }
        let (quantifier, base) = match operator.split_once(':') {
            None => (Quantifier::Single, operator),
            Some(("ForAnyValue", base)) => (Quantifier::Any, base),
            Some(("ForAllValues", base)) => (Quantifier::All, base),
            Some(_) => return Err(PolicyReason::Operator(operator.to_owned())),
        };
        let (base, if_exists) = match base.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (base, false),
        };
        let (test, is_negated) = Test::parse(base, &texts(values, "a condition's value")?, template)?;
        let is_misused = if_exists || quantifier != Quantifier::Single;
        if matches!(test, Test::Null(_)) && is_misused {
            return Err(PolicyReason::Operator(operator.to_owned()));
        }
        let (operator, name, key) = (operator.to_owned(), key.to_owned(), key.to_lowercase());
        Ok(Condition { operator, name, key, test, quantifier, is_negated, if_exists })
    }

    /// Its operator, such as `ForAnyValue:StringLikeIfExists`.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// Its key, as it stands in the policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its key, in small letters.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What kind of values its operator compares.
    pub fn family(&self) -> Family {
        self.test.family()
    }

    pub(super) fn holds(&self, context: &Context) -> bool {
        let values = context.values(&self.key);
        if let Test::Null(is_absent) = self.test {
            return is_absent == values.is_none();
        }
        let Some(values) = values else { return self.holds_without_key() };
        let mut fit = values.iter().map(|value| self.test.fits(value, context) != self.is_negated);
        match self.quantifier {
            Quantifier::All => fit.all(|fits| fits),
            Quantifier::Any => fit.any(|fits| fits),
            // `Not` of several: none of them is among the values.
            Quantifier::Single if self.is_negated => fit.all(|fits| fits),
            Quantifier::Single => fit.any(|fits| fits),
        }
    }

    fn holds_without_key(&self) -> bool {
        match self.quantifier {
            Quantifier::All => true,
            Quantifier::Any => self.if_exists,
            Quantifier::Single => self.is_negated || self.if_exists,
        }
    }

    /// Whether it lets through only fixed addresses, accounts or ARNs. Source: "The meaning of public" in the
    /// Amazon S3 user guide.
    pub(super) fn narrows_who(&self) -> bool {
        const WHO: [&str; 5] = [
            "aws:sourceip",
            "aws:sourcearn",
            "aws:sourceaccount",
            "aws:principalarn",
            "aws:principalaccount",
        ];
        let is_loose = self.is_negated || self.if_exists || self.quantifier == Quantifier::All;
        WHO.contains(&self.key.as_str())
            && !is_loose
            && match &self.test {
                Test::Equals(values) | Test::EqualsIgnoringCase(values) => {
                    !values.iter().any(|value| value.text().contains("${"))
                }
                Test::Like(values) | Test::Arn(values) => !values.iter().any(Template::is_open),
                Test::Address(networks) => !networks.iter().any(network::is_nearly_everything),
                _ => false,
            }
    }
}
