//! Which ledger files a report was made from.

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;

use super::{BuildOutcome, Settings};
use crate::manifest::RunManifest;
use crate::model::{BoundLedgers, Branch};
use crate::store::Digest;

/// The files of a run, and the ledgers they bring.
pub struct ReportInputs<'a> {
    bound: &'a BoundLedgers,
    /// The files that were read, with their hashes.
    digests: HashMap<&'a str, &'a Digest>,
    /// The files that bring each ledger, by its place in the notice.
    ledgers: Vec<BTreeSet<&'a str>>,
    roster: usize,
    settings: &'a Settings,
}

impl<'a> ReportInputs<'a> {
    /// The files of a run.
    pub fn new(bound: &'a BoundLedgers, files: &'a [(String, Digest)], settings: &'a Settings) -> Self {
        let notice = &settings.notice;
        let roster = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
        let mut ledgers = vec![BTreeSet::new(); notice.ledger.len()];
        for sheet in &bound.sheets {
            ledgers[sheet.ledger].insert(sheet.source.file.as_str());
        }
        let digests = files.iter().map(|(name, digest)| (name.as_str(), digest)).collect();
        Self { bound, digests, ledgers, roster, settings }
    }

    /// Puts on record what each final report of the run was made from; of what nobody asked for stays what was on
    /// record.
    pub fn tell(&self, run: &mut RunManifest, outcome: &BuildOutcome) {
        let asked: HashSet<&str> = outcome.reports.iter().map(|built| built.branch.as_str()).collect();
        let mut settings: HashMap<String, Digest> = HashMap::new();
        let branches: HashMap<&str, &Branch> = self.bound.branches.iter().map(|b| (b.name(), b)).collect();
        for record in run.branches.iter_mut().filter(|record| asked.contains(record.name.as_str())) {
            if let (Some(issued), Some(branch)) = (&mut record.issued, branches.get(record.name.as_str())) {
                issued.ledgers = self.of_branch(branch);
                let kind = branch.kind();
                let own = settings.entry(kind.to_owned()).or_insert_with(|| self.settings.digest(Some(kind)));
                issued.settings = *own;
            }
        }
        if let (Some(issued), Some(_)) = (&mut run.department.issued, &outcome.summary) {
            issued.settings = self.settings.digest(None);
            issued.ledgers = self.hashed(&self.ledgers.iter().flatten().copied().collect());
        }
    }

    /// The files that the branch's rows stand in, all rosters, by which rows are told to be whose, and for a ledger
    /// without a row of it every file of that ledger: that there is none is a fact from all of them. From these files
    /// alone the same report can be made again.
    fn of_branch(&self, branch: &Branch) -> IndexMap<String, Digest> {
        let mut names = self.ledgers[self.roster].clone();
        for (ledger, files) in self.ledgers.iter().enumerate() {
            match branch.rows(ledger).unwrap_or_default() {
                [] => names.extend(files),
                rows => names.extend(rows.iter().filter_map(|row| files.get(row.source.file.as_str()))),
            }
        }
        self.hashed(&names)
    }

    fn hashed(&self, names: &BTreeSet<&str>) -> IndexMap<String, Digest> {
        let digest = |name: &&str| Some(((*name).to_owned(), **self.digests.get(name)?));
        names.iter().filter_map(digest).collect()
    }
}
