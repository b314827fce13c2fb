//! `[[section]]` and `[[section.part]]`: the body of a report.

use serde::Deserialize;
use toml::Spanned;

/// A section of a report (`[[section]]`): a first-level heading with its parts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading, without its number. Required.
    pub title: String,
    /// How the parts are set; `plain` by default.
    #[serde(default)]
    pub layout: Layout,
    /// The parts, in order. A section all of whose parts are omitted is omitted itself. Required.
    pub part: Vec<Part>,
}

/// How a section's parts are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One after another.
    #[default]
    Plain,
    /// As run-in points: 一是…… 二是…… 三是…….
    Points,
}

/// A part of a section: one template over the branch's data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The template's file name, beside `notice.toml`. Required.
    pub template: Spanned<String>,
    /// The subject of the part, named in its gap. Required.
    pub label: String,
    /// The kinds of branch that have the part; all by default.
    pub kinds: Option<Vec<Spanned<String>>>,
    /// The ids of ledgers of which at least one must have a row of the branch; none by default.
    #[serde(default)]
    pub ledgers: Vec<Spanned<String>>,
    /// What happens when none of them has a row; `gap` by default.
    #[serde(default)]
    pub without_data: WithoutData,
    /// What replaces the part when the branch reported that it has nothing to report; the template by default.
    pub nil: Option<String>,
}

impl Part {
    /// Whether branches of that kind have the part.
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| known.get_ref() == kind))
    }
}

/// What replaces a part without data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutData {
    /// A visible gap.
    #[default]
    Gap,
    /// Nothing: the part, or the annex, is left out.
    Omit,
}
