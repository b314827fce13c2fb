//! The list of sources at the end of a page, and the lines that texts refer to.

use ahash::AHashSet;
use maud::{Markup, PreEscaped, html};

use crate::provenance::Provenance;
use crate::render::xml::{Escaped, escaped};

/// The provenance of a report as escaped lines, by its index; a page prints each line at least twice.
pub(super) struct SourceLines(Vec<String>);

impl SourceLines {
    pub(super) fn new(provenance: &[Provenance<'_>]) -> Self {
        let mut lines = Vec::with_capacity(provenance.len());
        let mut line = String::new();
        for source in provenance {
            line.clear();
            // Writing into a String does not fail.
            let _ = source.write_line(&mut line);
            lines.push(escaped(&line));
        }
        Self(lines)
    }

    /// The line of a provenance.
    pub(super) fn get(&self, index: usize) -> PreEscaped<&str> {
        PreEscaped(self.0.get(index).map_or("", String::as_str))
    }
}

/// The folded list of sources; not printed on paper. A metric's expression is shown at its first source only: the
/// department's report prints the same metric for every branch.
pub(super) fn list(provenance: &[Provenance<'_>], lines: &SourceLines) -> Markup {
    let mut shown = AHashSet::new();
    html! {
        details class="sources" { "\n"
            summary { "数据来源（" (provenance.len()) " 处）" } "\n"
            ol { "\n"
                @for (index, source) in provenance.iter().enumerate() {
                    li id={ "s" (index) } {
                        (lines.get(index))
                        @if let Some(computed) = source.computed.filter(|computed| shown.insert((computed.metric, computed.expression))) {
                            code { (Escaped(computed.expression)) }
                        }
                    } "\n"
                }
            } "\n"
        } "\n"
    }
}
