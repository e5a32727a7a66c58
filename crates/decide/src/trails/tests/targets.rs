//! Buckets, topics and keys, which other services answer for.

use super::*;

const KEY: &str = "12345678-1234-1234-1234-123456789012";

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// What CreateTrail of `main` with these settings comes to, if the services answer so.
fn answered(settings: Settings, answer: impl FnOnce(&mut Answers)) -> Result<Trail, TrailError> {
    let plan = create(&facts(&[], HOME), &CreateTrail { settings, ..request("main") })?;
    let mut answers = yes(plan.questions());
    answer(&mut answers);
    plan.settle(&answers)
}

fn with_key(key: &str) -> Settings {
    Settings { kms_key: text(key), ..bucket("acme-logs") }
}

fn with_topic(topic: &str) -> Settings {
    Settings { sns_topic: text(topic), ..bucket("acme-logs") }
}

#[test]
fn a_bucket_that_nobody_keeps_is_refused() {
    let message = "S3 bucket acme-logs does not exist!";
    let missing = |answers: &mut Answers| answers.bucket = Some(BucketAnswer::Missing);
    check(answered(bucket("acme-logs"), missing), "S3BucketDoesNotExistException", message);
}

#[test]
fn only_what_the_request_names_is_asked() {
    let old =
        Trail { sns_topic: text("arn"), kms_key: text("arn"), ..Trail::clone(&trail("main", HOME, false)) };
    let trails = [Arc::new(old)];
    let asked = |settings: Settings| {
        let plan = update(&facts(&trails, HOME), "main", &settings).unwrap();
        let Questions { bucket, topic, kms_key, .. } = plan.questions().clone();
        [bucket, topic, kms_key]
    };
    let validation = Settings { log_file_validation: Some(true), ..Settings::default() };
    assert_eq!(asked(validation), [None, None, None]);
    assert_eq!(asked(bucket("other-logs")), [text("other-logs"), None, None]);
    let topic = Settings { sns_topic: text("t"), ..Settings::default() };
    assert_eq!(asked(topic), [None, text("arn:aws:sns:eu-central-1:111122223333:t"), None]);
    let key = Settings { kms_key: text("alias/k"), ..Settings::default() };
    assert_eq!(asked(key), [text("acme-logs"), None, text("alias/k")]);
    let gone = Settings { kms_key: text(""), sns_topic: text(""), ..Settings::default() };
    assert_eq!(asked(gone), [None, None, None]);
}

#[test]
fn a_topic_is_named_by_name_or_arn() {
    let arn = "arn:aws:sns:us-east-1:444455556666:far";
    let topic = |name: &str| answered(with_topic(name), |_| {}).map(|trail| trail.sns_topic);
    assert_eq!(topic("near").unwrap(), text("arn:aws:sns:eu-central-1:111122223333:near"));
    assert_eq!(topic(arn).unwrap(), text(arn));
    assert_eq!(topic("").unwrap(), None);
    for bad in ["a b", "near.fifo", "arn:aws:sqs:us-east-1:444455556666:far", "arn:aws:sns:us-east-1:4:far"] {
        let message = format!("SNS topic {bad} is not a valid topic name or ARN.");
        check(topic(bad), "InvalidSnsTopicNameException", &message);
    }
    check(
        topic(&"t".repeat(257)),
        "InvalidSnsTopicNameException",
        &format!("SNS topic {} is not a valid topic name or ARN.", "t".repeat(257)),
    );
}

#[test]
fn a_topic_that_cannot_be_told_is_refused() {
    let answer = |fault| answered(with_topic("near"), |answers| answers.topic = Some(Err(fault)));
    let message = |code: &str| {
        format!(
            "SNS Topic does not exist or the topic policy is incorrect! \
             arn:aws:sns:eu-central-1:111122223333:near: {code}"
        )
    };
    let code = "InsufficientSnsTopicPolicyException";
    check(answer(TargetFault::NotFound), code, &message("NotFound"));
    check(answer(TargetFault::Refused { code: "Timeout".to_owned() }), code, &message("Timeout"));
    check(
        answer(TargetFault::Refused { code: "InvalidClientTokenId".to_owned() }),
        "CloudTrailInvalidClientTokenIdException",
        "SNS topic arn:aws:sns:eu-central-1:111122223333:near cannot be used: SNS answered InvalidClientTokenId.",
    );
}

