//! The list of sources at the end of a page, and the lines that texts refer to.

use ahash::AHashSet;
use maud::{Markup, PreEscaped, html};

use crate::provenance::Provenance;
use crate::render::xml::{Escaped, escape_into};

/// One escaped line for each provenance of a report, all in one string: a page prints each line at least twice.
#[derive(Default)]
pub(super) struct SourceLines {
    text: String,
    /// For each line, where it ends in `text`.
    ends: Vec<usize>,
}

impl SourceLines {
    pub fn new(provenance: &[Provenance<'_>]) -> Self {
        /// Bytes of a line, rounded down.
        const TYPICAL_LEN: usize = 64;
        let mut lines = Self {
            text: String::with_capacity(provenance.len() * TYPICAL_LEN),
            ends: Vec::with_capacity(provenance.len()),
        };
        let mut line = String::new();
        for source in provenance {
            line.clear();
            // Writing into a String does not fail.
            let _ = source.write_line(&mut line);
            escape_into(&mut lines.text, &line);
            lines.ends.push(lines.text.len());
        }
        lines
    }

    /// The line of a provenance by its index in the report.
    pub fn get(&self, index: usize) -> PreEscaped<&str> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        let end = self.ends.get(index).copied().unwrap_or(start);
        PreEscaped(self.text.get(start..end).unwrap_or_default())
    }
}

/// The folded list of sources; not printed on paper. A metric's expression is shown at its first source only: the
/// department's report prints the same metric for every branch.
pub(super) fn list(provenance: &[Provenance<'_>], lines: &SourceLines) -> Markup {
    let mut shown_metrics = AHashSet::new();
    html! {
        details class="sources" { "\n"
            summary { "数据来源（" (provenance.len()) " 处）" } "\n"
            ol { "\n"
                @for (index, source) in provenance.iter().enumerate() {
                    li id={ "s" (index) } {
                        (lines.get(index))
                        @if let Some(computed) = source.computed.filter(|metric| shown_metrics.insert(metric.id)) {
                            code { (Escaped(computed.expression)) }
                        }
                    } "\n"
                }
            } "\n"
        } "\n"
    }
}
