//! Which rows a page's values are of.

use super::DataPage;
use super::hybrid::Hybrid;

impl DataPage {
    /// The rows of some of the page's values, which are sorted. A row with several of them comes once.
    pub(in crate::table) fn rows_of(&self, values: Vec<u32>) -> Vec<u32> {
        match (&self.definition, &self.repetition) {
            _ if values.is_empty() => values,
            (None, None) => values,
            (Some(levels), None) => levels.places_of_ones(&values),
            (levels, Some(starts)) => self.rows_of_elements(&values, levels.as_ref(), starts),
        }
    }

    /// The rows that are null, of a column without lists.
    pub(in crate::table) fn null_rows(&self) -> Vec<u32> {
        self.definition.as_ref().map_or_else(Vec::new, |levels| levels.places_of(0, self.entries))
    }

    /// Lists have an entry for each element, and one if they are empty. An element that is not null has the
    /// deepest level; the first entry of a row repeats nothing.
    fn rows_of_elements(&self, values: &[u32], levels: Option<&Hybrid>, starts: &Hybrid) -> Vec<u32> {
        let is_value: Vec<u32> = match levels {
            Some(levels) => levels.places_of(self.definition_max, self.entries),
            None => (0..self.entries as u32).collect(),
        };
        let mut rows = Vec::with_capacity(values.len());
        let mut begun = starts.places_of(0, self.entries).into_iter().peekable();
        let mut count = 0u32;
        for value in values {
            let Some(entry) = is_value.get(*value as usize) else { break };
            while begun.next_if(|start| start <= entry).is_some() {
                count += 1;
            }
            let row = count.saturating_sub(1);
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        }
        rows
    }
}
