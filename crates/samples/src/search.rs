//! A search for samples by words.
//!
//! Source of the formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; fields by
//! weights of their words (section 3.6).

use crate::sample::{Sample, all};
use crate::words::{is_empty, words};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// How soon more of the same word stops to count.
const SATURATION: f64 = 1.2;
/// How much long texts are held against them.
const LENGTH: f64 = 0.75;
/// What a word counts in a name, in a description and in a statement.
const WEIGHTS: [f64; 3] = [4.0, 2.0, 1.0];

/// A sample that a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The sample.
    pub sample: &'static Sample,
    /// How well it fits: above 0, up to 1.
    pub relevance: f64,
}

/// A sample's words with their weights.
struct Document {
    sample: &'static Sample,
    weights: HashMap<String, f64>,
    length: f64,
}

struct Index {
    documents: Vec<Document>,
    /// In how many samples a word is.
    spread: HashMap<String, usize>,
    average_length: f64,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of(all()));

/// The samples that have any word of the phrase, the most relevant first.
pub fn search(phrase: &str) -> Vec<Found> {
    let asked = asked(phrase);
    let index = &*INDEX;
    // What a sample would get that had nothing but these words: so relevance tells how much of the phrase was met, too.
    let most: f64 = asked.iter().map(|word| index.rarity(word) * (SATURATION + 1.0)).sum();
    let found = index.documents.iter().map(|document| Found {
        sample: document.sample,
        relevance: asked.iter().map(|word| index.score(document, word)).sum::<f64>() / most,
    });
    let mut found: Vec<Found> = found.filter(|found| found.relevance > 0.0).collect();
    found.sort_by(|one, other| {
        other.relevance.total_cmp(&one.relevance).then_with(|| one.sample.name.cmp(other.sample.name))
    });
    found
}

/// The words of a phrase that tell something; if none does, all of them.
fn asked(phrase: &str) -> BTreeSet<String> {
    let all: BTreeSet<String> = words(phrase).collect();
    let telling: BTreeSet<String> = all.iter().filter(|word| !is_empty(word)).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

impl Index {
    fn of(samples: &'static [Sample]) -> Index {
        let documents: Vec<Document> = samples.iter().map(Document::of).collect();
        let mut spread = HashMap::new();
        for word in documents.iter().flat_map(|document| document.weights.keys()) {
            *spread.entry(word.clone()).or_insert(0) += 1;
        }
        let lengths: f64 = documents.iter().map(|document| document.length).sum();
        let average_length = lengths / documents.len().max(1) as f64;
        Index { documents, spread, average_length }
    }

    /// How much a word tells: much if few samples have it.
    fn rarity(&self, word: &str) -> f64 {
        let (all, with) =
            (self.documents.len() as f64, self.spread.get(word).map_or(0.0, |count| *count as f64));
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    fn score(&self, document: &Document, word: &str) -> f64 {
        let Some(weight) = document.weights.get(word) else {
            return 0.0;
        };
        let length = 1.0 - LENGTH + LENGTH * document.length / self.average_length;
        self.rarity(word) * weight * (SATURATION + 1.0) / (weight + SATURATION * length)
    }
}

impl Document {
    fn of(sample: &'static Sample) -> Document {
        let mut weights = HashMap::new();
        let fields = [sample.name, sample.about, sample.statement];
        for (text, weight) in fields.into_iter().zip(WEIGHTS) {
            for word in words(text) {
                *weights.entry(word).or_insert(0.0) += weight;
            }
        }
        let length = weights.values().sum();
        Document { sample, weights, length }
    }
}

#[cfg(test)]
mod tests;
