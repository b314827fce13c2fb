//! Puts a report together from its filled templates.

use jiff::civil::Date;

use super::inline::{LineBreaks, inlines};
use super::tree::{Inlines, LetterParts, Report};
use super::{parse, passes, title};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{self, Notice};
use crate::provenance::Provenance;
use crate::template::FilledTemplates;

/// Turns filled templates into a report. `find_provenance` returns the provenance of a key that a template printed;
/// `date` replaces the 成文日期 of the settings.
///
/// # Errors
/// With a finding when a template uses Markdown that an official document has no form for, or a chart's table does not
/// fit a chart.
pub(crate) fn assemble<'n>(
    filled: &FilledTemplates,
    letter: &notice::Letter,
    notice: &Notice,
    date: Option<Date>,
    find_provenance: &dyn Fn(u32) -> Option<Provenance<'n>>,
) -> Result<Report<'n>, Box<Diagnostic>> {
    let body = parse::parse(&filled.body).and_then(passes::run).map_err(|error| {
        let message = format!("模板中用了公文没有的格式：{}，在“{}”处", error.construct, error.excerpt);
        Box::new(Diagnostic::new(&code::REPORT, Location::File(notice.folder().display().to_string()), message))
    })?;
    let one_line = |text: &str| inlines(text, LineBreaks::Join);
    let title_words: Vec<Inlines> = filled.title.iter().map(|word| one_line(word)).collect();
    let letter = LetterParts {
        title: title::break_lines(title_words),
        addressee: one_line(&filled.addressee),
        signer: one_line(&filled.signer),
        organisation: one_line(&filled.organisation),
        date: date.unwrap_or(letter.date),
        seal: letter.seal,
        note: filled.note.as_deref().map(one_line),
    };
    let mut report = Report { letter, body, provenance: Vec::new(), code: None };
    report.resolve_provenance(find_provenance);
    Ok(report)
}
