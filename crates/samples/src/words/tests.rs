#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

#[test]
fn words_are_letters_and_digits_in_small_letters() {
    assert_eq!(
        words("Root's ConsoleLogin, imdsv1!").collect::<Vec<_>>(),
        ["root", "s", "consolelogin", "consol", "login", "imdsv1"]
    );
    assert_eq!(words("  ...").count(), 0);
    assert_eq!(words("ÄPFEL 東京").collect::<Vec<_>>(), ["äpfel", "東京"]);
}

#[test]
fn forms_of_a_word_are_the_same() {
    for same in [
        &["key", "keys"][..],
        &["delete", "deleted", "deletes", "deleting", "deletion", "deletions"],
        &["stop", "stopped", "stopping", "stops"],
        &["policy", "policies"],
        &["change", "changes", "changed", "changing"],
        &["access"],
    ] {
        let stems: Vec<String> = same.iter().flat_map(|word| words(word)).collect();
        assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
    }
}

#[test]
fn short_words_stay_as_they_are() {
    for word in ["s3", "ec2", "iam", "kms", "is", "red", "ip"] {
        assert_eq!(words(word).next().unwrap(), word);
    }
}
