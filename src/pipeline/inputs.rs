//! Which ledger files a final report was made from: recorded with it, so that it can be archived with them.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::Settings;
use crate::manifest::Issued;
use crate::model::{BoundLedgers, Branch, Value};
use crate::picture::{PictureFile, Pictures};
use crate::store::Digest;

/// The files of a run, and the ledgers that each brings.
pub(super) struct ReportInputs<'a> {
    /// The files that were read, with the hashes of their bytes.
    digests: HashMap<&'a str, Digest>,
    /// The files that bring each ledger, in the notice's order of ledgers.
    files: Vec<BTreeSet<&'a str>>,
    /// The pictures that were files of the input folder.
    pictures: &'a [PictureFile],
    /// The roster's index among the ledgers.
    roster: usize,
    /// Hash of settings and templates for each kind of branch.
    settings: HashMap<&'a str, Digest>,
    /// The same for the department's report.
    department_settings: Digest,
}

/// Whether a path is one below a folder.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The inputs of one report, as its record has them when it is final.
pub(super) struct RecordedInputs {
    /// The ledger files, with their hashes.
    pub ledgers: IndexMap<String, Digest>,
    /// Hash of settings and templates.
    pub settings: Digest,
}

impl RecordedInputs {
    /// Records the inputs with a final report.
    pub(super) fn record_in(self, issued: &mut Issued) {
        issued.ledgers = self.ledgers;
        issued.settings = self.settings;
    }
}

impl<'a> ReportInputs<'a> {
    /// Indexes the files of a run.
    pub(super) fn new(
        bound: &'a BoundLedgers,
        files: &'a [(String, Digest)],
        pictures: &'a Pictures,
        settings: &Settings,
    ) -> Self {
        let notice = &settings.notice;
        let mut of_ledgers = vec![BTreeSet::new(); notice.ledger.len()];
        for sheet in &bound.sheets {
            of_ledgers[sheet.ledger].insert(sheet.source.file.as_str());
        }
        let mut of_kinds = HashMap::new();
        for branch in &bound.branches {
            of_kinds.entry(branch.kind()).or_insert_with(|| settings.digest(Some(branch.kind())));
        }
        Self {
            digests: files.iter().map(|(name, digest)| (name.as_str(), *digest)).collect(),
            files: of_ledgers,
            pictures: pictures.files(),
            roster: notice.ledger_index(&notice.roster.ledger).unwrap_or_default(),
            settings: of_kinds,
            department_settings: settings.digest(None),
        }
    }

    /// The inputs of a branch's report.
    pub(super) fn of_branch(&self, branch: &Branch) -> RecordedInputs {
        let settings = self.settings.get(branch.kind()).copied().unwrap_or_default();
        RecordedInputs { ledgers: self.ledgers_of(branch), settings }
    }

    /// The inputs of the department's report: all ledger files and pictures, settings and templates.
    pub(super) fn of_department(&self) -> RecordedInputs {
        let mut ledgers = self.with_digests(&self.files.iter().flatten().copied().collect());
        ledgers.extend(self.pictures.iter().map(|file| (file.path.clone(), file.file)));
        RecordedInputs { ledgers, settings: self.department_settings }
    }

    /// The ledger files of a branch's report: those with rows of it; all rosters, which decide whose rows are whose;
    /// and for a ledger without a row of it every file of that ledger, for that there is none follows from all of
    /// them. The report can be made again from these files alone.
    fn ledgers_of(&self, branch: &Branch) -> IndexMap<String, Digest> {
        let mut names = self.files[self.roster].clone();
        let mut witnesses = Vec::new();
        for (ledger, files) in self.files.iter().enumerate() {
            match branch.rows(ledger).unwrap_or_default() {
                [] => {
                    names.extend(files);
                    // That folders of pictures were handed in follows from one picture of another branch.
                    let is_in = |file: &&PictureFile| files.iter().any(|folder| is_below(&file.path, folder));
                    witnesses.extend(self.pictures.iter().find(is_in));
                }
                rows => names.extend(rows.iter().filter_map(|row| files.get(row.source.file.as_str()))),
            }
        }
        let mut inputs = self.with_digests(&names);
        inputs.extend(witnesses.into_iter().map(|file| (file.path.clone(), file.file)));
        inputs.extend(self.pictures_of(branch));
        inputs
    }

    /// The picture files that the branch's rows name.
    fn pictures_of(&self, branch: &Branch) -> impl Iterator<Item = (String, Digest)> {
        let rows = (0..self.files.len()).flat_map(|ledger| branch.rows(ledger).unwrap_or_default());
        let rows = rows.chain([branch.roster_row()]);
        let values = rows.flat_map(|row| row.cells().flatten().map(|cell| cell.value));
        let hashes: BTreeSet<&str> =
            if self.pictures.is_empty() { BTreeSet::new() } else { values.flat_map(Value::pictures).collect() };
        let of_branch = self.pictures.iter().filter(move |file| hashes.contains(file.picture.to_string().as_str()));
        of_branch.map(|file| (file.path.clone(), file.file))
    }

    fn with_digests(&self, names: &BTreeSet<&str>) -> IndexMap<String, Digest> {
        let with_digest = |name: &&str| Some(((*name).to_owned(), *self.digests.get(name)?));
        names.iter().filter_map(with_digest).collect()
    }
}