#[test]
fn a_key_is_named_in_any_of_its_forms_and_kept_by_its_arn() {
    for form in [
        "alias/audit/logs",
        KEY,
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:eu-central-1:111122223333:alias/logs",
        "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012",
    ] {
        assert_eq!(answered(with_key(form), |_| {}).unwrap().kms_key, Some(format!("arn:of:{form}")));
    }
    for bad in [
        "logs",
        "alias/",
        "alias/a b",
        "12345678-1234",
        "mrk-1",
        "arn:aws:kms:eu-central-1:111122223333:logs",
        "arn:aws:kms::111122223333:alias/logs",
        "arn:aws:iam::111122223333:role/x",
    ] {
        let message =
            format!("KmsKeyId {bad} is not a valid key ID, key ARN, alias name (alias/...) or alias ARN.");
        check(answered(with_key(bad), |_| {}), "InvalidKmsKeyIdException", &message);
    }
}

#[test]
fn a_key_that_cannot_encrypt_is_refused() {
    let answer = |fault| answered(with_key("alias/k"), |answers| answers.kms_key = Some(Err(fault)));
    let refused = |code: &str| TargetFault::Refused { code: code.to_owned() };
    check(
        answer(TargetFault::NotFound),
        "KmsKeyNotFoundException",
        "KMS key alias/k does not exist in this Region, or no KMS is configured.",
    );
    check(
        answer(TargetFault::NotUsable { state: "PendingDeletion".to_owned() }),
        "KmsKeyDisabledException",
        "KMS key alias/k cannot be used: its state is PendingDeletion.",
    );
    check(
        answer(refused("AccessDeniedException")),
        "InsufficientEncryptionPolicyException",
        "The policy of KMS key alias/k does not let CloudTrail use it.",
    );
    check(answer(refused("Timeout")), "KmsException", "KMS key alias/k could not be looked up: Timeout.");
}

#[test]
fn an_own_bucket_takes_no_key() {
    let own = |answers: &mut Answers| answers.bucket = Some(BucketAnswer::Own(PolicyText::None));
    let code = "InvalidParameterCombinationException";
    let message = "Bucket acme-logs is kept by Cairn itself, which cannot encrypt under a KMS key: leave out KmsKeyId, \
                   or name a bucket of another S3.";
    assert!(answered(bucket("acme-logs"), own).is_ok());
    check(answered(with_key("alias/k"), own), code, message);

    let trails = [Arc::new(answered(with_key("alias/k"), |_| {}).unwrap())];
    let moved = |settings: Settings| {
        let plan = update(&facts(&trails, HOME), "main", &settings)?;
        let mut answers = yes(plan.questions());
        own(&mut answers);
        plan.settle(&answers)
    };
    check(moved(bucket("acme-logs")), code, message);
    assert!(moved(Settings { kms_key: text(""), ..bucket("acme-logs") }).is_ok());
}

#[test]
fn an_empty_text_takes_topic_and_key_away() {
    let settings = Settings { sns_topic: text("t"), ..with_key("alias/k") };
    let trails = [Arc::new(answered(settings, |_| {}).unwrap())];
    assert!(trails[0].sns_topic.is_some() && trails[0].kms_key.is_some());
    let facts = facts(&trails, HOME);
    assert_eq!(updated(&facts, "main", &Settings::default()).unwrap(), *trails[0]);
    let gone = Settings { sns_topic: text(""), kms_key: text(""), ..Settings::default() };
    let bare = updated(&facts, "main", &gone).unwrap();
    assert_eq!((bare.sns_topic, bare.kms_key), (None, None));
}

#[test]
fn answers_to_other_questions_are_not_taken() {
    let plan = create(&facts(&[], HOME), &request("main")).unwrap();
    let other = yes(&Questions { bucket: text("other-logs"), ..Questions::default() });
    let message = "Trail main was changed by another call at the same time. Try again.";
    check(plan.settle(&other), "ConflictException", message);
}
