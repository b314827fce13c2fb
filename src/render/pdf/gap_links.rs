//! Where the 待填写 of a document lead: to the explanations of a page, which counts them in the order of reading.

use super::page::PrintedGap;
use crate::report::Gap;

/// Gives each 待填写 the address of its explanation: `address` with its number in the report, from 1. They are matched
/// by their labels: pages repeat the heads of tables, and have 版记 elsewhere than in the order of reading. The n-th with
/// a label is the report's n-th with this label, a further one the first.
pub(super) fn lead(printed: &mut [PrintedGap], reported: &[Gap], address: &str) {
    let mut is_taken = vec![false; reported.len()];
    for gap in printed {
        let is_alike = |at: &usize| reported[*at].what == gap.label;
        let free = (0..reported.len()).find(|at| is_alike(at) && !is_taken[*at]);
        let Some(at) = free.or_else(|| (0..reported.len()).find(is_alike)) else { continue };
        is_taken[at] = true;
        gap.address = Some(format!("{address}{}", at + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::{Gap, PrintedGap, lead};

    #[test]
    fn each_gap_leads_to_its_own_number() {
        let reported = ["数", "日期", "数"].map(|what| Gap { what: what.to_owned(), part: "一、甲".to_owned() });
        let mut printed: Vec<PrintedGap> = ["日期", "数", "数", "数", "别的"]
            .map(|label| PrintedGap { label: label.to_owned(), address: None })
            .into();
        lead(&mut printed, &reported, "http://127.0.0.1:1/branch/1#gap-");
        let led: Vec<_> =
            printed.iter().map(|gap| gap.address.as_deref().and_then(|to| to.rsplit('-').next())).collect();
        assert_eq!(led, [Some("2"), Some("1"), Some("3"), Some("1"), None]);
    }
}
