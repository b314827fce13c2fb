//! The HTML of a page. Newlines between elements keep the source readable in a diff.

use std::fmt::Write;

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use super::sources::{self, SourceLines};
use super::{joint_signature, letterhead, pictures};
use crate::notice::written_day;
use crate::render::xml::{Escaped, escape_into};
use crate::report::{
    ANNEX_LIST_LEAD, Align, Annex, AnnexEntry, Block, Caption, Chart, FigureCell, Inline, Inlines, LetterParts,
    PictureGroup, PrintedPicture, Report, Table, TableColumn, gap_text, plain,
};
use crate::report_code::{Matrix, PrintedCode};

/// The style sheet of drafts.
const DRAFT_STYLE: &str = include_str!("draft.css");

/// A report as one page with these style sheets.
pub(super) fn render(report: &Report<'_>, styles: &[&str]) -> String {
    let page = Page { report, source_lines: SourceLines::new(&report.provenance) };
    let letter = &report.letter;
    let last_block = report.body.len().saturating_sub(1);
    let has_pictures = !report.pictures().is_empty();
    let markup = html! {
        (DOCTYPE) "\n"
        html lang="zh-CN" { "\n"
            head { "\n"
                meta charset="utf-8"; "\n"
                meta name="viewport" content="width=device-width, initial-scale=1"; "\n"
                meta name="author" content=(letter.organisation()); "\n"
                meta name="date" content=(letter.date); "\n"
                title { (report.title()) } "\n"
                style {
                    "\n"
                    @for style in styles { (PreEscaped(*style)) }
                    @if report.is_draft() { (PreEscaped(DRAFT_STYLE)) }
                    (PreEscaped(letterhead::style(letter)))
                    @if letter.organisations.len() > 1 { (PreEscaped(joint_signature::STYLE)) }
                    @if has_pictures { (PreEscaped(pictures::STYLE)) }
                }
                "\n"
            } "\n"
            body { "\n"
                main class="sheet" { "\n"
                    @if report.is_draft() { div class="draft-mark" aria-hidden="true" {} "\n" }
                    article { "\n"
                        @if let Some(head) = &letter.head { (letterhead::head(head, &|text| page.inlines(text).render())) }
                        h1 { @for line in &letter.title { span class="line" { (page.inlines(line)) } } } "\n"
                        p class="addressee" { (page.inlines(&letter.addressee)) "：" } "\n"
                        @for (at, block) in report.body.iter().enumerate() { (page.block(block, at == last_block)) }
                        (page.annex_list(&report.annex_list()))
                        (page.signature(letter))
                        @for annex in &report.annexes { (page.annex(annex)) }
                        @if let Some(tail) = &letter.tail { (letterhead::tail(letter, tail, &|text| page.inlines(text).render())) }
                    } "\n"
                    @if !report.provenance.is_empty() { (sources::list(&report.provenance, &page.source_lines)) }
                } "\n"
            } "\n"
        } "\n"
    };
    markup.into_string()
}

struct Page<'r> {
    report: &'r Report<'r>,
    source_lines: SourceLines,
}

impl<'r> Page<'r> {
    fn block(&self, block: &Block, is_closing: bool) -> Markup {
        match block {
            Block::Heading { level, number, text } => {
                let content = html! { (number) (self.inlines(text)) };
                html! {
                    @match level {
                        1 => h2 { (content) },
                        2 => h3 { (content) },
                        3 => h4 { (content) },
                        _ => h5 { (content) },
                    }
                    "\n"
                }
            }
            Block::Paragraph { point, text } => html! {
                p class=[is_closing.then_some("closing")] {
                    @if !point.is_empty() { span class="point" { (point) } }
                    (self.inlines(text))
                } "\n"
            },
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Pictures(group) => self.pictures(group),
        }
    }

    fn table(&self, table: &Table) -> Markup {
        let turned = if table.landscape { " landscape" } else { "" };
        let class = format!("table{turned}{}", if table.small { " small" } else { "" });
        let content = html! {
            colgroup {
                // Thousandths as percent.
                @for column in &table.columns {
                    col style={ "width:" (column.share / 10) "." (column.share % 10) "%" };
                }
            } "\n"
            thead { "\n" tr { @for cell in &table.head { th scope="col" { (self.inlines(cell)) } } } "\n" } "\n"
            tbody { "\n"
                @for row in &table.rows {
                    tr style=[table.may_break(row).then_some("break-inside:auto")] {
                        @for (cell, column) in row.iter().zip(&table.columns) {
                            td class=[align_class(*column)] { (self.inlines(cell)) }
                        }
                    } "\n"
                }
            } "\n"
        };
        self.scrollable_table(&class, table.caption.as_ref(), content)
    }

