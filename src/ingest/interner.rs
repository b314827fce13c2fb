//! Numbers for texts that many cells share, where the format's reader does not number them.

use ahash::AHashMap;

use super::raw_cell::is_blank;

/// Numbers texts from 0 in the order of their first cells.
#[derive(Default)]
pub(super) struct Interner(AHashMap<String, u32>);

impl Interner {
    /// The number of a text; `None` when it is blank, as blank cells are left out.
    pub(super) fn number(&mut self, text: &str) -> Option<u32> {
        if is_blank(text) {
            return None;
        }
        if let Some(number) = self.0.get(text) {
            return Some(*number);
        }
        let number = u32::try_from(self.0.len()).ok()?;
        self.0.insert(text.to_owned(), number);
        Some(number)
    }
}
