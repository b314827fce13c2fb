//! How the rows of a ledger are counted: one by one, by a column that says how many things a row is, or not at all.

use super::columns::DesignedColumns;
use super::design::ColumnDesign;
use super::guess::{Confidence, Guess, branch_column, choices, title};
use super::kinds::kind_column;
use super::observe::ObservedLedger;
use super::roles::{is_event, pairs};

/// How the rows of a ledger are counted.
pub(super) struct Counting {
    /// The unit.
    pub(super) measure: Guess<String>,
    /// The column that says how many things a row is, by its id; `None` where a row is one.
    pub(super) quantity: Option<String>,
    /// The column with the kinds, where it has a row for each kind, by its id.
    pub(super) kinds: Option<String>,
    /// Whether the number of rows says nothing.
    pub(super) is_uncounted: bool,
}

/// Guesses how the rows of a ledger are counted; `branch` is the index of its branch column.
pub(super) fn guess(ledger: &ObservedLedger, title: &str, branch: usize, designed: &DesignedColumns) -> Counting {
    let counted = |measure: Guess<String>| Counting { measure, quantity: None, kinds: None, is_uncounted: false };
    let is_of_branches = is_table_of_branches(ledger, branch);
    if let Some(unit) = choices::period_unit(ledger) {
        let measure = Guess::new(unit.to_owned(), Confidence::Likely, "有一列写着这一行是哪一期");
        return Counting { is_uncounted: true, ..counted(measure) };
    }
    if let Some(kinds) = kind_column(ledger, branch, designed) {
        let measure = Guess::new("种".to_owned(), Confidence::Likely, format!("一行是一种“{kinds}”"));
        return Counting { kinds: Some(kinds), is_uncounted: true, ..counted(measure) };
    }
    let columns = &designed.columns;
    let has = |labels: &[&str]| columns.iter().any(|column| labels.contains(&column.label.as_str()));
    if has(&HOUSEHOLDS) {
        let measure = Guess::new("户".to_owned(), Confidence::Likely, "一行写着一户");
        return Counting { is_uncounted: is_of_branches, ..counted(measure) };
    }
    if has(&["姓名"]) {
        let measure = Guess::new("人".to_owned(), Confidence::Likely, "一行有一个姓名");
        return Counting { is_uncounted: is_of_branches, ..counted(measure) };
    }
    let measure = title::measure(title);
    // Rows of events are counted as events, whatever number of things they have.
    let may_be_things = !is_event(columns) && !is_of_branches;
    let is_unnamed = measure.confidence == Confidence::Assumed;
    if may_be_things && (title::is_thing(&measure.value) || is_unnamed) {
        let noun = title::noun(title);
        if let Some(column) = columns.iter().find(|column| column.is_quantity_of(&noun)) {
            let unit = column.unit.clone().unwrap_or_else(|| "个".to_owned());
            let reason = format!("“{}”写着有几{unit}，按它合计", column.label);
            let measure = Guess::new(unit, Confidence::Likely, reason);
            return Counting { quantity: Some(column.id.clone()), ..counted(measure) };
        }
        if is_unnamed && !pairs(columns).is_empty() {
            let reason = "看不出怎么数，行是一组组的数，不数有几行";
            let measure = Guess::new(FIGURES.to_owned(), Confidence::Assumed, reason);
            return Counting { is_uncounted: true, ..counted(measure) };
        }
    }
    Counting { is_uncounted: is_of_branches, ..counted(measure) }
}

/// The unit of rows that are sets of figures.
pub(super) const FIGURES: &str = "项";
/// Headers of columns that name a household.
const HOUSEHOLDS: [&str; 5] = ["户主", "户主姓名", "困难户", "农户", "户名"];

/// Whether a ledger has a row for each branch, as tables of figures do: their number says nothing.
fn is_table_of_branches(ledger: &ObservedLedger, branch: usize) -> bool {
    let is_named = [&ledger.stem, &ledger.sheet].iter().any(|name| name.contains("统计") || name.contains("汇总"));
    let names = ledger.columns.get(branch).map(branch_column::names_in).unwrap_or_default();
    is_named && ledger.rows > 1 && names.len() == ledger.rows
}

impl ColumnDesign {
    /// Whether its cells say how many things a row of a ledger is, whose rows are called `noun`.
    fn is_quantity_of(&self, noun: &str) -> bool {
        const QUANTITIES: [&str; 9] =
            ["数量", "总数", "件数", "台数", "套数", "个数", "台（套）数", "配备数", "配备数量"];
        const THINGS: [&str; 17] =
            ["台", "套", "辆", "件", "具", "把", "只", "部", "支", "瓶", "块", "组", "箱", "盒", "副", "张", "条"];
        if !self.is_additive() {
            return false;
        }
        let is_of_things = self.unit.as_ref().is_some_and(|unit| THINGS.contains(&unit.as_str()));
        let name = self.label.trim_end_matches("数量").trim_end_matches('数');
        // 出动车辆 of 作业 is no number of 作业.
        let is_of_noun = !name.is_empty() && noun.contains(name);
        QUANTITIES.contains(&self.label.as_str()) || is_of_noun && (is_of_things || self.label.ends_with('量'))
    }
}
