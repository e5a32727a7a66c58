//! The results for people.

use super::{Goal, Measure, Report};
use std::fmt;

const NAME_WIDTH: usize = 32;
const VALUE_WIDTH: usize = 12;
const GOAL_WIDTH: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        writeln!(
            f,
            "runs: {}, each load {} s; {} cores for server and clients together; seed {}\n\
             durable ingest: {} events a request, {} connections; single events: {} a second, {} connections; \
             the default trail delivers every {}",
            settings.runs,
            settings.seconds,
            self.cores,
            settings.seed,
            settings.batch,
            settings.connections,
            settings.rate,
            settings.single_connections,
            settings.deliver_every,
        )?;
        let mut group = "";
        for measure in &self.measures {
            if measure.group != group {
                group = measure.group;
                let (median, goal) = ("median", "goal");
                writeln!(
                    f,
                    "\n{group:NAME_WIDTH$} {:5} {median:>VALUE_WIDTH$} {goal:>GOAL_WIDTH$}   runs",
                    ""
                )?;
            }
            row(f, measure)?;
        }
        for note in &self.notes {
            writeln!(f, "\nNote: {note}")?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, measure: &Measure) -> fmt::Result {
    let runs: Vec<String> = measure.runs.iter().map(|value| number(*value)).collect();
    let line = format!(
        "  {:<width$} {:5} {:>VALUE_WIDTH$} {:>GOAL_WIDTH$}   {}",
        measure.name,
        measure.unit,
        number(measure.median),
        goal(measure),
        if runs.len() > 1 { runs.join("  ") } else { String::new() },
        width = NAME_WIDTH - 2,
    );
    writeln!(f, "{}", line.trim_end())
}

/// `>= 80,000 met`
fn goal(measure: &Measure) -> String {
    let Some(goal) = measure.goal else { return String::new() };
    let verdict = if goal.is_met(measure.median) { "met" } else { "missed" };
    match goal {
        Goal::AtLeast(bound) => format!(">= {} {verdict}", number(bound)),
        Goal::AtMost(bound) => format!("<= {} {verdict}", number(bound)),
    }
}

/// Large numbers with commas between thousands, small ones with three digits behind the point.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        0.0..10.0 => format!("{value:.3}"),
        10.0..1000.0 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
