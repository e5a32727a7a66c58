//! Pages of lists. A page's token is the key of its last item, so it stays good while other items come and go.

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of their keys.
    pub items: Vec<T>,
    /// Whether there is more behind the last one.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// The item behind which the next page begins, if there is one.
    pub fn next_after(&self) -> Option<&T> {
        self.items.last().filter(|_| self.has_more)
    }
}

/// The first `max` of the items whose key is behind `after`, in the order of their keys.
pub fn page<T, K: Ord>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> &K,
    after: Option<&K>,
    max: usize,
) -> Page<T> {
    let is_behind = |item: &T| after.is_none_or(|after| key(item) > after);
    let mut items: Vec<T> = items.into_iter().filter(is_behind).collect();
    items.sort_unstable_by(|one, other| key(one).cmp(key(other)));
    let has_more = items.len() > max;
    items.truncate(max);
    Page { items, has_more }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn pages_go_on_behind_a_key_whether_or_not_it_is_still_there() {
        let check = |after: Option<i32>, max, expected: &[i32], has_more| {
            let found = page([5, 1, 4, 2], |n| n, after.as_ref(), max);
            assert_eq!((&found.items[..], found.has_more), (expected, has_more));
        };
        check(None, 2, &[1, 2], true);
        check(Some(2), 2, &[4, 5], false);
        check(Some(3), 1, &[4], true);
        check(Some(5), 1, &[], false);
        check(None, 4, &[1, 2, 4, 5], false);
    }
}
