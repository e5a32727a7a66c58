//! Which conditions of a template hold.

use crate::document::{Member, Node, member};
use crate::evaluate::{arguments, evaluate};
use crate::fault::{Fault, Mark, Problem};
use crate::scope::Scope;
use std::collections::BTreeMap;

/// Every condition with whether it holds. `scope` knows none yet, and no resources.
pub(crate) fn solve(scope: &Scope<'_>) -> Result<BTreeMap<String, bool>, Fault> {
    let mut solver = Solver { scope: *scope, solved: BTreeMap::new(), underway: Vec::new() };
    for condition in &scope.template.conditions {
        solver.named(&condition.key, condition.mark)?;
    }
    Ok(solver.solved)
}

struct Solver<'s> {
    scope: Scope<'s>,
    solved: BTreeMap<String, bool>,
    /// The conditions that wait for the next one.
    underway: Vec<String>,
}

impl Solver<'_> {
    fn named(&mut self, name: &str, mark: Mark) -> Result<bool, Fault> {
        if let Some(holds) = self.solved.get(name) {
            return Ok(*holds);
        }
        if self.underway.iter().any(|waiting| waiting == name) {
            return Err(mark.fault(Problem::Cycle(self.underway.join(", "))));
        }
        let condition = member(&self.scope.template.conditions, name);
        let condition = condition.ok_or_else(|| mark.fault(Problem::UnknownCondition(name.to_owned())))?;
        self.underway.push(name.to_owned());
        let holds = self.holds(&condition.value)?;
        self.underway.pop();
        self.solved.insert(name.to_owned(), holds);
        Ok(holds)
    }

    fn holds(&mut self, node: &Node) -> Result<bool, Fault> {
        let [Member { mark, key, value }] = node.map()? else {
            return Err(node.expected("one function of conditions"));
        };
        match key.as_str() {
            "Condition" => self.named(value.text()?, value.mark),
            "Fn::Equals" => {
                let [left, right] = arguments(value, "two values")?;
                Ok(evaluate(left, &self.scope)?.scalar()? == evaluate(right, &self.scope)?.scalar()?)
            }
            "Fn::Not" => {
                let [one] = arguments(value, "one condition")?;
                Ok(!self.holds(one)?)
            }
            // Both look at all of them, so that a fault shows whatever the others come to.
            "Fn::And" => Ok(self.all(value)?.into_iter().all(|holds| holds)),
            "Fn::Or" => Ok(self.all(value)?.into_iter().any(|holds| holds)),
            unknown => Err(mark.fault(Problem::Unsupported(format!(
                "the function {unknown} here; Condition, Fn::Equals, Fn::And, Fn::Or and Fn::Not it does"
            )))),
        }
    }

    fn all(&mut self, list: &Node) -> Result<Vec<bool>, Fault> {
        match list.list()? {
            conditions @ [_, _, ..] if conditions.len() <= 10 => {
                conditions.iter().map(|condition| self.holds(condition)).collect()
            }
            _ => Err(list.expected("2 to 10 conditions")),
        }
    }
}
