//! A report as it will print: its web page, made ready to be parted into pages, with each gap leading to what fills it.
//!
//! Nothing in the page runs, whatever a person wrote into the file: the page around it parts it (assets/preview.js).

use super::report;
use crate::manifest::BranchRecord;
use crate::render::escaped;
use crate::report::gap_text;
use crate::serve::response::{self, Answer};
use crate::serve::state::AppState;

const STYLE: &str = include_str!("../assets/preview.css");

/// What the frame of a report lets through: the page around it reaches into it, and a link in it leads that page
/// elsewhere when somebody clicks it.
pub const ALLOWED: &str = " allow-same-origin allow-top-navigation-by-user-activation";

/// The report in its frame; with the address of a page that tells what fills the gaps, each gap is a link into it.
///
/// # Errors
/// When there is no report.
pub fn framed(state: &AppState, record: &BranchRecord, telling: Option<&str>) -> Answer {
    let page = report::page(state, record)?;
    let page = page.replacen("</head>", &format!("<style>\n{STYLE}</style>\n</head>"), 1);
    let page = match telling {
        Some(address) => linked(&page, &record.gaps, address),
        None => page,
    };
    Ok(response::paper(page, ALLOWED))
}

/// The place on the page that tells what fills gap number `at`, from 0.
pub fn telling(at: usize) -> String {
    format!("gap-{}", at + 1)
}

/// The page with a link in each gap of the record, the first of a name to the first of it, the next to the next.
fn linked(page: &str, gaps: &[(String, String)], address: &str) -> String {
    let texts: Vec<String> = gaps.iter().map(|(what, _)| escaped(&gap_text(what))).collect();
    let mut met = vec![false; texts.len()];
    let mut pieces = page.split("<mark class=\"gap");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("<mark class=\"gap");
        let parted = piece.split_once('>').and_then(|(tag, rest)| {
            let (text, rest) = rest.split_once("</mark>")?;
            let own = |at: &usize| texts[*at] == text;
            let at = (0..texts.len()).find(|at| own(at) && !met[*at]).or_else(|| (0..texts.len()).find(own))?;
            Some((tag, text, rest, at))
        });
        let Some((tag, text, rest, at)) = parted else {
            out.push_str(piece);
            continue;
        };
        met[at] = true;
        // The link is what the keyboard stops at.
        out.push_str(&tag.replacen(" tabindex=\"0\"", "", 1));
        out.push_str(&format!("><a href=\"{address}#{}\" target=\"_top\">{text}</a></mark>{rest}", telling(at)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn each_gap_leads_to_what_fills_it() {
        let gap = |what: &str| (what.to_owned(), "一、甲".to_owned());
        let page = "<p><mark class=\"gap src\" tabindex=\"0\" data-source=\"a&gt;b\">【待填写：数】</mark>，\
                    <mark class=\"gap\">【待填写：a&lt;b】</mark>、<mark class=\"gap\">【待填写：数】</mark>、\
                    <mark class=\"gap\">【待填写：别的】</mark><mark class=\"gap";
        let wanted = "<p><mark class=\"gap src\" data-source=\"a&gt;b\"><a href=\"/branch/1#gap-1\" target=\"_top\">\
                      【待填写：数】</a></mark>，<mark class=\"gap\"><a href=\"/branch/1#gap-2\" target=\"_top\">\
                      【待填写：a&lt;b】</a></mark>、<mark class=\"gap\"><a href=\"/branch/1#gap-3\" target=\"_top\">\
                      【待填写：数】</a></mark>、<mark class=\"gap\">【待填写：别的】</mark><mark class=\"gap";
        assert_eq!(linked(page, &[gap("数"), gap("a<b"), gap("数")], "/branch/1"), wanted);
    }
}
