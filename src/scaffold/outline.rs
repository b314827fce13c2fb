//! The headings of a notice's outline: from lines of text, or the paragraphs of a document.
//!
//! `# 标题`, `一、标题` are of the first level; `## 标题`, `（一）标题` of the second. The aspects that a sentence
//! lists with their number are headings before these: what is marked is then the notice's own structure. Where there
//! are neither, 一是……；二是…… are headings, else each short line of a text without sentences.

use super::error::ScaffoldError;
use super::listed_headings;
use super::notice_text::{self, NoticeText};
use crate::ingest::Paragraph;

/// Characters of a heading.
const MAX_HEADING: usize = 50;
/// Headings that are taken over.
const MAX_HEADINGS: usize = 60;

/// Lines of a text that are looked at, and the bytes of each: a paragraph of a notice has some thousands.
const MAX_LINES: usize = 20_000;
const MAX_LINE: usize = 10_000;

/// The beginning of a line, which ends between two characters.
fn shortened(line: &str) -> &str {
    &line[..line.floor_char_boundary(MAX_LINE)]
}

/// An outline: the title and the headings that a report is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// What the document says about itself when it is a notice.
    pub notice: NoticeText,
    /// The headings in their order.
    pub headings: Vec<Heading>,
}

/// A heading without its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Whether it is below another one.
    pub is_below: bool,
    /// The heading's text without the punctuation behind it; never a sentence.
    pub text: String,
}

impl Outline {
    /// The outline in lines of text; `name` is that of the file.
    ///
    /// # Errors
    /// When no line is a heading.
    pub fn of_text(text: &str, name: &str) -> Result<Self, ScaffoldError> {
        let lines = text.lines().map(|line| shortened(line.trim())).filter(|line| !line.is_empty()).take(MAX_LINES);
        let paragraph = |line: &str| Paragraph { text: line.to_owned(), ..Paragraph::default() };
        Self::of_paragraphs(&lines.map(paragraph).collect::<Vec<_>>(), name)
    }

    /// The outline of a document: aspects that a sentence lists, else paragraphs with a level, else lines that are
    /// numbered, else the points of a sentence, else short lines.
    ///
    /// # Errors
    /// When no paragraph is a heading.
    pub fn of_paragraphs(paragraphs: &[Paragraph], name: &str) -> Result<Self, ScaffoldError> {
        let title = notice_text::title(paragraphs).filter(|title| marked(&title.text).is_none());
        let notice = notice_text::read(paragraphs, title.as_ref().map(|title| title.text.as_str()));
        let is_title = |at: usize| title.as_ref().is_some_and(|title| (title.first..=title.last).contains(&at));
        let body = || paragraphs.iter().enumerate().filter(|(at, _)| !is_title(*at)).map(|(_, paragraph)| paragraph);
        let styled = body().filter_map(|paragraph| {
            let level = paragraph.level.filter(|level| *level <= 2)?;
            Some(heading(level > 1, marked(&paragraph.text).map_or(paragraph.text.as_str(), |line| line.text)))
        });
        let of_sentence = |listed: fn(&str) -> Option<Vec<String>>| -> Vec<Heading> {
            let found = body().find_map(|paragraph| listed(&paragraph.text));
            found.into_iter().flatten().map(|text| Heading { is_below: false, text }).collect()
        };
        let mut headings = of_sentence(listed_headings::counted);
        if headings.is_empty() {
            headings = styled.flatten().collect();
        }
        if headings.is_empty() {
            let lines = paragraphs.iter().filter_map(|paragraph| marked(&paragraph.text));
            headings = lines.filter_map(|line| heading(line.is_below, line.text)).collect();
        }
        if headings.is_empty() {
            headings = of_sentence(listed_headings::points);
        }
        if headings.is_empty() {
            // Short lines between sentences are addressees and signatures, no headings.
            let has_sentences = paragraphs.iter().any(|paragraph| paragraph.text.contains('。'));
            let lines = body().filter(|_| !has_sentences);
            headings = lines.filter_map(|paragraph| heading(false, &paragraph.text)).collect();
        }
        headings.truncate(MAX_HEADINGS);
        if let Some(first) = headings.first_mut() {
            first.is_below = false;
        } else {
            return Err(ScaffoldError::NoHeadings(name.to_owned()));
        }
        Ok(Self { notice, headings })
    }
}

/// A line that is marked as a heading.
struct Marked<'t> {
    is_below: bool,
    text: &'t str,
}

/// A heading, unless the text is too long for one or a sentence.
fn heading(is_below: bool, text: &str) -> Option<Heading> {
    let text = text.trim().trim_end_matches(['：', ':', '；', '。']);
    let is_heading = (1..=MAX_HEADING).contains(&text.chars().count()) && !text.contains('。');
    is_heading.then(|| Heading { is_below, text: text.to_owned() })
}

