//! Comparisons with the previous period in templates: behind the first number that a template prints, how it has
//! changed.
//!
//! A template that compares already stays as it is. So does one that prints no number in a sentence: in tables, headings
//! and loops there is no place for a comparison.

use jiff::civil::Date;

use super::write::{SETTINGS, TemplateFile};
use crate::notice::edit::{Written, WrittenValue, quoted, with_value};
use crate::notice::tags::{TemplateTag, scan};

/// A metric that templates print.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PrintedMetric {
    /// Its id.
    pub id: String,
    /// Its unit, which templates write behind it; empty without one.
    pub unit: String,
}

/// The metrics of branches and of the department that settings have.
pub(super) fn metrics(settings: &Written<'_>) -> Vec<PrintedMetric> {
    let mut metrics = Vec::new();
    for table in [&["metric"][..], &["summary", "metric"]] {
        for id in settings.ids(table) {
            let unit = match settings.value(&[table, &[&id, "unit"]].concat()) {
                Some(WrittenValue::Text(unit)) => unit,
                _ => String::new(),
            };
            metrics.push(PrintedMetric { id, unit });
        }
    }
    metrics
}

/// What a new notice calls the previous period of one from `start` to `end`.
pub(super) fn word_for(start: Option<Date>, end: Date) -> &'static str {
    let Some(start) = start.filter(|start| start.year() == end.year() && start.day() == 1) else { return OTHER };
    match (start.month(), end.month()) {
        (first, last) if first == last => "上月",
        (first, last) if last - first == 2 && last % 3 == 0 => "上季度",
        (1, 12) => "上年",
        _ => OTHER,
    }
}

/// What it is called otherwise, which settings need not say.
const OTHER: &str = "上期";

/// Makes the files of a new notice compare with an earlier period, whose results are at a path; `word` is what that
/// is called.
pub(super) fn compare_all(files: &mut [TemplateFile], previous: &str, word: &str) {
    let settings = files.iter_mut().find(|file| file.name == SETTINGS);
    let Some(settings) = settings else { return };
    if let Some(text) = with_value(&settings.text, &["notice", "previous"], &quoted(previous)) {
        settings.text = text;
    }
    if word != OTHER
        && let Some(text) = with_value(&settings.text, &["words", "previous"], &quoted(word))
    {
        settings.text = text;
    }
    let metrics = metrics(&Written::new(&settings.text));
    for file in files.iter_mut().filter(|file| file.name != SETTINGS) {
        file.text = compared(&file.text, &metrics, word);
    }
}

/// Signs behind a number and its unit: a comparison in brackets may stand between.
const ENDS: [char; 6] = ['，', '。', '；', '、', '：', '\n'];

/// The template with its comparison; `word` is what the previous period is called. No line moves.
pub(super) fn compared(template: &str, metrics: &[PrintedMetric], word: &str) -> String {
    if ["change(", "change.", "prev."].iter().any(|word| template.contains(word)) {
        return template.to_owned();
    }
    let mut loops = 0_usize;
    for TemplateTag { start, end, content, is_statement, .. } in scan(template).tags {
        match content.split_whitespace().next() {
            Some("for") if is_statement => loops += 1,
            Some("endfor") if is_statement => loops = loops.saturating_sub(1),
            _ if !is_statement && loops == 0 && is_in_sentence(template, start) => {
                if let Some((end, id)) = place(template, content, end, metrics) {
                    let (before, behind) = template.split_at(end);
                    return format!("{before}{}{behind}", comparison(id, word));
                }
            }
            _ => {}
        }
    }
    template.to_owned()
}

/// What a template prints behind a metric: 与上期相比增加3项 or 与上期持平, in brackets.
fn comparison(id: &str, word: &str) -> String {
    format!(
        "{{% if n.{id} is not none %}}（{{% if prev.n.{id} is not none %}}与{word}{{% if prev.n.{id} != n.{id} %}}相比{{% endif %}}\
         {{% endif %}}{{{{ change({id}) }}}}）{{% endif %}}"
    )
}

/// Whether a place is neither in a table nor in a heading or a caption.
fn is_in_sentence(template: &str, at: usize) -> bool {
    let line = template[..at].rfind('\n').map_or(0, |end| end + 1);
    !["|", "#", "表：", "图："].iter().any(|beginning| template[line..].trim_start().starts_with(beginning))
}

