//! Text with its marks turned into nodes and its quotes into “ ”.

use memchr::memchr_iter;

use super::{Inline, Text};
use crate::marker;

/// What becomes of a line break inside a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breaks {
    /// It stays, as in a table cell.
    Keep,
    /// The lines are joined into one, as in a sentence or a title.
    #[default]
    Join,
}

/// Stops after which a line needs none when the next is joined to it.
const JOINTS: [char; 8] = ['。', '；', '，', '、', '！', '？', '：', ';'];

/// Turns text into nodes. No mark is left: one that stands alone is dropped.
pub fn inline(text: &str, breaks: Breaks) -> Text {
    one_value(text).unwrap_or_else(|| pieces(text, breaks))
}

/// The node of a text that is one value with its origin and nothing else: so are most cells of tables.
fn one_value(text: &str) -> Option<Text> {
    let (key, rest) = text.strip_prefix(marker::ORIGIN_OPEN)?.split_once(marker::ORIGIN_TEXT)?;
    let value = rest.strip_suffix(marker::ORIGIN_CLOSE).filter(|value| !value.is_empty() && !value.contains(acts))?;
    let key = key.parse().ok().filter(|_| key.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(vec![Inline::Sourced(value.to_owned(), key)])
}

/// The nodes of any text.
fn pieces(text: &str, breaks: Breaks) -> Text {
    let mut reader = Reader { breaks, quotes: Quotes::of(text), ..Reader::default() };
    let mut rest = text;
    while let Some(at) = rest.find(acts) {
        let (run, from) = rest.split_at(at);
        reader.run(run);
        let mut from = from.chars();
        from.next().into_iter().for_each(|c| reader.act(c));
        rest = from.as_str();
    }
    reader.run(rest);
    reader.flush();
    reader.nodes
}

/// Whether a character does more than stand in its text.
fn acts(c: char) -> bool {
    matches!(c, '\n' | '"' | '“' | '《') || marker::is_mark(c)
}

/// The lines of a value that is parted into paragraphs, each with the value's origin.
pub fn lines(value: &str) -> Vec<String> {
    let mut origin = "";
    let mut lines = Vec::new();
    for line in value.split(marker::LINE) {
        let text = line.trim_matches(|c: char| c.is_whitespace() || c == marker::ORIGIN_CLOSE);
        if text.chars().any(|c| !c.is_whitespace()) {
            lines.push(format!("{origin}{text}"));
        }
        if let (Some(open), Some(end)) = (line.find(marker::ORIGIN_OPEN), line.find(marker::ORIGIN_TEXT)) {
            origin = line.get(open..end + marker::ORIGIN_TEXT.len_utf8()).unwrap_or_default();
        }
    }
    lines
}

#[derive(Default)]
struct Reader {
    breaks: Breaks,
    quotes: Quotes,
    nodes: Text,
    /// The text under way.
    plain: String,
    /// The gap under way.
    gap: Option<String>,
    /// The key under way.
    key: Option<u32>,
    /// The origin of the text under way.
    origin: Option<u32>,
    /// Whether blanks are dropped because a line was joined to the one before.
    joining: bool,
    /// The last two characters that show.
    shown: [char; 2],
}

impl Reader {
    /// Takes text in which nothing acts.
    fn run(&mut self, run: &str) {
        let run = match &mut self.key {
            Some(key) => {
                let text = run.trim_start_matches(|c: char| c.is_ascii_digit());
                for digit in run[..run.len() - text.len()].bytes() {
                    *key = key.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
                }
                text
            }
            None => run,
        };
        if let Some(what) = &mut self.gap {
            return what.push_str(run);
        }
        let run = if self.joining { run.trim_start() } else { run };
        let mut last = run.chars().rev();
        let Some(end) = last.next() else { return };
        self.joining = false;
        self.shown = [last.next().unwrap_or(self.shown[1]), end];
        self.plain.push_str(run);
    }

    /// Takes a character that acts.
    fn act(&mut self, c: char) {
        match c {
            marker::GAP_OPEN => {
                self.flush();
                self.gap = Some(String::new());
            }
            marker::GAP_CLOSE => {
                if let Some(what) = self.gap.take() {
                    self.nodes.push(Inline::Gap(what, self.origin));
                    self.shown = ['】'; 2];
                }
            }
            marker::ORIGIN_OPEN => {
                self.flush();
                self.key = Some(0);
            }
            marker::ORIGIN_TEXT => self.origin = self.key.take(),
            marker::ORIGIN_CLOSE => {
                self.flush();
                (self.origin, self.key) = (None, None);
            }
            marker::LINE | '\n' => self.line_end(),
            c if marker::is_mark(c) => {}
            c => match &mut self.gap {
                Some(what) => what.push(c),
                None => self.push(c),
            },
        }
    }

    /// Adds a character; between adjacent “ ” or 《 》 no 、 stands (GB/T 15834-2011, 4.5.3.5).
    fn push(&mut self, c: char) {
        self.joining = false;
        let c = self.quotes.turned(c);
        if matches!((self.shown, c), (['”', '、'], '“') | (['》', '、'], '《'))
            && let Some(text) = self.last_text()
        {
            text.pop();
        }
        self.plain.push(c);
        self.shown = [self.shown[1], c];
    }

    fn line_end(&mut self) {
        if self.gap.is_some() {
            return;
        }
        match self.breaks {
            Breaks::Keep => {
                self.flush();
                self.nodes.push(Inline::Break);
                self.shown = ['\n'; 2];
            }
            Breaks::Join => {
                if let Some(text) = self.last_text() {
                    let kept = text.trim_end().len();
                    text.truncate(kept);
                    if !text.is_empty() && !text.ends_with(JOINTS) {
                        text.push('；');
                    }
                }
                self.joining = true;
            }
        }
    }

    /// The text under way, or the one before it.
    fn last_text(&mut self) -> Option<&mut String> {
        if !self.plain.is_empty() {
            return Some(&mut self.plain);
        }
        match self.nodes.last_mut() {
            Some(Inline::Text(text) | Inline::Sourced(text, _)) => Some(text),
            _ => None,
        }
    }

    /// Ends the text under way.
    fn flush(&mut self) {
        if !self.plain.is_empty() {
            let text = std::mem::take(&mut self.plain);
            self.nodes.push(match self.origin {
                Some(origin) => Inline::Sourced(text, origin),
                None => Inline::Text(text),
            });
        }
    }
}

/// Turns straight double quotes into pairs; where they do not pair (5" 屏), they stay.
#[derive(Default)]
struct Quotes {
    pair: bool,
    open: bool,
}

impl Quotes {
    fn of(text: &str) -> Self {
        Self { pair: memchr_iter(b'"', text.as_bytes()).count().is_multiple_of(2), open: false }
    }

    fn turned(&mut self, c: char) -> char {
        if c != '"' || !self.pair {
            return c;
        }
        self.open = !self.open;
        if self.open { '“' } else { '”' }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaks, inline, lines, one_value, pieces};
    use crate::marker::{add_sourced, gap, is_mark};
    use crate::report::{Inline, plain};

    fn sourced(origin: u32, text: impl std::fmt::Display) -> String {
        let mut marked = String::new();
        add_sourced(&mut marked, origin, |out| out.push_str(&text.to_string()));
        marked
    }

    #[test]
    fn quotes_pair_up_and_gaps_become_nodes() {
        let nodes = inline("\"甲\"、\"乙\"\u{fdd0}整改措施\u{fdd1}", Breaks::Join);
        assert_eq!(nodes, [Inline::Text("“甲”“乙”".to_owned()), Inline::Gap("整改措施".to_owned(), None)]);
        assert_eq!(inline("5\" 屏", Breaks::Join), [Inline::Text("5\" 屏".to_owned())]);
    }

    #[test]
    fn values_and_their_gaps_keep_their_origins() {
        let text = format!("共{}项，{}", sourced(12, "85%"), sourced(7, gap("责任人")));
        let node = |text: &str| Inline::Text(text.to_owned());
        let value = Inline::Sourced("85%".to_owned(), 12);
        assert_eq!(
            inline(&text, Breaks::Join),
            [node("共"), value, node("项，"), Inline::Gap("责任人".to_owned(), Some(7))]
        );
        let titles = format!("{}、{}", sourced(1, "《甲》"), sourced(2, "《乙》"));
        assert_eq!(plain(&inline(&titles, Breaks::Join)), "《甲》《乙》");
        assert_eq!(plain(&inline(&format!("{}\n{}", sourced(1, "甲"), sourced(2, " 乙")), Breaks::Join)), "甲；乙");
    }

    #[test]
    fn the_lines_of_a_value_all_have_its_origin() {
        let parted = lines(&sourced(3, "甲。\u{fdd2}　　乙。\u{fdd2} \u{fdd2}丙。"));
        let nodes: Vec<_> = parted.iter().map(|line| inline(line, Breaks::Join)).collect();
        let line = |text: &str| vec![Inline::Sourced(text.to_owned(), 3)];
        assert_eq!(nodes, [line("甲。"), line("乙。"), line("丙。")]);
    }

    proptest::proptest! {
        #[test]
        fn one_value_alone_reads_as_any_text(
            key in "[0-9]{0,11}|[+-]?[0-9]|甲",
            value in "[甲乙 a1、“《\"\n\u{fdd2}\u{fdd5}-\u{fdd7}]{0,5}",
            tail in "|甲",
        ) {
            let text = format!("\u{fdd5}{key}\u{fdd6}{value}\u{fdd7}{tail}");
            for breaks in [Breaks::Join, Breaks::Keep] {
                if let Some(nodes) = one_value(&text) {
                    proptest::prop_assert_eq!(nodes, pieces(&text, breaks));
                }
            }
        }

        /// Whatever filters a template sends values through.
        #[test]
        fn no_mark_is_ever_left(text in "[\u{fdd0}-\u{fdd9}0-9甲、“”《》\"\n ]*") {
            for breaks in [Breaks::Join, Breaks::Keep] {
                proptest::prop_assert!(!plain(&inline(&text, breaks)).contains(is_mark));
            }
            proptest::prop_assert!(lines(&text).iter().all(|line| !plain(&inline(line, Breaks::Join)).contains(is_mark)));
        }
    }
}
