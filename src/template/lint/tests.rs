//! What the checks of templates accept and refuse.

use super::super::schema::ValueType;
use super::{Lines, LintInput, LintResult, NoticeError, Pieces, Schema};
use crate::notice::tags::scan;
use crate::notice::{Column, ColumnType};
use std::path::Path;

fn lint(source: &str, schema: &Schema<'_>) -> LintResult {
    let source = LintInput { text: source, scanned: &scan(source), file: Path::new("t.md") };
    super::lint(source, schema, &Pieces::default())
}

/// A column of that type with the values of a choice.
fn column(kind: ColumnType, values: &[&str]) -> Column {
    let settings = format!("header = [\"级别\"]\ntype = \"text\"\nvalues = {values:?}");
    Column { kind, ..toml::from_str(&settings).expect("a column") }
}

/// A ledger `study` with a column of each type, and a metric `total`.
fn schema(level: &Column) -> Schema<'_> {
    let types = [
        ("done", ValueType::Number),
        ("name", ValueType::Text),
        ("met", ValueType::Flag),
        ("due", ValueType::Date),
        ("level", ValueType::Choice(level)),
        ("rate", ValueType::Percent),
    ];
    let bare = types.iter().map(|(id, ty)| ((*id).to_owned(), Schema::Bare(*ty))).collect();
    let texts = types.iter().map(|(id, _)| ((*id).to_owned(), Schema::Printed));
    let row = Schema::map(texts.chain([("n".to_owned(), Schema::map(bare))]).collect());
    let n = Schema::map([("total".to_owned(), Schema::Bare(ValueType::Number))].into());
    let top = [
        ("total".to_owned(), Schema::Printed),
        ("n".to_owned(), n),
        ("study".to_owned(), Schema::list(row.clone())),
        ("branch".to_owned(), row),
    ];
    Schema::map(top.into())
}

fn complaints(source: &str) -> Vec<(usize, String)> {
    let level = column(ColumnType::Choice, &["特级", "一级", "二级"]);
    let line_and_text = |error| match error {
        NoticeError::At { line, message, .. } => (line, message),
        other => (0, other.to_string()),
    };
    lint(source, &schema(&level)).errors.into_iter().map(line_and_text).collect()
}

#[test]
fn what_exists_is_accepted() {
    let source = "{{ total }}{# {{ gone }} #}\n{% if n.total > 0 and not study %}{{ gap(what=\"x.y\") }}{% elif study is not defined %}{% endif %}\n\
        {% for r in study | where(done=5) %}{{ r.done | default(value=1) }}{{ r.n.done }}{{ loop.index }}{% endfor %}\
        {% set weak = study | where(done=1) %}{{ weak | length }}{{ study[0].done }}{% raw %}{{ gone }}{% endraw %}\
        {% for r in study | sort(attribute=\"n.done\") %}{% if r.n.level == \"特级\" and r.n.due < \"2018-10-25\" %}{% endif %}{% endfor %}\
        {% for level, rows in study | group_by(attribute=\"n.level\") %}{{ level }}{{ rows | length }}{% for r in rows %}{{ r.name }}{% endfor %}{% endfor %}\
        {{ study | pluck(name=\"name\") | join(sep=\"、\") }}{% if \"一级\" in study | pluck(name=\"n.level\") %}{% endif %}";
    assert_eq!(complaints(source), []);
}

#[test]
fn a_choice_that_the_column_does_not_have_is_refused_with_those_that_it_has() {
    for source in [
        "{% for r in study %}{% if r.n.level == \"特大\" %}{% endif %}{% endfor %}",
        "{% for r in study %}{% if \"特大\" != r.n.level and r.n.met %}{% endif %}{% endfor %}",
        "{% for r in study %}{{ \"甲\" if r.n.level == \"特大\" else \"乙\" }}{% endfor %}",
        "{% for r in study %}{% if r.n.level in [\"一级\", \"特大\"] %}{% endif %}{% endfor %}",
        "{% for r in study %}{% set big = \"特大\" %}{% if r.n.level == big %}{% endif %}{% endfor %}",
        "{% set rows = study | where(level=\"特大\") %}{{ rows | pluck(name=\"name\") | join }}",
        "{% for r in study | where(met=true, level=\"特大\") | reverse %}{% endfor %}",
        "{% if \"特大\" in study | pluck(name=\"n.level\") %}{% endif %}",
        "{% if [r.name for r in study if r.n.level == \"特大\"] %}{% endif %}",
        "{% if branch.n.level == \"特大\" %}{% endif %}",
    ] {
        let said = complaints(source);
        assert_eq!(said.len(), 1, "{source}: {said:?}");
        assert!(said[0].1.contains("“特大”不是“级别”的可选项，是不是“特级”？可选的有：特级、一级、二级"), "{said:?}");
    }
}

#[test]
fn a_comparison_that_never_holds_is_refused() {
    for (source, says) in [
        ("{% for r in study %}{% if r.level == \"特级\" %}{% endif %}{% endfor %}", "r.n.level"),
        ("{% if total == 1 %}{% endif %}", "n.total"),
        ("{% if total %}{% endif %}", "总是成立"),
        ("{% if not total or n.total > 3 %}{% endif %}", "总是成立"),
        ("{% for r in study %}{% if r.n.met == \"是\" %}{% endif %}{% endfor %}", "true 或 false"),
        ("{{ study | where(met=\"是\") | length }}", "true 或 false"),
        ("{{ study | where(done=\"5\") | length }}", "数不写引号"),
        ("{% for r in study %}{% if r.n.due < \"2018.10.25\" %}{% endif %}{% endfor %}", "2018-10-25"),
        ("{% for r in study %}{% if r.n.done == r.n.name %}{% endif %}{% endfor %}", "不能与"),
        ("{% if study == 0 %}{% endif %}", "study | length"),
        ("{% for r in study %}{% if r.n.rate < 60 %}{% endif %}{% endfor %}", "60% 写 0.6"),
        ("{% if total is none %}{% endif %}", "n.total"),
        ("{% for r in study %}{% if r.name is starting_with(pat=\"张\") %}{% endif %}{% endfor %}", "r.n.name"),
    ] {
        let said = complaints(source);
        assert!(said.len() == 1 && said[0].1.contains(says), "{source}: {said:?}");
    }
}

