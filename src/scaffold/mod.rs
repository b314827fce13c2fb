//! Makes the settings of a new notice from blank or filled ledgers and an outline.
//!
//! Input: the sheets of ledger files, an [`Outline`], and [`Answers`] to the questions of an earlier call. Output: a
//! [`Scaffold`]: the files of the notice and the [`Question`]s about what was guessed. A function from value to value:
//! no file is opened and nothing is written here.
//!
//! | file | from → to |
//! |---|---|
//! | `header_rows`, `observe`, `nil_rows`, `label` | sheets → columns with headers and cells |
//! | `guess/` | columns → types, branch column, roster, titles, period: one rule a file, each with its reason |
//! | `questions` | guesses → questions; answers → values |
//! | `plan`, `dates`, `columns`, `type_question`, `kinds`, `counting`, `branch_list`, `coverage`, `wording` | guesses and answers → the [`design`] of the notice |
//! | `roles`, `metrics`, `phrase`, `checks`, `period_condition` | columns → what they are for → metrics and checks |
//! | `outline`, `listed_headings`, `notice_text`, `sections` | the text of a notice → what it says about itself, and headings → sections with the ledgers that they are about |
//! | `summary` | metrics → metrics, lists and charts over all branches |
//! | `ids` | words → ids |
//! | `texts` | refuses what settings cannot hold |
//! | `write/` | all of it → texts of settings and templates |
//! | `comparison` | templates → the same with comparisons with the previous period |
//! | `renew/` | texts of an earlier notice → texts of the next one, days and periods moved on |

mod branch_list;
mod checks;
mod columns;
mod comparison;
mod counting;
mod coverage;
mod dates;
mod design;
mod error;
mod guess;
mod header_rows;
mod ids;
mod kinds;
mod label;
mod ledger;
mod listed_headings;
mod metrics;
mod nil_rows;
mod notice_text;
mod observe;
mod outline;
mod period_condition;
mod phrase;
mod plan;
mod questions;
mod renew;
mod roles;
mod sections;
mod summary;
mod texts;
mod type_question;
mod wording;
mod write;

pub use design::Basis;
pub use error::ScaffoldError;
pub use observe::SourceFile;
pub use outline::Outline;
pub use questions::{Answers, Question};
pub use renew::{EarlierNotice, LineNote, Renewed, Step, renew};
pub use write::TemplateFile;

use ids::Ids;
use metrics::LedgerMetrics;
use plan::Plan;
use questions::Questionnaire;
use write::NewNotice;

/// The files of a new notice, with the questions that are still open.
#[derive(Debug)]
pub struct Scaffold {
    /// What was guessed, in order of importance.
    pub questions: Vec<Question>,
    /// Settings and templates, by their paths below the notice's folder.
    pub files: Vec<TemplateFile>,
    /// The roster that is proposed, to lie beside the ledgers; `None` when one of them is the roster.
    pub roster: Option<TemplateFile>,
    /// What was made.
    pub counts: Counts,
}

/// How much a new notice has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ledgers, the roster among them.
    pub ledgers: usize,
    /// Columns of all ledgers.
    pub columns: usize,
    /// Metrics of a branch.
    pub metrics: usize,
    /// Checks (`[[check]]`) of all ledgers.
    pub checks: usize,
    /// Sections of a report.
    pub sections: usize,
}

/// Makes a notice.
///
/// # Errors
/// When the ledgers have no headers, cannot be distinguished or name no branches, or an answer is impossible.
pub fn scaffold(files: &[SourceFile], basis: &Basis, answers: &Answers) -> Result<Scaffold, ScaffoldError> {
    let observed = observe::observe(files)?;
    let Plan { design, questions } = plan::plan(&observed, basis, Questionnaire::new(answers))?;
    // A metric may not be called as a ledger is.
    let mut ids = Ids::default();
    design.ledgers.iter().for_each(|ledger| _ = ids.take(&ledger.id));
    let mut metrics = vec![LedgerMetrics::default()];
    let mut checks = Vec::new();
    let start = design.start.as_ref().map(|start| start.value);
    let end = design.end.unwrap_or(design.cutoff.value).max(design.cutoff.value);
    let months = checks::months_of(start, end);
    for ledger in design.ledgers.iter().skip(1) {
        let roles = roles::roles(ledger);
        metrics.push(metrics::metrics(ledger, &roles, &mut ids));
        checks.extend(checks::checks(ledger, &roles, start.is_some(), &months));
    }
    let has_shortfalls = metrics.iter().any(|metrics| metrics.shortfalls().next().is_some());
    let sections = sections::sections(&design.ledgers, basis.outline.as_ref(), has_shortfalls);
    texts::refuse_impossible(&design, &sections)?;
    let summaries = summary::summaries(&design, &metrics);
    let has_outline = basis.outline.is_some();
    let counts = Counts {
        ledgers: design.ledgers.len(),
        columns: design.ledgers.iter().map(|ledger| ledger.columns.len()).sum(),
        metrics: metrics.iter().map(|metrics| metrics.metrics.len()).sum(),
        checks: checks.len(),
        sections: sections.len(),
    };
    let notice = NewNotice { design: &design, metrics, checks, sections, summaries, has_outline };
    let mut files = write::files(&notice);
    if let Some(previous) = &basis.previous {
        comparison::compare_all(&mut files, previous, comparison::word_for(start, end));
    }
    Ok(Scaffold { questions, files, roster: write::roster(&design), counts })
}
