//! Binds ledger rows to the branches of the roster, by full or short name. A row that binds to none is kept with the
//! reason: every row is in exactly one list afterwards, which `reconcile` checks.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::Names;
use super::{Branch, PreviousPeriod, PreviousValues, Row, Value};
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::ingest::{CellFault, InputContent, LedgerSheet, Table, UnreadSheet, fold};
use crate::notice::{Ledger, Notice};

/// All branches with their rows, the rows that belong to none of them, and the sheets that they came from.
#[derive(Debug, Default)]
pub struct BoundLedgers {
    /// The branches, in the roster's order.
    pub branches: Vec<Branch>,
    /// The rows that name no branch of the roster.
    pub unbound: Vec<UnboundRow>,
    /// The sheets that bring ledgers.
    pub sheets: Vec<LedgerSheet>,
    /// The sheets that bring none.
    pub unread: Vec<UnreadSheet>,
    /// Names of the branches whose roster rows cannot be used although a report is expected of them.
    pub unusable: Vec<String>,
    /// Rows by which branches report that they have nothing (零报告).
    pub nil_reports: Vec<NilReport>,
    /// All roster rows that make no branch, with the reason.
    pub unenrolled: Vec<(Row, &'static str)>,
    /// Names that the summary leaves out and that no branch has, each with the name that may have been meant.
    pub unknown_left_out: Vec<UnknownName>,
    /// What an earlier run reported, when the run compares with one; the branches have their own values.
    pub previous: Option<PreviousPeriod>,
}

impl BoundLedgers {
    /// The branches that the summary is about: all but those that it leaves out.
    pub fn reporting(&self) -> Vec<&Branch> {
        self.branches.iter().filter(|branch| branch.left_out().is_none()).collect()
    }

    /// The branches that the summary leaves out.
    pub fn left_out(&self) -> Vec<&Branch> {
        self.branches.iter().filter(|branch| branch.left_out().is_some()).collect()
    }

    /// The department's metrics in the previous period; none without one.
    pub fn department_previous(&self) -> &PreviousValues {
        self.previous.as_ref().map_or(PreviousValues::NONE, |previous| &previous.department)
    }
}

/// A name in the settings that no branch has.
#[derive(Clone, Debug)]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// The branch that may have been meant.
    pub near: Option<String>,
}

/// A row that belongs to no branch.
#[derive(Clone, Debug)]
pub struct UnboundRow {
    /// Index of its ledger in the notice.
    pub ledger: usize,
    /// The row with its cells, its sheet and its place there.
    pub row: Row,
    /// The branch that it names, when it names one.
    pub name: Option<String>,
    /// The branch that may have been meant.
    pub near: Option<String>,
    /// Whether the roster has the name but not as one branch's: it is used twice, or its row cannot be used.
    pub unusable: bool,
}

/// A branch's report that it has nothing to report in a ledger.
#[derive(Clone, Debug)]
pub struct NilReport {
    /// Index of the ledger in the notice.
    pub ledger: usize,
    /// Index of the branch; `None` when it names none of the roster.
    pub branch: Option<usize>,
    /// The row's first cell, or a sheet of the branch that has a header only.
    pub location: Location,
}

/// Makes the branches of the roster and gives each its rows.
///
/// Which ledgers a branch handed in, from the least to the most:
/// - a ledger of which there is no file was not handed in by any branch;
/// - of a ledger that is due from every branch (`every_branch = true`), a branch without rows and without a nil report
///   handed in nothing;
/// - a branch that handed in nothing at all, where some ledger is due from it, is taken to have handed in no ledger: it
///   counts in none of them, rather than as 0 in those that not every branch has.
pub fn bind(content: InputContent, notice: &Notice) -> WithDiagnostics<BoundLedgers> {
    let roster_index = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
    let (roster, others): (Vec<Table>, Vec<Table>) =
        content.tables.into_iter().partition(|table| table.sheet.ledger == roster_index);
    let mut bound = BoundLedgers { unread: content.unread, ..BoundLedgers::default() };
    let mut findings = Vec::new();
    let names = enrol_all(roster, notice, &mut bound).append_to(&mut findings);
    leave_out(notice, &names, &mut bound);
    // A ledger that was handed in without rows of a branch differs from one that was not handed in.
    for table in &others {
        for branch in &mut bound.branches {
            branch.ledgers[table.sheet.ledger].get_or_insert_default();
        }
    }
    for table in others {
        bind_table(table, notice, &names, &mut bound);
    }
    for (index, _) in notice.ledger.values().enumerate().filter(|(_, ledger)| ledger.is_due_from_every_branch()) {
        for branch in &mut bound.branches {
            let is_silent = !branch.has_nil_report(index);
            branch.ledgers[index].take_if(|rows| rows.is_empty() && is_silent);
        }
    }
    if notice.ledger.values().any(Ledger::is_due_from_every_branch) {
        bound.branches.iter_mut().filter(|branch| branch.is_silent()).for_each(Branch::take_all_for_not_handed_in);
    }
    WithDiagnostics::new(bound, findings)
}

