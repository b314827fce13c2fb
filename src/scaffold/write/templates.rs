//! The templates of a report and of the summary.

use super::super::design::{ColumnDesign, Design, LedgerDesign};
use super::super::metrics::{LedgerMetrics, MetricDesign};
use super::super::phrase::{are_acts, listed_words, nothing_words};
use super::super::sections::{PartContent, PartDesign};
use super::super::summary::{LedgerSummary, ListDesign, SummaryMetric, with_unit};
use super::sentence::{Printed, any_of, sentence, without_zeros};
use super::text::{argument, words};
use super::{NewNotice, TemplateFile};
use crate::notice::ColumnType;

/// Columns of a table in a report.
const MAX_TABLE_COLUMNS: usize = 7;

/// The templates of all parts, and those of opening and closing.
pub(super) fn templates(notice: &NewNotice<'_>) -> Vec<TemplateFile> {
    let mut files = vec![
        TemplateFile::new(
            "opening.md",
            &format!("根据《{{{{ notice.title }}}}》要求，现将{}情况报告如下。\n", time(notice.design)),
        ),
        TemplateFile::new("closing.md", "特此报告。\n"),
        TemplateFile::new("summary/opening.md", &summary_opening(notice.design)),
        TemplateFile::new("summary/closing.md", "各项数据见《汇总表》。特此报告。\n"),
    ];
    for part in notice.sections.iter().flat_map(|section| &section.parts) {
        files.push(TemplateFile::new(&part.template, &part_text(notice, part)));
        if let Some(text) = summary_text(notice, part) {
            files.push(TemplateFile::new(&format!("summary/{}", part.template), &text));
        }
    }
    files
}

/// What time a report is about: its period, where the last day that counts is the last of that, else that day.
fn time(design: &Design) -> String {
    match &design.period {
        Some(period) if design.end == Some(design.cutoff.value) => format!("{}有关", words(period)),
        _ => "截至{{ notice.cutoff }}的".to_owned(),
    }
}

/// The summary's opening: who reported, where some branches are left out, and over how many the previous period is,
/// where these are not as many.
fn summary_opening(design: &Design) -> String {
    let word = words(&design.branch_word.value);
    let opening = format!("根据《{{{{ notice.title }}}}》要求，各{word}开展了自查。");
    let left_out = format!(
        "{{% if reporting.left_out %}}应报{{{{ reporting.due }}}}个，实报{{{{ reporting.done }}}}个，未报送：\
         {{% for b in reporting.left_out %}}{{{{ b.name }}}}（{{{{ b.reason }}}}）{{% if not loop.last %}}、{{% endif %}}\
         {{% endfor %}}；以下为已报送{word}的数字。{{% endif %}}"
    );
    let previous = format!(
        "{{% if reporting.n.previous is not none and reporting.n.previous != reporting.n.done %}}\
         与上一期比较的数，上一期是{{{{ reporting.previous }}}}个{word}的，这一期是{{{{ reporting.done }}}}个{word}的。{{% endif %}}"
    );
    format!("{opening}现将{}情况汇总如下。{left_out}{previous}\n", time(design))
}

/// Whose numbers a summary's sentence is about.
fn all_who_reported(word: &str) -> String {
    format!("{{% if reporting.left_out %}}已报送的{{{{ reporting.done }}}}个{word}{{% else %}}各{word}{{% endif %}}")
}

fn heading(part: &PartDesign) -> String {
    part.heading.as_ref().map_or_else(String::new, |heading| format!("## {}\n\n", words(heading)))
}

fn part_text(notice: &NewNotice<'_>, part: &PartDesign) -> String {
    let text = match &part.content {
        PartContent::Ledger(index) => {
            let (ledger, metrics) = (&notice.design.ledgers[*index], &notice.metrics[*index]);
            let printed = Printed { value: &branch_value, id: &|metric| Some(metric.id.clone()) };
            format!("{}\n\n{}", sentence(metrics, &printed), table(ledger))
        }
        PartContent::Overview => {
            overview(notice, &Printed { value: &branch_value, id: &|metric| Some(metric.id.clone()) })
        }
        PartContent::Problems => problems(notice),
        PartContent::Gap(what) => format!("{{{{ gap(what={}) }}}}\n", argument(what)),
    };
    format!("{}{text}", heading(part))
}

/// A metric of a branch with its unit.
fn branch_value(metric: &MetricDesign) -> String {
    format!("{{{{ {} }}}}{}", metric.id, words(&metric.unit))
}

