//! Where lines break: between Chinese characters but for 行首行尾禁则 (punctuation that begins or ends no line), within
//! Latin text only at blanks and hyphens. A stop that does not fit hangs into the margin.
//!
//! The rules are those of LibreOffice and Word for Chinese, so that the lines are those of the DOCX report: which rules
//! hold at a place is decided by the last letter or digit before it.

use super::atoms::Atom;

/// Characters that begin no line.
const NO_BEGIN: &str = ":!),.:;?]}¢'\"、。〉》」』】〕〗〞︰︱︳﹐､﹒﹔﹕﹖﹗﹚﹜﹞！），．：；？｜｝︴︶︸︺︼︾﹀﹂﹄﹏､～￠々‖•·ˇˉ―--′’”";
/// Characters that end no line.
const NO_END: &str = "([{£¥'\"‵〈《「『【〔〖（［｛￡￥〝︵︷︹︻︽︿﹁﹃﹙﹛﹝（｛“‘";
/// Hang into the margin where they do not fit.
const HANGING: &str = "!,.:;?、。！，．：；？";

/// The atoms of a line, from `start` to `end`, and where the next line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineRange {
    pub start: usize,
    pub end: usize,
    pub next: usize,
    /// Whether the paragraph ends here, or a line break does.
    pub is_last: bool,
}

/// A text whose lines are to be broken.
#[derive(Clone, Copy)]
pub(super) struct Breaker<'a> {
    pub atoms: &'a [Atom],
    /// The script of each atom.
    pub scripts: &'a [Script],
    /// Whether stops may hang into the margin. They do not in cells, where the next cell's text begins.
    pub stops_hang: bool,
}

impl Breaker<'_> {
    /// The lines; `width` gives the width of a line by its number.
    pub(super) fn lines(self, width: impl Fn(usize) -> f32) -> Vec<LineRange> {
        /// What stays free on every line: programs that round widths break a line that is as wide as its column.
        const FREE: f32 = 1.0;
        let atoms = self.atoms;
        let letters = last_letters(atoms);
        let (mut lines, mut start) = (Vec::new(), 0);
        loop {
            let limit = width(lines.len()) - FREE;
            let (mut used, mut cut) = (0.0, start);
            while let Some(atom) = atoms.get(cut) {
                used += atom.advance(cut == start);
                if atom.char() == '\n' || used > limit {
                    break;
                }
                cut += 1;
            }
            let line = match atoms.get(cut).map(Atom::char) {
                None => LineRange { start, end: cut, next: cut, is_last: true },
                Some('\n') => LineRange { start, end: cut, next: cut + 1, is_last: true },
                Some(_) => self.line_before(start, cut, letters[cut]),
            };
            lines.push(line);
            start = line.next;
            // A line break at the end makes an empty line behind it.
            let ends_in_break = start > 0 && atoms.get(start - 1).is_some_and(|atom| atom.char() == '\n');
            if start >= atoms.len() {
                if ends_in_break {
                    lines.push(LineRange { start, end: start, next: start, is_last: true });
                }
                return lines;
            }
        }
    }

    /// The line from `start` that ends before `cut`, the first atom that does not fit, or earlier; `letter` is the last
    /// letter or digit up to there.
    fn line_before(self, start: usize, cut: usize, letter: Option<usize>) -> LineRange {
        let Self { atoms, scripts, .. } = self;
        let is_blank = |at: usize| atoms.get(at).is_some_and(|atom| matches!(atom.char(), ' ' | '\u{3000}'));
        if is_blank(cut) {
            let end = (start..cut).rev().find(|at| !is_blank(*at)).map_or(cut, |at| at + 1);
            let next = (cut..atoms.len()).find(|at| !is_blank(*at)).unwrap_or(atoms.len());
            return LineRange { start, end, next, is_last: next >= atoms.len() };
        }
        let portion = (start..cut).rev().find(|at| scripts[*at] != scripts[cut]).map_or(start, |at| at + 1);
        let script = match letter.filter(|at| *at < portion) {
            Some(at) => scripts[at],
            None => scripts[cut],
        };
        let at = match script {
            Script::Chinese => self.chinese_break(start, cut),
            Script::Latin => latin_break(atoms, start, cut),
        };
        // Nothing but the width is left to go by.
        let end = if at > start { at } else { cut.max(start + 1) };
        LineRange { start, end, next: end, is_last: end >= atoms.len() }
    }

    /// A place at which nothing is forbidden; `start` when there is none on the line.
    fn chinese_break(self, start: usize, cut: usize) -> usize {
        let is_in = |at: usize, list: &str| self.atoms.get(at).is_some_and(|atom| list.contains(atom.char()));
        let mut at = if self.stops_hang && is_in(cut, HANGING) { cut + 1 } else { cut };
        while at > start && at < self.atoms.len() && (is_in(at, NO_BEGIN) || is_in(at - 1, NO_END)) {
            at -= 1;
        }
        at
    }
}

