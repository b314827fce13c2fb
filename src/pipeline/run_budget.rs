//! The memory that all ledgers of a run may take together.
//!
//! Files are read in any order, but which of them are refused depends on their sizes and names alone. While files are
//! read, contents are kept up to the budget; of the others only the sizes are. Then it is decided, and what is not
//! refused after all is read a second time: no more than the budget is held, but for the files under way.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::diagnostics::{Diagnostic, Location, code};

/// The budget of a run, while files are read.
#[derive(Debug)]
pub(super) struct RunBudget {
    bytes: u64,
    kept: AtomicU64,
}

impl RunBudget {
    /// Allows so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        Self { bytes, kept: AtomicU64::new(0) }
    }

    /// Whether the content of a file may be kept until it is decided; counts it when it may.
    pub(super) fn keep(&self, size: u64) -> bool {
        let add = |kept: u64| kept.checked_add(size).filter(|sum| *sum <= self.bytes);
        self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }

    /// Decides from the sizes of all files, in the order of their names, which are refused: the largest one by one, the
    /// first of equal ones, until the rest fits.
    pub(super) fn refuse(&self, sizes: &[u64]) -> Refused {
        let total: u128 = sizes.iter().map(|size| u128::from(*size)).sum();
        let mut by_size: Vec<usize> = (0..sizes.len()).collect();
        by_size.sort_by_key(|file| Reverse(sizes[*file]));
        let (mut files, mut rest) = (vec![false; sizes.len()], total);
        for file in by_size {
            if rest <= u128::from(self.bytes) {
                break;
            }
            rest -= u128::from(sizes[file]);
            files[file] = true;
        }
        Refused { files, total, allowed: self.bytes }
    }
}

/// The files that a run refuses for the memory that all take together.
#[derive(Debug)]
pub(super) struct Refused {
    /// For each file, whether it is refused.
    files: Vec<bool>,
    /// Bytes of all files.
    total: u128,
    /// Bytes that are allowed.
    allowed: u64,
}

impl Refused {
    /// Whether the file is refused.
    pub(super) fn contains(&self, file: usize) -> bool {
        self.files.get(file).is_some_and(|is_refused| *is_refused)
    }

    /// The finding that the file with that name, of that size, is refused.
    pub(super) fn finding(&self, name: &str, size: u64) -> Diagnostic {
        let mib = |bytes: u128| bytes.div_ceil(1 << 20);
        let (size, total, allowed) = (mib(size.into()), mib(self.total), mib(self.allowed.into()));
        let message = format!(
            "没有读取：全部台账合起来要占内存 {total} MiB，超过 {allowed} MiB，从占得最多的文件起不读；这个文件要占 {size} MiB"
        );
        Diagnostic::new(&code::OVER_BUDGET, Location::File(name.to_owned()), message)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::RunBudget;

    #[test]
    fn the_largest_files_are_refused_until_the_rest_fits() {
        for (sizes, allowed, expected) in [
            (&[3_u64, 5, 4][..], 12, &[][..]),
            (&[3, 5, 4], 11, &[1]),
            (&[3, 5, 4], 6, &[1, 2]),
            (&[3, 5, 4], 0, &[0, 1, 2]),
            (&[4, 4, 0, 4], 8, &[0]),
            (&[0, 0], 0, &[]),
            (&[u64::MAX, 1, u64::MAX], 1, &[0, 2]),
        ] {
            let refused = RunBudget::new(allowed).refuse(sizes);
            let refused: Vec<usize> = (0..sizes.len()).filter(|file| refused.contains(*file)).collect();
            assert_eq!(refused, expected, "{sizes:?} {allowed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_while_files_are_read_never_exceeds_the_budget(
            sizes in proptest::collection::vec(any::<u64>(), 0..9),
            allowed in any::<u64>(),
        ) {
            let budget = RunBudget::new(allowed);
            let kept: u128 = sizes.iter().filter(|size| budget.keep(**size)).map(|size| u128::from(*size)).sum();
            prop_assert!(kept <= u128::from(allowed));
            let refused = budget.refuse(&sizes);
            let rest = (0..sizes.len()).filter(|file| !refused.contains(*file));
            prop_assert!(rest.map(|file| u128::from(sizes[file])).sum::<u128>() <= u128::from(allowed));
        }
    }
}