    /// A chart as a table with a drawn bar between each name and its value, so that it breaks across pages like a
    /// table.
    fn chart(&self, chart: &Chart) -> Markup {
        let content = html! {
            colgroup { col class="name"; col; col class="number"; } "\n"
            thead { "\n"
                tr {
                    th scope="col" { (self.inlines(&chart.name_header)) }
                    th scope="col" colspan="2" { (self.inlines(&chart.value_header)) }
                } "\n"
            } "\n"
            tbody { "\n"
                @for bar in &chart.bars {
                    tr {
                        th scope="row" { (self.inlines(&bar.name)) }
                        td { (bar_svg(bar.share)) }
                        td class="right" { (self.inlines(&bar.value)) }
                    } "\n"
                }
            } "\n"
        };
        self.scrollable_table("table chart", Some(&chart.caption), content)
    }

    /// A table in a region that scrolls on narrow screens and can be reached with the keyboard.
    fn scrollable_table(&self, class: &str, caption: Option<&Caption>, content: Markup) -> Markup {
        let label = caption
            .map_or_else(|| "表格".to_owned(), |caption| format!("{}　{}", caption.number, plain(&caption.text)));
        html! {
            div class=(class) role="region" tabindex="0" aria-label=(label) { "\n"
                table { "\n"
                    @if let Some(caption) = caption {
                        caption { (caption.number) "　" (self.inlines(&caption.text)) } "\n"
                    }
                    (content)
                } "\n"
            } "\n"
        }
    }

    /// Signing line, 署名, 成文日期, 附注 and report code.
    fn signature(&self, letter: &LetterParts) -> Markup {
        let code = self.report.code.as_ref();
        html! {
            footer class=(if letter.seal { "signature sealed" } else { "signature" }) { "\n"
                p class="signing" {
                    (self.inlines(&letter.signer))
                    "（签字）："
                    span class="rule" aria-label="签字处" {}
                    @if letter.seal { "（盖章）" }
                } "\n"
                @if letter.seal && letter.organisations.len() > 1 {
                    (joint_signature::sealed(letter, &|text| self.inlines(text).render()))
                } @else {
                    div class="party" { "\n"
                        @for name in &letter.organisations { p { (self.inlines(name)) } "\n" }
                        p { time datetime=(letter.date) { (written_day(letter.date)) } } "\n"
                    } "\n"
                }
                @if letter.note.is_some() || code.is_some() {
                    p class="note" {
                        @if let Some(note) = &letter.note { "（" (self.inlines(note)) "）" }
                        @if let Some(code) = code { (printed_code(code)) }
                    } "\n"
                }
            } "\n"
        }
    }

    /// 附件说明: a title wraps under its first character.
    fn annex_list(&self, entries: &[AnnexEntry]) -> Markup {
        if entries.is_empty() {
            return Markup::default();
        }
        html! {
            div class="annex-list" { "\n"
                @for (index, AnnexEntry { number, title }) in entries.iter().enumerate() {
                    p {
                        span class="lead" { @if index == 0 { (ANNEX_LIST_LEAD) } }
                        @if !number.is_empty() { span class="number" { (number) } }
                        span { (self.inlines(title)) }
                    } "\n"
                }
            } "\n"
        }
    }

    fn annex(&self, annex: &Annex) -> Markup {
        html! {
            section class=(if annex.landscape { "annex landscape" } else { "annex" }) { "\n"
                p class="mark" { (annex.mark) } "\n"
                h2 class="title" { @for line in &annex.title { span class="line" { (self.inlines(line)) } } } "\n"
                @for block in &annex.body { (self.block(block, false)) }
            } "\n"
        }
    }

