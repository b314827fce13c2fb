//! The sections of the page.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::dashboard::{BranchState, BranchStatus, ReportStage};
use crate::diagnostics::SeverityCounts;
use crate::diff::{BranchChange, Differences, metric_line, row_lines};
use crate::manifest::{ReportOutcome, ReportState};
use crate::pipeline::{Analysis, MissingMetric, Settings, gap_hints, metrics_without_value};
use crate::report::Gap;
use crate::scans::SignedCopy;
use crate::serve::cache::CacheState;
use crate::serve::evidence::Snapshot;
use crate::serve::layout::csrf_field;
use crate::serve::pages::ledger_lookup::ledger_address;
use crate::serve::pages::report_sheet::gap_anchor;
use crate::serve::pages::state_panel::archive_number_label;
use crate::serve::pages::{archive, scans};
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// Files named for a gap.
const MAX_GAP_FILES: usize = 5;
/// Branches named for a gap of the department's report.
const MAX_GAP_BRANCHES: usize = 12;

/// Kind, gaps and findings of the branch as they are now, numbers of its report.
pub(super) fn status(state: &AppState, record: &ReportOutcome, current: &BranchStatus<'_>) -> Markup {
    let SeverityCounts { errors, warnings, .. } = current.findings;
    html! {
        p { a href="/" { "所有" (state.words().branch) } }
        dl class="facts" {
            dt { "类别" } dd { (record.kind) }
            dt { "待填写" } dd { (current.gaps) " 处" }
            dt { "问题" } dd { "错误 " (errors) " 项，警告 " (warnings) " 项" }
            @if let Some(issued) = &record.issued {
                dt { "核对码" } dd { (issued.code) }
            }
            @if let Some(number) = state.archive_numbers().get(&record.name) {
                dt { (archive_number_label(&current.state)) } dd { (number) }
            }
            @if !current.missing.is_empty() {
                dt { "没有记录的台账" } dd { (current.missing.join("、")) }
            }
            @if !current.nil.is_empty() {
                dt { "零报告" } dd { (current.nil.join("、")) }
            }
        }
    }
}