/// A table of the ledger's rows.
fn table(ledger: &LedgerDesign) -> String {
    let columns = table_columns(ledger);
    let heads: Vec<String> = columns.iter().map(|column| head(column)).collect();
    let aligns: Vec<&str> = columns.iter().map(|column| align(column)).collect();
    let cells: Vec<String> = columns.iter().map(|column| cell(column)).collect();
    format!(
        "表：{}\n\n| 序号 | {} |\n| :---: | {} |\n{{%- for row in {} %}}\n| {{{{ loop.index }}}} | {} |\n{{%- endfor %}}\n",
        words(&ledger.title),
        heads.join(" | "),
        aligns.join(" | "),
        ledger.id,
        cells.join(" | ")
    )
}

/// The columns of a table: no row numbers, branches, pictures and remarks; of too many those that must be filled in.
fn table_columns(ledger: &LedgerDesign) -> Vec<&ColumnDesign> {
    let is_shown = |column: &&ColumnDesign| {
        let is_other = matches!(column.kind, ColumnType::Serial | ColumnType::Branch | ColumnType::Picture);
        !is_other && !column.label.contains("备注")
    };
    let shown: Vec<(usize, &ColumnDesign)> = ledger.columns.iter().filter(is_shown).enumerate().collect();
    let (required, optional): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(_, column)| column.required);
    let mut kept: Vec<(usize, &ColumnDesign)> = required.into_iter().chain(optional).take(MAX_TABLE_COLUMNS).collect();
    kept.sort_by_key(|(place, _)| *place);
    kept.into_iter().map(|(_, column)| column).collect()
}

fn head(column: &ColumnDesign) -> String {
    words(&with_unit(&column.label, column.unit.as_deref().unwrap_or_default()))
}

fn align(column: &ColumnDesign) -> &'static str {
    if column.kind == ColumnType::Text { ":---" } else { ":---:" }
}

/// A cell; one that may be blank is a stroke then.
fn cell(column: &ColumnDesign) -> String {
    let id = &column.id;
    if column.required {
        return format!("{{{{ row.{id} }}}}");
    }
    format!("{{% if row.n.{id} is none %}}—{{% else %}}{{{{ row.{id} }}}}{{% endif %}}")
}

/// How many rows every ledger has, without those that have none; `printed` prints the numbers.
fn overview(notice: &NewNotice<'_>, printed: &Printed<'_>) -> String {
    let ledgers = notice.design.ledgers.iter().zip(&notice.metrics).skip(1);
    let counts = ledgers.filter_map(|(ledger, metrics)| {
        let (metric, said) = match metrics.total() {
            Some(total) => (total, listed_words(&ledger.noun, &ledger.measure)),
            None if ledger.kinds.is_some() => {
                metrics.count().map(|count| (count, count.words.trim_end_matches('共').to_owned()))?
            }
            None => return None,
        };
        let is_act = are_acts(&ledger.noun, &ledger.measure);
        Some((is_act, (printed.id)(metric)?, format!("{}{}", words(&said), (printed.value)(metric))))
    });
    let mut counts: Vec<(bool, String, String)> = counts.collect();
    // A verb is before acts alone: they come last.
    counts.sort_by_key(|(is_act, ..)| *is_act);
    let counts: Vec<(String, String)> = counts.into_iter().map(|(_, id, said)| (id, said)).collect();
    if counts.is_empty() {
        return "{{ gap(what=\"总体情况\") }}\n".to_owned();
    }
    let any = any_of(&counts);
    format!(
        "截至{{{{ notice.cutoff }}}}，{{% if {any} %}}{}{{% else %}}各项台账都没有记录{{% endif %}}。\n",
        without_zeros(&counts)
    )
}

/// What is overdue or short, item by item.
fn problems(notice: &NewNotice<'_>) -> String {
    let shortfalls: Vec<(&LedgerDesign, &MetricDesign)> = notice
        .design
        .ledgers
        .iter()
        .zip(&notice.metrics)
        .flat_map(|(ledger, metrics)| metrics.shortfalls().map(move |metric| (ledger, metric)))
        .collect();
    if shortfalls.is_empty() {
        return "{{ gap(what=\"存在的主要问题\") }}\n".to_owned();
    }
    let ids: Vec<&str> = shortfalls.iter().map(|(_, metric)| metric.id.as_str()).collect();
    let mut text = String::new();
    // A single item has no number.
    let number = if shortfalls.len() > 1 { "{% if found > 1 %}1. {% endif %}" } else { "" };
    if shortfalls.len() > 1 {
        let all = ids.iter().map(|id| format!("n.{id}")).collect::<Vec<_>>().join(", ");
        text.push_str(&format!("{{% set found = [count for count in [{all}] if count] | length %}}\n"));
    }
    for (ledger, MetricDesign { id, unit, words: said, .. }) in &shortfalls {
        text.push_str(&format!(
            "{{% if n.{id} %}}\n{number}{}中，{}有{{{{ {id} }}}}{}。\n{{%- endif %}}\n",
            words(&ledger.noun),
            words(said),
            words(unit)
        ));
    }
    let unknown = ids.iter().map(|id| format!("n.{id} is none")).collect::<Vec<_>>().join(" or ");
    let nothing = ids.iter().map(|id| format!("n.{id} == 0")).collect::<Vec<_>>().join(" and ");
    let tested = shortfalls.iter().map(|(_, metric)| words(&metric.none)).collect::<Vec<_>>().join("，");
    text.push_str(&format!(
        "{{% if {unknown} %}}\n{{{{ gap(what=\"存在的主要问题（台账不全，不能判断有没有）\") }}}}\n\
         {{% elif {nothing} %}}\n对照台账，{tested}。\n{{% endif %}}\n"
    ));
    text
}

