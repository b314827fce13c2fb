//! Writes into templates what counts their cost (see `guard`): a call behind every `for`, `set` and `include`; the
//! counting twin in place of each filter that makes texts; the rounds and the values of list comprehensions.
//!
//! What templates print goes to a text with a limit. What they capture does not: where any template of a notice
//! captures text (`{% set x %}…{% endset %}`, a component, a block of another template), every text and every printed
//! value of all its templates is counted, too. No line of a template moves.

use super::conditions::MarkedText;
use super::guard::{FUNCTION, MADE, MAKERS, PREFIX, ROUNDS};
use super::lex::{PlacedToken, Token, tokens};
use crate::notice::tags::{TemplateTag, scan};

/// Whether a template captures text: what it prints then may become a value.
pub(super) fn captures(source: &str) -> bool {
    scan(source).tags.iter().filter(|tag| tag.is_statement).any(|tag| {
        let (keyword, rest) = keyword(tag);
        match keyword {
            "set" | "set_global" => !rest.contains('='),
            _ => matches!(keyword, "component" | "filter" | "extends" | "block"),
        }
    })
}

/// The template with what counts its cost; `captures` as of all templates of the notice together.
pub(super) fn instrumented(source: &str, captures: bool) -> String {
    with_guards(&with_counted_values(source, captures), captures)
}

fn keyword<'s>(tag: &TemplateTag<'s>) -> (&'s str, &'s str) {
    tag.content.split_once(char::is_whitespace).unwrap_or((tag.content, ""))
}

/// The template with a guard in every loop, behind every `set` and `include`, and before every text when it `captures`.
fn with_guards(source: &str, captures: bool) -> String {
    let scanned = scan(source);
    let mut guarded = MarkedText::new(source);
    // Of a template that extends another, only blocks and components are filled.
    let extends = scanned.tags.iter().any(|tag| tag.is_statement && keyword(tag).0 == "extends");
    let mut blocks = 0_usize;
    let first = scanned.tags.first().map_or(source.len(), |tag| tag.start);
    if captures && !extends {
        guarded.insert(0, &guard(&[of_text(first)]));
    }
    // The name that the open `set` without a value takes its text into.
    let mut captured = None;
    let ends = scanned.tags.iter().skip(1).map(|tag| tag.start).chain([source.len()]);
    for (tag, end) in scanned.tags.iter().zip(ends) {
        let (keyword, rest) = if tag.is_statement { keyword(tag) } else { ("", "") };
        let name = |text: &str| text.trim().to_owned();
        let mut arguments: Vec<String> = Vec::new();
        match keyword {
            "block" | "component" => blocks += 1,
            "endblock" | "endcomponent" => blocks = blocks.saturating_sub(1),
            "set" | "set_global" => match rest.split_once('=') {
                Some((target, _)) => arguments.push(format!("value={}", name(target))),
                None => captured = Some(name(rest.split('|').next().unwrap_or_default())),
            },
            "endset" => arguments.extend(captured.take().map(|target| format!("value={target}"))),
            _ => {}
        }
        if captures && end > tag.end && keyword != "extends" && keyword != "raw" && (!extends || blocks > 0) {
            arguments.push(of_text(end - tag.end));
        }
        if matches!(keyword, "for" | "include") || !arguments.is_empty() {
            guarded.insert_after(tag, &guard(&arguments));
        }
    }
    guarded.finish()
}

fn guard(arguments: &[String]) -> String {
    format!("{{{{ {FUNCTION}({}) }}}}", arguments.join(", "))
}

fn of_text(bytes: usize) -> String {
    format!("text={bytes}")
}

/// The template whose expressions count what they make; when it `captures`, also what they print.
fn with_counted_values(source: &str, captures: bool) -> String {
    let scanned = scan(source);
    let mut counted = MarkedText::new(source);
    for tag in &scanned.tags {
        let inner = &source[tag.start..tag.end];
        let start = tag.start + inner.find(tag.content).unwrap_or_default();
        let mut edits = edits(tag);
        // A component counts what it prints itself.
        if captures && !tag.is_statement && !tag.content.is_empty() && !tag.content.starts_with('<') {
            edits.push(Edit::insert(0, "("));
            edits.push(Edit::insert(tag.content.len(), format!(") | {MADE}")));
        }
        edits.sort_by_key(|edit| edit.at);
        for edit in edits {
            counted.insert(start + edit.at, &edit.text);
        }
    }
    counted.finish()
}

/// A text to insert into an expression.
struct Edit {
    /// The byte that it comes before.
    at: usize,
    text: String,
}

impl Edit {
    fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }
}

/// What to insert into a tag's content.
fn edits(tag: &TemplateTag<'_>) -> Vec<Edit> {
    // What is no sequence of tokens is refused by tera.
    let Ok(tokens) = tokens(tag.content) else { return Vec::new() };
    let mut edits = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let is_section = tag.is_statement && at == 0 && pair[0].token == Token::Word("filter");
        if let Token::Word(name) = pair[1].token
            && (is_section || pair[0].token == Token::Sign("|"))
            && MAKERS.contains(&name)
        {
            edits.push(Edit::insert(pair[1].start, PREFIX));
        }
    }
    comprehensions(&tokens, &mut edits);
    edits
}

