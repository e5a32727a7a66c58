//! What a query has read.

use super::watch::counted;
use datafusion::physical_plan::ExecutionPlan;

/// What a query has read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Rows of tables that were looked at: those that the statistics of their files do not rule out.
    pub rows: u64,
    /// Those of them that the statement's conditions on their table let through.
    pub matched: u64,
    /// Bytes of files.
    pub bytes: u64,
}

/// Nodes that pass on rows as they come, or fewer of them.
const ROW_BY_ROW: [&str; 7] = [
    "FilterExec",
    "ProjectionExec",
    "CoalesceBatchesExec",
    "CoalescePartitionsExec",
    "RepartitionExec",
    "CooperativeExec",
    "Watched",
];

impl Scanned {
    /// What this plan has read.
    pub(super) fn of(plan: &dyn ExecutionPlan) -> Scanned {
        let mut scanned = Scanned::default();
        scanned.add(plan, None);
        scanned
    }

    /// `filtered` is what the highest filter has let through that sees the rows of one table only, as they come.
    fn add(&mut self, plan: &dyn ExecutionPlan, filtered: Option<u64>) {
        let sum = |name: &str| {
            let metrics = plan.metrics();
            metrics.and_then(|metrics| metrics.sum_by_name(name)).map_or(0, |value| value.as_usize() as u64)
        };
        self.bytes += sum("bytes_scanned");
        // What a file's reader drops by a condition does not come out of it.
        self.rows += sum("pushdown_rows_pruned");
        if let Some(rows) = counted(plan) {
            self.rows += rows;
            self.matched += filtered.unwrap_or(rows);
        }
        let is_row_by_row = plan.children().len() == 1 && ROW_BY_ROW.contains(&plan.name());
        let filtered = match (is_row_by_row, filtered) {
            (false, _) => None,
            (true, None) if plan.name() == "FilterExec" => {
                plan.metrics().and_then(|metrics| metrics.output_rows()).map(|rows| rows as u64).or(Some(0))
            }
            (true, filtered) => filtered,
        };
        for child in plan.children() {
            self.add(child.as_ref(), filtered);
        }
    }
}