/// Marks the branches that the summary leaves out.
fn leave_out(notice: &Notice, names: &Names, bound: &mut BoundLedgers) {
    for (name, reason) in notice.summary.iter().flat_map(|summary| &summary.left_out) {
        match names.branch(name).and_then(|at| bound.branches.get_mut(at)) {
            Some(branch) => branch.left_out = Some(reason.trim().to_owned()),
            None => {
                let near = names.nearest(name).map(str::to_owned);
                bound.unknown_left_out.push(UnknownName { name: name.clone(), near });
            }
        }
    }
}

/// Adds a branch for each usable row of the roster; returns the names by which ledger rows are bound to them.
fn enrol_all(roster: Vec<Table>, notice: &Notice, bound: &mut BoundLedgers) -> WithDiagnostics<Names> {
    let mut names = Names::default();
    let mut findings = Vec::new();
    for table in roster {
        bound.sheets.push(table.sheet);
        for row in table.rows {
            match enrol(row, notice, &mut names, bound.branches.len()).append_to(&mut findings) {
                Enrolled::Branch(branch) => bound.branches.push(*branch),
                Enrolled::None { row, reason, name } => {
                    bound.unusable.extend(name);
                    bound.unenrolled.push((*row, reason));
                }
            }
        }
    }
    WithDiagnostics::new(names, findings)
}

/// Gives each row of a table to the branch that it names, or that the sheet as a whole belongs to when it has no column
/// of names.
fn bind_table(table: Table, notice: &Notice, names: &Names, bound: &mut BoundLedgers) {
    let ledger = table.sheet.ledger;
    let column = notice.ledger.get_index(ledger).and_then(|(_, ledger)| ledger.branch_column()).unwrap_or_default();
    bind_nil_reports(&table, column, notice, names, bound);
    let owner = match table.sheet.header.columns.get(column) {
        Some(None) => names.in_titles(&table.sheet.owners),
        _ => None,
    };
    // Rows of a branch mostly follow each other: its name is looked up once for all of them.
    let mut last: (String, Option<usize>) = (String::new(), None);
    for row in table.rows {
        let named = owner.or_else(|| {
            let Value::Text(name) = row.value(column) else { return None };
            if last.0 != name {
                last = (name.to_owned(), names.branch(name));
            }
            last.1
        });
        match named {
            Some(branch) => bound.branches[branch].ledgers[ledger].get_or_insert_default().push(row),
            None => bound.unbound.push(unbound(ledger, row, column, names)),
        }
    }
    bound.sheets.push(table.sheet);
}

/// Enters a table's nil reports: its rows that say so, and a sheet with a header only that belongs to a branch.
fn bind_nil_reports(table: &Table, column: usize, notice: &Notice, names: &Names, bound: &mut BoundLedgers) {
    let ledger = table.sheet.ledger;
    let owner = names.in_titles(&table.sheet.owners);
    let allows = notice.ledger.get_index(ledger).is_some_and(|(_, ledger)| ledger.expects_nil_reports());
    let mut reports = Vec::new();
    for row in &table.nil_reports {
        let branch = match row.value(column) {
            Value::Text(name) => names.branch(name),
            _ => owner,
        };
        reports.push(NilReport { ledger, branch, location: Location::Cell(row.cell_ref(column)) });
    }
    if allows && table.is_header_only && owner.is_some() {
        let location = Location::Sheet(Arc::clone(&table.sheet.source));
        reports.push(NilReport { ledger, branch: owner, location });
    }
    for branch in reports.iter().filter_map(|report| report.branch) {
        bound.branches[branch].nil_reports.insert(ledger);
    }
    bound.nil_reports.extend(reports);
}

fn unbound(ledger: usize, row: Row, column: usize, names: &Names) -> UnboundRow {
    let name = if let Value::Text(name) = row.value(column) { Some(name.to_owned()) } else { None };
    let unusable = name.as_deref().is_some_and(|name| names.place(name).is_some());
    let near = name.as_deref().filter(|_| !unusable).and_then(|name| names.nearest(name)).map(str::to_owned);
    UnboundRow { ledger, row, name, near, unusable }
}