/// Counts the rounds of list comprehensions, and what each round makes: `[value for name in list if condition]` becomes
/// `[(value) | made for name in (list) | rounds if condition]`.
fn comprehensions(tokens: &[PlacedToken<'_>], edits: &mut Vec<Edit>) {
    let mut open: Vec<Bracket> = Vec::new();
    let mut follows_point = false;
    for token in tokens {
        // A field may have the name of a keyword.
        let is_field = std::mem::replace(&mut follows_point, matches!(token.token, Token::Sign("." | "?.")));
        if is_field {
            continue;
        }
        let innermost = open.last_mut();
        match (&token.token, innermost) {
            (Token::Sign(sign @ ("[" | "?[" | "(" | "{")), _) => {
                open.push(Bracket { is_list: *sign == "[", end: token.end, place: Place::Value });
            }
            (Token::Sign("]" | ")" | "}"), _) => {
                let closed = open.pop().filter(|bracket| bracket.place == Place::List);
                edits.extend(closed.map(|_| Edit::insert(token.start, format!(") | {ROUNDS}"))));
            }
            (Token::Word("for"), Some(bracket)) if bracket.is_list && bracket.place == Place::Value => {
                edits.push(Edit::insert(bracket.end, "("));
                edits.push(Edit::insert(token.start, format!(") | {MADE} ")));
                bracket.place = Place::Names;
            }
            (Token::Word("in"), Some(bracket)) if bracket.place == Place::Names => {
                edits.push(Edit::insert(token.end, " ("));
                bracket.place = Place::List;
            }
            (Token::Word("if"), Some(bracket)) if bracket.place == Place::List => {
                edits.push(Edit::insert(token.start, format!(") | {ROUNDS} ")));
                bracket.place = Place::Condition;
            }
            _ => {}
        }
    }
}

/// A bracket that is open.
struct Bracket {
    is_list: bool,
    /// The byte behind it.
    end: usize,
    /// The part of a comprehension that was reached.
    place: Place,
}

/// The parts of a list comprehension.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    Names,
    List,
    Condition,
}

#[cfg(test)]
mod tests {
    use super::{captures, instrumented};
    use crate::expr::StopSignal;
    use crate::template::{filters, guard};
    use tera::{Context, Tera};

    fn filled(source: &str) -> Result<String, String> {
        let mut tera = Tera::default();
        filters::register(&mut tera);
        guard::register(&mut tera);
        let text = instrumented(source, captures(source));
        tera.add_raw_template("t", &text).unwrap_or_else(|error| panic!("{text}: {error}"));
        guard::begin_report(1 << 20);
        let mut context = Context::new();
        context.insert("rows", &["甲", "乙"]);
        context.insert("m", &std::collections::BTreeMap::from([("for", 1), ("in", 2), ("if", 0)]));
        tera.render("t", &context).map_err(|error| error.to_string())
    }

    #[test]
    fn templates_under_way_end_when_their_run_is_stopped() {
        let source = "{% for a in rows %}{{ a }}{% endfor %}";
        let stop = StopSignal::default();
        guard::stopped_by(&stop);
        assert_eq!(filled(source).as_deref(), Ok("甲乙"));
        stop.stop();
        let refused = filled(source).unwrap_err();
        assert!(refused.contains("没有做完就停下了"), "{refused}");
        guard::stopped_by(&StopSignal::default());
        assert_eq!(filled(source).as_deref(), Ok("甲乙"));
    }

    #[test]
    fn guards_print_nothing() {
        for (source, text) in [
            ("{% for r in rows -%}  {{ r }}{% endfor %}。", "甲乙。"),
            ("{% for r in rows %} {%- if true %}{{ r }}{% endif %}{% else %}无{% endfor %}", "甲乙"),
            ("{% set n = 0 %}{% for r in rows %}{% set_global n = n + 1 %}{% endfor %}{{ n }}", "2"),
            ("{% set t %}甲{{ rows[1] }}{% endset -%} {{ t }}", "甲乙"),
            ("{% set big = [r for r in rows if r == \"甲\"] %}{{ big | length }}", "1"),
            (
                "{{ [[s ~ r for s in rows] | join(sep=\"、\") for r in rows] | join(sep=\"；\") }}",
                "甲甲、乙甲；甲乙、乙乙",
            ),
            (
                "{% set t %}{% for r in rows %} {{- r | replace(from=\"甲\", to=\"丙\") -}} {% endfor %}{% endset %}{{- t -}} 。",
                "丙乙。",
            ),
            (
                "{% component box(a) %}（{{ a }}）{% endcomponent %}{{ <box a={rows[0] | upper} /> }}{{ nosuch is defined }}",
                "（甲）false",
            ),
            ("{% filter replace(from=\"甲\", to=\"丁\") %}{{ rows[0] }}甲{% endfilter %}", "丁丁"),
            ("{{ \"a,b\" | split(pat=\",\") | reverse | join(sep=\"-\") | upper | truncate(length=2) }}", "B-…"),
            ("{{ [m.for, m.in] | join(sep=\"-\") }}{{ [m.for ~ r for r in rows if m.if] | join }}", "1-2"),
            ("{% raw %}{{ a | upper }}{% endraw %}{{ \"| upper\" | trim }}", "{{ a | upper }}| upper"),
            ("{% raw %}{% for r in rows %}{% endraw %}", "{% for r in rows %}"),
        ] {
            assert_eq!(filled(source).as_deref(), Ok(text), "{source}");
        }
    }

