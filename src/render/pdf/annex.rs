//! Annexes: their list in the letter (附件说明), and each on pages of its own (GB/T 9704-2012, 7.3.4 and 7.3.7).

use super::composer::Composer;
use super::flow::{Block, Keep};
use super::page::ElementKind;
use super::page_kind::PageKind;
use super::style::{self, ParagraphStyle};
use super::{blocks, cells};
use crate::fonts::Typeface;
use crate::render::geometry::{CHARACTER, KEPT_ANNEX_ENTRIES};
use crate::report::{self, ANNEX_LIST_LEAD, Annex, AnnexEntry, Report, em_tenths, plain};

/// 附件说明, one empty line below the body; nothing for a report without annexes.
pub(super) fn list(composer: &mut Composer<'_>, report: &Report<'_>) {
    let entries = report.annex_list();
    if entries.is_empty() {
        return;
    }
    composer.empty(style::plain(), Keep::Next);
    for (index, AnnexEntry { number, title }) in entries.iter().enumerate() {
        let lead = if index == 0 { ANNEX_LIST_LEAD } else { "" };
        let keep = if index + KEPT_ANNEX_ENTRIES >= entries.len() { Keep::Next } else { Keep::Lines };
        let style = entry_style(lead, number);
        let element = composer.structure.add(ElementKind::Paragraph, None);
        let lines = composer.lines(Some(element), style, |atoms, text| {
            atoms.text(lead, text);
            atoms.text(number, text);
            atoms.inlines(title, text);
        });
        composer.push(lines, style, keep);
    }
}

/// The list is two characters in; a title wraps under its first character.
fn entry_style(lead: &str, number: &str) -> ParagraphStyle {
    let width = |text: &str| text.chars().map(|c| em_tenths(c) as f32 / 10.0).sum::<f32>() * CHARACTER as f32;
    let left = 2.0 * CHARACTER as f32 + width(ANNEX_LIST_LEAD) + width(number);
    ParagraphStyle { left, first: -(width(lead) + width(number)), ..style::plain() }
}

/// Annexes, each on pages of its own.
pub(super) fn annexes(composer: &mut Composer<'_>, annexes: &[Annex]) {
    let mut landscape = false;
    for annex in annexes {
        let kind = if annex.landscape { PageKind::Landscape } else { PageKind::Portrait };
        if annex.landscape != landscape {
            composer.turn(kind);
        }
        landscape = annex.landscape;
        head(composer, annex);
        let Some((last, others)) = annex.body.split_last() else { continue };
        others.iter().for_each(|block| blocks::block(composer, block, false));
        match last {
            report::Block::Table(table) => cells::table(composer, table, false),
            report::Block::Chart(chart) => cells::chart(composer, chart, false),
            other => blocks::block(composer, other, false),
        }
    }
}

/// The mark on the first line, the title on the third, an empty line.
fn head(composer: &mut Composer<'_>, annex: &Annex) {
    let mark = ParagraphStyle { text: style::body_text(Typeface::Heading1), ..style::plain() };
    let heading = composer.structure.add(ElementKind::Heading(1), None);
    let lines = composer.lines(Some(heading), mark, |atoms, text| atoms.text(&annex.mark, text));
    composer.push(lines, mark, Keep::Free);
    let follows_a_turn = matches!(composer.blocks.iter().rev().nth(1), Some(Block::Turn(_)));
    if let Some(Block::Paragraph(paragraph)) = composer.blocks.last_mut() {
        paragraph.begins_page = !follows_a_turn;
        let title: String = annex.title.iter().map(|line| plain(line)).collect();
        paragraph.bookmark = Some((1, format!("{}　{title}", annex.mark)));
    }
    composer.empty(style::plain(), Keep::Free);
    for line in &annex.title {
        let lines = composer.lines(Some(heading), style::title(), |atoms, text| atoms.inlines(line, text));
        composer.push(lines, style::title(), Keep::Free);
    }
    composer.empty(style::plain(), Keep::Free);
}
