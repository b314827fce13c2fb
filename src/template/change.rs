//! `change(metric)`: the change of a metric since the previous period, in words. Tera's functions have no such
//! arguments, so that `change(b.hazards)` becomes `b.change.hazards`, and `change(hazards)` `change.hazards`, before
//! tera reads a template. No line moves.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::conditions::MarkedText;
use super::lex::{PlacedToken, Token, tokens};
use super::top_names::{CHANGE, PREVIOUS};
use crate::notice::is_name_continue;
use crate::notice::tags::scan;

/// The template with every call as a name.
pub(super) fn rewritten(source: &str) -> Cow<'_, str> {
    let mut text = MarkedText::new(source);
    let mut is_changed = false;
    for tag in scan(source).tags.iter().filter(|tag| tag.content.contains(CHANGE)) {
        let start = tag.start + source[tag.start..tag.end].find(tag.content).unwrap_or_default();
        let tokens = tokens(tag.content).unwrap_or_default();
        for call in (0..tokens.len()).filter_map(|at| call_at(&tokens, at)) {
            let path = &tag.content[call.path.clone()];
            let (of, metric) = path.rsplit_once('.').map_or(("", path), |(of, metric)| (of, metric));
            let point = if of.is_empty() { "" } else { "." };
            text.replace(
                start + call.whole.start..start + call.whole.end,
                &format!("{}{point}{CHANGE}.{}", of.trim(), metric.trim()),
            );
            is_changed = true;
        }
    }
    if is_changed { Cow::Owned(text.finish()) } else { Cow::Borrowed(source) }
}

/// A call, with the bytes of a tag's content that it and its argument take.
struct Call {
    whole: Range<usize>,
    path: Range<usize>,
}

/// The call that begins with a token: `change`, a bracket, a dotted path, a bracket.
fn call_at(tokens: &[PlacedToken<'_>], at: usize) -> Option<Call> {
    let sign =
        |at: usize, sign: &str| matches!(tokens.get(at)?.token, Token::Sign(found) if found == sign).then_some(());
    let is_field = at > 0 && matches!(tokens[at - 1].token, Token::Sign("." | "?."));
    if tokens.get(at)?.token != Token::Word(CHANGE) || is_field {
        return None;
    }
    sign(at + 1, "(")?;
    let mut next = at + 2;
    loop {
        let Token::Word(_) = tokens.get(next)?.token else { return None };
        next += 1;
        if sign(next, ".").is_none() {
            break;
        }
        next += 1;
    }
    sign(next, ")")?;
    let whole = tokens[at].start..tokens[next].end;
    Some(Call { whole, path: tokens[at + 2].start..tokens[next - 1].end })
}

/// The metrics whose values in the previous period a text of the settings or of a template mentions, and other words in such
/// places. One reading of the text answers for all metrics.
pub(crate) fn mentions_of_previous(text: &str) -> HashSet<&str> {
    let first_word = |rest: &str| rest.find(|c| !is_name_continue(c)).unwrap_or(rest.len());
    let mut mentions = HashSet::new();
    for prefix in [format!("{PREVIOUS}."), format!("{PREVIOUS}.n."), format!("{CHANGE}.")] {
        let behind = text.match_indices(&prefix).map(|(at, found)| &text[at + found.len()..]);
        mentions.extend(behind.map(|rest| &rest[..first_word(rest)]));
    }
    let call = format!("{CHANGE}(");
    let calls = text.match_indices(&call).map(|(at, found)| &text[at + found.len()..]);
    for rest in calls {
        // An argument is a dotted path: no more is looked at.
        let end = rest.find(|c: char| !(is_name_continue(c) || c == '.' || c.is_whitespace())).unwrap_or(rest.len());
        if rest[end..].starts_with(')') || end == rest.len() {
            mentions.extend(rest[..end].rsplit('.').next().map(str::trim));
        }
    }
    mentions
}

#[cfg(test)]
mod tests {
    use super::{mentions_of_previous, rewritten};

    #[test]
    fn calls_become_names_and_no_line_moves() {
        for (source, expected) in [
            ("{{ change(hazards) }}", "{{ change.hazards }}"),
            ("甲{% if x %}\n{{ change( b.隐患 ) }}{% endif %}", "甲{% if x %}\n{{ b.change.隐患 }}{% endif %}"),
            ("{{ row.branch.change(x) }} change(y)", "{{ row.branch.change(x) }} change(y)"),
            ("{{ change(1) }}{{ change }}", "{{ change(1) }}{{ change }}"),
        ] {
            assert_eq!(rewritten(source), expected);
        }
    }

    #[test]
    fn a_metric_is_mentioned_by_its_whole_name() {
        for text in ["x - prev.open", "{{ prev.n.open }}", "{{ change(b.open) }}", "change( open )", "b.prev.open > 1"]
        {
            assert!(mentions_of_previous(text).contains("open"), "{text}");
        }
        for text in ["prev.opened", "open", "change(opened)", "prev.n.opened"] {
            assert!(!mentions_of_previous(text).contains("open"), "{text}");
        }
    }
}
