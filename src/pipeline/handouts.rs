//! What goes back to clerks: lists of what was found, forms to fill in. Each made when it is asked for.

use super::{Analysis, BuildError, Settings, choose, no_roster};
use crate::model::Branch;
use crate::{store, workbook};

/// A workbook's name and its bytes.
type Book = Result<(String, Vec<u8>), BuildError>;

/// A list of what concerns a branch.
///
/// # Errors
/// When the roster does not know it, or the program itself fails.
pub fn issue_list(analysis: &Analysis, branch: &str) -> Book {
    let branches = &analysis.bound.branches;
    let at = choose(branches, &[branch.to_owned()])?;
    let names = store::safe_names(branches.iter().map(Branch::name));
    let mut lists = at.into_iter().map(|at| of_branch(analysis, branches[at].name(), &names[at]));
    lists.next().unwrap_or_else(|| summary(analysis))
}

/// A list for each branch with what concerns it, and one for the department with everything.
pub fn issue_lists(analysis: &Analysis) -> impl Iterator<Item = Book> {
    let branches = &analysis.bound.branches;
    let names = store::safe_names(branches.iter().map(Branch::name));
    let lists = branches.iter().zip(names).map(|(branch, name)| of_branch(analysis, branch.name(), &name));
    lists.chain(std::iter::once_with(|| summary(analysis)))
}

fn of_branch(analysis: &Analysis, branch: &str, name: &str) -> Book {
    let own = analysis.findings.iter().filter(|finding| finding.branch.as_deref() == Some(branch));
    let list = workbook::issues(branch, &own.collect::<Vec<_>>())?;
    Ok((format!("{name}-问题清单.xlsx"), list))
}

fn summary(analysis: &Analysis) -> Book {
    let list = workbook::issues("全部", &analysis.findings.iter().collect::<Vec<_>>())?;
    Ok(("汇总-问题清单.xlsx".to_owned(), list))
}

/// A blank form for each of the branches asked for; for all when none is.
///
/// # Errors
/// When there is no roster, or it does not know a branch.
pub fn forms<'e>(
    settings: &'e Settings,
    analysis: &'e Analysis,
    asked: &[String],
) -> Result<impl Iterator<Item = Book> + use<'e>, BuildError> {
    let branches = &analysis.bound.branches;
    if branches.is_empty() {
        return Err(no_roster(&settings.notice, analysis.findings.clone()));
    }
    let chosen = choose(branches, asked)?;
    let names = store::safe_names(branches.iter().map(Branch::name));
    Ok(chosen.into_iter().map(move |at| {
        let form = workbook::form(branches[at].name(), &settings.notice)?;
        Ok((format!("{}-填报表.xlsx", names[at]), form))
    }))
}
