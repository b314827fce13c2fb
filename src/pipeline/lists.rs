//! What goes back to clerks: lists of what was found, forms to fill in. Each made when it is asked for.

use super::{BuildError, Examined, Settings, choose, no_roster};
use crate::model::Branch;
use crate::{store, xlsx};

/// A workbook's name and its bytes.
type Book = Result<(String, Vec<u8>), BuildError>;

/// A list for each branch with what concerns it, and one for the department with everything.
pub fn issue_lists(examined: &Examined) -> impl Iterator<Item = Book> {
    let branches = &examined.bound.branches;
    let names = store::safe_names(branches.iter().map(Branch::name));
    let of_branch = |(branch, name): (&Branch, String)| {
        let own = examined.findings.iter().filter(|f| f.branch.as_deref() == Some(branch.name()));
        let list = xlsx::issues(branch.name(), &own.collect::<Vec<_>>())?;
        Ok((format!("{name}-问题清单.xlsx"), list))
    };
    let overall = || {
        let list = xlsx::issues("全部", &examined.findings.iter().collect::<Vec<_>>())?;
        Ok(("汇总-问题清单.xlsx".to_owned(), list))
    };
    branches.iter().zip(names).map(of_branch).chain(std::iter::once_with(overall))
}

/// A blank form for each of the branches asked for; for all when none is.
///
/// # Errors
/// When there is no roster, or it does not know a branch.
pub fn forms<'e>(
    settings: &'e Settings,
    examined: &'e Examined,
    asked: &[String],
) -> Result<impl Iterator<Item = Book> + use<'e>, BuildError> {
    let branches = &examined.bound.branches;
    if branches.is_empty() {
        return Err(no_roster(&settings.notice, examined.findings.clone()));
    }
    let chosen = choose(branches, asked)?;
    let names = store::safe_names(branches.iter().map(Branch::name));
    Ok(chosen.into_iter().map(move |at| {
        let form = xlsx::form(branches[at].name(), &settings.notice)?;
        Ok((format!("{}-填报表.xlsx", names[at]), form))
    }))
}