/// For each atom the last letter or digit up to it.
fn last_letters(atoms: &[Atom]) -> Vec<Option<usize>> {
    let mut last = None;
    let of_atom = |(at, atom): (usize, &Atom)| {
        last = if atom.char().is_alphanumeric() { Some(at) } else { last };
        last
    };
    atoms.iter().enumerate().map(of_atom).collect()
}

/// By the rules of Unicode Standard Annex #14, as far as Latin text among Chinese needs them.
fn latin_break(atoms: &[Atom], start: usize, cut: usize) -> usize {
    let may_break = |at: usize| allows_break(atoms[at - 1].char(), atoms[at].char());
    (start + 1..=cut).rev().find(|at| may_break(*at)).unwrap_or(start)
}

/// Classes of characters (the names are the annex's).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Open,
    /// Closing brackets, stops, `/`, `…`.
    Close,
    Quote,
    Hyphen,
    Prefix,
    Postfix,
    Number,
    Letter,
    Ideograph,
}

fn class(c: char) -> Class {
    match c {
        ' ' | '\u{3000}' => Class::Space,
        '(' | '[' | '{' | '（' | '「' | '『' | '【' | '《' | '〈' | '〔' | '［' | '｛' => Class::Open,
        ')' | ']' | '}' | '!' | '?' | ',' | '.' | ':' | ';' | '/' | '…' => Class::Close,
        '）' | '」' | '』' | '】' | '》' | '〉' | '〕' | '］' | '｝' => Class::Close,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '．' | '々' | '～' | '·' => Class::Close,
        '"' | '\'' | '“' | '”' | '‘' | '’' => Class::Quote,
        '-' | '–' => Class::Hyphen,
        '$' | '¥' | '￥' | '£' | '№' | '+' | '±' | '\\' => Class::Prefix,
        '%' | '‰' | '％' | '°' | '℃' => Class::Postfix,
        c if c.is_ascii_digit() => Class::Number,
        c if script(c) == Some(Script::Chinese) => Class::Ideograph,
        _ => Class::Letter,
    }
}

fn allows_break(before: char, after: char) -> bool {
    use Class::{Close, Hyphen, Ideograph, Letter, Number, Open, Postfix, Prefix, Quote, Space};
    match (class(before), class(after)) {
        (_, Space | Close | Quote | Hyphen) | (Open | Quote, _) => false,
        (Space, _) => true,
        (Hyphen, Number) => false,
        (Hyphen, _) => true,
        (Number | Letter | Ideograph, Postfix) | (Prefix, Number | Letter | Ideograph | Open) => false,
        (Postfix, Number | Letter | Open) => false,
        (Number | Letter, Number | Letter | Prefix) => false,
        (Number | Letter, Open) => !matches!(after, '(' | '[' | '{'),
        (Close, Number | Letter) => !matches!(before, '.' | ',' | ':' | ';' | '/' | ')' | ']' | '}'),
        _ => true,
    }
}

/// The kind of script by which lines are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Chinese,
    Latin,
}

/// The script of a character; `None` for punctuation that takes that of the text before it.
fn script(c: char) -> Option<Script> {
    match c {
        ' ' | '\u{a0}' | '\n' | '\u{fffc}' => None,
        c if (c as u32) < 0x2000 => Some(Script::Latin),
        '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' => Some(Script::Chinese),
        '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' => Some(Script::Chinese),
        _ => None,
    }
}

/// Puts space between Chinese characters and Latin letters or digits: a fifth of the size. The last character of a
/// script or a style keeps its full width.
pub(super) fn space_scripts(atoms: &mut [Atom], scripts: &[Script]) {
    for at in 1..atoms.len() {
        let (before, after) = (&atoms[at - 1], &atoms[at]);
        let changes_script = scripts[at - 1] != scripts[at];
        if changes_script || before.gap.is_some() != after.gap.is_some() || before.style != after.style {
            let is_between_letters = before.char().is_alphanumeric() && after.char().is_alphanumeric();
            let space = if changes_script && is_between_letters { before.style.size / 5.0 } else { 0.0 };
            atoms[at].lead = space - before.style.spacing;
        }
    }
}

