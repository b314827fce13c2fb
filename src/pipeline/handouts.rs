//! Workbooks for clerks: lists of findings and forms to fill in. Iterators make each when it is taken, for there are as
//! many as branches.

use super::{Analysis, BuildError, Settings, choose, no_roster};
use crate::diagnostics::{Diagnostic, Location};
use crate::model::Branch;
use crate::{store, workbook};

/// A workbook for one branch or the department, to be written under its name.
#[derive(Debug)]
pub struct Handout {
    /// Name of the file.
    pub name: String,
    /// The .xlsx file.
    pub bytes: Vec<u8>,
}

/// The department's name in the names of its files.
const DEPARTMENT: &str = "汇总";

/// The list of one branch's findings.
///
/// # Errors
/// When the roster has no such branch, or the workbook cannot be made.
pub fn issue_list(analysis: &Analysis, branch: &str) -> Result<Handout, BuildError> {
    let branches = &analysis.bound.branches;
    let chosen = choose(branches, &[branch.to_owned()])?;
    let names = FileNames::new(branches);
    match chosen.first() {
        Some(index) => branch_list(analysis, branches[*index].name(), &names.branches[*index]),
        None => department_list(analysis, &names.department),
    }
}

/// A list for each branch with its findings, and one for the department with all.
pub fn issue_lists(analysis: &Analysis) -> impl Iterator<Item = Result<Handout, BuildError>> {
    let branches = &analysis.bound.branches;
    let FileNames { department, branches: names } = FileNames::new(branches);
    let lists = branches.iter().zip(names).map(|(branch, name)| branch_list(analysis, branch.name(), &name));
    lists.chain(std::iter::once_with(move || department_list(analysis, &department)))
}

fn branch_list(analysis: &Analysis, branch: &str, name: &str) -> Result<Handout, BuildError> {
    // Lines are those of templates and settings, which clerks do not have.
    let is_for_clerk = |finding: &Diagnostic| !matches!(finding.location, Location::Line { .. });
    let own = analysis.findings.iter().filter(|finding| finding.branch.as_deref() == Some(branch));
    let own = own.filter(|finding| is_for_clerk(finding));
    let bytes = workbook::issues(branch, &own.collect::<Vec<_>>())?;
    Ok(Handout { name: format!("{name}-问题清单.xlsx"), bytes })
}

fn department_list(analysis: &Analysis, name: &str) -> Result<Handout, BuildError> {
    let bytes = workbook::issues("全部", &analysis.findings.iter().collect::<Vec<_>>())?;
    Ok(Handout { name: format!("{name}-问题清单.xlsx"), bytes })
}

/// What the names of files begin with.
struct FileNames {
    department: String,
    /// In the branches' order.
    branches: Vec<String>,
}

impl FileNames {
    /// The department comes first: it has its name whatever the branches are called.
    fn new(branches: &[Branch]) -> Self {
        let names = std::iter::once(DEPARTMENT).chain(branches.iter().map(Branch::name));
        let mut names = store::safe_names(names, &|_| false);
        Self { department: names.remove(0), branches: names }
    }
}

/// A blank form for each branch with one of the `names`; for all branches when there are none.
///
/// # Errors
/// When there is no roster, or it has no branch of one of the names.
pub fn forms<'e>(
    settings: &'e Settings,
    analysis: &'e Analysis,
    names: &[String],
) -> Result<impl Iterator<Item = Result<Handout, BuildError>> + use<'e>, BuildError> {
    let branches = &analysis.bound.branches;
    if branches.is_empty() {
        return Err(no_roster(&settings.notice, analysis.findings.clone()));
    }
    let chosen = choose(branches, names)?;
    let file_names = FileNames::new(branches).branches;
    Ok(chosen.into_iter().map(move |index| {
        let bytes = workbook::form(Some(branches[index].name()), &settings.notice)?;
        Ok(Handout { name: format!("{}-填报表.xlsx", file_names[index]), bytes })
    }))
}

/// A blank form of the notice for a department that has no roster yet: the roster first, then every ledger.
///
/// # Errors
/// On a fault of the library that writes it.
pub fn blank_form(settings: &Settings) -> Result<Handout, BuildError> {
    let bytes = workbook::form(None, &settings.notice)?;
    Ok(Handout { name: "空白填报表.xlsx".to_owned(), bytes })
}