#[test]
fn printed_texts_are_neither_counted_nor_cut_nor_sorted() {
    for source in [
        "{{ total | length }}",
        "{{ branch.name | truncate(length=2) }}",
        "{{ branch.name[0:2] }}",
        "{{ branch.name | replace(from=\"甲\", to=\"乙\") }}",
        "{% for r in study | sort(attribute=\"done\") %}{% endfor %}",
        "{% for r in study | sort(attribute=\"zz\") %}{% endfor %}",
        "{% for level, rows in study | group_by(attribute=\"level\") %}{% endfor %}",
        "{{ study | pluck(name=\"level\") | unique | join }}",
    ] {
        assert_eq!(complaints(source).len(), 1, "{source}: {:?}", complaints(source));
    }
}

#[test]
fn program_data_is_not_printed() {
    for source in [
        "{{ study }}",
        "{{ branch }}",
        "{{ n }}",
        "{{ study[0] }}",
        "{{ study | pluck(name=\"name\") }}",
        "{{ study | join(sep=\"、\") }}",
        "{{ study if n.total > 1 else \"无\" }}",
        "{{ study | group_by(attribute=\"n.level\") }}",
    ] {
        assert_eq!(complaints(source).len(), 1, "{source}: {:?}", complaints(source));
    }
}

#[test]
fn a_tag_that_joins_too_many_texts_is_refused() {
    let joined = |signs: usize| format!("\n{{{{ branch.n.name{} }}}}", " ~ \"~\"".repeat(signs));
    assert!(complaints(&joined(40)).iter().all(|(_, said)| !said.contains('~')));
    let said = complaints(&joined(41));
    assert!(said.iter().any(|(line, said)| *line == 2 && said.contains("“~”最多 40 个，这里有 41 个")), "{said:?}");
}

#[test]
fn control_characters_and_markers_are_refused_with_their_line() {
    for c in ['\u{1}', '\u{b}', '\u{7f}', '\u{fdd0}', '\u{feff}', '\u{fffd}'] {
        let said = complaints(&format!("甲\r\n\t乙{c}\n"));
        assert!(said.len() == 1 && said[0].0 == 2, "{c:?}: {said:?}");
    }
}

#[test]
fn numbers_that_a_template_computes_are_found() {
    let level = column(ColumnType::Choice, &["特级"]);
    let schema = schema(&level);
    let computed = |source: &str| {
        let result = lint(source, &schema);
        assert!(result.errors.is_empty(), "{source}: {:?}", result.errors);
        result.computed.len()
    };
    for source in [
        "{{ n.total }}",
        "{{ study | length }}",
        "{{ n.total + 1 }}",
        "{% set c = 0 %}{% for r in study %}{% set_global c = c + 1 %}{% endfor %}{{ c }}",
        "{{ study | pluck(name=\"n.done\") | join }}",
        "{{ study[0].n.done }}",
        "{% for k, v in n %}{{ v }}{% endfor %}",
        "{{ total if n.total > 1 else n.total }}",
    ] {
        assert_eq!(computed(source), 1, "{source}");
    }
    for source in [
        "{{ total }}{{ study[0].done }}{{ study | pluck(name=\"done\") | join(sep=\"-\") }}",
        "{% for r in study %}{{ loop.index }}{{ r.done }}{% endfor %}{{ total if n.total > 1 else \"无\" }}",
    ] {
        assert_eq!(computed(source), 0, "{source}");
    }
}

#[test]
fn metrics_of_conditions_are_those_that_it_does_not_ask_to_be_none() {
    let level = column(ColumnType::Choice, &["特级"]);
    let schema = schema(&level);
    let read = |source: &str| lint(source, &schema).metrics_in_conditions.concat();
    assert_eq!(read("{% if n.total > 1 %}{% endif %}"), ["total"]);
    assert_eq!(read("{{ \"多\" if n[\"total\"] > 1 else \"少\" }}"), ["total"]);
    assert_eq!(read("{% if n.total is none or n.total > 1 %}{% endif %}"), [""; 0]);
    assert_eq!(read("{% if n.total is not none %}{{ n.total }}{% endif %}"), [""; 0]);
}

#[test]
fn what_does_not_exist_is_named_with_its_line() {
    let found = complaints(
        "{{ total }}\n{% if n.totl > 0 %}\n{% for r in study %}{{ r.don }}{% endfor %}{{ r.done }}\n{% endif %}{{ total.x }}",
    );
    let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 3, 4]);
    let filters = complaints(
        "{{ study | where(don=5) | pluck(name=\"done\") | join }}{{ study | pluck(name=\"x\") }}{{ n[\"totl\"] }}",
    );
    assert_eq!(filters.len(), 3, "{filters:?}");
    assert!(found[0].1.contains("是不是“total”"), "{found:?}");
    assert!(found[1].1.contains("done"), "{found:?}");
}

#[test]
fn bytes_are_on_the_lines_that_they_stand_in() {
    let lines = Lines::of("a\nb\n\nc");
    assert_eq!([0, 1, 2, 3, 4, 5].map(|offset| lines.line_at(offset)), [1, 1, 2, 2, 3, 4]);
}
