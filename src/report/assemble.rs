//! Puts a report together from its filled templates.

use jiff::civil::Date;

use super::inline::{LineBreaks, inlines};
use super::letter::LetterParts;
use super::letter_head::{Head, Tail};
use super::passes::CaptionCount;
use super::text::Inlines;
use super::tree::{Block, Report};
use super::{annex, parse, passes, title};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{self, Notice};
use crate::picture::Pictures;
use crate::provenance::Provenance;
use crate::template::{FilledAnnex, FilledBody, FilledTemplates, TemplateLine};

/// Turns filled templates into a report, which may print `pictures`. `find_provenance` returns the provenance of a key that a template printed;
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
    pictures: &Pictures,
    find_provenance: &dyn Fn(u32) -> Option<Provenance<'n>>,
) -> Result<Report<'n>, Box<Diagnostic>> {
    let mut captions = CaptionCount::default();
    let body = blocks(&filled.body, notice, pictures, &mut captions)?;
    let mut annexes = Vec::with_capacity(filled.annexes.len());
    for (index, FilledAnnex { title, body, orientation }) in filled.annexes.iter().enumerate() {
        let body = blocks(body, notice, pictures, &mut captions)?;
        annexes.push(annex::annex(index, filled.annexes.len(), title, body, *orientation));
    }
    let one_line = |text: &str| inlines(text, LineBreaks::Join);
    let title_words: Vec<Inlines> = filled.title.iter().map(|word| one_line(word)).collect();
    let date = date.unwrap_or(letter.date);
    let head = letter.head.as_ref().map(|head| Head::assemble(filled, head, notice)).transpose()?.flatten();
    let tail = letter.tail.as_ref().map(|tail| Tail::assemble(filled, tail, notice, date)).transpose()?.flatten();
    let letter = LetterParts {
        head,
        title: title::break_lines(title_words),
        addressee: one_line(&filled.addressee),
        signer: one_line(&filled.signer),
        organisations: filled.organisations.iter().map(|name| one_line(name)).collect(),
        date,
        seal: letter.seal,
        note: filled.note.as_deref().map(one_line),
        tail,
    };
    let mut report = Report { letter, body, annexes, provenance: Vec::new(), code: None };
    report.resolve_provenance(find_provenance);
    Ok(report)
}

/// The blocks of the letter's body or of an annex.
fn blocks(
    filled: &FilledBody,
    notice: &Notice,
    pictures: &Pictures,
    captions: &mut CaptionCount,
) -> Result<Vec<Block>, Box<Diagnostic>> {
    parse::parse(&filled.markdown).and_then(|parsed| passes::run(parsed, pictures, captions)).map_err(|error| {
        let message = format!("模板中用了公文没有的格式：{}，在“{}”处", error.construct, error.excerpt);
        let location = match filled.template_line(error.offset, &error.excerpt) {
            Some(TemplateLine { template, line }) => {
                Location::Line { file: notice.folder().join(template).display().to_string(), line }
            }
            None => Location::File(notice.folder().display().to_string()),
        };
        let cure = "在模板里改成公文能用的写法（templates/README.md 第七节“能用的 Markdown”）";
        Box::new(Diagnostic::new(&code::REPORT, location, message).cure(cure))
    })
}