    fn inlines<'p>(&'p self, text: &'p Inlines) -> InlinesMarkup<'p, 'r> {
        InlinesMarkup { page: self, text }
    }

    /// Text that shows its source on hover, tap or focus. Only metrics and gaps can be reached with the tab key: a
    /// table of hundreds of cells would keep a keyboard user from what comes after it.
    fn sourced_text(&self, text: &str, index: u32) -> Markup {
        let is_metric =
            self.report.provenance.get(index as usize).is_some_and(|provenance| provenance.computed.is_some());
        html! {
            span class="src" tabindex=(if is_metric { "0" } else { "-1" }) aria-describedby={ "s" (index) }
                data-source=(self.source_lines.get(index as usize)) { (Escaped(text)) }
        }
    }

    /// Pictures two a row, with their captions.
    fn pictures(&self, group: &PictureGroup) -> Markup {
        let figcaption =
            |caption: &Caption| html! { figcaption { (caption.number) "　" (self.inlines(&caption.text)) } };
        html! {
            figure class="pictures" { "\n"
                @for FigureCell { picture, caption } in &group.cells {
                    @if let Some(caption) = caption {
                        figure class="cell" { (self.inlines(picture)) (figcaption(caption)) } "\n"
                    } @else {
                        div class="cell" { (self.inlines(picture)) } "\n"
                    }
                }
                @if let Some(caption) = &group.caption { (figcaption(caption)) "\n" }
            } "\n"
        }
    }

    /// A picture that shows its source likewise.
    fn picture(&self, printed: &PrintedPicture) -> Markup {
        let img = pictures::img(printed);
        match printed.provenance {
            Some(index) => html! {
                span class="src" tabindex="-1" aria-describedby={ "s" (index) }
                    data-source=(self.source_lines.get(index as usize)) { (img) }
            },
            None => img,
        }
    }

    fn gap(&self, label: &str, index: Option<u32>) -> Markup {
        let text = gap_text(label);
        match index {
            Some(index) => html! {
                mark class="gap src" tabindex="0" aria-describedby={ "s" (index) }
                    data-source=(self.source_lines.get(index as usize)) { (text) }
            },
            None => html! { mark class="gap" { (text) } },
        }
    }
}

/// A text of a page.
struct InlinesMarkup<'p, 'r> {
    page: &'p Page<'r>,
    text: &'p Inlines,
}

impl Render for InlinesMarkup<'_, '_> {
    fn render_to(&self, out: &mut String) {
        for inline in self.text {
            match inline {
                Inline::Text(text) => escape_into(out, text),
                Inline::Sourced(text, index) => self.page.sourced_text(text, *index).render_to(out),
                Inline::Gap(label, index) => self.page.gap(label, *index).render_to(out),
                Inline::Break => out.push_str("<br>"),
                Inline::Picture(printed) => self.page.picture(printed).render_to(out),
            }
        }
    }
}

/// The class of a column's cells; centred cells have none.
fn align_class(column: TableColumn) -> Option<&'static str> {
    match column.align {
        Align::Left => Some("left"),
        Align::Center => None,
        Align::Right => Some("right"),
    }
}

/// A bar of a chart; `share` in thousandths. maud does not write the self-closing elements of SVG.
fn bar_svg(share: u16) -> PreEscaped<String> {
    PreEscaped(format!(
        "<svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"whole\" width=\"1000\" height=\"40\"/><rect width=\"{share}\" height=\"40\"/></svg>"
    ))
}

/// The report code with its QR code, if any.
fn printed_code(printed: &PrintedCode) -> Markup {
    html! {
        span class="stamp" {
            "核对码 " (printed.code)
            @if let Some(qr) = &printed.qr { (qr_svg(qr, printed.code.as_str())) }
        }
    }
}

/// A QR code as one path: a rectangle for each horizontal run of dark squares.
fn qr_svg(qr: &Matrix, code: &str) -> PreEscaped<String> {
    let width = qr.full_width();
    let mut out = format!("<svg viewBox=\"0 0 {width} {width}\" role=\"img\" aria-label=\"核对码 {code}\"><path d=\"");
    for row in 0..width {
        let mut col = 0;
        while col < width {
            let run = (col..width).take_while(|at| qr.is_dark(row, *at)).count();
            if run > 0 {
                // Writing into a String does not fail.
                let _ = write!(out, "M{col} {row}h{run}v1h-{run}z");
            }
            col += run.max(1);
        }
    }
    out.push_str("\"/></svg>");
    PreEscaped(out)
}
