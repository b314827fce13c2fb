//! A report in the frame of a page where its pages cannot be shown: its HTML file, not parted, below a sentence that
//! says why, its gaps linked to the page.
//!
//! The file may have been edited, so it is served in a sandbox without scripts.

use maud::html;

use super::report::html_file;
use crate::manifest::ReportOutcome;
use crate::render::escaped;
use crate::report::{Gap, gap_text};
use crate::serve::response::{HandlerResult, sandboxed_report};
use crate::serve::state::AppState;

/// What the sandbox allows: a link that is clicked leads the page around the frame.
const SANDBOX_FLAGS: &str = "allow-top-navigation-by-user-activation";
const STYLE: &str = ".gap a { color: inherit; }\n\
                     .no-pages { margin: 0; padding: 0.6rem 1rem; border-bottom: 1px solid #999; background: #fff8dc; \
                     color: #222; font: 16px/1.6 sans-serif; letter-spacing: 0; text-indent: 0; }\n\
                     @media print { .no-pages { display: none; } }\n";
/// The beginning of the ids of the elements that explain gaps.
pub(super) const GAP_ANCHOR: &str = "gap-";
/// The start of a gap in a report's HTML.
const GAP_TAG: &str = "<mark class=\"gap";

/// The report below the reason for which its pages are not shown. Its gaps are links to the page at `gap_page`, which
/// has an element with [`gap_anchor`] for each.
///
/// # Errors
/// When there is no report.
pub(super) fn embedded(state: &AppState, record: &ReportOutcome, gap_page: &str, reason: &str) -> HandlerResult {
    let report = link_gaps(&html_file(state, record)?, &record.gaps, gap_page);
    let styled = report.replacen("</head>", &format!("<style>\n{STYLE}</style>\n</head>"), 1);
    let reason = html! { p class="no-pages" { (reason) "下面的报告没有分页。" } }.into_string();
    let explained = match styled.find("<main").or_else(|| styled.find("<article")) {
        Some(at) => [&styled[..at], &reason, &styled[at..]].concat(),
        None => reason + &styled,
    };
    Ok(sandboxed_report(explained, SANDBOX_FLAGS))
}

/// The id of the element that explains the gap with that index in the record.
pub(super) fn gap_anchor(index: usize) -> String {
    format!("{GAP_ANCHOR}{}", index + 1)
}

/// Turns the gaps of a report into links. Gaps are matched by their text: the n-th occurrence leads to the n-th gap of
/// the record with this text, further ones to the first. Marks with another text are left as they are.
fn link_gaps(report: &str, gaps: &[Gap], address: &str) -> String {
    let texts: Vec<String> = gaps.iter().map(|gap| escaped(&gap_text(&gap.what))).collect();
    let mut is_linked = vec![false; texts.len()];
    let mut pieces = report.split(GAP_TAG);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(GAP_TAG);
        let parsed = piece.split_once('>').and_then(|(attributes, rest)| {
            let (text, rest) = rest.split_once("</mark>")?;
            let has_text = |index: &usize| texts[*index] == text;
            let unlinked = (0..texts.len()).find(|index| has_text(index) && !is_linked[*index]);
            let index = unlinked.or_else(|| (0..texts.len()).find(has_text))?;
            Some((attributes, text, rest, index))
        });
        let Some((attributes, text, rest, index)) = parsed else {
            out.push_str(piece);
            continue;
        };
        is_linked[index] = true;
        // The link takes the keyboard focus instead of the mark.
        out.push_str(&attributes.replacen(" tabindex=\"0\"", "", 1));
        out.push_str(&format!("><a href=\"{address}#{}\" target=\"_top\">{text}</a></mark>{rest}", gap_anchor(index)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Gap, link_gaps};

    #[test]
    fn each_gap_links_to_its_anchor() {
        let gap = |what: &str| Gap { what: what.to_owned(), part: "一、甲".to_owned() };
        let page = "<p><mark class=\"gap src\" tabindex=\"0\" data-source=\"a&gt;b\">【待填写：数】</mark>，\
                    <mark class=\"gap\">【待填写：a&lt;b】</mark>、<mark class=\"gap\">【待填写：数】</mark>、\
                    <mark class=\"gap\">【待填写：别的】</mark><mark class=\"gap";
        let wanted = "<p><mark class=\"gap src\" data-source=\"a&gt;b\"><a href=\"/branch/1#gap-1\" target=\"_top\">\
                      【待填写：数】</a></mark>，<mark class=\"gap\"><a href=\"/branch/1#gap-2\" target=\"_top\">\
                      【待填写：a&lt;b】</a></mark>、<mark class=\"gap\"><a href=\"/branch/1#gap-3\" target=\"_top\">\
                      【待填写：数】</a></mark>、<mark class=\"gap\">【待填写：别的】</mark><mark class=\"gap";
        assert_eq!(link_gaps(page, &[gap("数"), gap("a<b"), gap("数")], "/branch/1"), wanted);
    }
}
