//! What a report depends on, as a hash: the same hash, the same files.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{Options, Settings};
use crate::merge::{Plan, Templates};
use crate::model::{Branch, Row};
use crate::store::Digest;

/// Everything that the reports of a run depend on beside rows.
pub struct Common {
    /// For each kind of branch.
    branches: HashMap<String, Sha256>,
    department: Sha256,
    is_final: bool,
}

impl Common {
    /// Settings, templates, what was asked for, and the program; `kinds` are those of the branches.
    pub fn new<'k>(
        settings: &Settings,
        options: &Options,
        kinds: impl Iterator<Item = &'k str>,
        common_error: bool,
    ) -> Self {
        let Settings { notice, templates, overall_templates, .. } = settings;
        let mut hasher = Sha256::new();
        text(&mut hasher, env!("CARGO_PKG_VERSION"));
        // While the program is worked on, its version says little.
        if cfg!(debug_assertions) {
            let built = std::fs::metadata(&options.worker).and_then(|metadata| metadata.modified());
            text(&mut hasher, &format!("{built:?}"));
        }
        text(&mut hasher, notice.text());
        let formats: Vec<&str> = options.formats.iter().map(|format| format.extension()).collect();
        text(&mut hasher, &formats.join(","));
        text(&mut hasher, &format!("{:?} {} {} {common_error}", options.date, options.is_final, options.trace));
        let with = |sources: &mut dyn Iterator<Item = &str>| {
            let mut hasher = hasher.clone();
            sources.for_each(|source| text(&mut hasher, source));
            hasher
        };
        let mut branches = HashMap::new();
        for kind in kinds {
            if !branches.contains_key(kind) {
                let hasher = with(&mut templates.sources(Plan::of_branches(notice), kind));
                branches.insert(kind.to_owned(), hasher);
            }
        }
        let department = with(&mut overall_templates.iter().flat_map(Templates::all_sources));
        Self { branches, department, is_final: options.is_final }
    }

    /// What a branch's report depends on: its rows as values, with their places, and whether errors stop it.
    /// A final report bears the branch's place in the roster as well.
    pub fn of_branch(&self, branch: &Branch, place: usize, ledgers: usize, folder: &str, wrong: bool) -> Digest {
        let mut hasher = self.branches.get(branch.kind()).cloned().unwrap_or_default();
        number(&mut hasher, if self.is_final { place } else { 0 });
        text(&mut hasher, folder);
        hasher.update([u8::from(wrong)]);
        row(&mut hasher, branch.roster_row());
        for ledger in 0..ledgers {
            let rows = branch.rows(ledger);
            hasher.update([u8::from(rows.is_some())]);
            number(&mut hasher, rows.map_or(0, <[Row]>::len));
            rows.into_iter().flatten().for_each(|each| row(&mut hasher, each));
        }
        Digest::of(hasher)
    }

    /// What the department's report depends on: all branches, and whether any has no report.
    pub fn of_department<'d>(&self, branches: impl Iterator<Item = &'d Digest>, incomplete: bool) -> Digest {
        let mut hasher = self.department.clone();
        hasher.update([u8::from(incomplete)]);
        branches.for_each(|branch| hasher.update(branch.as_bytes()));
        Digest::of(hasher)
    }
}

fn number(hasher: &mut Sha256, number: usize) {
    hasher.update((number as u64).to_le_bytes());
}

fn text(hasher: &mut Sha256, text: &str) {
    number(hasher, text.len());
    hasher.update(text);
}

fn row(hasher: &mut Sha256, row: &Row) {
    text(hasher, &row.source.file);
    text(hasher, &row.source.sheet);
    number(hasher, row.row as usize);
    text(hasher, row.packed());
}
