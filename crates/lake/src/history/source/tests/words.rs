//! What is left unread because a word index tells that it lacks what is looked for.

use super::*;

/// Predicates, each with how many of 100 events meet it.
const PREDICATES: [(&str, usize); 18] = [
    ("eventid = 'id-0-0000000000aa'", 1),
    ("eventid IN ('id-1-0000000000aa', 'id-2-0000000000aa', 'none')", 2),
    ("useridentity.accesskeyid = 'AKIA42'", 1),
    ("useridentity.accesskeyid = 'akia42'", 0),
    ("useridentity.arn = 'arn:aws:iam::1:user/user-42'", 1),
    ("sourceipaddress = '10.0.0.42'", 1),
    ("element_at(requestparameters, 'bucketName') = 'bucket-42'", 1),
    ("element_at(requestparameters, 'bucketName') = 'bucket'", 0),
    ("element_at(requestparameters, 'size') = '1000042'", 1),
    (r#"element_at(requestparameters, 'tags') = '{"note":"say \"note42\""}'"#, 1),
    ("json_extract_scalar(element_at(requestparameters, 'tags'), '$.note') = 'say \"note42\"'", 1),
    ("element_at(requestparameters, 'bucketName') LIKE '%cket-42'", 1),
    ("element_at(requestparameters, 'tags') LIKE '%note42%'", 1),
    ("element_at(requestparameters, 'tags') NOT LIKE '%note42%'", 99),
    ("any_match(resources, r -> r.arn = 'arn:aws:s3:::bucket-42')", 1),
    ("none_match(resources, r -> r.arn = 'arn:aws:s3:::bucket-42')", 99),
    ("useridentity.accesskeyid = 'AKIA42' OR eventname = 'A'", 100),
    ("useridentity.accesskeyid = 'AKIA42' OR sourceipaddress = '10.0.0.43'", 2),
];

/// A hundred events in two files of a day that has ended.
async fn many() -> Asked {
    let asked = Asked::new().await;
    for number in 0..100 {
        let members = format!(
            r#","eventID":"id-{number}-0000000000aa","sourceIPAddress":"10.0.0.{number}",
            "userIdentity":{{"arn":"arn:aws:iam::1:user/user-{number}","accessKeyId":"AKIA{number}"}},
            "requestParameters":{{"bucketName":"bucket-{number}","size":10000{number:02},"tags":{{"note":"say \"note{number}\""}}}},
            "resources":[{{"ARN":"arn:aws:s3:::bucket-{number}"}},{{"ARN":"arn:aws:s3:::logs"}}]"#
        );
        asked.rig.add(&event(number, "A", &members));
        if number % 50 == 49 {
            asked.rig.log.feed(&asked.rig.history);
            asked.commit().await;
        }
    }
    asked
}

async fn join(asked: &Asked) {
    let later = time(ARRIVAL).plus(Duration::from_secs(2 * 86_400));
    while asked.rig.history.maintain(later).await.unwrap().has_more {}
    assert_eq!(asked.rig.history.stats().table_files, 1);
}

#[tokio::test]
async fn every_predicate_finds_the_same_with_the_index_and_without() {
    let asked = many().await;
    let check = async |when: &str| {
        for (predicate, expected) in PREDICATES {
            let rows = asked.ask(&format!("SELECT eventid FROM $E WHERE {predicate}")).await;
            assert_eq!(rows.len(), expected, "{when}: {predicate}");
        }
    };
    check("without").await;
    join(&asked).await;
    check("with").await;
}

#[tokio::test]
async fn a_file_without_the_words_is_not_read() {
    let asked = many().await;
    join(&asked).await;
    let files = async |predicate: &str| {
        let plan = asked.ask(&format!("EXPLAIN SELECT eventname FROM $E WHERE {predicate}")).await;
        plan.join("\n").matches(".parquet").count()
    };
    for predicate in [
        "eventid = 'id-0-0000000000bb'",
        "useridentity.accesskeyid = 'AKIA420'",
        "sourceipaddress = '10.0.0.101'",
        "useridentity.arn = 'arn:aws:iam::1:user/42'",
        "element_at(requestparameters, 'bucketName') = 'basket-42'",
        "element_at(requestparameters, 'bucketName') LIKE '%/basket/%'",
        "any_match(resources, r -> r.arn = 'arn:aws:s3:::basket-42')",
        "useragent IN ('zebra nowhere seen', 'quagga nowhere seen')",
        "useridentity.accesskeyid = 'AKIA42' AND sourceipaddress = '10.0.0.102'",
    ] {
        assert_eq!(files(predicate).await, 0, "{predicate}");
    }
    assert_eq!(files("useridentity.accesskeyid = 'AKIA42'").await, 1);
    assert_eq!(files("useridentity.accesskeyid = 'AKIA420' OR readonly").await, 1);
    // Whether a value has no such word says nothing of the record.
    assert_eq!(files("useridentity.accesskeyid <> 'AKIA420'").await, 1);
}
