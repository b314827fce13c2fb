//! The names of branches, as ledgers write them.

use std::collections::HashMap;

use crate::diagnostics::CellRef;
use crate::ingest::fold;
use crate::notice::nearest;

/// Full and short names of the branches, folded: case, width and blanks do not matter.
#[derive(Default)]
pub(super) struct Names {
    entries: HashMap<String, Entry>,
    /// The full names as the roster writes them.
    full: Vec<String>,
}

/// What a name stands for.
struct Entry {
    /// The branch's index in the roster; `None` for a name that stands for no single branch.
    branch: Option<usize>,
    /// The cell of the roster that has the name first.
    place: CellRef,
}

/// Characters that a name must have at least to be recognized inside a longer text.
const MIN_LENGTH_WITHIN: usize = 3;

impl Names {
    /// Enters a full name, which must not be there yet.
    pub(super) fn add_full(&mut self, name: &str, branch: usize, place: CellRef) {
        self.entries.insert(fold(name).into_owned(), Entry { branch: Some(branch), place });
        self.full.push(name.to_owned());
    }

    /// Enters a short name. One that several branches have stands for none, but one that is also a full name keeps
    /// standing for that branch.
    ///
    /// # Errors
    /// With the cell that has the name first, when it does not stand for this branch alone.
    pub(super) fn add_short(&mut self, name: &str, branch: usize, place: CellRef) -> Result<(), CellRef> {
        let entry = self.entries.entry(fold(name).into_owned()).or_insert(Entry { branch: Some(branch), place });
        if entry.branch == Some(branch) {
            return Ok(());
        }
        if !self.full.iter().any(|full| fold(full) == fold(name)) {
            entry.branch = None;
        }
        Err(entry.place.clone())
    }

    /// Enters a name that stands for no branch.
    pub(super) fn reserve(&mut self, name: &str, place: CellRef) {
        self.entries.insert(fold(name).into_owned(), Entry { branch: None, place });
    }

    /// The cell of the roster that has the name first; `None` when it was not entered.
    pub(super) fn place(&self, name: &str) -> Option<&CellRef> {
        self.entries.get(&*fold(name)).map(|entry| &entry.place)
    }

    /// The branch with this name.
    pub(super) fn branch(&self, name: &str) -> Option<usize> {
        self.entries.get(&*fold(name))?.branch
    }

    /// The branch that a sheet belongs to, by its titles: by the first that is a branch's name, else by the first that
    /// contains one, of several names the longest.
    pub(super) fn in_titles(&self, titles: &[String]) -> Option<usize> {
        let exact = titles.iter().find_map(|title| self.branch(title));
        exact.or_else(|| titles.iter().find_map(|title| self.within(&fold(title))))
    }

    fn within(&self, text: &str) -> Option<usize> {
        let is_within = |name: &str| name.chars().count() >= MIN_LENGTH_WITHIN && text.contains(name);
        let within = self.entries.iter().filter(|(name, _)| is_within(name));
        // By the name itself where lengths are equal: the map's order differs from run to run.
        within.max_by_key(|(name, _)| (name.len(), name.as_str())).and_then(|(_, entry)| entry.branch)
    }

    /// The full name that a misspelt one may stand for.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.full.iter().map(String::as_str))
    }
}
