//! Rare values: how long it takes to find the few events that have one, by SQL and by their words.

use crate::statements::{engine, rows_of};
use crate::{Failed, measure, say};
use cairn_lake::sql::Engine;
use cairn_lake::{Categories, History, Lookup};
use cairn_model::Timestamp;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often each is asked behind the first time.
const RUNS: usize = 5;

/// Finds a value that few events have; and the question for it, in which it is `$V`.
const NEEDLES: [(&str, &str, &str); 8] = [
    (
        "event id",
        "SELECT eventid FROM $E WHERE eventtime > '$T' LIMIT 1",
        "SELECT eventjson FROM $E WHERE eventid = '$V'",
    ),
    (
        "access key",
        "SELECT useridentity.accesskeyid, count(*) c FROM $E WHERE useridentity.accesskeyid IS NOT NULL GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE useridentity.accesskeyid = '$V' GROUP BY 1",
    ),
    (
        "address",
        "SELECT sourceipaddress, count(*) c FROM $E GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE sourceipaddress = '$V' GROUP BY 1",
    ),
    (
        "user",
        "SELECT useridentity.arn, count(*) c FROM $E WHERE useridentity.arn IS NOT NULL GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE useridentity.arn = '$V' GROUP BY 1",
    ),
    (
        "resource",
        "SELECT r.arn, count(*) c FROM $E CROSS JOIN UNNEST(resources) AS t(r) WHERE eventtime > '$T' GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE any_match(resources, r -> r.arn = '$V') GROUP BY 1",
    ),
    (
        "parameter",
        "SELECT element_at(requestparameters, 'key') k, count(*) c FROM $E WHERE element_at(requestparameters, 'key') IS NOT NULL AND eventtime > '$T' GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE element_at(requestparameters, 'key') = '$V' GROUP BY 1",
    ),
    (
        "parameter, as a pattern",
        "SELECT element_at(requestparameters, 'key') k, count(*) c FROM $E WHERE element_at(requestparameters, 'key') IS NOT NULL AND eventtime > '$T' GROUP BY 1 ORDER BY c, 1 LIMIT 1",
        "SELECT eventname, count(*) FROM $E WHERE element_at(requestparameters, 'key') LIKE '%$V%' GROUP BY 1",
    ),
    ("none", "SELECT 'zyxwvutsrq'", "SELECT count(*) FROM $E WHERE useragent = '$V'"),
];

/// Chooses values and asks for them.
pub(crate) async fn run(history: &History, now: Timestamp, spill_folder: &Path) -> Result<(), Failed> {
    let engine = engine(spill_folder)?;
    let middle = now.minus(Duration::from_secs(20 * 3600)).to_string();
    let middle = middle.replace('T', " ");
    for (name, choice, question) in NEEDLES {
        let choice = choice.replace("$T", middle.trim_end_matches('Z'));
        let chosen = rows_of(&engine, history, &choice, now).await?;
        let value = chosen.into_iter().next().and_then(|row| row.into_iter().next().flatten());
        let value = value.unwrap_or_default();
        let question = question.replace("$V", &value);
        ask(&engine, history, &question, now).await?;
        say(&format!("  ({name}: {value})"));
        find(history, &value, now).await?;
    }
    Ok(())
}

/// Asks once, and then as often as it takes for a median.
pub(crate) async fn ask(
    engine: &Engine,
    history: &History,
    question: &str,
    now: Timestamp,
) -> Result<(), Failed> {
    let mut times = Vec::new();
    let (mut rows, cpu) = (0, measure::cpu());
    for _ in 0..=RUNS {
        let since = Instant::now();
        rows = rows_of(engine, history, question, now).await?.len();
        times.push(since.elapsed());
    }
    say(&format!("statement, {question}: {} ({rows} rows)", shown(times, cpu)));
    Ok(())
}

/// Looks for events by their words, likewise.
pub(crate) async fn find(history: &History, words: &str, now: Timestamp) -> Result<(), Failed> {
    let lookup = Lookup {
        account: None,
        region: None,
        categories: Categories::ALL,
        filters: Vec::new(),
        text: Some(words.to_owned()),
        from: None,
        to: None,
        limit: 50,
        after: None,
        deadline: None,
        now,
    };
    let mut times = Vec::new();
    let (mut events, cpu) = (0, measure::cpu());
    for _ in 0..=RUNS {
        let since = Instant::now();
        events = history.lookup(lookup.clone()).await?.events.len();
        times.push(since.elapsed());
    }
    say(&format!("words, {words}: {} ({events} events)", shown(times, cpu)));
    Ok(())
}

fn shown(mut times: Vec<Duration>, cpu_before: Duration) -> String {
    let cpu = (measure::cpu() - cpu_before).as_secs_f64() * 1e3 / times.len() as f64;
    let first = times.remove(0).as_secs_f64() * 1e3;
    times.sort_unstable();
    let median = times[times.len() / 2].as_secs_f64() * 1e3;
    format!("{first:.1} ms at first, then {median:.1}, CPU {cpu:.0}")
}
