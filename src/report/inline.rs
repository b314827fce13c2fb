//! Inline text: markers become nodes, straight quotes become “ ”, quotes within quotes ‘ ’.
//!
//! Input: the text of one block or cell after Markdown parsing, still with markers (`marker.rs`). Output: [`Inlines`]
//! without any marker; one that has no partner is dropped, because a template may cut values apart with filters.
//! A sourced inline holds the provenance *key* here; `Report::resolve_provenance` turns keys into indices.

use super::quotes::Quotes;
use super::text::{Inline, Inlines, PrintedPicture};
use crate::marker;
use crate::picture::Pictures;
use crate::store::Digest;

/// Treatment of line breaks inside a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LineBreaks {
    /// Keep them, as in a table cell.
    Keep,
    /// Join the lines into one, as in a sentence or a title.
    #[default]
    Join,
}

/// Punctuation after which joined lines need no `；` between them.
const NO_SEMICOLON_AFTER: [char; 8] = ['。', '；', '，', '、', '！', '？', '：', ';'];

/// Punctuation that a value loses at its end where the text behind it goes on with one of [`AFTER_VALUE`]: a cell is
/// written as a sentence, and printed within one.
const VALUE_END: [char; 6] = ['。', '；', '，', '、', ';', ','];
/// Punctuation that replaces it at the end of a value.
const AFTER_VALUE: [char; 7] = ['。', '；', '，', '、', '！', '？', '：'];

/// Parses text without pictures into inlines; a picture in it becomes a gap.
pub(super) fn inlines(text: &str, breaks: LineBreaks) -> Inlines {
    inlines_with_pictures(text, breaks, None)
}

/// Parses text into inlines; a picture that is none of `pictures` becomes a gap.
pub(super) fn inlines_with_pictures(text: &str, breaks: LineBreaks, pictures: Option<&Pictures>) -> Inlines {
    let mut parser = InlineParser { breaks, pictures, quotes: Quotes::new(text), ..InlineParser::default() };
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        let (ordinary, from_special) = rest.split_at(at);
        parser.ordinary(ordinary);
        let mut chars = from_special.chars();
        chars.next().into_iter().for_each(|c| parser.special(c));
        rest = chars.as_str();
    }
    parser.ordinary(rest);
    parser.finish_picture();
    parser.finish_text();
    parser.inlines
}

/// Whether [`InlineParser::special`] handles a character.
fn is_special(c: char) -> bool {
    matches!(c, '\n' | '"' | '“' | '”' | '《') || marker::is_marker(c)
}

/// The lines of a value that becomes several paragraphs, each with the provenance of the value.
pub(super) fn split_lines(value: &str) -> Vec<String> {
    let mut provenance = "";
    let mut lines = Vec::new();
    for line in value.split(marker::LINE_BREAK) {
        let text = line.trim_matches(|c: char| c.is_whitespace() || c == marker::PROVENANCE_CLOSE);
        if text.chars().any(|c| !c.is_whitespace()) {
            lines.push(format!("{provenance}{text}"));
        }
        if let (Some(open), Some(end)) = (line.find(marker::PROVENANCE_OPEN), line.find(marker::PROVENANCE_TEXT)) {
            provenance = line.get(open..end + marker::PROVENANCE_TEXT.len_utf8()).unwrap_or_default();
        }
    }
    lines
}

#[derive(Default)]
struct InlineParser<'p> {
    breaks: LineBreaks,
    pictures: Option<&'p Pictures>,
    /// The hash of the open picture.
    picture: Option<String>,
    quotes: Quotes,
    /// The finished inlines.
    inlines: Inlines,
    /// The unfinished text.
    text: String,
    /// The label of the open gap.
    gap: Option<String>,
    /// The provenance key being read.
    key: Option<u32>,
    /// The provenance of the unfinished text.
    provenance: Option<u32>,
    /// Whether the last inline is the end of a value, and nothing was read since.
    after_value: bool,
    /// Whether blanks are skipped because the line before was joined to this one.
    skip_blanks: bool,
    /// The last two printed characters.
    last_printed: [char; 2],
}

