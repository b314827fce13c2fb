//! Comments that tell where a metric comes from: `word/comments.xml` and what points to it.

use super::super::xml::escaped;
use crate::provenance::Provenance;

/// The comments of a document, numbered as they are made.
#[derive(Debug, Default)]
pub struct Comments {
    out: String,
    count: usize,
}

impl Comments {
    /// Adds a comment that tells an origin; what stands before and after the text it is about.
    pub fn add(&mut self, origin: &Provenance<'_>) -> (String, String) {
        let id = self.count;
        self.count += 1;
        let expression = origin.computed.iter().map(|computed| computed.expression);
        let lines = std::iter::once(origin.to_string()).chain(expression.map(str::to_owned));
        self.out.push_str(&format!("<w:comment w:id=\"{id}\" w:author=\"zicha\" w:initials=\"自查\">"));
        for line in lines {
            let text = escaped(&line);
            self.out.push_str(&format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"));
        }
        self.out.push_str("</w:comment>");
        let reference = format!("<w:commentRangeEnd w:id=\"{id}\"/><w:r><w:commentReference w:id=\"{id}\"/></w:r>");
        (format!("<w:commentRangeStart w:id=\"{id}\"/>"), reference)
    }

    /// The whole part.
    pub fn part(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <w:comments xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{}</w:comments>",
            self.out
        )
    }
}
