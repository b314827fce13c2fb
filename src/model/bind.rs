//! Binding rows to branches by full name or short name; what binds to none is kept and reported.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Branch, Row, Value};
use crate::diag::{Diagnostic, Place, Reported, code};
use crate::ingest::{Table, fold};
use crate::notice::{Notice, nearest};

/// All branches, and the rows that belong to none of them.
#[derive(Debug, Default)]
pub struct Bound {
    /// The branches, in the roster's order.
    pub branches: Vec<Branch>,
    /// Ledger and row of everything that names no branch of the roster.
    pub unbound: Vec<(usize, Row)>,
}

/// Makes the branches of the roster and gives each its rows.
pub fn bind(tables: Vec<Table>, notice: &Notice) -> Reported<Bound> {
    let mut reported = Reported::<Bound>::default();
    let roster_index = notice.ledger_index(&notice.roster.ledger).unwrap_or_default();
    let (roster, others): (Vec<Table>, Vec<Table>) = tables.into_iter().partition(|t| t.ledger == roster_index);
    for (index, ledger) in notice.ledger.values().enumerate() {
        let brought = if index == roster_index { !roster.is_empty() } else { others.iter().any(|t| t.ledger == index) };
        if !brought {
            let place = Place::File(String::new());
            reported.findings.push(Diagnostic::new(&code::NO_LEDGER, place, format!("没有找到《{}》", ledger.title)));
        }
    }
    let mut names = Names::default();
    for row in roster.into_iter().flat_map(|table| table.rows) {
        if let Some(branch) = enrol(row, notice, &mut names, reported.output.branches.len(), &mut reported.findings) {
            reported.output.branches.push(branch);
        }
    }
    for table in &others {
        for branch in &mut reported.output.branches {
            branch.ledgers[table.ledger].get_or_insert_default();
        }
    }
    for table in others {
        let Some(column) = notice.ledger.get_index(table.ledger).and_then(|(_, l)| l.branch_column()) else { continue };
        for row in table.rows {
            match names.find(&row, column) {
                Ok(at) => reported.output.branches[at].ledgers[table.ledger].get_or_insert_default().push(row),
                Err(finding) => {
                    reported.findings.push(*finding);
                    reported.output.unbound.push((table.ledger, row));
                }
            }
        }
    }
    reported
}

/// Folded full and short names of the branches.
#[derive(Default)]
struct Names {
    known: HashMap<String, usize>,
    full: Vec<String>,
}

impl Names {
    /// The branch a row names, or what is wrong with the name.
    fn find(&self, row: &Row, column: usize) -> Result<usize, Box<Diagnostic>> {
        let place = Place::Cell(row.cell_ref(column));
        let Value::Text(name) = row.value(column) else {
            return Err(Box::new(Diagnostic::new(&code::NO_BRANCH, place, "这一行没有写明党组织，未计入任何报告")));
        };
        self.known.get(&fold(name)).copied().ok_or_else(|| {
            let finding =
                Diagnostic::new(&code::UNKNOWN_BRANCH, place, "名册中没有这个党组织，该行未计入任何报告").found(name);
            Box::new(match nearest(name, self.full.iter().map(String::as_str)) {
                Some(near) => finding.expected(format!("是否为“{near}”？")),
                None => finding,
            })
        })
    }
}

/// Makes the branch of a roster row, unless the row lacks what makes one.
fn enrol(row: Row, notice: &Notice, names: &mut Names, at: usize, findings: &mut Vec<Diagnostic>) -> Option<Branch> {
    let ledger = notice.ledger.get(&notice.roster.ledger)?;
    let column = |id: &str| ledger.columns.get_index_of(id);
    let (name_at, kind_at) = (column(&notice.roster.name)?, column(&notice.roster.kind)?);
    let Value::Text(name) = row.value(name_at) else {
        findings.push(Diagnostic::new(
            &code::NO_BRANCH,
            Place::Cell(row.cell_ref(name_at)),
            "名册这一行没有党组织名称",
        ));
        return None;
    };
    let Value::Text(kind) = row.value(kind_at) else {
        let place = Place::Cell(row.cell_ref(kind_at));
        let finding = Diagnostic::new(&code::REQUIRED, place, format!("“{name}”没有可用的类别，无法确定报告的内容"));
        findings.push(finding.of_branch(name).expected(ledger.columns.get_index(kind_at)?.1.expected()));
        return None;
    };
    let name = name.clone();
    let short = notice.roster.short.as_deref().and_then(column).map(|at| row.value(at).clone());
    if names.known.contains_key(&fold(&name)) {
        let place = Place::Cell(row.cell_ref(name_at));
        findings.push(Diagnostic::new(&code::TWICE, place, format!("“{name}”在名册中已有一行，这一行未用")));
        return None;
    }
    names.known.insert(fold(&name), at);
    names.full.push(name.clone());
    if let Some(Value::Text(short)) = short {
        let taken = *names.known.entry(fold(&short)).or_insert(at);
        if taken != at {
            let place = Place::Cell(row.cell_ref(name_at));
            let message = format!("简称“{short}”已属于“{}”，仍按先登记的识别", names.full[taken]);
            findings.push(Diagnostic::new(&code::TWICE, place, message).of_branch(&name));
        }
    }
    let kind = kind.clone();
    Some(Branch { name: Arc::from(name), kind, roster_row: row, ledgers: vec![None; notice.ledger.len()] })
}
