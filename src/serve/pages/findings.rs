//! Lists findings for clerks: equal findings are grouped, each group with the places where it occurs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use maud::{Markup, html};

use super::ledger_lookup::ledger_address;
use crate::diagnostics::{Diagnostic, Location, Severity, SheetRef, column_letters};
use crate::render::percent_encode;

/// Groups shown on a page.
const MAX_GROUPS: usize = 200;
/// The folders of reports, signed copies and packages.
const OWN_FOLDERS: [&str; 3] = ["output", "signed", "archive"];
/// Places shown of a group.
const MAX_PLACES: usize = 12;

/// A cure that names the pages, for a code whose own cure names the command line or the settings file.
struct PageCure {
    code: &'static str,
    cure: &'static str,
}

const PAGE_CURES: [PageCure; 14] = [
    PageCure {
        code: "Z002",
        cure: "核对表头；打开这个台账，列着和设置里写法不同的列名的，点“记住这种写法”；没有列出的，把台账的表头改成“应为”里的写法",
    },
    PageCure { code: "Z003", cure: "到“台账”里放入" },
    PageCure {
        code: "Z005", cure: "补上该列；有这一列只是写法不同的，打开这个台账，点“记住这种写法”"
    },
    PageCure { code: "Z006", cure: "读对了的不用管；点“记住这种写法”以后就不再提示" },
    PageCure {
        code: "Z307", cure: "要保留改动的不用处理；要换成新生成的，把改过的文件移到别处再生成"
    },
    PageCure { code: "Z308", cure: "确实不要的，到报告文件夹里删去它的文件夹" },
    PageCure { code: "Z217", cure: "在设置里写“上一期的结果”" },
    PageCure {
        code: "Z310",
        cure: "要按现在的台账重新定稿，到它的页面上点“重新定稿”；要改回草稿，点“撤回定稿”，核对码和签字件随即作废",
    },
    PageCure {
        code: "Z311", cure: "要按现在的台账重新定稿，到它的页面上点“重新定稿”，原来的签字随即作废，要重新签字"
    },
    PageCure { code: "Z330", cure: "在这台电脑上安装仿宋、黑体、楷体、宋体，再定稿" },
    PageCure { code: "Z411", cure: "到这份报告的页面上定稿，再归档" },
    PageCure {
        code: "Z412", cure: "到这份报告的页面上放入签字件；确实没有的，归档时勾选“没有签字件的也归档”"
    },
    PageCure { code: "Z413", cure: "把签字件扫描成 PDF，或在这份报告的页面上归档时写明页数" },
    PageCure {
        code: "Z414",
        cure: "到这份报告的页面上看一下签字件：签的是这一版，点“确认签的是这一版”；不是的，点“移走”",
    },
];

/// Findings with the same code, message, found and expected; never empty.
struct Group<'f> {
    first: &'f Diagnostic,
    all: Vec<&'f Diagnostic>,
}

/// Groups equal findings, errors first, otherwise in the order of their first occurrence.
fn group<'f>(findings: impl Iterator<Item = &'f Diagnostic>) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let mut positions = HashMap::new();
    for finding in findings {
        let key = (finding.code.id, &finding.message, &finding.found, &finding.expected);
        let position = *positions.entry(key).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.all.push(finding),
            None => groups.push(Group { first: finding, all: vec![finding] }),
        }
    }
    groups.sort_by_key(|group| group.first.severity);
    groups
}

/// The list of findings, `None` when there are none. `place` renders where a finding is; `None` leaves the place out.
pub(super) fn list<'f>(
    findings: impl Iterator<Item = &'f Diagnostic>,
    place: &dyn Fn(&Diagnostic) -> Option<Markup>,
) -> Option<Markup> {
    let groups = group(findings);
    if groups.is_empty() {
        return None;
    }
    let rules = by_rule(groups.iter().take(MAX_GROUPS));
    Some(html! {
        @for rule in &rules {
            @match &rule[..] {
                [group] => ul class="findings" { (list_item(group, place)) },
                several => {
                    @let first = several[0].first;
                    @let count = several.iter().map(|group| group.all.len()).sum::<usize>();
                    details class={ "rule " (severity_class(first.severity)) } open {
                        summary {
                            strong class="level" { (first.severity.label()) }
                            " " (first.code.title) "：" (several.len()) " 项，共 " (count) " 处 " small { (first.code.id) }
                        }
                        ul class="findings" { @for group in several { (list_item(group, place)) } }
                    }
                }
            }
        }
        @if groups.len() > MAX_GROUPS {
            p { "另有 " (groups.len() - MAX_GROUPS) " 项没有列出，改好这些再看。" }
        }
    })
}