impl InlineParser<'_> {
    /// Reads text without special characters.
    fn ordinary(&mut self, text: &str) {
        let mut text = text;
        if let Some(key) = &mut self.key {
            let after_digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
            for digit in text[..text.len() - after_digits.len()].bytes() {
                *key = key.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
            }
            text = after_digits;
        }
        if let Some(label) = self.gap.as_mut().or(self.picture.as_mut()) {
            return label.push_str(text);
        }
        if self.skip_blanks {
            text = text.trim_start();
        }
        let mut backwards = text.chars().rev();
        let Some(last) = backwards.next() else { return };
        if self.after_value && self.provenance.is_none() && text.starts_with(AFTER_VALUE) {
            self.end_value_without_punctuation();
        }
        self.after_value = false;
        self.skip_blanks = false;
        self.last_printed = [backwards.next().unwrap_or(self.last_printed[1]), last];
        self.text.push_str(text);
    }

    /// Reads a special character.
    fn special(&mut self, c: char) {
        // Texts of the letter do not pass through the Markdown parser.
        if let Some(c) = marker::unprotected(c) {
            return self.ordinary(c.encode_utf8(&mut [0; 4]));
        }
        match c {
            marker::GAP_OPEN => {
                self.finish_text();
                self.gap = Some(String::new());
            }
            marker::GAP_CLOSE => {
                if let Some(label) = self.gap.take() {
                    self.inlines.push(Inline::Gap(label, self.provenance));
                    self.last_printed = ['】'; 2];
                }
            }
            marker::PICTURE_OPEN => {
                self.finish_picture();
                self.finish_text();
                self.picture = Some(String::new());
            }
            marker::PICTURE_CLOSE => self.finish_picture(),
            marker::PROVENANCE_OPEN => {
                self.finish_picture();
                self.finish_text();
                self.key = Some(0);
            }
            marker::PROVENANCE_TEXT => self.provenance = self.key.take(),
            marker::PROVENANCE_CLOSE => {
                self.finish_picture();
                self.after_value = !self.text.is_empty();
                self.finish_text();
                (self.provenance, self.key) = (None, None);
            }
            marker::LINE_BREAK | '\n' => self.line_break(),
            c if marker::is_marker(c) => {}
            c => match self.gap.as_mut().or(self.picture.as_mut()) {
                Some(label) => label.push(c),
                None => self.quote(c),
            },
        }
    }

    /// Removes [`VALUE_END`] from the last inline.
    fn end_value_without_punctuation(&mut self) {
        let Some(Inline::Sourced(text, _)) = self.inlines.last_mut() else { return };
        text.truncate(text.trim_end_matches(|c: char| VALUE_END.contains(&c) || c.is_whitespace()).len());
        if text.is_empty() {
            self.inlines.pop();
        }
    }

    /// Appends `"`, `“`, `”` or `《`. No 、 is printed between adjacent “ ” or 《 》 (GB/T 15834-2011, 4.5.3.5).
    fn quote(&mut self, c: char) {
        (self.skip_blanks, self.after_value) = (false, false);
        let c = self.quotes.curly(c);
        if matches!((self.last_printed, c), (['”', '、'], '“') | (['》', '、'], '《'))
            && let Some(text) = self.last_text()
        {
            text.pop();
        }
        self.text.push(c);
        self.last_printed = [self.last_printed[1], c];
    }

    fn line_break(&mut self) {
        if self.gap.is_some() {
            return;
        }
        self.after_value = false;
        match self.breaks {
            LineBreaks::Keep => {
                self.finish_text();
                self.inlines.push(Inline::Break);
                self.last_printed = ['\n'; 2];
            }
            LineBreaks::Join => {
                if let Some(text) = self.last_text() {
                    text.truncate(text.trim_end().len());
                    if !text.is_empty() && !text.ends_with(NO_SEMICOLON_AFTER) {
                        text.push('；');
                    }
                }
                self.skip_blanks = true;
            }
        }
    }

    /// The unfinished text, or that of the last inline.
    fn last_text(&mut self) -> Option<&mut String> {
        if !self.text.is_empty() {
            return Some(&mut self.text);
        }
        match self.inlines.last_mut() {
            Some(Inline::Text(text) | Inline::Sourced(text, _)) => Some(text),
            _ => None,
        }
    }

    /// Turns the open picture into an inline: a gap when a filter of a template cut its hash.
    fn finish_picture(&mut self) {
        let Some(hash) = self.picture.take() else { return };
        let digest: Option<Digest> = hash.parse().ok();
        let picture = digest.and_then(|digest| Some((digest, self.pictures?.get(&digest)?)));
        self.last_printed = ['】'; 2];
        self.inlines.push(match picture {
            Some((digest, picture)) => Inline::Picture(Box::new(PrintedPicture {
                picture,
                digest,
                alt: String::new(),
                provenance: self.provenance,
            })),
            None => Inline::Gap("图片".to_owned(), self.provenance),
        });
    }

    /// Turns the unfinished text into an inline.
    fn finish_text(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.inlines.push(match self.provenance {
                Some(key) => Inline::Sourced(text, key),
                None => Inline::Text(text),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LineBreaks, inlines, inlines_with_pictures, split_lines};
    use crate::marker::{self, gap, is_marker, push_with_provenance};
    use crate::picture::{Picture, PictureFormat, Pictures};
    use crate::report::{Inline, plain};

    fn sourced(key: u32, text: impl std::fmt::Display) -> String {
        let mut marked = String::new();
        push_with_provenance(&mut marked, key, |out| out.push_str(&text.to_string()));
        marked
    }

    #[test]
    fn quotes_pair_up_and_gaps_become_nodes() {
        let nodes = inlines("\"甲\"、\"乙\"\u{fdd0}整改措施\u{fdd1}", LineBreaks::Join);
        assert_eq!(nodes, [Inline::Text("“甲”“乙”".to_owned()), Inline::Gap("整改措施".to_owned(), None)]);
        assert_eq!(inlines("5\" 屏", LineBreaks::Join), [Inline::Text("5\" 屏".to_owned())]);
    }

    #[test]
    fn values_and_their_gaps_keep_their_provenance() {
        let text = format!("共{}项，{}", sourced(12, "85%"), sourced(7, gap("责任人")));
        let node = |text: &str| Inline::Text(text.to_owned());
        let value = Inline::Sourced("85%".to_owned(), 12);
        assert_eq!(
            inlines(&text, LineBreaks::Join),
            [node("共"), value, node("项，"), Inline::Gap("责任人".to_owned(), Some(7))]
        );
        let titles = format!("{}、{}", sourced(1, "《甲》"), sourced(2, "《乙》"));
        assert_eq!(plain(&inlines(&titles, LineBreaks::Join)), "《甲》《乙》");
        assert_eq!(
            plain(&inlines(&format!("{}\n{}", sourced(1, "甲"), sourced(2, " 乙")), LineBreaks::Join)),
            "甲；乙"
        );
    }

    #[test]
    fn a_value_that_ends_a_sentence_goes_on_within_one() {
        let read = |text: &str| inlines(text, LineBreaks::Join);
        let value = |text: &str| Inline::Sourced(text.to_owned(), 3);
        let node = |text: &str| Inline::Text(text.to_owned());
        for (cell, follows, kept) in [
            ("经费没有落实。", "。", "经费没有落实"),
            ("经费没有落实；", "，下一步", "经费没有落实"),
            ("已完成。下一步继续，", "；", "已完成。下一步继续"),
            ("甲、乙、", "：", "甲、乙"),
            ("完成了吗？", "。", "完成了吗？"),
            ("85.", "。", "85."),
            ("已完成。", "等", "已完成。"),
            ("已完成。", "”。", "已完成。"),
            ("已完成。", "", "已完成。"),
        ] {
            let expected: Vec<Inline> = [value(kept), node(follows)].into_iter().filter(|i| *i != node("")).collect();
            assert_eq!(read(&format!("{}{follows}", sourced(3, cell))), expected, "{cell} {follows}");
        }
        // The templates' own punctuation, and that of the next value, stays.
        assert_eq!(read("甲。。"), [node("甲。。")]);
        assert_eq!(read(&format!("{}{}", sourced(3, "甲。"), sourced(3, "。乙"))), [value("甲。"), value("。乙")]);
        assert_eq!(read(&format!("{}{}。", sourced(3, "甲。"), gap("乙")))[0], value("甲。"));
        assert_eq!(read(&format!("无{}。", sourced(3, "。"))), [node("无"), node("。")]);
        // Lines that are joined, and values that a filter joins.
        assert_eq!(read(&format!("{}。", sourced(3, "甲。\u{fdd2}乙。"))), [value("甲。乙"), node("。")]);
        assert_eq!(plain(&read(&format!("{}；{}。", sourced(3, "甲。"), sourced(3, "乙；")))), "甲；乙。");
    }

    #[test]
    fn a_picture_that_is_unknown_or_whose_hash_is_cut_becomes_a_gap() {
        let picture = Picture {
            format: PictureFormat::Png,
            bytes: vec![1],
            width: 1,
            height: 1,
            print_width: 1,
            print_height: 1,
        };
        let (digest, pictures) = (picture.digest(), Pictures::of([picture]));
        let mut whole = String::new();
        push_with_provenance(&mut whole, 4, |out| marker::push_picture(out, &digest.to_string()));
        let parse = |text: &str| inlines_with_pictures(text, LineBreaks::Join, Some(&pictures));
        let [Inline::Picture(printed)] = &parse(&whole)[..] else { panic!("{:?}", parse(&whole)) };
        assert_eq!((printed.digest, printed.provenance), (digest, Some(4)));
        let gap = |provenance| Inline::Gap("图片".to_owned(), provenance);
        assert_eq!(inlines(&whole, LineBreaks::Join), [gap(Some(4))], "no pictures where there can be none");
        let cut: String = whole.chars().take(20).collect();
        assert_eq!(parse(&cut), [gap(Some(4))]);
        assert_eq!(parse(&format!("{cut}…")), [gap(Some(4))]);
    }

    #[test]
    fn every_line_of_a_value_has_its_provenance() {
        let parted = split_lines(&sourced(3, "甲。\u{fdd2}　　乙。\u{fdd2} \u{fdd2}丙。"));
        let nodes: Vec<_> = parted.iter().map(|line| inlines(line, LineBreaks::Join)).collect();
        let line = |text: &str| vec![Inline::Sourced(text.to_owned(), 3)];
        assert_eq!(nodes, [line("甲。"), line("乙。"), line("丙。")]);
    }

    proptest::proptest! {
        #[test]
        fn a_value_alone_is_one_inline(key in proptest::prelude::any::<u32>(), value in "[甲乙 a1、]{1,5}") {
            let parsed = inlines(&sourced(key, &value), LineBreaks::Keep);
            proptest::prop_assert_eq!(parsed, [Inline::Sourced(value, key)]);
        }

        /// Template filters may cut values anywhere.
        #[test]
        fn no_marker_is_ever_left(text in "[\u{fdd0}-\u{fdd9}\u{fdec}\u{fded}0-9甲、“”《》\"\n ]*") {
            for breaks in [LineBreaks::Join, LineBreaks::Keep] {
                proptest::prop_assert!(!plain(&inlines(&text, breaks)).contains(is_marker));
            }
            proptest::prop_assert!(split_lines(&text).iter().all(|line| !plain(&inlines(line, LineBreaks::Join)).contains(is_marker)));
        }
    }
}
