//! What a report depends on, as a hash: the same hash, the same files.

use sha2::{Digest as _, Sha256};

use super::{Options, Settings};
use crate::model::{Branch, Row, Value};
use crate::store::Digest;

/// Everything that the reports of a run depend on alike.
#[derive(Clone)]
pub struct Common {
    branches: Sha256,
    department: Sha256,
    is_final: bool,
}

impl Common {
    /// Settings, templates, what was asked for, and the program.
    pub fn new(settings: &Settings, options: &Options, common_error: bool) -> Self {
        let mut hasher = Sha256::new();
        text(&mut hasher, env!("CARGO_PKG_VERSION"));
        // While the program is worked on, its version says little.
        if cfg!(debug_assertions) {
            let built = std::fs::metadata(&options.worker).and_then(|metadata| metadata.modified());
            text(&mut hasher, &format!("{built:?}"));
        }
        text(&mut hasher, settings.notice.text());
        let formats: Vec<&str> = options.formats.iter().map(|format| format.extension()).collect();
        text(&mut hasher, &formats.join(","));
        text(&mut hasher, &format!("{:?} {} {} {common_error}", options.date, options.is_final, options.trace));
        let with = |templates: Option<&crate::merge::Templates>| {
            let mut hasher = hasher.clone();
            templates.iter().flat_map(|templates| templates.sources()).for_each(|source| text(&mut hasher, source));
            hasher
        };
        Self {
            branches: with(Some(&settings.templates)),
            department: with(settings.overall_templates.as_ref()),
            is_final: options.is_final,
        }
    }

    /// What a branch's report depends on: its rows as values, with their places, and whether errors stop it.
    /// A final report bears the branch's place in the roster as well.
    pub fn of_branch(&self, branch: &Branch, place: usize, ledgers: usize, folder: &str, wrong: bool) -> Digest {
        let mut hasher = self.branches.clone();
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
        branches.for_each(|branch| text(&mut hasher, branch.as_str()));
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
    for cell in &row.cells {
        let Some(cell) = cell else {
            hasher.update(b"-");
            continue;
        };
        hasher.update(b"+");
        number(hasher, cell.row as usize);
        number(hasher, cell.col as usize);
        let (kind, said): (&[u8], &str) = match &cell.value {
            Value::Missing => (b"m", ""),
            Value::Invalid(said) => (b"i", said),
            Value::Error(said) => (b"e", said),
            Value::Formula(said) => (b"f", said),
            Value::Text(said) => (b"t", said),
            Value::Number(value) => {
                hasher.update(b"n");
                hasher.update(value.serialize());
                continue;
            }
            Value::Date(date) => {
                hasher.update(b"d");
                hasher.update(date.year().to_le_bytes());
                hasher.update([date.month().unsigned_abs(), date.day().unsigned_abs()]);
                continue;
            }
            Value::Flag(flag) => (if *flag { b"y" } else { b"z" }, ""),
        };
        hasher.update(kind);
        text(hasher, said);
    }
}
