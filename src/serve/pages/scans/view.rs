//! The page, the list of a report's signed copies, and the scans themselves.

use std::sync::{Arc, PoisonError};

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::{ADDRESS, find};
use crate::manifest::RunManifest;
use crate::render::percent_encode;
use crate::scans::{self, Inspector, ScanInventory, SignedCopy, Version};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking};
use crate::serve::scan_files::scan_key;
use crate::serve::state::{AppState, PAGE_TIMEOUT};

/// Pages of a TIFF that are shown.
const MAX_PAGES_SHOWN: usize = 30;

/// Serves the page of scans: those of reports, then those that belong to none.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let run = state.run()?;
        let scans = state.scans(Arc::clone(&run), PAGE_TIMEOUT);
        let none = ScanInventory::default();
        let inventory = scans.value().map_or(&none, Arc::as_ref);
        let body = match run.as_ref() {
            Err(_) => html! { p { "还没有报告。定稿、打印、签字以后，再把扫描件放到这里。" } },
            Ok(run) => html! {
                @if !scans.is_fresh() { p class="note" role="status" { "正在查看签字件，做完这一页自己更新。" } }
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
                        @if scan.is_read && may_be_shown(&scan.name) { (shown(&scan.name, None)) }
                        div class="actions" {
                            @if let Some(report) = &scan.belongs_to {
                                form class="inline" method="post" action={ "/scan/" (scan_key(&scan.name)) "/assign" } {
                                    (csrf_field(state))
                                    button { "归到“" (report) "”" }
                                }
                            }
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
                        @if let Some(unread) = &copy.unread { "；" (unread) "，请重新扫描" }
                        "。"
                    }
                    @if copy.unread.is_none() && may_be_shown(&copy.name) { (shown(&copy.name, copy.pages)) }
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

/// The scan itself, folded; loaded when it is opened. `pages` are those of a TIFF, of which each is a picture.
fn shown(name: &str, pages: Option<usize>) -> Markup {
    let address = format!("/scan/{}", scan_key(name));
    html! {
        details {
            summary { "看这份扫描件" }
            @match kind_of(name) {
                Some(ScanKind::Pdf) => {
                    // The viewer of browsers calls a PDF without a title by the end of its address.
                    iframe class="scan" loading="lazy" src={ (address) "/view/" (percent_encode(file_name(name))) }
                        title={ "签字件 " (name) } {}
                }
                Some(ScanKind::Tiff) => {
                    @let pages = pages.unwrap_or(1);
                    @for page in 1..=pages.min(MAX_PAGES_SHOWN) {
                        img class="scan" loading="lazy" src={ (address) "?page=" (page) }
                            alt={ "签字件 " (name) "，第 " (page) " 页" };
                    }
                    @if pages > MAX_PAGES_SHOWN { p class="hint" { "只显示前 " (MAX_PAGES_SHOWN) " 页，其余的请下载后看。" } }
                }
                _ => { img class="scan" loading="lazy" src=(address) alt={ "签字件 " (name) }; }
            }
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

/// How a scan is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScanKind {
    /// By the browser's own viewer.
    Pdf,
    /// As it is, with that media type.
    Picture(&'static str),
    /// As PNG, a page at a time: browsers do not show it.
    Tiff,
}

/// How a scan of that name is shown, by its extension; `None` when it is none.
fn kind_of(name: &str) -> Option<ScanKind> {
    match name.rsplit('.').next().unwrap_or_default().to_lowercase().as_str() {
        "pdf" => Some(ScanKind::Pdf),
        "jpg" | "jpeg" => Some(ScanKind::Picture("image/jpeg")),
        "png" => Some(ScanKind::Picture("image/png")),
        "tif" | "tiff" => Some(ScanKind::Tiff),
        _ => None,
    }
}

/// Whether a scan of that name can be shown.
fn may_be_shown(name: &str) -> bool {
    kind_of(name).is_some()
}

/// The name of a scan without the folders that it is in.
fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// The scan, or a page of it, to be shown in a page, of the type of its extension.
pub(crate) async fn open(
    state: State<Arc<AppState>>,
    Path(key): Path<String>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    shown_file(state.0, key, query.page).await
}

/// The same under an address that ends with its name.
pub(crate) async fn open_named(
    state: State<Arc<AppState>>,
    Path((key, _name)): Path<(String, String)>,
) -> HandlerResult {
    shown_file(state.0, key, 1).await
}

async fn shown_file(state: Arc<AppState>, key: String, page: usize) -> HandlerResult {
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let kind = kind_of(scan.name()).ok_or_else(|| ErrorPage::not_found("浏览器不能显示，请下载"))?;
        let bytes = scans::read(scan.path()).map_err(ErrorPage::conflict)?;
        let (media_type, bytes) = match kind {
            ScanKind::Pdf => ("application/pdf", bytes),
            ScanKind::Picture(media_type) => (media_type, bytes),
            ScanKind::Tiff => ("image/png", page_picture(state, &bytes, page)?),
        };
        Ok(response::shown_in_page(media_type, bytes))
    })
    .await
}

/// A page of a TIFF as PNG, made in a process of its own; one at a time, for each may take a gigabyte.
fn page_picture(state: &AppState, bytes: &[u8], page: usize) -> Result<Vec<u8>, ErrorPage> {
    let _lane = state.scan_picture_lane.lock().unwrap_or_else(PoisonError::into_inner);
    let inspector = Inspector { program: state.paths.machine.program.clone() };
    let page = u32::try_from(page).unwrap_or(u32::MAX);
    inspector.page(bytes, page).map_err(|reason| ErrorPage::conflict(format!("这一页不能显示：{reason}")))
}

/// Downloads a scan.
pub(crate) async fn download(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let scan = find(state, &key)?;
        let bytes = scans::read(scan.path()).map_err(ErrorPage::conflict)?;
        Ok(response::download(file_name(scan.name()), bytes))
    })
    .await
}