/// The gaps that the report would have now, each with the ledgers and columns that would fill it. The report shown on the
/// page links its own gaps to them.
pub(in crate::serve::pages) fn gaps(settings: &Settings, snapshot: &Snapshot, record: &ReportOutcome) -> Markup {
    let gaps = snapshot.gaps(record);
    if gaps.is_empty() {
        return html! {};
    }
    html! {
        section id="gaps" {
            h2 { "待填写（" (gaps.len()) " 处）" }
            ul class="gaps" {
                @for (Gap { what, part }, printed) in gaps.iter().zip(printed_gaps(gaps, &record.gaps)) {
                    li {
                        details {
                            summary { (what) " " small { (part) } }
                            div id=[printed.map(gap_anchor)] tabindex="-1" {
                                (gap_help(settings, snapshot, record, what))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// For each gap, which of the report on record it is; `None` for one that the report does not have.
fn printed_gaps(gaps: &[Gap], recorded: &[Gap]) -> Vec<Option<usize>> {
    let mut positions: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (index, Gap { what, part }) in recorded.iter().enumerate().rev() {
        positions.entry((what, part)).or_default().push(index);
    }
    gaps.iter().map(|Gap { what, part }| positions.get_mut(&(what.as_str(), part.as_str()))?.pop()).collect()
}

/// What fills a gap.
fn gap_help(settings: &Settings, snapshot: &Snapshot, record: &ReportOutcome, gap: &str) -> Markup {
    let is_department = record.kind.is_empty();
    let without = if is_department { metrics_without_value(settings, snapshot.current(), gap) } else { Vec::new() };
    let hints = if without.is_empty() { gap_hints(settings, &record.kind, gap) } else { Vec::new() };
    html! {
        @for MissingMetric { metric, branches } in &without {
            p { "没有“" (metric) "”的" (settings.notice.words.branch) "，补上就有：" (branch_links(snapshot, branches)) "。" }
        }
        @if hints.is_empty() && without.is_empty() {
            p { "请看报告中黄底的地方，在相应的台账里补上。" }
        }
        @for hint in &hints {
            p {
                "在《" (hint.ledger) "》里补上本单位的"
                @if hint.columns.is_empty() { "行" } @else { "“" (hint.columns.join("”“")) "”" }
                "。"
                (ledger_files(settings, snapshot.analysis(), &hint.ledger))
            }
        }
    }
}

/// Links to the pages of branches, as many as are shown.
fn branch_links(snapshot: &Snapshot, names: &[&str]) -> Markup {
    let records = snapshot.evidence().map(|evidence| evidence.run.branches.as_slice()).unwrap_or_default();
    let number = |name: &str| records.iter().position(|record| record.name == name).map(|index| index + 1);
    html! {
        @for (position, name) in names.iter().take(MAX_GAP_BRANCHES).enumerate() {
            @if position > 0 { "、" }
            @if let Some(number) = number(name) { a href={ "/branch/" (number) } { (name) } } @else { (name) }
        }
        @if names.len() > MAX_GAP_BRANCHES { "等 " (names.len()) " 个" }
    }
}

/// Links to the files that contain a ledger.
fn ledger_files(settings: &Settings, analysis: Option<&Analysis>, title: &str) -> Markup {
    let Some(analysis) = analysis else { return html! {} };
    let is_ledger =
        |index: usize| settings.notice.ledger.get_index(index).is_some_and(|(_, ledger)| ledger.title == title);
    let sheets = analysis.bound.sheets.iter().filter(|sheet| is_ledger(sheet.ledger));
    let mut files: Vec<&str> = sheets.map(|sheet| sheet.source.file.as_str()).collect();
    files.dedup();
    html! {
        @for file in files.iter().take(MAX_GAP_FILES) {
            " " a href=(ledger_address(file)) { (file) }
        }
        @if files.is_empty() {
            "这个台账还没有收到，" a href="/ledgers" { "去放入" } "。"
        }
    }
}

/// What the last run that changed any report changed for this branch.
pub(super) fn changes(differences: &Differences, record: &ReportOutcome) -> Markup {
    let change = differences.branches.iter().find(|change| change.branch == record.name);
    html! {
        details {
            summary { "最近一次有报告变化的生成，改了这份报告的什么" }
            @match change {
                None => { p { "这份报告没有变化。" } }
                Some(change) => { (branch_change(change)) }
            }
        }
    }
}

fn branch_change(change: &BranchChange) -> Markup {
    html! {
        ul {
            @if let Some((old, new)) = change.state {
                li { "报告：" (old.label()) " → " (new.label()) }
            }
            @for metric in &change.metrics { li { (metric_line(metric)) } }
            @for line in change.rows.iter().flat_map(row_lines) { li { (line) } }
        }
        @for paragraph in &change.paragraphs {
            @for line in &paragraph.old { del { span { "原：" } (line) } }
            @for line in &paragraph.new { ins { span { "现：" } (line) } }
        }
    }
}

/// The hidden fields of every form of the page.
fn hidden_fields(state: &AppState, record: &ReportOutcome) -> Markup {
    html! {
        (csrf_field(state))
        input type="hidden" name="branch" value=(record.name);
    }
}

/// The signed copies there are, and the form to add one.
pub(super) fn signed_copies(state: &AppState, address: &str, record: &ReportOutcome) -> Markup {
    let found = state.run().ok().map(|run| state.scans(run, PAGE_TIMEOUT));
    let inventory = found.as_ref().and_then(CacheState::value);
    let copies: Vec<&SignedCopy> =
        inventory.into_iter().flat_map(|inventory| inventory.copies_of(&record.name)).collect();
    html! {
        @if !copies.is_empty() { (scans::list_of(state, &copies, address)) }
        form class="panel drop" method="post" enctype="multipart/form-data" action={ (address) "/signed" } data-send id="signed" {
            (hidden_fields(state, record))
            p {
                label for="scan" { "签字件的扫描件（PDF、JPEG、PNG、TIFF）" }
                br;
                input id="scan" type="file" name="scan" required accept=".pdf,.jpg,.jpeg,.png,.tif,.tiff";
            }
            p {
                label for="code" { "抄写纸上印的核对码（印了二维码的可以不填）" }
                br;
                input id="code" name="code" autocomplete="off" placeholder="如 20181102-07-7K3M9QXTR";
            }
            p { button { "放入签字件" } }
            p role="status" aria-live="polite" data-progress {}
        }
    }
}

/// The form that archives this report alone, once it is final: folded away when this version is in a package, and a
/// sentence in its place while the report is stale, for then it is refused.
pub(in crate::serve::pages) fn archive_form(
    state: &AppState,
    record: &ReportOutcome,
    current: Option<&BranchState>,
) -> Markup {
    if record.state != ReportState::Final {
        return html! {};
    }
    let is_archived = current.is_some_and(|current| current.stage == ReportStage::Archived);
    html! {
        section class="screen" id="archive" {
            h2 { "归档" }
            @if current.is_some_and(|current| current.is_stale) {
                p { "定稿之后有改动，现在不能归档：先重新定稿、签字，再归档。" }
            } @else if is_archived {
                details {
                    summary { "这一版已归档；后来又有签字件的，可以再归档一次" }
                    (archive_fields(state, record))
                }
            } @else {
                (archive_fields(state, record))
            }
        }
    }
}

fn archive_fields(state: &AppState, record: &ReportOutcome) -> Markup {
    html! {
        form class="panel" method="post" action="/department/archive" {
            (archive::form_fields(state))
            input type="hidden" name="branch" value=(record.name);
            p {
                label for="pages" { "报告的页数（签字件是 PDF 的不用写）" }
                br;
                input id="pages" name="pages" inputmode="numeric" pattern="[0-9]*";
            }
            p { button { "归档这份报告" } }
        }
    }
}

/// The downloads to send back to the clerk.
pub(super) fn send_back(address: &str) -> Markup {
    html! {
        section class="screen" {
            h2 { "退回填报人" }
            ul class="downloads" {
                li { a href={ (address) "/issues" } download { "问题清单（Excel）" } }
                li { a href={ (address) "/form" } download { "空白填报表（Excel）" } }
            }
        }
    }
}
