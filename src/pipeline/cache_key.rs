//! What a report depends on, as a hash: the same hash, the same files.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{Options, Settings};
use crate::diagnostics::Source;
use crate::model::{Branch, Row};
use crate::store::Digest;
use crate::template::{Outline, Templates};

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
        let Settings { notice, templates, summary_templates, .. } = settings;
        let mut common = Vec::new();
        text(&mut common, env!("CARGO_PKG_VERSION"));
        // While the program is worked on, its version says little.
        if cfg!(debug_assertions) {
            let built = std::fs::metadata(&options.worker).and_then(|metadata| metadata.modified());
            text(&mut common, &format!("{built:?}"));
        }
        text(&mut common, notice.text());
        let formats: Vec<&str> = options.formats.iter().map(|format| format.extension()).collect();
        text(&mut common, &formats.join(","));
        text(&mut common, &format!("{:?} {} {} {common_error}", options.date, options.is_final, options.trace));
        let with = |sources: &mut dyn Iterator<Item = &str>| {
            let mut told = common.clone();
            sources.for_each(|source| text(&mut told, source));
            Sha256::new_with_prefix(told)
        };
        let mut branches = HashMap::new();
        for kind in kinds {
            if !branches.contains_key(kind) {
                let hasher = with(&mut templates.sources_for_kind(Outline::for_branches(notice), kind));
                branches.insert(kind.to_owned(), hasher);
            }
        }
        let department = with(&mut summary_templates.iter().flat_map(Templates::all_sources));
        Self { branches, department, is_final: options.is_final }
    }

    /// What a branch's report depends on: its rows as values, with their places, and whether errors stop it.
    /// A final report bears the branch's place in the roster as well.
    pub fn of_branch(&self, branch: &Branch, place: usize, ledgers: usize, folder: &str, wrong: bool) -> Digest {
        // In one piece: a hash takes a few large pieces faster than many small ones.
        let mut told = Vec::with_capacity(ROOM);
        number(&mut told, if self.is_final { place } else { 0 });
        text(&mut told, folder);
        told.push(u8::from(wrong));
        let mut last = None;
        row(&mut told, branch.roster_row(), &mut last);
        for ledger in 0..ledgers {
            let rows = branch.rows(ledger);
            told.push(u8::from(rows.is_some()));
            number(&mut told, rows.map_or(0, <[Row]>::len));
            rows.into_iter().flatten().for_each(|each| row(&mut told, each, &mut last));
        }
        let mut hasher = self.branches.get(branch.kind()).cloned().unwrap_or_default();
        hasher.update(told);
        Digest::from_hasher(hasher)
    }

    /// What the department's report depends on: all branches, and whether any has no report.
    pub fn of_department<'d>(&self, branches: impl Iterator<Item = &'d Digest>, incomplete: bool) -> Digest {
        let mut hasher = self.department.clone();
        hasher.update([u8::from(incomplete)]);
        branches.for_each(|branch| hasher.update(branch.as_bytes()));
        Digest::from_hasher(hasher)
    }
}

/// Bytes that the rows of most branches need no more than.
const ROOM: usize = 16 * 1024;

fn number(told: &mut Vec<u8>, number: usize) {
    told.extend_from_slice(&(number as u64).to_le_bytes());
}

fn text(told: &mut Vec<u8>, text: &str) {
    number(told, text.len());
    told.extend_from_slice(text.as_bytes());
}

/// A row; of the sheet it stands on the names, where they are not those of the row before.
fn row<'b>(told: &mut Vec<u8>, row: &'b Row, last: &mut Option<&'b Source>) {
    let there = *last == Some(&*row.source);
    told.push(u8::from(there));
    if !there {
        text(told, &row.source.file);
        text(told, &row.source.sheet);
        *last = Some(&row.source);
    }
    number(told, row.row as usize);
    text(told, row.packed());
}
