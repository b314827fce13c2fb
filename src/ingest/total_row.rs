//! Whether a row is a total: by its label, by what the rest of the row says, by its numbers, and by its place.
//!
//! Input: a row that may be a total, with what `total_check` says of its numbers. Output: a [`TotalVerdict`]. A label
//! alone makes no total: a task may be named 党费收缴统计小计, a branch 汇总. A verdict that the evidence does not make
//! certain is reported (Z122).

use super::group_total::Likelihood;
use super::header::Header;
use super::normalize::fold;
use super::number;
use super::raw_cell::RawCell;
use super::raw_sheet::RawRow;
use super::total_check::Agreement;
use crate::notice::{ColumnType, Ledger};

/// What marks a row as a total, or as a candidate for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The file itself: the total row of a table, a SUBTOTAL formula. With the column of a text that ends with a label.
    File(Option<u32>),
    /// A text that is nothing but a label: 合计, 合计3人, 本页合计. With its column.
    Label(u32),
    /// A text that ends with a label: 甲学院小计. With its column.
    Ending(u32),
    /// A text that is nothing but the name of a rate: 完成率. With its column.
    Rate(u32),
    /// A text that begins with 其中: the row is a part of the one above. With its column.
    Part(u32),
    /// Nothing; but the row is the first or the last of its table, so that its numbers may be those of all. With the
    /// column of its last text.
    Edge(u32),
    /// Nothing; but its numbers are those of the rows directly above it.
    Group {
        /// The column of its last text.
        col: u32,
        /// How likely it is their total.
        likelihood: Likelihood,
    },
    /// Nothing; but the row has no text at all.
    NoText,
}

impl Mark {
    /// The column of the text that marks the row.
    fn col(self) -> Option<u32> {
        match self {
            Self::File(col) => col,
            Self::Label(col) | Self::Ending(col) | Self::Rate(col) | Self::Part(col) | Self::Edge(col) => Some(col),
            Self::Group { col, .. } => Some(col),
            Self::NoText => None,
        }
    }
}

/// What a row says besides its label and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing, or what totals say too: strokes, counts.
    Nothing,
    /// A branch or a serial number.
    Place,
    /// A day, a truth value, another text.
    Content,
}

/// Whether a row is a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TotalVerdict {
    /// Whether the row is a total; otherwise it is whatever its other cells make it.
    pub is_total: bool,
    /// Whether the evidence also allows the opposite.
    pub is_doubtful: bool,
}

/// A row whose kind was decided in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtfulTotal {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The column of its label, or of its first number, from 0.
    pub col: u32,
    /// The text of that cell.
    pub text: String,
    /// Whether it may be a part of the row above, not a total.
    pub is_part: bool,
    /// Whether its numbers were left out.
    pub is_left_out: bool,
}

/// What is known of a row that may be a total.
pub(super) struct Evidence<'a> {
    /// What makes the row a candidate: the file, a label, its place or its numbers.
    pub mark: Mark,
    /// The row's cells as the file has them.
    pub row: &'a RawRow,
    /// The header above it.
    pub header: &'a Header,
    /// The header's ledger.
    pub ledger: &'a Ledger,
    /// How its numbers compare with the rows that it may sum: those above, or for the first row those below.
    pub agreement: Agreement,
    /// How many these are.
    pub summed_rows: usize,
    /// Whether no row of data follows.
    pub is_last: bool,
}

/// The cells of a row in which a label is looked for.
const LABEL_CELLS: usize = 3;

/// Total words, folded, a longer one before one that it begins with; 计数 to 最小值 are those of Excel's outlines.
const WORDS: [&str; 28] = [
    "grandtotal",
    "subtotal",
    "total",
    "average",
    "sum",
    "合计",
    "小计",
    "总计",
    "共计",
    "累计",
    "平均值",
    "平均",
    "汇总",
    "总人数",
    "总人次",
    "总次数",
    "总数",
    "总和",
    "合計",
    "小計",
    "總計",
    "人均",
    "计数",
    "最大值",
    "最小值",
    "count",
    "σ",
    "∑",
];

/// Words before a total word that make it no other text.
const SCOPES: [&str; 10] = ["本页", "本表", "本组", "以上", "全部", "全校", "全院", "全体", "各项", "总计"];

/// Names of rates in rows below a total, folded.
const RATES: [&str; 6] = ["完成率", "达标率", "占比", "比例", "比率", "百分比"];

