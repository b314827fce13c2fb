//! The pages of the settings, as forms and addresses name them.

use super::collection::Collection;
use super::sections::{
    CHECKS, COMPUTED, NAMED_TABLES, SECTION_LISTS, SHEETS, Section, archive_section, item_list, ledger_section,
    named_section, section_list, sections,
};
use crate::notice::edit::Written;

/// Which page a form is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingsPage {
    /// A section of the main page, by its place there.
    Main(usize),
    /// The page of a ledger, by its place in the settings.
    Ledger(usize),
    /// The page on which a ledger gets and loses columns, by its place in the settings.
    Columns(usize),
    /// The page of tables with ids, by its place in [`NAMED_TABLES`].
    Named(usize),
    /// The page of sections, by its place in [`SECTION_LISTS`].
    Sections(usize),
    /// The page of checks.
    Checks,
    /// The page of the sheets of the department's table.
    Sheets,
    /// The archivist's page.
    Archive,
}

impl SettingsPage {
    /// The word of a page, and the place on it.
    fn parts(self) -> (&'static str, usize) {
        match self {
            Self::Main(at) => ("main", at),
            Self::Ledger(at) => ("ledger", at),
            Self::Columns(at) => ("columns", at),
            Self::Named(at) => ("named", at),
            Self::Sections(at) => ("sections", at),
            Self::Checks => ("checks", 0),
            Self::Sheets => ("sheets", 0),
            Self::Archive => ("archive", 0),
        }
    }

    /// The text of a hidden field.
    pub(super) fn written(self) -> String {
        let (page, at) = self.parts();
        format!("{page}-{at}")
    }

    /// The place that a hidden field names.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let (page, at) = written.split_once('-')?;
        Self::of_page(page, at.parse().ok()?)
    }

    /// The place with that number on the page with that word.
    pub(super) fn of_page(page: &str, at: usize) -> Option<Self> {
        Some(match page {
            "main" => Self::Main(at),
            "ledger" => Self::Ledger(at),
            "columns" => Self::Columns(at),
            "named" => Self::Named(at),
            "sections" => Self::Sections(at),
            "checks" => Self::Checks,
            "sheets" => Self::Sheets,
            "archive" => Self::Archive,
            _ => return None,
        })
    }

    /// The section there.
    pub(super) fn section(self, settings: &Written<'_>) -> Option<Section> {
        match self {
            Self::Main(at) => sections(settings).into_iter().nth(at),
            Self::Ledger(at) => ledger_section(settings, at),
            Self::Columns(at) => {
                let Section { heading, .. } = ledger_section(settings, at)?;
                Some(Section { heading: format!("{heading}的列"), fields: Vec::new() })
            }
            Self::Named(at) => named_section(settings, at),
            Self::Sections(at) => section_list(settings, at),
            Self::Checks => item_list(settings, &self.collection(settings)?, false),
            Self::Sheets => item_list(settings, &self.collection(settings)?, true),
            Self::Archive => Some(archive_section(settings)),
        }
    }

    /// The tables that the page adds and removes; `None` for a page that does neither.
    pub(super) fn collection(self, settings: &Written<'_>) -> Option<Collection> {
        let made = |path: &[&str], keys, heading: &str, word, is_list| {
            let path = path.iter().map(|part| (*part).to_owned()).collect();
            Collection { path, keys, heading: heading.to_owned(), word, is_list }
        };
        let found = match self {
            Self::Named(at) => {
                let table = NAMED_TABLES.get(at)?;
                let path: Vec<&str> = table.path.split('.').collect();
                made(&path, table.path, table.heading, table.word, false)
            }
            Self::Ledger(at) => {
                let id = settings.ids(&["ledger"]).into_iter().nth(at)?;
                made(&["ledger", &id, "computed"], COMPUTED, "算出来的列", "算出来的列", false)
            }
            Self::Columns(at) => {
                let id = settings.ids(&["ledger"]).into_iter().nth(at)?;
                made(&["ledger", &id, "columns"], "ledger.columns", "列", "列", false)
            }
            Self::Checks => made(&["check"], "check", CHECKS, "核对", true),
            Self::Sheets => made(&["summary", "sheet"], "summary.sheet", SHEETS, "汇总表的表", true),
            Self::Main(_) | Self::Sections(_) | Self::Archive => return None,
        };
        // A notice without a department's report has no place for what belongs to it.
        let is_of_summary = found.path.first().is_some_and(|part| part == "summary");
        (!is_of_summary || settings.value(&["summary"]).is_some()).then_some(found)
    }

    /// The path of the list whose items the page can move.
    pub(super) fn list(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Sections(at) => SECTION_LISTS.get(at).map(|(path, _)| path.split('.').collect()),
            Self::Sheets => Some(vec!["summary", "sheet"]),
            _ => None,
        }
    }

    /// The id of its form on its page.
    pub(super) fn anchor(self) -> String {
        match self {
            Self::Main(at) => format!("section-{at}"),
            _ => "section".to_owned(),
        }
    }

    /// The id of a field of the form, by its place in it.
    pub(super) fn field_anchor(self, field: usize) -> String {
        format!("{}-{field}", self.anchor())
    }

    /// The address of the page.
    pub(super) fn address(self) -> String {
        match self.parts() {
            ("main", _) => "/settings".to_owned(),
            ("archive", _) => "/archive".to_owned(),
            (page, at) => format!("/settings/{page}/{at}"),
        }
    }
}

/// The pages besides the main page and those of ledgers, with their headings.
pub(super) fn other_pages() -> impl Iterator<Item = (SettingsPage, &'static str)> {
    let named = NAMED_TABLES.iter().enumerate().map(|(at, table)| (SettingsPage::Named(at), table.heading));
    let named = named.chain([(SettingsPage::Checks, CHECKS)]);
    let lists = SECTION_LISTS.iter().enumerate().map(|(at, (_, heading))| (SettingsPage::Sections(at), *heading));
    named.chain(lists).chain([(SettingsPage::Sheets, SHEETS)])
}
