//! The parts of a report in reading order.

use super::composer::Composer;
use super::flow::Keep;
use super::page::ElementKind;
use super::{annex, blocks, head, signature, style};
use crate::report::Report;

/// Writes all blocks of a report but 版记.
pub(super) fn compose(composer: &mut Composer<'_>, report: &Report<'_>) {
    letter_head(composer, report);
    let last = report.body.len().saturating_sub(1);
    for (at, block) in report.body.iter().enumerate() {
        blocks::block(composer, block, at == last);
    }
    annex::list(composer, report);
    signature::compose(composer, report);
    annex::annexes(composer, &report.annexes);
}

/// What stands above the title, the title, an empty line, 主送机关.
fn letter_head(composer: &mut Composer<'_>, report: &Report<'_>) {
    report.letter.head.iter().for_each(|letter_head| head::compose(composer, letter_head));
    let element = composer.structure.add(ElementKind::Title, None);
    for line in &report.letter.title {
        let lines = composer.lines(Some(element), style::title(), |atoms, text| atoms.inlines(line, text));
        composer.push(lines, style::title(), Keep::Free);
    }
    composer.empty(style::plain(), Keep::Free);
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let lines = composer.lines(Some(element), style::plain(), |atoms, text| {
        atoms.inlines(&report.letter.addressee, text);
        atoms.text("：", text);
    });
    composer.push(lines, style::plain(), Keep::Free);
}
