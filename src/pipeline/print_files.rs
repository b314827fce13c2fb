//! The names of the files for the printer: one of all reports, or one for each kind of branches.

use std::path::{Path, PathBuf};

use indexmap::{IndexMap, IndexSet};

use crate::manifest::{ReportOutcome, RunManifest};
use crate::store::{list_folder, safe_names};

/// What the names of files for the printer begin and end with.
const FILE_PREFIX: &str = "打印-";
const FILE_END: &str = ".pdf";
/// Between them, the name of the file of all reports.
pub(super) const ALL: &str = "全部";

/// The files for the printer in a folder, by their names.
pub fn printed_files(folder: &Path) -> Vec<PathBuf> {
    let is_own = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(FILE_PREFIX) && name.ends_with(FILE_END) && path.is_file()
    };
    let mut files: Vec<PathBuf> = list_folder(folder).into_iter().filter(is_own).collect();
    files.sort();
    files
}

/// The files for the printer in a folder that no run would write: those of kinds that the reports do not have.
pub fn former_sets(folder: &Path, run: &RunManifest) -> Vec<PathBuf> {
    let mut former = printed_files(folder);
    let mut names: Vec<String> = kind_files(run).into_values().collect();
    names.push(file_name(ALL));
    former.retain(|file| file.file_name().is_none_or(|name| !names.iter().any(|own| name == own.as_str())));
    former
}

/// The reports of branches in the roster's order, then the department's.
pub(super) fn all_reports(run: &RunManifest) -> impl Iterator<Item = &ReportOutcome> {
    run.branches.iter().chain(Some(&run.department).filter(|record| !record.name.is_empty()))
}

/// The kind of a report's branch. The department's report has none and is by itself.
pub(super) fn kind_of(record: &ReportOutcome) -> &str {
    if record.kind.is_empty() { &record.name } else { &record.kind }
}

/// The names of the files of all kinds. A kind has its file whatever is chosen: names that would be the same get
/// numbers.
pub(super) fn kind_files(run: &RunManifest) -> IndexMap<&str, String> {
    let kinds: IndexSet<&str> = all_reports(run).map(kind_of).collect();
    let files = safe_names(kinds.iter().copied(), &|name| name == ALL);
    kinds.into_iter().zip(files.into_iter().map(|file| file_name(&file))).collect()
}

/// The name of the file for the printer of a kind with this safe name.
pub(super) fn file_name(kind: &str) -> String {
    format!("{FILE_PREFIX}{kind}{FILE_END}")
}

#[cfg(test)]
mod tests {
    use super::{PathBuf, ReportOutcome, RunManifest, former_sets};

    #[test]
    fn sets_of_kinds_that_are_gone_are_told_from_those_that_a_run_writes() {
        let folder = tempfile::tempdir().unwrap();
        let report = |name: &str, kind: &str| ReportOutcome {
            name: name.to_owned(),
            kind: kind.to_owned(),
            ..ReportOutcome::default()
        };
        let run = RunManifest {
            branches: vec![report("甲", "机关/支部"), report("乙", "党总支")],
            department: report("汇总", ""),
            ..RunManifest::default()
        };
        for name in
            ["打印-全部.pdf", "打印-机关_支部.pdf", "打印-党总支.pdf", "打印-汇总.pdf", "打印-离退休.pdf", "通知.pdf"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let former: Vec<PathBuf> = former_sets(folder.path(), &run);
        assert_eq!(former, [folder.path().join("打印-离退休.pdf")]);
    }
}
