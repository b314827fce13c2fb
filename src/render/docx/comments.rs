//! Comments that explain where metrics come from: `word/comments.xml`, and the anchors in the text.

use crate::provenance::Provenance;
use crate::render::xml::escaped;

/// The comments of a document, numbered in order.
#[derive(Debug, Default)]
pub(super) struct Comments {
    xml: String,
    count: usize,
}

/// XML around the text that a comment is about.
pub(super) struct CommentAnchor {
    pub start: String,
    pub end: String,
}

impl Comments {
    /// Adds a comment on a text with that provenance: its source, then the expression of a metric.
    pub(super) fn add(&mut self, provenance: &Provenance<'_>) -> CommentAnchor {
        let id = self.count;
        self.count += 1;
        let expression = provenance.computed.iter().map(|computed| computed.expression.to_owned());
        self.xml.push_str(&format!("<w:comment w:id=\"{id}\" w:author=\"zicha\" w:initials=\"自查\">"));
        for line in std::iter::once(provenance.to_string()).chain(expression) {
            let text = escaped(&line);
            self.xml.push_str(&format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"));
        }
        self.xml.push_str("</w:comment>");
        CommentAnchor {
            start: format!("<w:commentRangeStart w:id=\"{id}\"/>"),
            end: format!("<w:commentRangeEnd w:id=\"{id}\"/><w:r><w:commentReference w:id=\"{id}\"/></w:r>"),
        }
    }

    /// The part `word/comments.xml`.
    pub(super) fn part(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <w:comments xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{}</w:comments>",
            self.xml
        )
    }
}
