use crate::testing::*;
use crate::*;
use std::time::Instant;

fn record(n: u64) -> String {
    let sec = (n / 12) as u32 % 86000;
    let user = (n * 7919) % 500;
    let ev = ["DescribeInstances", "GetObject", "AssumeRole", "CreateBucket", "ListBuckets", "Decrypt"]
        [(n % 6) as usize];
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLEROLEID:user{user}","arn":"arn:aws:sts::210987654321:assumed-role/Deployer/user{user}","accountId":"210987654321","accessKeyId":"ASIA{:016}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLEROLEID","arn":"arn:aws:iam::210987654321:role/Deployer","accountId":"210987654321","userName":"Deployer"}},"attributes":{{"creationDate":"2026-03-01T08:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-03-01T{:02}:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"{ev}","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.{}","userAgent":"[aws-cli/2.x]","requestParameters":{{"bucketName":"acme-{}","Host":"acme-raw.s3.eu-central-1.amazonaws.com"}},"responseElements":null,"requestID":"{:016x}","eventID":"{:08x}-0000-4000-8000-{:012x}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"210987654321","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"acme-raw.s3.eu-central-1.amazonaws.com"}}}}"#,
        user * 31,
        sec / 3600,
        sec / 60 % 60,
        sec % 60,
        n % 250,
        n % 3000,
        n.wrapping_mul(0x9E3779B97F4A7C15),
        (n.wrapping_mul(0x9E3779B97F4A7C15) >> 32) as u32,
        n
    )
}

#[tokio::test]
async fn perf() {
    if std::env::var("PERF").is_err() {
        return;
    }
    let total: u64 = std::env::var("PERF").unwrap().parse().unwrap();
    let rig = Rig::new().await;
    let t = Instant::now();
    let mut bytes = 0;
    for n in 0..total {
        let r = record(n);
        bytes += r.len();
        rig.add(&r);
    }
    eprintln!("made {total} of {} bytes in {:?}", bytes as u64 / total, t.elapsed());
    let t = Instant::now();
    rig.log.feed(&rig.history);
    let e = t.elapsed();
    eprintln!(
        "append {:?}: {:.0}/s, tail {} B/row",
        e,
        total as f64 / e.as_secs_f64(),
        rig.history.stats().tail_bytes / total
    );
    let look = async |name: &str, l: Lookup| {
        let mut times = vec![];
        let mut n = 0;
        for _ in 0..20 {
            let t = Instant::now();
            let p = rig.history.lookup(l.clone()).await.unwrap();
            times.push(t.elapsed());
            n = p.events.len();
        }
        times.sort();
        eprintln!("{name}: {n} events p50 {:?} max {:?}", times[10], times[19]);
    };
    let lookups = || {
        [
            ("all", everything()),
            (
                "account+mgmt",
                Lookup {
                    account: "210987654321".parse().ok(),
                    region: Some("eu-central-1".into()),
                    categories: Categories::of(&[cairn_model::Category::Management]),
                    ..everything()
                },
            ),
            ("user", Lookup { filters: vec![Filter::Username("user77".into())], ..everything() }),
            ("name", Lookup { filters: vec![Filter::EventName("Decrypt".into())], ..everything() }),
            ("resource", Lookup { filters: vec![Filter::ResourceName("acme-77".into())], ..everything() }),
            ("nouser", Lookup { filters: vec![Filter::Username("usernone".into())], ..everything() }),
            ("midname", Lookup { filters: vec![Filter::EventName("Getx".into())], ..everything() }),
            (
                "id",
                Lookup {
                    filters: vec![Filter::EventId(format!(
                        "{:08x}-0000-4000-8000-{:012x}",
                        (77u64.wrapping_mul(0x9E3779B97F4A7C15) >> 32) as u32,
                        77
                    ))],
                    ..everything()
                },
            ),
            ("text", Lookup { text: Some("user77 Decrypt".into()), ..everything() }),
        ]
    };
    for (n, l) in lookups() {
        look(&format!("tail {n}"), l).await;
    }
    let t = Instant::now();
    while rig.history.committed() < rig.log.end() {
        rig.history.commit().await.unwrap();
    }
    let e = t.elapsed();
    let s = rig.history.stats();
    eprintln!(
        "commit {:?}: {:.0}/s {} files {} B/row",
        e,
        total as f64 / e.as_secs_f64(),
        s.table_files,
        s.table_bytes / total
    );
    for (n, l) in lookups() {
        look(&format!("table {n}"), l).await;
    }
    let t = Instant::now();
    let m = rig.history.maintain(everything().now).await.unwrap();
    eprintln!("maintain {m:?} {:?} {:?}", t.elapsed(), rig.history.stats());
    for (n, l) in lookups() {
        look(&format!("joined {n}"), l).await;
    }
    // pages
    let mut l = everything();
    let mut ts = vec![];
    for _ in 0..200 {
        let t = Instant::now();
        let p = rig.history.lookup(l.clone()).await.unwrap();
        ts.push(t.elapsed());
        l.after = p.next;
    }
    ts.sort();
    eprintln!("pages p50 {:?} p99 {:?}", ts[100], ts[198]);
    // duplicates
    for n in 0..5000 {
        rig.add(&record(n * (total / 5000)));
    }
    rig.log.feed(&rig.history);
    let t = Instant::now();
    rig.history.commit().await.unwrap();
    eprintln!("dup commit {:?} {:?}", t.elapsed(), rig.history.stats());
    for n in 0..5000 {
        rig.add(&record(total + n));
    }
    rig.log.feed(&rig.history);
    let t = Instant::now();
    rig.history.commit().await.unwrap();
    eprintln!("fresh commit {:?}", t.elapsed());
}