    #[test]
    fn a_loop_without_an_end_in_sight_is_refused() {
        let range = "{% for i in range(end=100000) %}";
        let nested = format!("{range}{range}{range}{}", "{% endfor %}".repeat(3));
        assert!(filled(&nested).is_err_and(|said| said.contains("循环的次数太多")));
        // Long tables are not.
        assert_eq!(filled(&format!("{range}{{% endfor %}}好")).as_deref(), Ok("好"));
    }

    #[test]
    fn a_text_that_doubles_is_refused() {
        for grow in [
            "{% set_global s = s ~ s %}",
            "{% set_global s %}{{ s }}{{ s }}{% endset %}",
            "{% set_global l = [l[0] ~ l[0]] %}",
        ] {
            let source =
                format!("{{% set s = \"甲\" %}}{{% set l = [s] %}}{{% for i in range(end=100) %}}{grow}{{% endfor %}}");
            assert!(filled(&source).is_err_and(|said| said.contains("一个值的文字太长")), "{grow}");
        }
    }

    #[test]
    fn a_filter_that_makes_a_long_text_of_short_ones_is_refused() {
        let long = "{% set s = \"甲\" | indent(width=1000, first=true) | indent(width=1000, first=true) %}";
        let squared = "{% set s = [\" \" for i in range(end=5000)] | join(sep=\"\") %}";
        let refused = |source: &str, why: &str| {
            let said = filled(source).expect_err(source);
            assert!(said.contains(why), "{source}: {said}");
        };
        assert_eq!(filled(&format!("{long}{{% if s | length > 2000 %}}长{{% endif %}}")).as_deref(), Ok("长"));
        refused(
            &format!("{squared}{{{{ s | replace(from=\" \", to=s) | length }}}}"),
            "一段文字超过一份报告能排的 1 MiB",
        );
        refused(
            &format!("{squared}{{{{ range(end=1000) | join(sep=s) | length }}}}"),
            "一段文字超过一份报告能排的 1 MiB",
        );
        refused(
            &format!("{squared}{{{{ s | replace(from=\" \", to=\"\\n\") | indent(width=999) | length }}}}"),
            "一段文字超过",
        );
        refused(
            "{{ [range(end=900) | join(sep=\"、、、、\") for i in range(end=9000)] | length }}",
            "合起来超过 8 MiB",
        );
        refused("{{ [[j for j in range(end=9000)] for i in range(end=9000)] | length }}", "合起来超过 8 MiB");
        refused(
            "{% for i in range(end=20) %}{{ [0 for j in range(end=99000)] | length }}{% endfor %}",
            "循环的次数太多",
        );
        refused(&format!("{squared}{{{{ [s ~ i for i in range(end=9000)] | length }}}}"), "合起来超过 8 MiB");
        refused(
            &format!("{squared}{{{{ [s ~ s | split(pat=\"\") for i in range(end=99)] | length }}}}"),
            "合起来超过 8 MiB",
        );
    }

    #[test]
    fn a_text_that_is_captured_is_counted_while_it_grows() {
        let long = "{% set s = [\"、\" for i in range(end=9000)] | join(sep=\"\") %}";
        let forever = "{% for i in range(end=99000) %}";
        let text = "甲".repeat(999);
        for captured in [
            format!("{long}{{% set t %}}{forever}{{{{ s }}}}{{% endfor %}}{{% endset %}}"),
            format!("{{% set t %}}{forever}{text}{{% endfor %}}{{% endset %}}"),
            format!(
                "{{% set t | upper %}}{forever}{{% if i is odd %}}{text}{{% else %}}{text}{{% endif %}}{{% endfor %}}{{% endset %}}"
            ),
            format!("{{% component box() %}}{forever}{text}{{% endfor %}}{{% endcomponent %}}{{% set t = <box /> %}}"),
            format!("{{% filter upper %}}{forever}{text}{{% endfor %}}{{% endfilter %}}"),
        ] {
            let said = filled(&captured).expect_err("a text without an end in sight");
            assert!(said.contains("合起来超过 8 MiB"), "{captured:.300}: {said}");
        }
    }

    #[test]
    fn a_value_that_nests_deeper_each_round_is_refused() {
        let source = "{% set l = [1] %}{% for i in range(end=100000) %}{% set_global l = [l] %}{% endfor %}";
        assert!(filled(source).is_err_and(|said| said.contains("一层套一层")));
    }
}
