#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod conditions;
mod decisions;
mod elements;
mod faults;
mod patterns;
mod principals;

use super::*;
use cairn_model::AccountId;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn user(name: &str) -> Principal<'_> {
    Principal::User { account: account(OWN), name }
}

/// A policy of these statements, which are as JSON without the outermost braces.
fn policy(purpose: Purpose, statements: &[&str]) -> Policy {
    let statements: Vec<String> = statements.iter().map(|members| format!("{{{members}}}")).collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Policy::parse(&text, purpose).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn context(pairs: &[(&'static str, &str)]) -> Context {
    let mut context = Context::default();
    for (key, value) in pairs {
        match value.contains('|') {
            true => context.set_all(*key, value.split('|').map(str::to_owned).collect()),
            false => context.set(*key, *value),
        }
    }
    context
}

/// One word for what a policy says.
fn word(verdict: &Verdict<'_>) -> &'static str {
    match verdict {
        Verdict::Allowed { .. } => "allowed",
        Verdict::Denied { .. } => "denied",
        Verdict::Silent => "silent",
    }
}
