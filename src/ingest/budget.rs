//! How much content a file may bring, counted while its cells are passed on.

use super::limits::ReadError;
use super::raw_cell::RawCell;
use super::sink::Sink;

/// Passes what a reader meets on to a sink until the file's limits are reached.
pub(super) struct Budget<'s> {
    /// Cells that may still come.
    cells: usize,
    /// Bytes of text that may still come.
    text: usize,
    sink: &'s mut dyn Sink,
}

impl<'s> Budget<'s> {
    /// Allows `cells` cells and `text` bytes of text.
    pub(super) fn new(cells: usize, text: usize, sink: &'s mut dyn Sink) -> Self {
        Self { cells, text, sink }
    }

    /// The sink, for what is not counted.
    pub(super) fn sink(&mut self) -> &mut dyn Sink {
        self.sink
    }

    /// Bytes of text that may still come.
    pub(super) fn text_limit(&self) -> usize {
        self.text
    }

    /// Passes a cell on, unless it is blank.
    ///
    /// # Errors
    /// When the file brings more than it may.
    pub(super) fn cell(&mut self, row: u32, col: u32, content: RawCell) -> Result<(), ReadError> {
        if !content.is_blank() {
            self.spend(content.text_length())?;
            self.sink.cell(row, col, content);
        }
        Ok(())
    }

    /// Passes a cell on whose text other cells share; `number` as in [`Sink::shared_text`].
    ///
    /// # Errors
    /// When the file brings more than it may.
    pub(super) fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str) -> Result<(), ReadError> {
        self.spend(text.len())?;
        self.sink.shared_text(row, col, number, text);
        Ok(())
    }

    /// Counts a cell, or what costs as much, with `text_length` bytes of text.
    ///
    /// # Errors
    /// When the file brings more than it may.
    pub(super) fn spend(&mut self, text_length: usize) -> Result<(), ReadError> {
        let (Some(cells), Some(text)) = (self.cells.checked_sub(1), self.text.checked_sub(text_length)) else {
            return Err(ReadError::TooLarge("内容太多".to_owned()));
        };
        (self.cells, self.text) = (cells, text);
        Ok(())
    }
}
