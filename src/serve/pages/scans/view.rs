//! The page, the list of a report's signed copies, and the scans themselves.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::{ADDRESS, find};
use crate::manifest::RunManifest;
use crate::scans::{self, ScanInventory, SignedCopy, Version};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking};
use crate::serve::scan_files::scan_key;
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// The page.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let run = state.run()?;
        let scans = state.scans(Arc::clone(&run), PAGE_TIMEOUT);
        let none = ScanInventory::default();
        let inventory = scans.value().map_or(&none, Arc::as_ref);
        let body = match run.as_ref() {
            Err(_) => html! { p { "还没有报告。定稿、打印、签字以后，再把扫描件放到这里。" } },
            Ok(run) => html! {
                @if !scans.is_fresh() { p class="note" role="status" { "正在查看签字件，稍后刷新这一页。" } }
                (upload_form(state))
                (matched(state, run, inventory))
                (unmatched(state, inventory))
            },
        };
        let refresh = (!scans.is_fresh()).then_some(3);
        let layout = PageLayout { title: "签字件", tab: Tab::Department, refresh };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn upload_form(state: &AppState) -> Markup {
    html! {
        form class="panel drop" method="post" enctype="multipart/form-data" action=(ADDRESS) data-send {
            (csrf_field(state))
            p { "一次可以放入许多扫描件：按上面的二维码，或者文件名里的核对码、单位名称，各归各的报告。认不出的不收，说明原因。" }
            p {
                label for="scans" { "扫描件（PDF、JPEG、PNG、TIFF）" }
                br;
                input id="scans" type="file" name="scans" multiple required accept=".pdf,.jpg,.jpeg,.png,.tif,.tiff";
            }
            p { button class="main" { "放入签字件" } }
            p role="status" aria-live="polite" data-progress {}
        }
    }
}

/// The scans of each report.
fn matched(state: &AppState, run: &RunManifest, inventory: &ScanInventory) -> Markup {
    let branches = run.branches.iter().enumerate().map(|(index, record)| (record, format!("/branch/{}", index + 1)));
    let reports = branches.chain([(&run.department, "/department".to_owned())]);
    html! {
        h2 { "已有的签字件（" (inventory.copies.len()) " 个）" }
        @for (record, address) in reports {
            @let copies: Vec<&SignedCopy> = inventory.copies_of(&record.name).collect();
            @if !copies.is_empty() {
                h3 { a href=(address) { (record.name) } }
                (list_of(state, &copies, ADDRESS))
            }
        }
    }
}

fn unmatched(state: &AppState, inventory: &ScanInventory) -> Markup {
    html! {
        @if !inventory.unmatched.is_empty() {
            h2 { "对不上报告的文件（" (inventory.unmatched.len()) " 个）" }
            ul class="plain scans" {
                @for scan in &inventory.unmatched {
                    li class="panel" {
                        p { strong { (scan.name) } "：" (scan.reason) "。" }
                        div class="actions" {
                            a class="button" href={ "/scan/" (scan_key(&scan.name)) "/file" } download { "下载" }
                            (remove_form(state, &scan.name, ADDRESS))
                        }
                    }
                }
            }
        }
    }
}

/// The signed copies of a report, each with what can be done with it; `back` is the page that they are on.
pub(in crate::serve::pages) fn list_of(state: &AppState, copies: &[&SignedCopy], back: &str) -> Markup {
    html! {
        ul class="plain scans" {
            @for copy in copies {
                @let key = scan_key(&copy.name);
                li class="panel" {
                    p {
                        strong { (copy.name) }
                        @if let Some(pages) = copy.pages { "（" (pages) " 页）" }
                        "："
                        @match copy.version {
                            Version::Current => { "签的是现在这一版" }
                            Version::ByName => { "上面没有看到核对码，请核对签的是现在这一版" }
                            Version::Old => { span class="bad" { "签的不是现在这一版" } }
                        }
                        "。"
                    }
                    @if may_be_shown(&copy.name) {
                        details {
                            summary { "看这份扫描件" }
                            (picture(&copy.name, &key))
                        }
                    } @else {
                        p class="hint" { "浏览器不能显示 TIFF，请下载后看。" }
                    }
                    div class="actions" {
                        @if copy.version == Version::ByName {
                            form class="inline" method="post" action={ "/scan/" (key) "/confirm" } {
                                (csrf_field(state))
                                input type="hidden" name="back" value=(back);
                                button { "确认签的是这一版" }
                            }
                        }
                        a class="button" href={ "/scan/" (key) "/file" } download { "下载" }
                        (remove_form(state, &copy.name, back))
                    }
                }
            }
        }
    }
}

/// The scan itself; loaded when it is opened.
fn picture(name: &str, key: &str) -> Markup {
    html! {
        @if name.to_lowercase().ends_with(".pdf") {
            iframe class="scan" loading="lazy" src={ "/scan/" (key) } title={ "签字件 " (name) } {}
        } @else {
            img class="scan" loading="lazy" src={ "/scan/" (key) } alt={ "签字件 " (name) };
        }
    }
}

fn remove_form(state: &AppState, name: &str, back: &str) -> Markup {
    html! {
        form class="inline" method="post" action={ "/scan/" (scan_key(name)) "/remove" } {
            (csrf_field(state))
            input type="hidden" name="back" value=(back);
            button class="danger" { "移走" }
        }
    }
}

/// The media types that browsers show, by extension.
const SHOWN: [(&str, &str); 4] =
    [("pdf", "application/pdf"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png")];

fn media_type(name: &str) -> Option<&'static str> {
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    SHOWN.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type)
}

/// Whether browsers show a scan of that name.
fn may_be_shown(name: &str) -> bool {
    media_type(name).is_some()
}

/// The scan, to be shown in a page, of the type of its extension.
pub(crate) async fn open(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let media_type = media_type(scan.name()).ok_or_else(|| ErrorPage::not_found("浏览器不能显示，请下载"))?;
        let bytes = scans::read(scan.path()).map_err(ErrorPage::conflict)?;
        Ok(response::shown_in_page(media_type, bytes))
    })
    .await
}

/// Downloads a scan.
pub(crate) async fn download(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let bytes = scans::read(scan.path()).map_err(ErrorPage::conflict)?;
        let name = scan.name().rsplit('/').next().unwrap_or_default();
        Ok(response::download(name, bytes))
    })
    .await
}
