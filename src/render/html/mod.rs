//! One self-contained page a report: on a screen it looks like the paper, printed it is the paper.

mod joint_signature;
mod letterhead;
mod page;
mod pictures;
mod sources;

use super::renderer::{Format, RenderError, Renderer};
use crate::notice::Typography;
use crate::report::{Block, Report};

/// The style sheet; `{title}`, `{body}`, … stand for the settings' typefaces.
const STYLE: &str = include_str!("style.css");

/// What is added to it for reports with annexes.
const ANNEX_STYLE: &str = include_str!("annex.css");

/// The same for reports with tables in small type.
const SMALL_STYLE: &str = include_str!("small.css");
/// The style sheet of pages with a landscape table, in addition.
const LANDSCAPE_STYLE: &str = include_str!("landscape.css");

/// The HTML renderer.
#[derive(Clone, Debug)]
pub(super) struct Html {
    styles: StyleSheets,
}

/// Style sheets with the settings' typefaces.
#[derive(Clone, Debug)]
struct StyleSheets {
    /// Of every page.
    common: String,
    /// Of pages with a landscape table, in addition.
    landscape: String,
}

impl Html {
    /// A renderer with the settings' typefaces.
    pub(super) fn new(typography: &Typography) -> Self {
        let page_number = font_stack(typography, &typography.page_number);
        let common = STYLE
            .replace("{title}", &font_stack(typography, &typography.title))
            .replace("{body}", &font_stack(typography, &typography.body))
            .replace("{heading1}", &font_stack(typography, &typography.heading1))
            .replace("{heading2}", &font_stack(typography, &typography.heading2))
            .replace("{page-number}", &page_number);
        let landscape = LANDSCAPE_STYLE.replace("{page-number}", &page_number);
        Self { styles: StyleSheets { common, landscape } }
    }
}

/// A CSS `font-family`: the Latin typeface, then the given ones, then any serif typeface.
fn font_stack(typography: &Typography, fonts: &[String]) -> String {
    let fonts = typography.latin.iter().chain(fonts);
    let mut names: Vec<String> = fonts.map(|font| format!("\"{}\"", font.replace(['"', '\\', '<'], ""))).collect();
    names.push("serif".to_owned());
    names.join(", ")
}

impl Renderer for Html {
    fn format(&self) -> Format {
        Format::Html
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let has_small_table = report.blocks().any(|block| matches!(block, Block::Table(table) if table.small));
        let annexes = if report.annexes.is_empty() { "" } else { ANNEX_STYLE };
        let small = if has_small_table { SMALL_STYLE } else { "" };
        let landscape = if report.has_landscape_pages() { &*self.styles.landscape } else { "" };
        Ok(page::render(report, &[&*self.styles.common, landscape, annexes, small]).into_bytes())
    }
}
