//! Puts a report together from its filled templates.

use jiff::civil::Date;

use super::annex::{self, Marks, ParsedAnnex};
use super::inline::{LineBreaks, inlines};
use super::letter::LetterParts;
use super::letter_head::{Head, Tail};
use super::parse::{self, BodyError, ParsedBlock};
use super::passes::{self, CaptionCount};
use super::text::Inlines;
use super::title;
use super::tree::Report;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{self, Notice};
use crate::picture::Pictures;
use crate::provenance::Provenance;
use crate::template::{FilledBody, FilledTemplates, TemplateLine};

/// Turns filled templates into a report, which may print `pictures`. `find_provenance` returns the provenance of a key
/// that a template printed;
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
    let error = |body: &FilledBody, error: BodyError| faulty_template(body, notice, &error);
    let parse = |body: &FilledBody| parse::parse(&body.markdown).map_err(|fault| error(body, fault));
    let mut blocks = parse(&filled.body)?;
    let mut annexes = Vec::with_capacity(filled.annexes.len());
    for annex in &filled.annexes {
        annexes.push(ParsedAnnex::new(annex, parse(&annex.body)?));
    }
    if let Some(max_rows) = letter.table_rows {
        annex::move_long_tables(&mut blocks, max_rows, &mut annexes);
    }
    let marks = Marks::new(&annexes);
    let mut captions = CaptionCount::default();
    let mut run = |mut blocks: Vec<ParsedBlock>, source: &FilledBody| {
        marks.resolve_blocks(&mut blocks);
        passes::run(blocks, pictures, &mut captions).map_err(|fault| error(source, fault))
    };
    let body = run(blocks, &filled.body)?;
    let mut finished = Vec::with_capacity(annexes.len());
    for (position, annex) in annexes.iter_mut().enumerate() {
        let source = filled.annexes.get(position).map_or(&filled.body, |annex| &annex.body);
        let blocks = run(std::mem::take(&mut annex.blocks), source)?;
        finished.push(marks.annex(position, annex, blocks));
    }
    let letter = letter_parts(filled, letter, notice, date, &marks)?;
    let mut report = Report { letter, body, annexes: finished, provenance: Vec::new(), code: None };
    report.resolve_provenance(find_provenance);
    Ok(report)
}

/// The fixed parts of the letter.
fn letter_parts(
    filled: &FilledTemplates,
    letter: &notice::Letter,
    notice: &Notice,
    date: Option<Date>,
    marks: &Marks,
) -> Result<LetterParts, Box<Diagnostic>> {
    let one_line = |text: &str| {
        let mut text = text.to_owned();
        marks.resolve(&mut text);
        inlines(&text, LineBreaks::Join)
    };
    let title_words: Vec<Inlines> = filled.title.iter().map(|word| one_line(word)).collect();
    let date = date.unwrap_or(letter.date);
    let head = letter.head.as_ref().map(|head| Head::assemble(filled, head)).transpose()?.flatten();
    let tail = letter.tail.as_ref().map(|tail| Tail::assemble(filled, tail, notice, date)).transpose()?.flatten();
    Ok(LetterParts {
        head,
        title: title::break_lines(title_words),
        addressee: one_line(&filled.addressee),
        signer: one_line(&filled.signer),
        organisations: filled.organisations.iter().map(|name| one_line(name)).collect(),
        date,
        seal: letter.seal,
        note: filled.note.as_deref().map(one_line),
        tail,
    })
}

/// The finding for a body with something that an official document has no form for.
fn faulty_template(body: &FilledBody, notice: &Notice, error: &BodyError) -> Box<Diagnostic> {
    let message = format!("模板中用了公文没有的格式：{}，在“{}”处", error.construct, error.excerpt);
    let location = match body.template_line(error.offset, &error.excerpt) {
        Some(TemplateLine { template, line }) => {
            Location::Line { file: notice.template_path(template).display().to_string(), line }
        }
        None => Location::File(notice.folder().display().to_string()),
    };
    let cure = "在模板里改成公文能用的写法（templates/README.md 第七节“能用的 Markdown”）";
    Box::new(Diagnostic::new(&code::REPORT, location, message).cure(cure))
}
