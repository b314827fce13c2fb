//! Binding rows to branches by full name or short name; what binds to none is kept, with why.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Branch, Row, Value};
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::ingest::{Content, LedgerSheet, Table, UnreadSheet, fold};
use crate::notice::{Notice, nearest};

/// All branches, the rows that belong to none of them, and what is worth knowing of the sheets.
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
    /// Names of roster rows that make no branch.
    pub unusable: Vec<String>,
    /// Roster rows that make no branch, with the reason.
    pub unenrolled: Vec<(Row, &'static str)>,
}

/// A row that belongs to no branch.
#[derive(Clone, Debug)]
pub struct UnboundRow {
    /// Its ledger's place in the notice.
    pub ledger: usize,
    /// The row.
    pub row: Row,
    /// The name it gives, when it gives one.
    pub name: Option<String>,
    /// The branch that may have been meant.
    pub near: Option<String>,
    /// Whether the roster has the name but cannot say whose it is: used twice, or of a row that cannot be used.
    pub unusable: bool,
}

/// Makes the branches of the roster and gives each its rows.
pub fn bind(content: Content, notice: &Notice) -> WithDiagnostics<BoundLedgers> {
    let mut reported = WithDiagnostics::<BoundLedgers>::default();
    let bound = &mut reported.output;
    bound.unread = content.unread;
    let roster_index = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
    let (roster, others): (Vec<Table>, Vec<Table>) =
        content.tables.into_iter().partition(|table| table.sheet.ledger == roster_index);
    let mut names = Names::default();
    for table in roster {
        bound.sheets.push(table.sheet);
        for row in table.rows {
            match enrol(row, notice, &mut names, bound.branches.len(), &mut reported.findings) {
                Enrolled::Branch(branch) => bound.branches.push(*branch),
                Enrolled::Nobody(row, reason, name) => {
                    bound.unusable.extend(name);
                    bound.unenrolled.push((*row, reason));
                }
            }
        }
    }
    for table in &others {
        for branch in &mut bound.branches {
            branch.ledgers[table.sheet.ledger].get_or_insert_default();
        }
    }
    for table in others {
        let ledger = table.sheet.ledger;
        let column = notice.ledger.get_index(ledger).and_then(|(_, l)| l.branch_column()).unwrap_or_default();
        let owner = match table.sheet.header.columns.get(column) {
            Some(None) => names.owner(&table.sheet.owners),
            _ => None,
        };
        let mut last = (String::new(), None);
        for row in table.rows {
            match owner.or_else(|| names.of_row(&row, column, &mut last)) {
                Some(at) => bound.branches[at].ledgers[ledger].get_or_insert_default().push(row),
                None => bound.unbound.push(names.unbound(ledger, row, column)),
            }
        }
        bound.sheets.push(table.sheet);
    }
    reported
}

/// Folded full and short names of the branches; `None` for a name that cannot say whose it is.
#[derive(Default)]
struct Names {
    known: HashMap<String, Option<usize>>,
    full: Vec<String>,
}

/// Letters a name must have to be looked for inside other text.
const TELLING: usize = 3;

impl Names {
    /// The branch a row names; `last` is the name that was met last, with its branch: its rows mostly stand together.
    fn of_row(&self, row: &Row, column: usize, last: &mut (String, Option<usize>)) -> Option<usize> {
        let Value::Text(name) = row.value(column) else { return None };
        if last.0 != name {
            *last = (name.to_owned(), self.known.get(&*fold(name)).copied().flatten());
        }
        last.1
    }

    /// The branch whose sheet it is, by the first of `candidates` that names one: as a whole, else within.
    fn owner(&self, candidates: &[String]) -> Option<usize> {
        let whole = candidates.iter().find_map(|name| self.known.get(&*fold(name)).copied().flatten());
        whole.or_else(|| {
            candidates.iter().find_map(|candidate| {
                let candidate = fold(candidate);
                let within = self
                    .known
                    .iter()
                    .filter(|(name, _)| name.chars().count() >= TELLING && candidate.contains(name.as_str()));
                within.max_by_key(|(name, _)| name.len()).and_then(|(_, at)| *at)
            })
        })
    }

    fn unbound(&self, ledger: usize, row: Row, column: usize) -> UnboundRow {
        let name = if let Value::Text(name) = row.value(column) { Some(name.to_owned()) } else { None };
        let near = name.as_deref().and_then(|name| nearest(name, self.full.iter().map(String::as_str)));
        let unusable = name.as_deref().is_some_and(|name| self.known.contains_key(&*fold(name)));
        UnboundRow { ledger, near: near.map(str::to_owned).filter(|_| !unusable), unusable, name, row }
    }
}

/// What became of a roster row.
enum Enrolled {
    Branch(Box<Branch>),
    /// The row again, why it makes no branch, and its name when a report was expected of it.
    Nobody(Box<Row>, &'static str, Option<String>),
}

/// Makes the branch of a roster row, unless the row lacks what makes one.
fn enrol(row: Row, notice: &Notice, names: &mut Names, at: usize, findings: &mut Vec<Diagnostic>) -> Enrolled {
    let nobody = |row, reason, name| Enrolled::Nobody(Box::new(row), reason, name);
    let Some(columns) = RosterColumns::of(notice) else { return nobody(row, "设置里没有名册的列", None) };
    let place = |column| Location::Cell(row.cell_ref(column));
    let Value::Text(name) = row.value(columns.name) else {
        findings.push(Diagnostic::new(&code::ROSTER, place(columns.name), "名册这一行没有党组织名称，未用"));
        return nobody(row, "没有党组织名称", None);
    };
    let name: String = name.lines().map(str::trim).collect();
    if names.known.contains_key(&*fold(&name)) {
        let message = "这个名称在名册中已有一行，这一行未用";
        findings.push(Diagnostic::new(&code::TWICE, place(columns.name), message));
        return nobody(row, "这个名称在名册中已有一行", None);
    }
    let Value::Text(kind) = row.value(columns.kind) else {
        let message = format!("“{name}”没有可用的类别，不能确定报告的内容，未生成");
        findings.push(Diagnostic::new(&code::ROSTER, place(columns.kind), message).of_branch(&name));
        names.known.insert(fold(&name).into_owned(), None);
        return nobody(row, "没有可用的类别", Some(name));
    };
    names.known.insert(fold(&name).into_owned(), Some(at));
    names.full.push(name.clone());
    let short = columns.short.and_then(|short| match row.value(short) {
        Value::Text(text) if fold(text) != fold(&name) => Some((short, text.to_owned())),
        _ => None,
    });
    if let Some((column, short)) = &short {
        let taken = names.known.entry(fold(short).into_owned()).or_insert(Some(at));
        if *taken != Some(at) {
            // A full name keeps its meaning; a short name of two branches has none.
            if !names.full.iter().any(|full| fold(full) == fold(short)) {
                *taken = None;
            }
            let message = format!("简称“{short}”不止一个党组织使用，不能用来识别");
            findings.push(Diagnostic::new(&code::TWICE, place(*column), message).of_branch(&name));
        }
    }
    let (kind, short) = (kind.to_owned(), short.map(|(_, short)| short));
    let ledgers = vec![None; notice.ledger.len()];
    Enrolled::Branch(Box::new(Branch { name: Arc::from(name), short, kind, roster_row: row, ledgers }))
}

/// The roster's columns, by their places in its ledger.
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