/// What a roster row makes.
enum Enrolled {
    Branch(Box<Branch>),
    /// No branch: the row again, the reason, and the branch's name when a report is expected of it.
    None {
        row: Box<Row>,
        reason: &'static str,
        name: Option<String>,
    },
}

/// Makes the branch of a roster row, with index `index`, unless the row lacks what makes one; enters its names.
fn enrol(row: Row, notice: &Notice, names: &mut Names, index: usize) -> WithDiagnostics<Enrolled> {
    let none = |row, reason, name, finding: Option<Diagnostic>| {
        let enrolled = Enrolled::None { row: Box::new(row), reason, name };
        WithDiagnostics::new(enrolled, finding.into_iter().collect())
    };
    let Some(columns) = RosterColumns::of(notice) else { return none(row, "设置里没有名册的列", None, None) };
    let cell = |column| row.cell_ref(column);
    let place = |column| Location::Cell(cell(column));
    let name = match row.value(columns.name) {
        Value::Text(name) => name,
        Value::Unusable(CellFault::StruckOut, struck) => {
            let finding = Diagnostic::new(&code::ROSTER, place(columns.name), "名册这一行的名称加了删除线，未用");
            let cure = "撤销的单位删去这一行，仍然有效的去掉删除线";
            let finding = finding.found(struck).expected("没有删除线的名称").cure(cure);
            return none(row, "名称加了删除线", None, Some(finding));
        }
        _ => {
            let finding = Diagnostic::new(&code::ROSTER, place(columns.name), "名册这一行没有单位名称，未用");
            return none(row, "没有单位名称", None, Some(finding));
        }
    };
    let name: String = name.lines().map(str::trim).collect();
    if let Some(first) = names.place(&name) {
        // Without the name and the cell, so that a whole roster that is there twice is printed as one finding.
        let message = format!("这个名称在 {} 里已有一行，这一行未用", first.source);
        let finding = Diagnostic::new(&code::TWICE, place(columns.name), message);
        return none(row, "这个名称在名册中已有一行", None, Some(finding));
    }
    let Value::Text(kind) = row.value(columns.kind) else {
        let message = format!("“{name}”没有可用的类别，不能确定报告的内容，未生成");
        let finding = Diagnostic::new(&code::ROSTER, place(columns.kind), message).of_branch(&name);
        names.reserve(&name, cell(columns.name));
        return none(row, "没有可用的类别", Some(name), Some(finding));
    };
    names.add_full(&name, index, cell(columns.name));
    let mut findings = Vec::new();
    let mut shorts = Vec::new();
    if let Some(column) = columns.short
        && let Value::Text(text) = row.value(column)
    {
        for short in short_names(text, &name) {
            if let Err(first) = names.add_short(short, index, cell(column)) {
                let first = Location::Cell(first);
                let message = format!("简称“{short}”不止一个单位使用（先见于 {first}），不能用来识别");
                findings.push(Diagnostic::new(&code::TWICE, place(column), message).of_branch(&name));
            }
            shorts.push(short.to_owned());
        }
    }
    let branch = Branch {
        kind: kind.to_owned(),
        shorts,
        name: Arc::from(name),
        ledgers: vec![None; notice.ledger.len()],
        nil_reports: BTreeSet::new(),
        left_out: None,
        previous: PreviousValues::default(),
        roster_row: row,
    };
    WithDiagnostics::new(Enrolled::Branch(Box::new(branch)), findings)
}

/// The short names in a cell, with 、 between them, without the full one.
fn short_names<'t>(cell: &'t str, full: &'t str) -> impl Iterator<Item = &'t str> {
    cell.split('、').map(str::trim).filter(move |short| !short.is_empty() && fold(short) != fold(full))
}

/// Indices of the roster's columns in its ledger.
struct RosterColumns {
    name: usize,
    kind: usize,
    short: Option<usize>,
}

impl RosterColumns {
    fn of(notice: &Notice) -> Option<Self> {
        let ledger = notice.ledger.get(&notice.roster.ledger)?;
        let column = |id: &str| ledger.columns.get_index_of(id);
        let short = notice.roster.short.as_deref().and_then(column);
        Some(Self { name: column(&notice.roster.name)?, kind: column(&notice.roster.kind)?, short })
    }
}
