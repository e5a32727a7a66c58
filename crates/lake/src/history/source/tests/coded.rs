//! Files are read as codes, the tail as texts: the answers must be the same.

use super::*;
use cairn_testkit::Traffic;

/// Whatever reads, chooses or groups by columns of few texts; each in a total order.
const STATEMENTS: &[&str] = &[
    "SELECT userIdentity.arn, count(*) FROM $E GROUP BY 1 ORDER BY 2 DESC, 1",
    "SELECT userIdentity.arn, errorCode, count(*) FROM $E WHERE errorCode IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
    "SELECT errorCode, count(*), count(errorCode), min(eventName), max(eventTime) FROM $E GROUP BY 1 ORDER BY 1",
    "SELECT eventSource, eventName, awsRegion, readOnly, count(*) FROM $E GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "SELECT date_trunc('hour', eventTime), eventSource, count(*) FROM $E GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT userIdentity.accountId, recipientAccountId, count(*) FROM $E WHERE userIdentity.accountId IS DISTINCT FROM recipientAccountId GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT count(*) FROM $E WHERE userIdentity.type = 'Root' OR eventSource = 'kms.amazonaws.com'",
    "SELECT count(*) FROM $E WHERE userIdentity.type <> awsRegion AND errorCode IS NULL",
    "SELECT eventName, element_at(requestParameters, 'bucketName'), count(*) FROM $E WHERE eventSource = 's3.amazonaws.com' GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT userAgent, count(*) FROM $E WHERE userAgent LIKE '%cli%' GROUP BY 1 ORDER BY 1",
    "SELECT count(*) FROM $E WHERE userAgent NOT LIKE '%cli%' AND eventName IN ('Decrypt', 'GetBucketAcl', 'none')",
    "SELECT coalesce(errorCode, 'fine'), sum(CASE WHEN readOnly THEN 1 ELSE 0 END), sum(CASE WHEN errorCode IS NULL THEN 0 ELSE 1 END) FROM $E GROUP BY 1 ORDER BY 1",
    "SELECT upper(substr(eventName, 1, 3)), count(*) FILTER (WHERE errorCode IS NULL) FROM $E GROUP BY 1 ORDER BY 1",
    "SELECT userIdentity.arn, count(DISTINCT sourceIPAddress) FROM $E GROUP BY 1 ORDER BY 2 DESC, 1",
    "SELECT count(DISTINCT eventName), approx_distinct(eventSource), count(*) FROM $E WHERE eventName LIKE 'Get%'",
    "SELECT DISTINCT awsRegion, userIdentity.type FROM $E ORDER BY 1, 2",
    "SELECT max(eventName), min(errorCode), count(*), avg(cast(readOnly AS integer)) FROM $E WHERE eventSource = 'nobody'",
    "SELECT eventID, eventName FROM $E WHERE errorCode = 'AccessDenied' ORDER BY eventID",
    "SELECT eventTime, eventName, userIdentity.arn, eventID FROM $E WHERE eventSource = 'iam.amazonaws.com' ORDER BY eventTime DESC, eventID LIMIT 20",
    "SELECT eventID FROM $E WHERE json_extract_scalar(eventJson, '$.userIdentity.type') = 'IAMUser' AND awsRegion = 'us-east-1' ORDER BY 1",
    "SELECT a.eventName, count(*) FROM $E a JOIN $E b ON a.eventID = b.eventID AND b.errorCode IS NOT NULL GROUP BY 1 ORDER BY 1",
    "SELECT d.arn, d.n, a.n FROM (SELECT userIdentity.arn AS arn, count(*) AS n FROM $E WHERE errorCode IS NOT NULL GROUP BY 1) d JOIN (SELECT userIdentity.arn AS arn, count(*) AS n FROM $E GROUP BY 1) a ON d.arn = a.arn ORDER BY 2 DESC, 1",
    "SELECT eventSource, eventName, n, rank() OVER (PARTITION BY eventSource ORDER BY n DESC, eventName) FROM (SELECT eventSource, eventName, count(*) AS n FROM $E GROUP BY 1, 2) c ORDER BY 1, 4",
    "SELECT eventName, count(*) FROM $E GROUP BY 1 HAVING count(*) > 5 UNION ALL SELECT awsRegion, count(*) FROM $E GROUP BY 1 ORDER BY 1, 2",
    "SELECT eventID, count(*) FROM $E GROUP BY 1 ORDER BY 1",
    "SELECT TRY(cast(errorCode AS integer)), count(*) FROM $E GROUP BY 1",
    "SELECT count(*) FROM $E WHERE errorCode = 'x' AND TRY(cast(errorCode AS integer)) > 3",
    "SELECT hour(eventTime), count(*) FROM $E WHERE eventTime >= '2026-03-01 01:00:00' AND awsRegion LIKE 'us-%' GROUP BY 1 ORDER BY 1",
    "SELECT sessionCredentialFromConsole, apiVersion, vpcEndpointId, count(*) FROM $E GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
];