/// The groups of each rule beside one another, in the order of the rules' first groups; a rule whose findings have
/// several severities comes once for each.
fn by_rule<'g, 'f>(groups: impl Iterator<Item = &'g Group<'f>>) -> Vec<Vec<&'g Group<'f>>> {
    let mut rules: Vec<Vec<&Group<'_>>> = Vec::new();
    let mut positions = HashMap::new();
    for group in groups {
        let position = *positions.entry((group.first.severity, group.first.code.id)).or_insert(rules.len());
        match rules.get_mut(position) {
            Some(rule) => rule.push(group),
            None => rules.push(vec![group]),
        }
    }
    rules
}

fn list_item(group: &Group<'_>, place: &dyn Fn(&Diagnostic) -> Option<Markup>) -> Markup {
    let first = group.first;
    let places: Vec<Markup> = group.all.iter().take(MAX_PLACES).filter_map(|finding| place(finding)).collect();
    let details = [("现为", first.found.as_deref()), ("应为", first.expected.as_deref()), ("办法", cure(first))];
    html! {
        li class=(severity_class(first.severity)) {
            p {
                strong class="level" { (first.severity.label()) }
                " " (first.message) " "
                @if group.all.len() > 1 { "（" (group.all.len()) " 处）" }
                small { (first.code.id) }
            }
            @if !places.is_empty() {
                p class="places" {
                    "位置："
                    @for (index, place) in places.iter().enumerate() {
                        @if index > 0 { "、" }
                        (place)
                    }
                    @if group.all.len() > MAX_PLACES { " 等 " (group.all.len()) " 处" }
                }
            }
            @for (label, text) in details {
                @if let Some(text) = text {
                    p class="said" { span { (label) "：" } (text) }
                }
            }
        }
    }
}

/// The CSS class of a severity.
pub(super) fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "remark",
    }
}

/// The cure of a finding; the general cure of its code is replaced by [`PAGE_CURES`], a specific one is kept.
fn cure(finding: &Diagnostic) -> Option<&str> {
    let own = finding.cure.as_deref()?;
    let on_page = PAGE_CURES.iter().find(|entry| entry.code == finding.code.id && own == finding.code.cure);
    Some(on_page.map_or(own, |entry| entry.cure))
}

/// Where a finding is; in a ledger, as a link to the ledger's page.
pub(super) fn linked_place(finding: &Diagnostic) -> Option<Markup> {
    let text = match &finding.location {
        Location::Branch => finding.branch.clone().unwrap_or_default(),
        Location::File(file) => file_in_words(file).into_owned(),
        Location::Line { file, line } => format!("{} 第 {line} 行", text_in_words(file)),
        place => place.to_string(),
    };
    match finding.location.source() {
        Some(source) => Some(html! { a href=(cell_address(finding, source)) { (text) } }),
        None if text.is_empty() => None,
        None => Some(html! { (text) }),
    }
}

/// The settings or a template as pages call them.
fn text_in_words(file: &str) -> String {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".toml") { "设置".to_owned() } else { format!("模板 {}", name.trim_end_matches(".md")) }
}

/// A file as pages call it: the settings by what they are, files outside the ledgers by their own names. Ledgers keep the
/// folders that tell them apart.
fn file_in_words(file: &str) -> Cow<'_, str> {
    let path = Path::new(file);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.extension().is_some_and(|extension| extension == "toml") {
        "设置".into()
    } else if path.is_absolute() || OWN_FOLDERS.iter().any(|folder| path.starts_with(folder)) {
        name
    } else {
        file.into()
    }
}

/// The address of a finding's cell, or of its sheet, on the page of its ledger.
fn cell_address(finding: &Diagnostic, source: &SheetRef) -> String {
    let cell = match &finding.location {
        Location::Cell(cell) | Location::Range { first: cell, .. } => format!("#{}", cell_id(cell.row, cell.col)),
        _ => String::new(),
    };
    format!("{}?sheet={}{cell}", ledger_address(&source.file), percent_encode(&source.sheet))
}

/// The id of a cell on the page of its ledger; row and column are from 0.
pub(super) fn cell_id(row: u32, col: u32) -> String {
    format!("cell-{}{}", column_letters(col), row + 1)
}

#[cfg(test)]
mod tests {
    use super::PAGE_CURES;
    use crate::check::catalogue;

    #[test]
    fn codes_with_a_page_cure_exist() {
        assert!(
            PAGE_CURES
                .iter()
                .all(|entry| { catalogue().iter().any(|code| code.id == entry.code && !code.cure.is_empty()) })
        );
    }
}
