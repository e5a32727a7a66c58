use super::*;

/// The names of the first few that a phrase finds.
fn first(phrase: &str) -> Vec<&'static str> {
    search(phrase).iter().take(3).map(|found| found.sample.name).collect()
}

fn check(phrase: &str, expected: &str) {
    let found = first(phrase);
    assert!(found.contains(&expected), "{phrase}: {found:?}");
}

#[test]
fn questions_find_what_answers_them() {
    for (phrase, expected) in [
        ("console logins without MFA", "Console sign-ins without MFA"),
        ("who deleted a trail", "Trails stopped, changed or deleted"),
        ("StopLogging", "Trails stopped, changed or deleted"),
        ("most frequent errors", "Most frequent errors"),
        ("public bucket", "Buckets made public"),
        ("security group open to the world", "Security groups opened to the world"),
        ("KMS key deletion", "KMS keys about to be deleted"),
        ("cross account role", "Roles assumed from other accounts"),
        ("failed logins", "Failed console sign-ins by address"),
        ("root user activity", "What the root user did"),
        ("TLS 1.0", "Old TLS versions"),
        ("unusual API error rate insight", "Unusual error rates"),
        ("vpc endpoint denied", "Calls that VPC endpoints denied"),
        ("lambda code changes", "Changed Lambda functions"),
        ("administrator policy attached", "Administrator rights handed out"),
    ] {
        check(phrase, expected);
    }
}

#[test]
fn case_and_forms_of_words_do_not_matter() {
    let found = search("secrets read");
    assert_eq!(search("SECRET reading"), found);
    assert!(!found.is_empty());
}

#[test]
fn relevance_lies_between_zero_and_one_and_falls() {
    for phrase in ["s3", "who changed the password policy of an account", "access denied", "a", "the of"] {
        let found = search(phrase);
        assert!(found.iter().all(|found| found.relevance > 0.0 && found.relevance <= 1.0), "{phrase}");
        assert!(found.is_sorted_by(|one, other| one.relevance >= other.relevance), "{phrase}");
    }
}

#[test]
fn a_phrase_of_unknown_words_finds_nothing() {
    assert!(search("zyzzyva quokka").is_empty());
    assert!(search("?!").is_empty());
}

#[test]
fn every_sample_is_found_first_by_its_own_name() {
    for sample in all() {
        check(sample.name, sample.name);
    }
}
