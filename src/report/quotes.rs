//! Straight quotes become “ ”, quotes within quotes ‘ ’.

use memchr::memchr_iter;

/// Replaces straight double quotes by “ and ” in turn; an odd number of them (`5" 屏`) is left as it is. Quotes within
/// quotes, as where a template quotes a value that has some of its own, become ‘ ’ (GB/T 15834-2011, 4.8.3.3); where
/// quotes do not pair up, all are left as they are.
#[derive(Default)]
pub(super) struct Quotes {
    are_paired: bool,
    is_open: bool,
    /// Whether the text has quotes within quotes, all paired.
    are_nested: bool,
    /// The number of open quotes, counted only when they are nested.
    depth: usize,
}

impl Quotes {
    /// The state before the first character of `text`.
    pub(super) fn new(text: &str) -> Self {
        let straight = memchr_iter(b'"', text.as_bytes()).count();
        Self {
            are_paired: straight.is_multiple_of(2),
            is_open: false,
            are_nested: straight == 0 && text.contains('“') && deepest_quote(text).is_some_and(|depth| depth > 1),
            depth: 0,
        }
    }

    /// The quote that is printed for the next quote `c` of the text.
    pub(super) fn curly(&mut self, c: char) -> char {
        match c {
            '"' if self.are_paired => {
                self.is_open = !self.is_open;
                if self.is_open { '“' } else { '”' }
            }
            '“' if self.are_nested => {
                self.depth += 1;
                if self.depth.is_multiple_of(2) { '‘' } else { '“' }
            }
            '”' if self.are_nested => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth.is_multiple_of(2) { '”' } else { '’' }
            }
            _ => c,
        }
    }
}

/// How deep the quotes “ ” of a text are nested; `None` when they do not pair up.
fn deepest_quote(text: &str) -> Option<usize> {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '“' => depth += 1,
            '”' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    (depth == 0).then_some(deepest)
}

#[cfg(test)]
mod tests {
    use super::Quotes;

    #[test]
    fn quotes_within_quotes_are_single_where_all_pair_up() {
        let read = |text: &str| {
            let mut quotes = Quotes::new(text);
            text.chars().map(|c| if matches!(c, '"' | '“' | '”') { quotes.curly(c) } else { c }).collect::<String>()
        };
        assert_eq!(read("““双带头人”培育”、“甲”"), "“‘双带头人’培育”、“甲”");
        assert_eq!(read("“甲“乙“丙”丁”戊”"), "“甲‘乙“丙”丁’戊”");
        for unchanged in ["“甲”“乙”", "““甲”", "”“甲““乙””", "“甲”乙”"] {
            assert_eq!(read(unchanged), unchanged);
        }
    }
}
