//! The files of a new notice: settings, templates, and the roster that is proposed.

mod sentence;
mod settings;
mod templates;
mod text;

use super::branch_list::ProposedBranch;
use super::checks::CheckDesign;
use super::design::Design;
use super::metrics::LedgerMetrics;
use super::sections::SectionDesign;
use super::summary::LedgerSummary;

/// The name of the settings.
pub(super) const SETTINGS: &str = "notice.toml";
/// The name of the summary.
pub(super) const SUMMARY: &str = "汇总";

/// Everything that a new notice says. Metrics and summaries are in the order of the ledgers; those of the roster are
/// empty.
pub(super) struct NewNotice<'a> {
    pub(super) design: &'a Design,
    pub(super) metrics: Vec<LedgerMetrics>,
    pub(super) checks: Vec<CheckDesign>,
    pub(super) sections: Vec<SectionDesign>,
    pub(super) summaries: Vec<LedgerSummary>,
    pub(super) has_outline: bool,
}

/// A text file of a new notice: settings, a template or the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// Its path below the notice's folder.
    pub name: String,
    /// The whole content of the file.
    pub text: String,
}

impl TemplateFile {
    fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }
}

/// The settings and templates.
pub(super) fn files(notice: &NewNotice<'_>) -> Vec<TemplateFile> {
    let mut files = vec![TemplateFile::new(SETTINGS, &settings::settings(notice))];
    files.extend(templates::templates(notice));
    files
}

/// The roster that is proposed, as a text table; `None` when a ledger is the roster.
pub(super) fn roster(design: &Design) -> Option<TemplateFile> {
    let roster = design.roster.proposed.as_ref()?;
    let ledger = design.ledgers.first()?;
    let mut text = String::from("\u{feff}");
    let heads: Vec<&str> = ledger.columns.iter().map(|column| column.label.as_str()).collect();
    push_row(&mut text, &heads);
    for ProposedBranch { name, shorts } in &roster.branches {
        let shorts = shorts.join("、");
        let short = roster.has_shorts().then_some(shorts.as_str());
        let cells: Vec<&str> = [name.as_str()].into_iter().chain(short).chain([roster.kind.as_str()]).collect();
        push_row(&mut text, &cells);
    }
    Some(TemplateFile { name: format!("{}.csv", ledger.title), text })
}

/// A row of a text table, each cell in quotes.
fn push_row(text: &mut String, cells: &[&str]) {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    text.push_str(&quoted.join(","));
    text.push_str("\r\n");
}