/// What marks `row` as a total; `None` for nearly all rows.
pub(super) fn mark(row: &RawRow, total_rows: &[u32]) -> Option<Mark> {
    let mut ending: Option<u32> = None;
    for (col, raw) in row.cells.iter().take(LABEL_CELLS) {
        let RawCell::Text(text) = raw else { continue };
        let text = fold(text);
        if is_label(&text) {
            return Some(Mark::Label(*col));
        }
        if text.starts_with("其中") {
            return Some(Mark::Part(*col));
        }
        if RATES.contains(&text.trim_end_matches(':')) {
            return Some(Mark::Rate(*col));
        }
        if ending.is_none() && ends_with_word(&text) {
            ending = Some(*col);
        }
    }
    if total_rows.binary_search(&row.row).is_ok() {
        return Some(Mark::File(ending));
    }
    let is_number = |raw: &RawCell| match raw {
        RawCell::Text(text) => number::parse(text).is_some_and(|number| number.unit.is_empty()),
        _ => true,
    };
    let no_text = || row.cells.iter().all(|(_, raw)| is_number(raw)).then_some(Mark::NoText);
    ending.map(Mark::Ending).or_else(no_text)
}

/// The mark of the first or the last row of a table that nothing else marks.
pub(super) fn edge(row: &RawRow) -> Option<Mark> {
    last_text(row).map(Mark::Edge)
}

/// The column of the last text of a row that is no number.
pub(super) fn last_text(row: &RawRow) -> Option<u32> {
    let mut texts =
        row.cells.iter().filter(|(_, raw)| matches!(raw, RawCell::Text(text) if number::parse(text).is_none()));
    texts.next_back().map(|(col, _)| *col)
}

/// Whether a folded text is a total word, alone or with a scope before it and a count or remark behind: 合计3人,
/// 本页合计.
fn is_label(text: &str) -> bool {
    // Rules out nearly all cells without comparing words.
    if !text.starts_with([
        '合', '小', '总', '共', '累', '平', '汇', '本', '以', '全', '各', '總', '人', '计', '最', 'σ', '∑', 't', 's',
        'g', 'a', 'c',
    ]) {
        return false;
    }
    let without_scope = SCOPES.iter().find_map(|scope| text.strip_prefix(scope));
    let is_end = |rest: &str| {
        let rest = rest.strip_prefix(['数', '值']).unwrap_or(rest);
        rest.is_empty() || rest.starts_with(|c: char| matches!(c, ':' | '(') || c.is_ascii_digit())
    };
    let is_word = |text: &str| WORDS.iter().any(|total| text.strip_prefix(total).is_some_and(is_end));
    is_word(text) || without_scope.is_some_and(is_word)
}

/// Whether a folded text ends with a total word.
fn ends_with_word(text: &str) -> bool {
    text.ends_with(['计', '均', '总', '数', '和', '次', '值', 'l', 'e', 'm'])
        && WORDS.iter().any(|word| text.ends_with(word))
}