/// Where a comparison stands behind a printed metric, and the metric's id; `None` when something else is printed, or the
/// sentence goes on.
fn place<'m>(template: &str, words: &str, end: usize, metrics: &'m [PrintedMetric]) -> Option<(usize, &'m str)> {
    let (name, filter) = words.split_once('|').map_or((words, ""), |(name, filter)| (name, filter.trim()));
    let PrintedMetric { id, unit } = metrics.iter().find(|metric| metric.id == name.trim())?;
    let behind = &template[end..];
    let length = match filter {
        "" if behind.starts_with(unit.as_str()) => unit.len(),
        "" | "with_unit" => 0,
        _ => return None,
    };
    let is_end = behind[length..].is_empty() || behind[length..].starts_with(ENDS);
    is_end.then_some((end + length, id.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use jiff::civil::date;

    use super::{PrintedMetric, compared, metrics, word_for};
    use crate::notice::edit::Written;

    const SETTINGS: &str = "[metric]\n隐患数 = { label = \"a\", unit = \"项\", expr = '隐患.len()' }\n率 = { label = \"b\", expr = '1' }\n\
        [summary.metric]\nall = { label = \"c\", unit = \"项\", expr = '1' }\n";

    fn with_comparison(template: &str) -> String {
        compared(template, &metrics(&Written::new(SETTINGS)), "上季度")
    }

    #[test]
    fn the_first_number_of_a_sentence_is_compared() {
        let added = |id: &str| {
            format!(
                "{{% if n.{id} is not none %}}（{{% if prev.n.{id} is not none %}}与上季度{{% if prev.n.{id} != n.{id} %}}相比\
                 {{% endif %}}{{% endif %}}{{{{ change({id}) }}}}）{{% endif %}}"
            )
        };
        let hazards = added("隐患数");
        for (template, expected) in [
            ("隐患共{{ 隐患数 }}项；按级别分", format!("隐患共{{{{ 隐患数 }}}}项{hazards}；按级别分")),
            (
                "共{{ 隐患数 | with_unit }}。\n{{ 率 }}",
                format!("共{{{{ 隐患数 | with_unit }}}}{hazards}。\n{{{{ 率 }}}}"),
            ),
            ("率{{- 率 -}}，", format!("率{{{{- 率 -}}}}{}，", added("率"))),
            ("各科室共{{ all }}项", format!("各科室共{{{{ all }}}}项{}", added("all"))),
            ("| {{ 隐患数 }} |\n共{{ 隐患数 }}项。", format!("| {{{{ 隐患数 }}}} |\n共{{{{ 隐患数 }}}}项{hazards}。")),
        ] {
            assert_eq!(with_comparison(template), expected);
        }
    }

    #[test]
    fn the_previous_period_is_called_as_long_as_this_one_is() {
        let word =
            |from: (i8, i8), to: i8| word_for(Some(date(2026, from.0, from.1)), date(2026, to, 1).last_of_month());
        let all =
            [word((7, 1), 9), word((7, 1), 7), word((1, 1), 12), word((1, 1), 6), word((6, 26), 9), word((8, 1), 10)];
        assert_eq!(all, ["上季度", "上月", "上年", "上期", "上期", "上期"]);
        assert_eq!(word_for(None, date(2026, 9, 30)), "上期");
    }

    #[test]
    fn what_has_no_place_for_a_comparison_stays() {
        for template in [
            "| {{ 隐患数 }} |\n",
            "## 共{{ 隐患数 }}项\n",
            "{% for r in 隐患 %}{{ 隐患数 }}项。{% endfor %}",
            "{{ 隐患数 }}项隐患。{{ row.隐患数 }}项。",
            "共{{ 隐患数 }}项（{{ change(隐患数) }}）。",
            "共{{ 隐患数 }}项{% if n.隐患数 %}，其中",
            "没有指标{{",
        ] {
            assert_eq!(with_comparison(template), template);
        }
    }

    proptest! {
        #[test]
        fn any_template_keeps_its_lines(template in "([{}%|#项。\n -]|\\{\\{ 隐患数 \\}\\}|for|\\PC){0,40}") {
            let metric = PrintedMetric { id: "隐患数".to_owned(), unit: "项".to_owned() };
            let made = compared(&template, &[metric], "上期");
            prop_assert_eq!(made.lines().count(), template.lines().count());
        }
    }
}
