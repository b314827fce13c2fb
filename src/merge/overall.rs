//! How all branches look to the department's templates.

use tera::{Context, Value as Tera};

use super::Subject;
use super::lint::Shape;
use super::view::{Name, Names, Printed, Vocabulary, facts, missing, names};
use crate::expr::{Overview, Standing};
use crate::figure::Figures;
use crate::marks;
use crate::notice::{Notice, Summary};
use crate::origin::OverallKeys;

impl Vocabulary {
    /// All branches as the department's templates see them.
    pub fn overall<'a>(
        &self,
        standings: &[Standing<'a>],
        overview: &Overview,
        figures: &Figures,
        notice: &'a Notice,
        keys: OverallKeys,
    ) -> Subject<'a> {
        let Some(summary) = &notice.summary else {
            return Subject { name: "", kind: None, rows: Vec::new(), missing: Vec::new(), context: Context::new() };
        };
        let mut names = Names::with_capacity(summary.figure.len());
        for (at, ((id, figure), value)) in summary.figure.iter().zip(figures.values()).enumerate() {
            names.add(&Name::of(id.clone()), &Printed::Figure(value, figure), Some(keys.overall(at)));
        }
        let mut top = names.finish(&self.n);
        let all = standings.iter().enumerate().map(|(at, standing)| self.standing(at, standing, notice, keys));
        let all: Vec<Tera> = all.collect();
        for ((id, list), listed) in summary.list.iter().zip(&overview.lists) {
            // Where nobody can say whether a branch belongs on a list, its name is a gap that says so.
            let doubtful = |at: &usize| {
                let mut branch = all[*at].as_map().cloned().unwrap_or_default();
                let gap = marks::gap(&format!("{}是否属于“{}”", standings[*at].name, list.label));
                branch.insert("name".into(), Tera::from(gap));
                Tera::from(branch)
            };
            // The same maps stand in all lists: a clone shares them.
            let rows = listed.branches.iter().map(|at| all[*at].clone());
            let rows: Vec<Tera> = rows.chain(listed.undecided.iter().map(doubtful)).collect();
            top.insert(id.clone().into(), Tera::from(rows));
        }
        top.insert("branches".into(), Tera::from(all));
        Subject {
            name: &summary.name,
            kind: None,
            rows: vec![None; notice.ledger.len()],
            missing: missing(figures, summary.figure.iter()),
            context: self.context(top),
        }
    }

    /// A branch with its figures.
    fn standing(&self, at: usize, standing: &Standing<'_>, notice: &Notice, keys: OverallKeys) -> Tera {
        let mut names = Names::with_capacity(self.figures.len() + 2);
        for (figure, name) in &self.figures {
            if let Some((_, definition)) = notice.figure.get_index(*figure) {
                let value = standing.figures.get(*figure).copied().flatten();
                names.add(name, &Printed::Figure(value, definition), Some(keys.figure(at, *figure)));
            }
        }
        names.add(&Name::of("name"), &Printed::Plain(standing.name), Some(keys.name(at)));
        names.add(&Name::of("kind"), &Printed::Plain(standing.kind), None);
        Tera::from(names.finish(&self.n))
    }
}

/// The names a template of the department's report may use.
pub fn shape(notice: &Notice, summary: &Summary) -> Shape {
    let mut top = names(summary.figure.keys().map(String::as_str).collect());
    let branch = Shape::Map(names(notice.figure.keys().map(String::as_str).chain(["name", "kind"]).collect()));
    let branches = Shape::List(Box::new(branch));
    let lists = summary.list.keys().cloned().chain(["branches".to_owned()]);
    top.extend(lists.map(|id| (id, branches.clone())));
    top.insert("notice".to_owned(), facts());
    Shape::Map(top)
}
