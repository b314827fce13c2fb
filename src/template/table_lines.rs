//! Lines of tags within a table print no line end: a blank line would end the table.
//!
//! Authors write `{% for row in rows %}` and `{% endfor %}` on lines of their own between the lines of a table. Tera
//! prints the line ends behind them. Here such a tag gets the sign that removes the white space behind it, so that no
//! line of the template moves. Where an author removes white space with `-`, nothing is changed.

use std::borrow::Cow;

use crate::notice::tags::tag_at;

/// What stands on a line of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// A line of a table: it begins with `|`.
    Row,
    /// The line below the header of a table.
    Rule,
    /// Statements and comments only, with the byte offset in the template before the end of the last one.
    Tags { last_end: usize },
    /// Anything else.
    Other,
}

/// The template with its lines of tags in tables as lines that print nothing.
pub(super) fn closed_up(source: &str) -> Cow<'_, str> {
    if !source.contains("\n|") && !source.contains("| ") {
        return Cow::Borrowed(source);
    }
    let lines = lines(source);
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let length = lines[at..].iter().take_while(|line| matches!(line, Line::Tags { .. })).count();
        let is_below_row = at > 0 && matches!(lines[at - 1], Line::Row | Line::Rule);
        if length == 0 || !is_below_row {
            at += length.max(1);
            continue;
        }
        let next = at + length;
        // A table that begins there keeps its distance.
        let begins = lines.get(next + 1) == Some(&Line::Rule);
        let closes_up = if lines.get(next) == Some(&Line::Row) && !begins { length } else { length - 1 };
        ends.extend(lines[at..at + closes_up].iter().filter_map(|line| match line {
            Line::Tags { last_end } => Some(*last_end),
            _ => None,
        }));
        at = next;
    }
    if ends.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + ends.len());
    let mut copied = 0;
    for end in ends {
        out.push_str(&source[copied..end]);
        out.push('-');
        copied = end;
    }
    out.push_str(&source[copied..]);
    Cow::Owned(out)
}

/// What stands on each line.
fn lines(source: &str) -> Vec<Line> {
    let mut start = 0;
    let mut is_raw = false;
    let kinds = source.split_inclusive('\n').map(|line| {
        let kind = if is_raw { Line::Other } else { kind(source, start, line) };
        // What is raw is text, tags included.
        is_raw = line.contains("{% raw") || line.contains("{%- raw") || is_raw && !line.contains("endraw");
        start += line.len();
        kind
    });
    kinds.collect()
}

/// What stands on a line that begins at `start`.
fn kind(source: &str, start: usize, line: &str) -> Line {
    let text = line.trim();
    if text.starts_with('|') {
        let is_rule = text.contains('-') && text.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'));
        return if is_rule { Line::Rule } else { Line::Row };
    }
    let mut at = start + line.len() - line.trim_start().len();
    let end = start + line.trim_end().len();
    let mut last_end = None;
    while at < end {
        let rest = &source[at..end];
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        let is_silent = source[at..end].starts_with("{%") || source[at..end].starts_with("{#");
        let tag = if is_silent { tag_at(&source[..end], at) } else { None };
        let Some(tag) = tag else { return Line::Other };
        if tag.trims_before || tag.trims_after || matches!(tag.content, "raw" | "endraw") {
            return Line::Other;
        }
        at = tag.end;
        last_end = Some(tag.end - 2);
    }
    last_end.map_or(Line::Other, |last_end| Line::Tags { last_end })
}

#[cfg(test)]
mod tests {
    use tera::{Context, Tera};

    use super::closed_up;

    const HEAD: &str = "| 甲 |\n| --- |\n";

    fn filled(source: &str) -> String {
        let mut context = Context::new();
        context.insert("rows", &[1, 2]);
        context.insert("nothing", &[0; 0]);
        Tera::one_off(&closed_up(source), &context, false).unwrap_or_else(|error| panic!("{source}: {error}"))
    }

    #[test]
    fn tags_on_lines_of_their_own_print_no_lines_in_a_table() {
        for (body, table) in [
            ("{% for r in rows %}\n| {{ r }} |\n{% endfor %}\n\n下文", "| 1 |\n| 2 |\n\n\n下文"),
            ("{% for r in rows %}\n| {{ r }} |\n{% endfor %}\n下文", "| 1 |\n| 2 |\n\n下文"),
            ("{% for r in rows %}\n| {{ r }} |\n{% endfor %}\n| 合计 |\n", "| 1 |\n| 2 |\n| 合计 |\n"),
            (
                "{% for r in rows %}\n  {% if r == 1 %}\n| 一 |\n{% else %}\n| {{ r }} |\n{% endif %}\n{# 注 #}\n{% endfor %}\n",
                "| 一 |\n| 2 |\n\n",
            ),
            ("{% set x = 3 %}\n{% for r in rows %}\n| {{ r + x }} |\n{% endfor %}", "| 4 |\n| 5 |\n"),
            ("{% for r in nothing %}\n| {{ r }} |\n{% else %}\n没有。\n{% endfor %}\n", "\n没有。\n\n"),
            ("{%- for r in rows %}\n| {{ r }} |\n{%- endfor %}\n", "| 1 |\n| 2 |\n"),
        ] {
            assert_eq!(filled(&format!("{HEAD}{body}")), format!("{HEAD}{table}"), "{body}");
        }
    }

    #[test]
    fn tags_around_tables_are_left_alone() {
        for source in [
            "上文\n{% if rows %}\n| 甲 |\n| --- |\n| 1 |\n{% endif %}\n下文",
            "{% for r in rows %}\n| 甲 |\n| --- |\n| {{ r }} |\n{% endfor %}\n",
            "| 甲 |\n| --- |\n| 1 |\n{% if rows %}\n| 乙 |\n| --- |\n{% endif %}\n",
            "| 甲 |\n| --- |\n{% raw %}\n{% for x in y %}\n| 1 |\n{% endraw %}\n| 2 |\n",
            "没有表{% for r in rows %}\n{{ r }}\n{% endfor %}| ",
        ] {
            assert_eq!(closed_up(source), source);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_moves(source in "(\\| 甲 \\|\n|\\| --- \\|\n|\\{% for r in rows %\\}\n|\\{% endfor %\\}\n|\\{# x #\\}|\n|[{}%#| -]{1,3}){0,12}") {
            let closed = closed_up(&source);
            proptest::prop_assert_eq!(closed.lines().count(), source.lines().count());
            let without = |text: &str| text.replace('-', "");
            proptest::prop_assert_eq!(without(&closed), without(&source));
        }
    }
}
