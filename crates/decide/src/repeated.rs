//! Lists in which nothing may stand twice.

/// The first item that stood there before. Quadratic: for lists that the model keeps short.
pub(crate) fn first_twice<T: PartialEq>(items: &[T]) -> Option<&T> {
    let is_known = |place: &usize| items[..*place].contains(&items[*place]);
    (0..items.len()).find(is_known).map(|place| &items[place])
}
