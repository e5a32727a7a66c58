//! Sets of values that are asked quickly, however many there are: selectors have up to 500.

/// Up to so many are compared one after the other: most comparisons end at the length or the first bytes.
const FEW: usize = 6;

/// Values, to ask whether a text is one of them.
#[derive(Clone, Debug)]
pub(super) struct Texts(Box<[Box<str>]>);

impl Texts {
    pub(super) fn new(values: &[String]) -> Texts {
        Texts(sorted(values.iter().map(|value| value.clone().into_boxed_str())))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `text` is one of them.
    pub(super) fn have(&self, text: &str) -> bool {
        if self.0.len() <= FEW {
            return self.0.iter().any(|value| **value == *text);
        }
        self.0.binary_search_by(|value| (**value).cmp(text)).is_ok()
    }
}

/// Values, to ask whether a text starts with one of them. None starts with another: if a text starts with one, then
/// that is the last that is not greater than the text.
#[derive(Clone, Debug)]
pub(super) struct Prefixes(Box<[Box<[u8]>]>);

impl Prefixes {
    pub(super) fn new(values: &[String]) -> Prefixes {
        Prefixes::of(values.iter().map(|value| value.as_bytes().into()))
    }

    fn of(values: impl Iterator<Item = Box<[u8]>>) -> Prefixes {
        let mut kept: Vec<Box<[u8]>> = Vec::new();
        for value in sorted(values) {
            // Those that start with a value follow it at once.
            if !kept.last().is_some_and(|last| value.starts_with(last)) {
                kept.push(value);
            }
        }
        Prefixes(kept.into_boxed_slice())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `text` starts with one of them.
    pub(super) fn begin(&self, text: &str) -> bool {
        let text = text.as_bytes();
        if self.0.len() <= FEW {
            return self.0.iter().any(|value| text.starts_with(value));
        }
        let behind = self.0.partition_point(|value| **value <= *text);
        behind > 0 && text.starts_with(&self.0[behind - 1])
    }
}

/// Values, to ask whether a text ends with one of them: prefixes of the text read backwards.
#[derive(Clone, Debug)]
pub(super) struct Suffixes(Prefixes);

impl Suffixes {
    pub(super) fn new(values: &[String]) -> Suffixes {
        Suffixes(Prefixes::of(values.iter().map(|value| value.bytes().rev().collect())))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `text` ends with one of them.
    pub(super) fn end(&self, text: &str) -> bool {
        let values = &self.0.0;
        let backwards = || text.bytes().rev();
        let ends = |value: &[u8]| {
            value.len() <= text.len() && value.iter().copied().eq(backwards().take(value.len()))
        };
        if values.len() <= FEW {
            return values.iter().any(|value| ends(value));
        }
        let behind = values.partition_point(|value| value.iter().copied().le(backwards()));
        behind > 0 && ends(&values[behind - 1])
    }
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Box<[T]> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_boxed_slice()
}
