//! Titles that a notice has from its base, with their periods moved on: the base itself stays as it is.

use super::TemplateFile;
use crate::notice::edit::{WrittenValue, quoted, written_value};

/// The titles: of the notice, of a report, of the summary.
const TITLES: [&[&str]; 3] = [&["notice", "title"], &["letter", "title"], &["summary", "letter", "title"]];

/// A title that the new settings must have.
pub(super) struct InheritedTitle {
    /// Its key.
    pub(super) path: String,
    /// The value in the settings.
    pub(super) toml: String,
    /// The texts of the base that it takes the place of.
    pub(super) replaced: Vec<String>,
}

/// The titles that `own` settings do not have and that `moved` makes others, each from the nearest base that has it.
pub(super) fn inherited(own: &str, bases: &[TemplateFile], moved: &dyn Fn(&str) -> String) -> Vec<InheritedTitle> {
    let mut titles = Vec::new();
    for path in TITLES {
        if written_value(own, path).is_some() {
            continue;
        }
        let found = bases.iter().find_map(|base| written_value(&base.text, path));
        let (texts, is_list) = match found {
            Some(WrittenValue::Text(text)) => (vec![text], false),
            Some(WrittenValue::List(texts)) => (texts, true),
            _ => continue,
        };
        let new: Vec<String> = texts.iter().map(|text| moved(text)).collect();
        if new == texts {
            continue;
        }
        let written: Vec<String> = new.iter().map(|text| quoted(text)).collect();
        let toml = if is_list { format!("[{}]", written.join(", ")) } else { written.concat() };
        let replaced = texts.into_iter().zip(new).filter(|(old, new)| old != new).map(|(old, _)| old).collect();
        titles.push(InheritedTitle { path: path.join("."), toml, replaced });
    }
    titles
}
