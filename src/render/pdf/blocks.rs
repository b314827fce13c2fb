//! The blocks of the body, each as DOCX reports have it.

use super::composer::{Composer, ParagraphText};
use super::flow::{Block, Keep};
use super::page::ElementKind;
use super::page_kind::PageKind;
use super::{cells, figures, style};
use crate::render::geometry::AFTER_TABLE;
use crate::report::{self, Inlines, plain};

/// A block; the closing one stays on the page of the signature.
pub(super) fn block(composer: &mut Composer<'_>, block: &report::Block, is_closing: bool) {
    match block {
        report::Block::Heading { level, number, text } => heading(composer, *level, number, text),
        report::Block::Paragraph { point, text } => {
            let keep = if is_closing { Keep::Next } else { Keep::Free };
            let (kind, style) = (ElementKind::Paragraph, style::body());
            composer.paragraph(&ParagraphText { kind, style, lead: point, text, keep });
        }
        report::Block::Table(table) if table.landscape => {
            composer.space(AFTER_TABLE as f32, Keep::Free);
            composer.turn(PageKind::Landscape);
            cells::table(composer, table, is_closing);
            composer.space(AFTER_TABLE as f32, Keep::Free);
            composer.turn(PageKind::Portrait);
        }
        report::Block::Table(table) => {
            cells::table(composer, table, is_closing);
            space_after_table(composer, is_closing);
        }
        report::Block::Chart(chart) => {
            cells::chart(composer, chart, is_closing);
            space_after_table(composer, is_closing);
        }
        report::Block::Pictures(group) => {
            figures::compose(composer, group, is_closing);
            space_after_table(composer, is_closing);
        }
    }
}

fn heading(composer: &mut Composer<'_>, level: u8, number: &str, text: &Inlines) {
    let kind = ElementKind::Heading(level);
    composer.paragraph(&ParagraphText { kind, style: style::heading(level), lead: number, text, keep: Keep::Next });
    if let Some(Block::Paragraph(paragraph)) = composer.blocks.last_mut() {
        paragraph.bookmark = Some((level, format!("{number}{}", plain(text))));
    }
}

fn space_after_table(composer: &mut Composer<'_>, is_closing: bool) {
    composer.space(AFTER_TABLE as f32, if is_closing { Keep::Next } else { Keep::Free });
}
