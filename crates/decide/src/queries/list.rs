//! Which queries a list shows.

use super::query::{Query, Status};
use crate::paging::Page;
use cairn_model::{EventDataStoreArn, Timestamp};

/// What ListQueries asks for.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Queries that ask this store.
    pub store: &'a EventDataStoreArn,
    /// Created at or after.
    pub from: Option<Timestamp>,
    /// Created at or before.
    pub to: Option<Timestamp>,
    /// In this state.
    pub status: Option<Status>,
}

/// Where a query stands in a list: newest first.
pub type Key = (Timestamp, String);

impl Query {
    /// Where it stands in a list.
    pub fn key(&self) -> Key {
        (self.created, self.id.clone())
    }
}

/// The first `max` behind `after` of the queries that a filter lets through, newest first.
pub fn list<'a>(
    queries: impl IntoIterator<Item = &'a Query>,
    filter: &Filter<'_>,
    after: Option<&Key>,
    max: usize,
) -> Page<&'a Query> {
    let is_behind = |query: &&Query| after.is_none_or(|after| query.key() < *after);
    let mut items: Vec<&Query> =
        queries.into_iter().filter(|query| filter.shows(query)).filter(is_behind).collect();
    items.sort_unstable_by_key(|query| std::cmp::Reverse(query.key()));
    let has_more = items.len() > max;
    items.truncate(max);
    Page { items, has_more }
}

impl Filter<'_> {
    fn shows(&self, query: &Query) -> bool {
        query.stores.contains(self.store)
            && self.from.is_none_or(|from| query.created >= from)
            && self.to.is_none_or(|to| query.created <= to)
            && self.status.is_none_or(|status| query.status() == status)
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::Ending;
    use super::super::query::tests::query;
    use super::*;

    fn found(filter: &Filter<'_>, after: Option<&Key>, max: usize) -> (Vec<String>, bool) {
        let mut queries: Vec<Query> = (1..=4).map(|number| query(&format!("q{number}"), number)).collect();
        queries[2].end(Ending::Finished, Timestamp::from_seconds(9));
        let page = list(&queries, filter, after, max);
        (page.items.iter().map(|query| query.id.clone()).collect(), page.has_more)
    }

    #[test]
    fn the_newest_come_first_and_pages_go_on_behind_the_last() {
        let one = query("q1", 1);
        let all = Filter { store: &one.stores[0], from: None, to: None, status: None };
        assert_eq!(found(&all, None, 3), (vec!["q4".into(), "q3".into(), "q2".into()], true));
        assert_eq!(found(&all, Some(&query("q2", 2).key()), 3), (vec!["q1".into()], false));
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        let between = Filter { from: at(2), to: at(3), ..all };
        assert_eq!(found(&between, None, 9), (vec!["q3".into(), "q2".into()], false));
        let finished = Filter { status: Some(Status::Finished), ..all };
        assert_eq!(found(&finished, None, 9), (vec!["q3".into()], false));
        let elsewhere = EventDataStoreArn { region: "eu-west-1".to_owned(), ..one.stores[0].clone() };
        assert_eq!(found(&Filter { store: &elsewhere, ..all }, None, 9), (vec![], false));
    }
}