/// The script of each atom; punctuation in front of all text takes that of what follows.
pub(super) fn scripts(atoms: &[Atom]) -> Vec<Script> {
    let first = atoms.iter().find_map(|atom| script(atom.char())).unwrap_or(Script::Chinese);
    let mut last = first;
    let of_atom = |atom: &Atom| {
        last = script(atom.char()).unwrap_or(last);
        last
    };
    atoms.iter().map(of_atom).collect()
}

#[cfg(test)]
mod tests {
    use super::super::atoms::{Atom, AtomKind};
    use super::super::style;
    use super::{Breaker, scripts};
    use crate::fonts::{Glyph, Typeface};

    /// The lines of a text whose Chinese characters are 10 wide and others 5, in a column of that width.
    fn lines(text: &str, width: f32, stops_hang: bool) -> Vec<String> {
        let atom = |c: char| Atom {
            kind: if c == '\n' { AtomKind::Break } else { AtomKind::Char(c, Glyph { face: 0, id: 1, width: 1.0 }) },
            width: if c.is_ascii() { 5.0 } else { 10.0 },
            lead: 0.0,
            style: style::body_text(Typeface::Body),
            gap: None,
        };
        let atoms: Vec<Atom> = text.chars().map(atom).collect();
        let scripts = scripts(&atoms);
        let lines = Breaker { atoms: &atoms, scripts: &scripts, stops_hang }.lines(|_| width + 1.0);
        lines.iter().map(|line| atoms[line.start..line.end].iter().map(Atom::char).collect()).collect()
    }

    #[test]
    fn punctuation_begins_and_ends_no_line() {
        assert_eq!(lines("甲乙丙丁》戊", 40.0, true), ["甲乙丙", "丁》戊"]);
        assert_eq!(lines("甲乙丙《丁戊", 40.0, true), ["甲乙丙", "《丁戊"]);
        assert_eq!(lines("甲乙（2018年）丙", 40.0, true), ["甲乙", "（2018", "年）丙"]);
    }

    #[test]
    fn a_stop_hangs_into_the_margin_but_not_in_a_cell() {
        assert_eq!(lines("甲乙丙丁，戊", 40.0, true), ["甲乙丙丁，", "戊"]);
        assert_eq!(lines("甲乙丙丁，戊", 40.0, false), ["甲乙丙", "丁，戊"]);
        // What would begin the next line takes it along.
        assert_eq!(lines("甲乙丙丁。”戊", 40.0, true), ["甲乙丙", "丁。”戊"]);
    }

    #[test]
    fn numbers_and_words_are_never_broken() {
        assert_eq!(lines("甲乙2018年", 30.0, true), ["甲乙", "2018年"]);
        assert_eq!(lines("甲乙丙85%丁", 40.0, true), ["甲乙丙", "85%丁"]);
        assert_eq!(lines("甲a@b.cn乙", 30.0, true), ["甲", "a@b.cn", "乙"]);
        assert_eq!(lines("甲2018，乙", 30.0, true), ["甲", "2018，", "乙"]);
        assert_eq!(lines("longerthanaline", 30.0, true), ["longer", "thanal", "ine"]);
    }

    #[test]
    fn punctuation_alone_is_broken_by_width() {
        // 200,000 lines, each of which looks back no further than its own beginning.
        for sign in ["，", "〉", "《", "("] {
            let lines = lines(&sign.repeat(800_000), 40.0, false);
            assert!(
                lines.len() >= 100_000 && lines.iter().all(|line| line.chars().count() <= 8),
                "{sign} {}",
                lines.len()
            );
        }
    }

    #[test]
    fn blanks_at_the_end_of_a_line_have_no_width() {
        assert_eq!(lines("甲乙 丙", 20.0, true), ["甲乙", "丙"]);
        assert_eq!(lines("甲乙  ", 20.0, true), ["甲乙"]);
        assert_eq!(lines("甲\n\n乙\n", 20.0, true), ["甲", "", "乙", ""]);
        assert_eq!(lines("", 20.0, true), [""]);
    }
}
