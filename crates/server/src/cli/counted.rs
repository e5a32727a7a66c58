//! Counts in sentences.

/// `1 file`, `2 files`: a count, and what is counted, given in the singular.
pub(super) fn counted(count: u64, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}

#[cfg(test)]
mod tests;
