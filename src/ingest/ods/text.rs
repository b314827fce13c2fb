//! The text of a cell (`<text:p>`): paragraphs joined by line ends, what is raised, lowered or struck out kept apart.
//!
//! The parser of the sheet calls [`CellText`] for the elements inside of a cell. White space is collapsed as
//! OpenDocument 1.3 part 3, 6.1.2 has it; blanks that count are elements.

use quick_xml::events::{BytesStart, Event};

use super::super::limits::ReadError;
use super::super::raised::{self, VerticalPosition};
use super::super::xml::{append_text, attribute};
use super::styles::{Family, OdsStyles};

/// A text while its paragraphs are read; one value serves all cells of a sheet, so that its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct CellText {
    /// What is not struck out.
    pub rest: String,
    /// What is struck out.
    pub struck: String,
    /// Whether a part is raised or lowered.
    pub is_raised: bool,
    /// Whether there is a paragraph.
    pub has_paragraph: bool,
    /// How the open paragraph and its open spans look; empty outside of paragraphs.
    open: Vec<Look>,
    /// How text looks by the style of the cell.
    cell: Look,
    /// The characters before are white space that is collapsed.
    after_space: bool,
    /// The characters of one event.
    run: String,
}

/// How a part of a text looks.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    position: VerticalPosition,
    is_struck_out: bool,
}

impl CellText {
    /// Starts the text of the next cell.
    pub(super) fn clear(&mut self, is_cell_struck_out: bool) {
        self.rest.clear();
        self.struck.clear();
        self.open.clear();
        (self.is_raised, self.has_paragraph) = (false, false);
        self.cell = Look { position: VerticalPosition::Baseline, is_struck_out: is_cell_struck_out };
    }

    /// Its length in bytes so far.
    pub(super) fn len(&self) -> usize {
        self.rest.len() + self.struck.len()
    }

    /// An element starts; no more than `limit` characters come from it.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>, styles: &OdsStyles, limit: usize) {
        match tag.name().as_ref() {
            "text:p" | "text:h" => {
                if self.has_paragraph {
                    self.rest.push('\n');
                }
                (self.has_paragraph, self.after_space) = (true, true);
                self.open.push(self.cell);
                self.apply(tag, Family::Paragraph, styles);
            }
            "text:span" => {
                self.open.extend(self.open.last().copied());
                self.apply(tag, Family::Text, styles);
            }
            "text:s" => {
                let count = attribute(tag, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                self.element(&" ".repeat(count.min(limit.saturating_add(1))));
            }
            "text:tab" => self.element("\t"),
            "text:line-break" => self.element("\n"),
            _ => {}
        }
    }

    /// An element ends.
    pub(super) fn end(&mut self, name: &str) {
        if matches!(name, "text:p" | "text:h" | "text:span") {
            self.open.pop();
        }
    }

    /// Characters between tags.
    ///
    /// # Errors
    /// For a reference to an undeclared entity.
    pub(super) fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        let Some(look) = self.open.last().copied() else { return Ok(()) };
        let mut run = std::mem::take(&mut self.run);
        append_text(event, &mut run)?;
        run.retain(|c| {
            let is_space = matches!(c, ' ' | '\t' | '\r' | '\n');
            !(std::mem::replace(&mut self.after_space, is_space) && is_space)
        });
        self.append(&run.replace(['\t', '\r', '\n'], " "), look);
        run.clear();
        self.run = run;
        Ok(())
    }

    /// White space that an element stands for.
    fn element(&mut self, text: &str) {
        if let Some(look) = self.open.last().copied() {
            self.after_space = false;
            self.append(text, look);
        }
    }

    fn append(&mut self, text: &str, look: Look) {
        self.is_raised |= look.position != VerticalPosition::Baseline && !text.trim().is_empty();
        let out = if look.is_struck_out { &mut self.struck } else { &mut self.rest };
        raised::append(text, look.position, out);
    }

    /// Applies the style of a paragraph or span to the one that was opened last.
    fn apply(&mut self, tag: &BytesStart<'_>, family: Family, styles: &OdsStyles) {
        let (Some(name), Some(look)) = (attribute(tag, "text:style-name"), self.open.last_mut()) else { return };
        let style = styles.text(family, &name);
        look.position = style.position.unwrap_or(look.position);
        look.is_struck_out = style.is_struck_out.unwrap_or(look.is_struck_out);
    }
}
