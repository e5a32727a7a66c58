//! The vocabulary of the generated tables.

/// A shape of the service model.
#[derive(Debug)]
pub struct Shape {
    /// The model's name for it.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What a shape is, with its limits.
#[derive(Debug)]
pub enum Kind {
    /// A JSON object with known members.
    Structure {
        /// In the model's order.
        members: &'static [Member],
    },
    /// A JSON array.
    List {
        /// Shape of each element.
        member: &'static Shape,
        /// Of the number of elements.
        limits: Limits,
    },
    /// A JSON object with free keys.
    Map {
        /// Shape of each key, a string.
        key: &'static Shape,
        /// Shape of each value.
        value: &'static Shape,
        /// Of the number of entries.
        limits: Limits,
    },
    /// A JSON string.
    String {
        /// Of the number of characters.
        limits: Limits,
        /// What the whole text must match.
        pattern: Option<&'static Pattern>,
        /// The allowed values; empty where all are.
        values: &'static [&'static str],
    },
    /// A JSON number without a fraction, 32 bits.
    Integer {
        /// Of the value.
        limits: Limits,
    },
    /// A JSON number without a fraction, 64 bits.
    Long {
        /// Of the value.
        limits: Limits,
    },
    /// A JSON number, single precision.
    Float,
    /// A JSON number, double precision.
    Double,
    /// `true` or `false`.
    Boolean,
    /// A JSON number: seconds since 1970, with or without a fraction.
    Timestamp,
    /// Base64 in a JSON string.
    Blob,
}

/// Bounds, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// No less than this.
    pub min: Option<u32>,
    /// No more than this.
    pub max: Option<u32>,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in JSON, case-sensitive.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static Shape,
    /// Whether a request without it is refused.
    pub required: bool,
    /// The query parameter that carries it (rest-json); `None` where the body does.
    pub query: Option<&'static str>,
}

/// A regular expression of the model, compiled when the table was generated.
#[derive(Debug)]
pub struct Pattern {
    /// As the model has it, for the error message.
    pub text: &'static str,
    /// A value matches if it matches one of these as a whole.
    pub alternatives: &'static [&'static [Repeat]],
}

/// A character of a class, `min` to `max` times.
#[derive(Debug)]
pub struct Repeat {
    /// Sorted ranges of characters, both ends included.
    pub class: &'static [(char, char)],
    /// At least this often.
    pub min: u32,
    /// At most this often; `None` is without bound.
    pub max: Option<u32>,
}

impl Limits {
    /// Whether `amount` is within the bounds.
    pub fn hold(&self, amount: u64) -> bool {
        self.min.is_none_or(|min| u64::from(min) <= amount)
            && self.max.is_none_or(|max| amount <= u64::from(max))
    }
}

impl Pattern {
    /// Whether the whole of `text` matches. Takes O(length) for one repetition and at worst
    /// O(repetitions * length^2), so check the length first.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.alternatives.iter().any(|sequence| sequence_matches(sequence, &text))
    }
}

/// Follows all ways at once: the set of positions that can be reached after each repetition.
fn sequence_matches(sequence: &[Repeat], text: &[char]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for repeat in sequence {
        let mut next = vec![false; text.len() + 1];
        for from in (0..reached.len()).filter(|position| reached[*position]) {
            repeat.extend(text, from, &mut next);
        }
        reached = next;
    }
    reached[text.len()]
}

impl Repeat {
    /// Marks every position that this repetition can end at when it starts at `from`.
    fn extend(&self, text: &[char], from: usize, ends: &mut [bool]) {
        let run = text[from..].iter().take_while(|character| self.contains(**character)).count();
        let most = self.max.map_or(run, |max| run.min(max as usize));
        for length in self.min as usize..=most {
            ends[from + length] = true;
        }
    }

    fn contains(&self, character: char) -> bool {
        self.class.iter().any(|(from, to)| (*from..=*to).contains(&character))
    }
}

#[cfg(test)]
mod tests;
