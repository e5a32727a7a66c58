//! What is wrong with a statement, shown where it is.

use super::super::Failure;
use super::super::client::Refusal;

/// A refusal with the line of the statement that it names, and a caret below the place.
pub(super) fn shown(refusal: Refusal, statement: &str) -> Failure {
    let message = refusal.to_string();
    match pointed(&message, statement) {
        Some(pointed) => Failure::Failed(format!("{message}\n{pointed}")),
        None => Failure::Failed(message),
    }
}

/// The place that a message begins with: `line 2:7: ...`.
fn pointed(message: &str, statement: &str) -> Option<String> {
    let (place, _) = message.strip_prefix("line ")?.split_once(": ")?;
    let (line, column) = place.split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let text = statement.lines().nth(line.checked_sub(1)?)?;
    let before = text.chars().take(column.checked_sub(1)?);
    // A tab is as wide above as below.
    let indent: String = before.map(|letter| if letter == '\t' { '\t' } else { ' ' }).collect();
    Some(format!("  {text}\n  {indent}^"))
}

#[cfg(test)]
mod tests {
    use super::pointed;

    #[test]
    fn a_caret_stands_below_the_place() {
        let statement = "SELECT x\nFROM\tnowhere";
        let shown = pointed("line 2:6: there is no table 'nowhere'", statement);
        assert_eq!(shown.as_deref(), Some("  FROM\tnowhere\n      \t^"));
        assert_eq!(pointed("line 1:8: no", statement).as_deref(), Some("  SELECT x\n         ^"));
    }

    #[test]
    fn a_message_without_a_place_is_left_alone() {
        assert_eq!(pointed("the disk is full", "SELECT 1"), None);
        assert_eq!(pointed("line 9:1: beyond the end", "SELECT 1"), None);
        assert_eq!(pointed("line 0:0: nowhere", "SELECT 1"), None);
    }
}
