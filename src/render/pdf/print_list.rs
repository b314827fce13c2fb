//! The list in front of a set of reports for the printer: each report with its pages and its code, and a square to tick
//! off when it is signed.

use jiff::civil::Date;

use super::composer::{Composer, ParagraphText};
use super::flow::{Flow, Keep};
use super::page::ElementKind;
use super::page_kind::PageKind;
use super::writer::{self, Description};
use super::{cells, page_marks, style};
use crate::fonts::Fonts;
use crate::render::renderer::RenderError;
use crate::report::{Align, Inline, Inlines, Table, TableColumn};

/// A list of reports.
#[derive(Clone, Debug)]
pub(crate) struct PrintList {
    /// The title above the list.
    pub title: String,
    /// The department that prints them.
    pub author: String,
    /// The last date of the reports: the list depends on no clock.
    pub date: Date,
    /// The reports in the order in which they follow.
    pub reports: Vec<ListedReport>,
    /// Names of the branches whose reports are not among them.
    pub absent: Vec<String>,
}

/// A report of a list.
#[derive(Clone, Debug)]
pub(crate) struct ListedReport {
    /// The branch.
    pub name: String,
    /// The report's title.
    pub title: String,
    /// Its pages, those of bound annexes included.
    pub pages: usize,
    /// Its report code, by which the printed copy is checked.
    pub code: String,
}

/// The columns with their shares of the width in thousandths.
const COLUMNS: [(&str, Align, u16); 6] = [
    ("序号", Align::Center, 70),
    ("单位", Align::Left, 190),
    ("报告标题", Align::Left, 235),
    ("页数", Align::Center, 70),
    // The 21 characters of a code, of which the wide ones are few, are not broken.
    ("核对码", Align::Center, 365),
    ("签字", Align::Center, 70),
];

impl PrintList {
    /// Its bytes: a PDF.
    ///
    /// # Errors
    /// When a font cannot be embedded.
    pub(crate) fn render(&self, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
        let mut composer = Composer::new(fonts);
        let (kind, style) = (ElementKind::Title, style::title());
        composer.paragraph(&ParagraphText { kind, style, lead: &self.title, text: &Vec::new(), keep: Keep::Next });
        composer.empty(style::plain(), Keep::Next);
        cells::table(&mut composer, &self.table(), false);
        let pages: usize = self.reports.iter().map(|report| report.pages).sum();
        paragraph(&mut composer, &format!("共{}份、{pages}页。签好一份，在方框里打勾。", self.reports.len()));
        if !self.absent.is_empty() {
            paragraph(&mut composer, &format!("没有印在里面的：{}。", self.absent.join("、")));
        }
        let flow = Flow::lay_out(std::mem::take(&mut composer.blocks), PageKind::Portrait);
        let mut document = flow.into_document(std::mem::take(&mut composer.structure));
        page_marks::add(&mut document, fonts, false);
        let description =
            Description { title: self.title.clone(), author: self.author.clone(), date: self.date, qr: None };
        writer::write(&document, &description, fonts)
    }

    fn table(&self) -> Table {
        let columns = COLUMNS.map(|(_, align, share)| TableColumn { align, share }).to_vec();
        let head = COLUMNS.map(|(title, ..)| text(title)).to_vec();
        let rows = self.reports.iter().zip(1..).map(|(report, number)| {
            let cells = [&number.to_string(), &report.name, &report.title, &report.pages.to_string(), &report.code];
            cells.into_iter().map(|cell| text(cell)).chain([text("□")]).collect()
        });
        Table { caption: None, columns, head, rows: rows.collect(), landscape: false, small: false }
    }
}

fn text(text: &str) -> Inlines {
    vec![Inline::Text(text.to_owned())]
}

fn paragraph(composer: &mut Composer<'_>, lead: &str) {
    let (kind, style) = (ElementKind::Paragraph, style::body());
    composer.paragraph(&ParagraphText { kind, style, lead, text: &Vec::new(), keep: Keep::Free });
}
