//! Insights: which unusual activity is looked for.

use serde::{Deserialize, Serialize};

/// One kind of unusual activity, and the events among which it is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightSelector {
    /// What is counted.
    pub insight_type: InsightType,
    /// At least one, each once.
    pub categories: Vec<InsightCategory>,
}

/// What is counted, for each API and minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InsightType {
    /// Calls.
    ApiCallRateInsight,
    /// Calls that failed, for each error code.
    ApiErrorRateInsight,
}

impl InsightType {
    /// All of them.
    pub const ALL: [InsightType; 2] = [InsightType::ApiCallRateInsight, InsightType::ApiErrorRateInsight];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<InsightType> {
        InsightType::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            InsightType::ApiCallRateInsight => "ApiCallRateInsight",
            InsightType::ApiErrorRateInsight => "ApiErrorRateInsight",
        }
    }
}

/// A category of events that Insights look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InsightCategory {
    /// Management events.
    Management,
    /// Data events; on trails only.
    Data,
}

impl InsightCategory {
    /// All of them.
    pub const ALL: [InsightCategory; 2] = [InsightCategory::Management, InsightCategory::Data];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<InsightCategory> {
        InsightCategory::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            InsightCategory::Management => "Management",
            InsightCategory::Data => "Data",
        }
    }
}
