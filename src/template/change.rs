//! `change(metric)`: the change of a metric since the previous period, in words. Tera's functions have no such
//! arguments, so that `change(b.hazards)` becomes `b.change.hazards`, and `change(hazards)` `change.hazards`, before
//! tera reads a template. No line moves.

use std::borrow::Cow;
use std::ops::Range;

use super::conditions::MarkedText;
use super::lex::{PlacedToken, Token, tokens};
use super::scan::scan;
use super::top_names::{CHANGE, PREVIOUS};
use crate::notice::is_name_continue;

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

/// Whether a text of the settings or of a template mentions a metric's value in the previous period.
pub(crate) fn mentions_previous(text: &str, metric: &str) -> bool {
    let is_whole = |rest: &str| !rest.starts_with(is_name_continue);
    let follows = |rest: &str| rest.strip_prefix(metric).is_some_and(is_whole);
    let behind = |prefix: &str| text.match_indices(prefix).any(|(at, found)| follows(&text[at + found.len()..]));
    if behind(&format!("{PREVIOUS}.")) || behind(&format!("{PREVIOUS}.n.")) || behind(&format!("{CHANGE}.")) {
        return true;
    }
    text.match_indices(&format!("{CHANGE}(")).any(|(at, found)| {
        let argument = text[at + found.len()..].split(')').next().unwrap_or_default();
        argument.rsplit('.').next().is_some_and(|last| last.trim() == metric)
    })
}

#[cfg(test)]
mod tests {
    use super::{mentions_previous, rewritten};

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
            assert!(mentions_previous(text, "open"), "{text}");
        }
        for text in ["prev.opened", "open", "change(opened)", "prev.n.opened"] {
            assert!(!mentions_previous(text, "open"), "{text}");
        }
    }
}
