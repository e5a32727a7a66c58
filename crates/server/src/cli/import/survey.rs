//! What there is to import, by names and sizes alone.

use super::super::output::{Format as Output, Rows};
use super::super::{Failure, output};
use super::source::{Source, Walk};
use cairn_decide::imports::{Kind, Wanted};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Files by kind, and how many bytes they have.
#[derive(Default)]
pub(super) struct Survey {
    kinds: BTreeMap<Kind, [u64; 2]>,
    unwanted: [u64; 2],
    failed: u64,
}

/// Bytes of all files, if none of them is in a bucket, which would have to be listed for it.
pub(super) fn local_bytes(sources: &[Source]) -> Option<u64> {
    let bytes = |source: &Source| match source {
        Source::Path(path) => Some(Walk::new(path.clone()).flatten().map(|item| item.bytes).sum::<u64>()),
        Source::Bucket { .. } => None,
    };
    sources.iter().map(bytes).sum()
}

/// Looks at the names and sizes of all files.
pub(super) async fn survey(sources: &[Source], wanted: &Wanted) -> Survey {
    let mut survey = Survey::default();
    let mut items = stream::iter(sources).flat_map(Source::items);
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => {
                let layout = item.layout();
                let count = match wanted.takes(&layout) {
                    true => survey.kinds.entry(layout.kind).or_default(),
                    false => &mut survey.unwanted,
                };
                count[0] += 1;
                count[1] += item.bytes;
            }
            Err(error) => {
                survey.failed += 1;
                output::complain(&error.to_string());
            }
        }
    }
    survey
}

impl Survey {
    /// Prints it.
    pub(super) fn tell(self, form: Option<Output>) -> Result<(), Failure> {
        let mut counts: Vec<(&str, [u64; 2])> =
            self.kinds.iter().map(|(kind, count)| (kind.name(), *count)).collect();
        counts.push(("not asked for", self.unwanted));
        let json: Value = counts
            .iter()
            .map(|(kind, [files, bytes])| json!({ "kind": kind, "files": files, "bytes": bytes }))
            .collect();
        let cells = |(kind, [files, bytes]): (&str, [u64; 2])| {
            vec![kind.to_owned(), files.to_string(), bytes.to_string()]
        };
        let rows = Rows { head: &["kind", "files", "bytes"], rows: counts.into_iter().map(cells).collect() };
        rows.print(form.unwrap_or(Output::Table), &json);
        match self.failed {
            0 => Ok(()),
            failed => Err(Failure::Failed(format!("{failed} folders or files could not be looked at"))),
        }
    }
}
