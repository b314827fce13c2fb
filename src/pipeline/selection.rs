//! Which branches a run is about, by the names that a user gives.

use super::BuildError;
use crate::ingest::fold;
use crate::model::Branch;
use crate::notice::{Notice, nearest};

/// The reports that a build is about.
#[derive(Debug)]
pub(super) struct Selection {
    /// Indices of branches, in the roster's order.
    pub branches: Vec<usize>,
    /// Whether the department's is among them.
    pub department: bool,
}

/// The reports with these names, of branches or of the department; all when `names` is empty.
///
/// # Errors
/// When there is no branch of one of the names.
pub(super) fn choose_reports(branches: &[Branch], notice: &Notice, names: &[String]) -> Result<Selection, BuildError> {
    let summary = notice.summary.as_ref().map(|summary| fold(&summary.name).into_owned());
    let is_department = |name: &&String| summary.as_deref() == Some(&*fold(name));
    let of_branches: Vec<String> = names.iter().filter(|name| !is_department(name)).cloned().collect();
    let department = of_branches.len() < names.len();
    let none = department && of_branches.is_empty();
    let branches = if none { Vec::new() } else { choose(branches, &of_branches)? };
    Ok(Selection { branches, department: department || names.is_empty() })
}

/// Indices in the roster of the branches with these names, in the roster's order; all branches when `names` is empty.
///
/// # Errors
/// When the roster has no branch of one of the names.
pub fn choose(branches: &[Branch], names: &[String]) -> Result<Vec<usize>, BuildError> {
    if names.is_empty() {
        return Ok((0..branches.len()).collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        match branches.iter().position(|branch| has_name(branch, name)) {
            Some(index) => chosen.push(index),
            None => {
                let near = nearest(name, branches.iter().map(Branch::name));
                let hint = near.map(|near| format!("，是不是“{near}”？")).unwrap_or_default();
                return Err(BuildError::UnknownBranch { name: name.clone(), hint });
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// Whether the name is the branch's full or short name.
fn has_name(branch: &Branch, name: &str) -> bool {
    std::iter::once(branch.name()).chain(branch.shorts()).any(|own| fold(own) == fold(name))
}
