use super::*;

fn check(operation: Operation, body: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> =
        expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    assert_eq!(request_tags(operation, body.as_bytes()), expected, "{body}");
}

#[test]
fn tags_are_those_of_the_member_that_the_operation_has() {
    let body = r#"{"TagsList":[{"Key":"team","Value":"red"}],"Tags":[{"Key":"team","Value":"blue"}]}"#;
    check(Operation::CreateTrail, body, &[("team", "red")]);
    check(Operation::AddTags, body, &[("team", "red")]);
    check(Operation::CreateChannel, body, &[("team", "blue")]);
    check(Operation::UpdateTrail, body, &[]);
    check(Operation::RemoveTags, r#"{"TagsList":[{"Key":"team"}]}"#, &[("team", "")]);
}

#[test]
fn keys_that_differ_in_case_only_are_ambiguous() {
    let tags = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), String::new())).collect::<Vec<_>>();
    assert_eq!(ambiguous(&tags(&["team", "cost"])), None);
    assert_eq!(ambiguous(&tags(&["team", "cost", "Team"])), Some("Team"));
    assert_eq!(ambiguous(&tags(&["team", "team"])), Some("team"));
}