/// The text behind the mark of a heading.
fn marked(line: &str) -> Option<Marked<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("## ") {
        return Some(Marked { is_below: true, text: rest });
    }
    if let Some(rest) = line.strip_prefix("# ") {
        return Some(Marked { is_below: false, text: rest });
    }
    let is_numeral = |c: char| "一二三四五六七八九十".contains(c);
    let bracketed = line.strip_prefix(['（', '(']);
    let rest = bracketed.unwrap_or(line).trim_start_matches(is_numeral);
    let has_number = rest.len() < bracketed.unwrap_or(line).len();
    let end: &[char] = if bracketed.is_some() { &['）', ')'] } else { &['、', '.', '．'] };
    let text = rest.strip_prefix(end).filter(|_| has_number)?;
    Some(Marked { is_below: bracketed.is_some(), text: text.trim_start_matches(['、', ' ']) })
}

#[cfg(test)]
mod tests {
    use super::{Heading, Outline};
    use crate::ingest::Paragraph;

    fn headings(text: &str) -> Vec<(bool, String)> {
        let outline = Outline::of_text(text, "提纲.txt").unwrap_or_default();
        outline.headings.into_iter().map(|Heading { is_below, text }| (is_below, text)).collect()
    }

    #[test]
    fn marked_lines_are_headings_and_others_are_not() {
        let text =
            "各科室：\n一、隐患排查情况\n  请写明整改情况。\n（一）重大隐患：\n(二) 一般隐患\n十一、下一步打算\n";
        let expected = [(false, "隐患排查情况"), (true, "重大隐患"), (true, "一般隐患"), (false, "下一步打算")];
        assert_eq!(headings(text), expected.map(|(is_below, text)| (is_below, text.to_owned())));
        let markdown = [(false, "甲".to_owned()), (true, "乙".to_owned())];
        assert_eq!(headings("# 甲\n\n正文\n## 乙\n"), markdown);
        assert_eq!(headings("隐患排查\n培训演练\n"), [(false, "隐患排查".to_owned()), (false, "培训演练".to_owned())]);
    }

    #[test]
    fn the_first_line_of_a_text_may_be_its_title() {
        let outline = Outline::of_text("关于开展安全自查的通知\n\n一、隐患排查\n二、培训", "提纲.txt").unwrap();
        assert_eq!(outline.notice.title.as_deref(), Some("关于开展安全自查的通知"));
        let texts: Vec<_> = outline.headings.iter().map(|heading| heading.text.as_str()).collect();
        assert_eq!(texts, ["隐患排查", "培训"]);
        assert_eq!(Outline::of_text("一、学习通知\n二、培训", "提纲.txt").unwrap().notice.title, None);
    }

    #[test]
    fn headings_within_a_sentence_are_found() {
        let text = "关于开展安全自查的通知\n一、自查内容\n各科室要从隐患排查、设备巡检、教育培训三个方面开展自查。\n二、报送要求\n请按时报送。";
        let listed = [(false, "隐患排查"), (false, "设备巡检"), (false, "教育培训")];
        assert_eq!(headings(text), listed.map(|(is_below, text)| (is_below, text.to_owned())));
        let text = "各科室要报告以下内容：一是隐患排查；二是设备巡检；三是教育培训。";
        assert_eq!(headings(text), listed.map(|(is_below, text)| (is_below, text.to_owned())));
    }

    #[test]
    fn a_text_without_headings_is_refused() {
        for text in ["", "\n\n", "这是一句话。不是标题。", "各分馆：\n请于7月10日前报送。\n市图书馆"]
        {
            let refused = Outline::of_text(text, "提纲.txt").expect_err("no headings");
            assert!(refused.to_string().starts_with("“提纲.txt”里没有找到标题"), "{refused}");
        }
    }

    #[test]
    fn styles_decide_where_a_document_has_them() {
        let paragraph = |text: &str, level, is_title| Paragraph { text: text.to_owned(), level, is_title };
        let paragraphs = [
            paragraph("关于开展安全自查的通知", None, true),
            paragraph("一、不是标题样式", None, false),
            paragraph("隐患排查", Some(1), false),
            paragraph("（一）重大隐患", Some(2), false),
            paragraph("细目", Some(3), false),
        ];
        let outline = Outline::of_paragraphs(&paragraphs, "提纲.docx").unwrap();
        assert_eq!(outline.notice.title.as_deref(), Some("关于开展安全自查的通知"));
        let texts: Vec<_> = outline.headings.iter().map(|heading| heading.text.as_str()).collect();
        assert_eq!(texts, ["隐患排查", "重大隐患"]);
    }
}