impl Asked {
    /// `count` events as accounts have them, from the hour on, five a second.
    fn add_traffic(&self, traffic: &mut Traffic, hour: u32, count: u32) {
        let mut text = Vec::new();
        for number in 0..count {
            let second = number / 5 % 3_600;
            let at = time(&format!("2026-03-01T{hour:02}:{:02}:{:02}Z", second / 60, second % 60));
            text.clear();
            traffic.next_event(at, &mut text);
            self.rig.add(std::str::from_utf8(&text).unwrap());
        }
        self.rig.log.feed(&self.rig.history);
    }

    async fn ask_all(&self) -> Vec<Vec<String>> {
        let mut answers = Vec::new();
        for text in STATEMENTS {
            answers.push(self.ask(text).await);
        }
        answers
    }
}

fn check(answers: &[Vec<String>], expected: &[Vec<String>]) {
    for ((text, answer), expected) in STATEMENTS.iter().zip(answers).zip(expected) {
        assert_eq!(answer, expected, "{text}");
    }
}

#[tokio::test]
async fn statements_over_codes_give_what_they_give_over_texts() {
    let (asked, mut traffic) = (Asked::new().await, Traffic::new(7));
    let (separate, mut again) = (Asked::new().await, Traffic::new(7));
    for hour in 0..3 {
        asked.add_traffic(&mut traffic, hour, 400);
        separate.add_traffic(&mut again, hour, 400);
        separate.commit().await;
    }
    let of_tail = asked.ask_all().await;
    assert!(of_tail.iter().filter(|rows| rows.len() > 1).count() > 20);
    check(&separate.ask_all().await, &of_tail);
    asked.commit().await;
    check(&asked.ask_all().await, &of_tail);
    asked.add_traffic(&mut traffic, 3, 100);
    separate.add_traffic(&mut again, 3, 100);
    let of_both = asked.ask_all().await;
    check(&separate.ask_all().await, &of_both);
    asked.commit().await;
    check(&asked.ask_all().await, &of_both);
}

#[tokio::test]
async fn groups_are_made_of_codes() {
    let asked = Asked::new().await;
    asked.add(0..3);
    asked.commit().await;
    asked.add(3..6);
    asked.commit().await;
    asked.add([6]);
    let text = "SELECT eventName, count(*) FROM $E WHERE awsRegion IS NULL GROUP BY 1";
    let plan = asked.ask(&format!("EXPLAIN {text}")).await.join("\n");
    assert!(plan.contains("CodedAggregate") && plan.contains("AggregateExec: mode=Partial"), "{plan}");
    assert_eq!(asked.ask(text).await, ["A | 7"]);
    let scanned = asked.ask_of(&asked.rig.history.source().await.unwrap(), text).await.1;
    assert_eq!(scanned.rows, 7);
    assert!(scanned.bytes > 0);
}

#[tokio::test]
async fn groups_that_memory_cannot_hold_are_handed_over_in_parts() {
    let asked = Asked::new().await;
    let small = EngineOptions {
        memory_bytes: 4 << 20,
        spill_folder: asked.rig.folder.path().join("small"),
        spill_bytes: 256 << 20,
        threads: 2,
    };
    let asked = Asked { rig: asked.rig, engine: Engine::new(&small).unwrap() };
    asked.add_traffic(&mut Traffic::new(3), 0, 18_000);
    asked.commit().await;
    asked.add_traffic(&mut Traffic::new(4), 1, 18_000);
    asked.commit().await;
    let text = "SELECT count(*), sum(n) FROM (SELECT eventID, sourceIPAddress, count(*) AS n FROM $E GROUP BY 1, 2) g";
    assert_eq!(asked.ask(text).await, ["36000 | 36000"]);
}