impl Evidence<'_> {
    /// Decides.
    pub(super) fn verdict(&self) -> TotalVerdict {
        let certain = |is_total| TotalVerdict { is_total, is_doubtful: false };
        let doubtful = |is_total| TotalVerdict { is_total, is_doubtful: true };
        let agrees = self.agreement == Agreement::Equal;
        match (self.mark, self.rest()) {
            (Mark::File(_) | Mark::Label(_), Rest::Nothing) => certain(true),
            (Mark::File(_) | Mark::Label(_), Rest::Place) if agrees => certain(true),
            (Mark::File(_) | Mark::Label(_), Rest::Place) => doubtful(true),
            (Mark::File(_) | Mark::Label(_), Rest::Content) => doubtful(agrees),
            (Mark::Ending(col), Rest::Nothing) if agrees || !self.is_content(col) => certain(true),
            (Mark::Ending(_), Rest::Nothing) => doubtful(self.is_last),
            (Mark::Ending(_), _) if agrees && self.summed_rows > 1 => doubtful(true),
            (Mark::Ending(_), Rest::Place) if self.agreement == Agreement::Different => doubtful(false),
            (Mark::Ending(_), _) => certain(false),
            (Mark::Part(_), rest) => doubtful(rest != Rest::Content),
            (Mark::Rate(_), Rest::Nothing | Rest::Place) if self.is_last => doubtful(true),
            (Mark::Edge(_), Rest::Nothing) if agrees && self.summed_rows > 1 => doubtful(true),
            (Mark::Edge(_), Rest::Place) if agrees && self.summed_rows > 1 => doubtful(false),
            (Mark::Group { likelihood, .. }, Rest::Nothing) => doubtful(likelihood == Likelihood::Likely),
            (Mark::Group { .. }, Rest::Place) => doubtful(false),
            (Mark::Rate(_) | Mark::Edge(_) | Mark::Group { .. }, _) => certain(false),
            (Mark::NoText, Rest::Nothing) if agrees && self.summed_rows > 1 => doubtful(true),
            (Mark::NoText, _) => certain(false),
        }
    }

    /// The row as it is reported.
    pub(super) fn report(&self, is_left_out: bool) -> Option<DoubtfulTotal> {
        let number = || self.columns().find(|(col, kind, _)| kind.is_number() && self.row.get(*col).is_some());
        let col = self.mark.col().or_else(|| Some(number()?.0)).or_else(|| Some(self.row.cells.first()?.0))?;
        let text = self.row.get(col)?.to_text().into_owned();
        Some(DoubtfulTotal { row: self.row.row, col, text, is_part: matches!(self.mark, Mark::Part(_)), is_left_out })
    }

    /// Whether the column holds texts of the ledger, branches and serial numbers apart.
    fn is_content(&self, col: u32) -> bool {
        self.columns().any(|(own, kind, _)| own == col && !matches!(kind, ColumnType::Branch | ColumnType::Serial))
    }

    /// What the row says besides its label and its numbers.
    fn rest(&self) -> Rest {
        let label = self.mark.col();
        let mut rest = Rest::Nothing;
        for (col, kind, choices) in self.columns().filter(|(col, ..)| Some(*col) != label) {
            let says_more = match (kind, self.row.get(col)) {
                (ColumnType::Integer | ColumnType::Decimal | ColumnType::Percent, _) | (_, None) => false,
                (ColumnType::Serial, Some(RawCell::Number(_))) => true,
                (_, Some(RawCell::Date(_) | RawCell::Flag(_))) => true,
                (_, Some(RawCell::Text(text))) => !is_empty_or_count(&fold(text), choices),
                _ => false,
            };
            match kind {
                _ if !says_more => {}
                ColumnType::Branch | ColumnType::Serial => rest = Rest::Place,
                _ => return Rest::Content,
            }
        }
        rest
    }

    /// The ledger's columns that the sheet has: their places, types and choices.
    fn columns(&self) -> impl Iterator<Item = (u32, ColumnType, &[String])> {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values());
        columns.filter_map(|(col, column)| Some(((*col)?, column.kind, column.values.as_slice())))
    }
}

/// Whether a folded text is a stroke, a total word or a count: 3人, 共3人, 已完成2项.
fn is_empty_or_count(text: &str, choices: &[String]) -> bool {
    let is_stroke = text.chars().all(|c| matches!(c, '-' | '/' | '—' | '–' | '－' | '\\'));
    let rest = choices.iter().find_map(|choice| text.strip_prefix(&*fold(choice))).unwrap_or(text);
    let rest = rest.trim_start_matches(['共', '计', ':']);
    is_stroke || is_label(text) || number::parse(rest).is_some_and(|number| number.unit.chars().count() <= 2)
}

#[cfg(test)]
mod tests {
    use super::{ends_with_word, is_label};

    #[test]
    fn labels_are_total_words_and_nothing_else() {
        for text in [
            "合计",
            "合计3人",
            "本页合计",
            "汇总",
            "total",
            "grandtotal:",
            "总数",
            "总人数2人",
            "共计12项",
            "平均值",
            "合计(人)",
        ] {
            assert!(is_label(text), "{text}");
        }
        for text in [
            "党费收缴统计小计",
            "汇总党支部",
            "合计划",
            "全校师生",
            "总支书记",
            "小计算机",
            "summary",
            "totals2018年",
            "",
        ] {
            assert!(!is_label(text), "{text}");
        }
    }

    #[test]
    fn texts_that_end_with_a_total_word_are_seen() {
        for text in ["甲学院小计", "党费收缴统计小计", "教务处汇总", "党员总人数", "grouptotal"]
        {
            assert!(ends_with_word(text), "{text}");
        }
        for text in ["学习计划", "会议", "人数", "统计", "设计"] {
            assert!(!ends_with_word(text), "{text}");
        }
    }
}
