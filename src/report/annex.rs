//! Numbers the annexes of a report, decides how their pages are turned, and lists them (附件说明).

use super::inline::{LineBreaks, inlines};
use super::text::Inlines;
use super::tree::{Annex, Block, Report};
use super::{table_layout, title};
use crate::notice::Orientation;

/// An annex of `count`, with its index from 0, from its title and blocks.
pub(super) fn annex(
    index: usize,
    count: usize,
    filled: &str,
    mut body: Vec<Block>,
    turned: Option<Orientation>,
) -> Annex {
    let number = if count > 1 { (index + 1).to_string() } else { String::new() };
    let needs_landscape = |block: &Block| matches!(block, Block::Table(table) if table.landscape);
    let landscape = match turned {
        Some(orientation) => orientation == Orientation::Landscape,
        None => body.iter().any(needs_landscape),
    };
    for block in &mut body {
        if let Block::Table(table) = block
            && (landscape || table.landscape)
        {
            table_layout::fit(table, landscape);
        }
    }
    let title = title::break_lines(title::words(inlines(filled, LineBreaks::Join)));
    Annex { mark: format!("附件{number}"), title, body, landscape }
}

/// A line of 附件说明 (GB/T 9704-2012, 7.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnexEntry {
    /// `1.`, `2.`, … of several annexes; empty for the only one.
    pub number: String,
    /// The annex's title on one line; no stop follows it.
    pub title: Inlines,
}

/// What the first line of 附件说明 begins with.
pub(crate) const ANNEX_LIST_LEAD: &str = "附件：";

impl Report<'_> {
    /// 附件说明: a line for each annex, in order.
    pub fn annex_list(&self) -> Vec<AnnexEntry> {
        let is_numbered = self.annexes.len() > 1;
        let number = |index: usize| if is_numbered { format!("{}.", index + 1) } else { String::new() };
        let entry = |(index, annex): (usize, &Annex)| AnnexEntry { number: number(index), title: annex.title.concat() };
        self.annexes.iter().enumerate().map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::annex;
    use crate::report::{Inlines, LetterParts, Report, plain};

    fn report(titles: &[String]) -> Report<'static> {
        let letter = LetterParts {
            head: None,
            title: Vec::new(),
            addressee: Inlines::new(),
            signer: Inlines::new(),
            organisations: Vec::new(),
            date: date(2018, 11, 2),
            seal: false,
            note: None,
            tail: None,
        };
        let annexes = titles.iter().enumerate();
        let annexes = annexes.map(|(index, title)| annex(index, titles.len(), title, Vec::new(), None)).collect();
        Report { letter, body: Vec::new(), annexes, provenance: Vec::new(), code: None }
    }

    proptest! {
        #[test]
        fn the_list_has_the_numbers_and_titles_of_the_annexes(
            titles in prop::collection::vec("[\u{4e00}-\u{4eff}（）、的《》“”0-9a-z 。]{1,70}", 0..13)
        ) {
            let report = report(&titles);
            let list = report.annex_list();
            prop_assert_eq!(list.len(), titles.len());
            for (index, ((entry, annex), title)) in list.iter().zip(&report.annexes).zip(&titles).enumerate() {
                let number = if titles.len() == 1 { String::new() } else { (index + 1).to_string() };
                prop_assert_eq!(&annex.mark, &format!("附件{number}"));
                prop_assert_eq!(entry.number.trim_end_matches('.'), number);
                let printed: String = annex.title.iter().map(|line| plain(line)).collect();
                prop_assert_eq!(&plain(&entry.title), &printed);
                prop_assert_eq!(printed, plain(&super::inlines(title, super::LineBreaks::Join)));
            }
        }
    }
}