/// The summary's text of a part; `None` for one that the summary does not have.
fn summary_text(notice: &NewNotice<'_>, part: &PartDesign) -> Option<String> {
    let word = words(&notice.design.branch_word.value);
    let text = match &part.content {
        PartContent::Ledger(index) => ledger_summary(notice, *index, &word),
        PartContent::Overview => {
            let value = |metric: &MetricDesign| {
                let places = notice.metrics.iter().zip(&notice.summaries);
                places.map(|(metrics, summary)| all_value(metrics, summary, metric)).collect::<String>()
            };
            let id = |metric: &MetricDesign| {
                let mut places = notice.metrics.iter().zip(&notice.summaries);
                places.find_map(|(metrics, summary)| Some(all_metric(metrics, summary, metric)?.id.clone()))
            };
            overview(notice, &Printed { value: &value, id: &id })
        }
        PartContent::Problems | PartContent::Gap(_) => return None,
    };
    Some(format!("{}{text}", heading(part)))
}

/// The summary's text about a ledger.
fn ledger_summary(notice: &NewNotice<'_>, index: usize, word: &str) -> String {
    let (ledger, metrics) = (&notice.design.ledgers[index], &notice.metrics[index]);
    let summary = &notice.summaries[index];
    let value = |metric: &MetricDesign| all_value(metrics, summary, metric);
    let id = |metric: &MetricDesign| all_metric(metrics, summary, metric).map(|all| all.id.clone());
    let printed = Printed { value: &value, id: &id };
    let whose = all_who_reported(word);
    let mut text = format!("{whose}{}\n", sentence(metrics, &printed));
    summary.absent.iter().chain(&summary.shortfalls).for_each(|list| text.push_str(&branches(list)));
    text.push_str(&chart(summary, word));
    match metrics.rows().and_then(id) {
        Some(rows) => {
            let nothing = words(&nothing_words(&ledger.noun, &ledger.measure));
            format!("{{% if n.{rows} == 0 %}}\n{whose}{nothing}。\n{{% else %}}\n{text}{{% endif %}}\n")
        }
        None => text,
    }
}

/// The metric over all branches, with its unit; nothing for a mean.
fn all_value(metrics: &LedgerMetrics, summary: &LedgerSummary, metric: &MetricDesign) -> String {
    let all = all_metric(metrics, summary, metric);
    all.filter(|_| !metric.kind.is_mean())
        .map_or_else(String::new, |all| format!("{{{{ {} }}}}{}", all.id, words(&all.unit)))
}

/// The metric over all branches.
fn all_metric<'s>(
    metrics: &LedgerMetrics,
    summary: &'s LedgerSummary,
    metric: &MetricDesign,
) -> Option<&'s SummaryMetric> {
    let at = metrics.metrics.iter().position(|known| known.id == metric.id)?;
    summary.metrics.get(at)?.as_ref()
}

/// A paragraph that names the branches of a list, with the metric that it is sorted by.
fn branches(list: &ListDesign) -> String {
    let number = match list.sort.as_str() {
        "" => String::new(),
        sort => format!("{{% if b.n.{sort} is not none %}}（{{{{ b.{sort} }}}}{}）{{% endif %}}", words(&list.unit)),
    };
    format!(
        "\n{{% if {id} %}}\n{said}：{{% for b in {id} %}}{{{{ b.name }}}}{number}{{% if loop.last %}}。{{% else %}}、{{% endif %}}\
         {{% endfor %}}\n{{% endif %}}\n",
        id = list.id,
        said = words(&list.words),
    )
}

fn chart(summary: &LedgerSummary, word: &str) -> String {
    let Some(chart) = &summary.chart else { return String::new() };
    format!(
        "\n{{% if {id} %}}\n图：{title}\n\n| {word} | {column} |\n| :--- | ---: |\n{{%- for b in {id} %}}\n\
         | {{{{ b.name }}}} | {{{{ b.{sort} }}}} |\n{{%- endfor %}}\n{{% endif %}}\n",
        id = chart.list.id,
        title = words(&chart.title),
        column = words(&chart.column),
        sort = chart.list.sort
    )
}
