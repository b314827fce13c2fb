//! Rich text (`<si>`, `<is>`): runs joined into one text, what is raised, lowered or struck out kept apart.
//!
//! The parser of the part calls [`RichText`] for the elements inside; phonetic runs (`<rPh>`) are not part of the text.

use quick_xml::events::{BytesStart, Event};

use super::super::limits::ReadError;
use super::super::raised::{self, VerticalPosition};
use super::super::xml::{append_text, attribute, is_true, unescape_code_units};

/// White space of XML.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// A text while its runs are read; one value serves all texts of a part, so that its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct RichText {
    /// What is not struck out.
    pub rest: String,
    /// What is struck out.
    pub struck: String,
    /// The text of the current `<t>`.
    run: String,
    /// Whether white space around the current `<t>` is part of its text.
    preserves_space: bool,
    position: VerticalPosition,
    is_struck: bool,
    in_text: bool,
    in_phonetic: bool,
}

impl RichText {
    /// Starts the next text.
    pub(super) fn clear(&mut self) {
        self.rest.clear();
        self.struck.clear();
        self.end_run();
        (self.in_text, self.in_phonetic) = (false, false);
    }

    /// Its length in bytes so far.
    pub(super) fn len(&self) -> usize {
        self.rest.len() + self.struck.len() + self.run.len()
    }

    /// An element starts inside the text.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "t" => {
                self.run.clear();
                self.in_text = !self.in_phonetic;
                self.preserves_space = attribute(tag, "xml:space").as_deref() == Some("preserve");
            }
            "rPh" => self.in_phonetic = true,
            "r" => self.end_run(),
            "strike" => self.is_struck = attribute(tag, "val").is_none_or(|value| is_true(&value)),
            "vertAlign" => {
                self.position = match attribute(tag, "val").as_deref() {
                    Some("superscript") => VerticalPosition::Raised,
                    Some("subscript") => VerticalPosition::Lowered,
                    _ => VerticalPosition::Baseline,
                };
            }
            _ => {}
        }
    }

    /// An element ends inside the text.
    pub(super) fn end(&mut self, name: &str) {
        match name {
            "t" if self.in_text => {
                let out = if self.is_struck { &mut self.struck } else { &mut self.rest };
                let run = if self.preserves_space { &self.run } else { self.run.trim_matches(SPACE) };
                raised::append(&unescape_code_units(run), self.position, out);
                self.in_text = false;
            }
            "rPh" => self.in_phonetic = false,
            "r" => self.end_run(),
            _ => {}
        }
    }

    /// Characters inside the text.
    ///
    /// # Errors
    /// For a reference to an undeclared entity.
    pub(super) fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        if self.in_text { append_text(event, &mut self.run) } else { Ok(()) }
    }

    fn end_run(&mut self) {
        (self.position, self.is_struck) = (VerticalPosition::Baseline, false);
    }
}
