//! The packages in the archive folder: the list, downloads, verification.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use super::seal::return_link;
use crate::archive::{catalogue::COLUMNS, register as register_file, seal_list as seals, zip};
use crate::diagnostics::localize;
use crate::pipeline::{
    self, ListedPackage, VerificationRecord, VerifyOptions, chain, package_catalogue, packages_in, record_verification,
};
use crate::serve::clock::now;
use crate::serve::form;
use crate::serve::job::JobOutcome;
use crate::serve::layout::csrf_field;
use crate::serve::pages::query::PageQuery;
use crate::serve::pages::table::text_cell;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect, run_blocking};
use crate::serve::state::AppState;
use crate::store::{read_regular, sha256};

/// Packages on one page of the list.
const PAGE_SIZE: usize = 50;

/// The key of a package in addresses and forms.
fn key(package: &ListedPackage) -> String {
    sha256(package.file_name.as_bytes()).to_string().chars().take(20).collect()
}

/// The list, the newest number first, a page of it at a time.
pub(super) fn section(state: &AppState, packages: &[ListedPackage], query: &PageQuery) -> Markup {
    let page_count = packages.len().div_ceil(PAGE_SIZE).max(1);
    let page = query.page.clamp(1, page_count);
    html! {
        section id="packages" {
            h2 { "已有的归档包（" (packages.len()) " 个）" }
            @if packages.is_empty() {
                p { "还没有归档包。" }
            } @else {
                ul class="downloads" {
                    li { a href="/archive/catalogue" download { "归档文件目录（Excel）" } }
                    li { a href="/archive/register" download { "登记册" } }
                    li { a href="/archive/seals" download { "封存清单" } }
                }
                form class="panel screen" method="post" action="/department/verify" {
                    (csrf_field(state))
                    p {
                        label {
                            input type="checkbox" name="rebuild" value="yes";
                            " 再用归档的台账重新生成报告，逐个数比对"
                        }
                    }
                    p { button { "校验全部归档包" } }
                }
                table class="cards" {
                    thead {
                        tr { @for label in ["档号", "题名", "封装", "上次校验", ""] { th scope="col" { (label) } } }
                    }
                    tbody {
                        @for package in packages.iter().rev().skip((page - 1) * PAGE_SIZE).take(PAGE_SIZE) {
                            (row(state, package))
                        }
                    }
                }
                @if page_count > 1 {
                    nav class="pager" aria-label="分页" {
                        @if page > 1 { a href={ "/archive?page=" (page - 1) "#packages" } { "上一页" } " " }
                        @if page < page_count { a href={ "/archive?page=" (page + 1) "#packages" } { "下一页" } " " }
                        span { "第 " (page) " 页，共 " (page_count) " 页" }
                    }
                }
            }
        }
    }
}

fn row(state: &AppState, package: &ListedPackage) -> Markup {
    let key = key(package);
    let title = package.catalogue_row().and_then(|row| {
        let position = COLUMNS.iter().position(|column| *column == "题名")?;
        row.into_iter().nth(position)
    });
    let subject = package.entry.as_ref().map(|entry| entry.subject.clone());
    let sealed = package.entry.as_ref().map(|entry| format!("{} {}", entry.by, entry.at.replace('T', " ")));
    html! {
        tr {
            th scope="row" {
                (package.number())
                @if let Some(other) = &package.replaced_by { br; small { "已由 " (other) " 代替" } }
            }
            (text_cell("题名", &title.or(subject).unwrap_or_else(|| "目录读不出".to_owned())))
            (text_cell("封装", &sealed.unwrap_or_else(|| "登记册里没有".to_owned())))
            td data-label="上次校验" { (verification(package.verified.as_ref())) }
            td class="pair" data-label="操作" {
                a href={ "/archive/package/" (key) } download aria-label={ "下载 " (package.number()) } { "下载" }
                " "
                form class="inline" method="post" action="/department/verify" {
                    (csrf_field(state))
                    input type="hidden" name="package" value=(key);
                    button aria-label={ "校验 " (package.number()) } { "校验" }
                }
            }
        }
    }
}

/// The last verification: a sign, a word and the time.
fn verification(record: Option<&VerificationRecord>) -> Markup {
    html! {
        @match record {
            None => "没有校验过",
            Some(VerificationRecord { at, findings: 0, rebuilt, .. }) => {
                span class="good" { "✓ 完好" } " " (time(at))
                @if *rebuilt { "，重新生成比对过" }
            }
            Some(VerificationRecord { at, findings, first, .. }) => {
                span class="bad" { "✗ 问题 " (findings) " 项" } " " (time(at)) "：" (first)
            }
        }
    }
}

/// A time that is not broken between its parts.
fn time(at: &str) -> Markup {
    html! { span class="whole" { (at.replace('T', " ")) } }
}

/// The package with that key.
fn find(state: &AppState, key_sent: &str) -> Result<ListedPackage, ErrorPage> {
    let packages = packages_in(&state.paths.packages).map_err(|error| chain(&error))?;
    let package = packages.into_iter().find(|package| key(package) == key_sent);
    package.ok_or_else(|| ErrorPage::not_found("没有这个归档包，可能刚被移走"))
}

/// Downloads a package: a zip as it is, a folder as a zip.
pub(crate) async fn download(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let package = find(state, &key)?;
        let failed = |error: std::io::Error| format!("归档包读不出：{}", localize::io_error(&error));
        if !package.path.is_dir() {
            return Ok(response::download(&package.file_name, read_regular(&package.path).map_err(failed)?));
        }
        let packed = tempfile::NamedTempFile::new().map_err(failed)?;
        zip::pack_folder(&package.path, &package.file_name, packed.path()).map_err(failed)?;
        Ok(response::download(&format!("{}.zip", package.file_name), read_regular(packed.path()).map_err(failed)?))
    })
    .await
}

/// Downloads the catalogue of all packages.
pub(crate) async fn catalogue(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| {
        let packages = packages_in(&state.paths.packages).map_err(|error| chain(&error))?;
        let workbook = package_catalogue(&packages).map_err(|error| chain(&error))?;
        Ok(response::download("归档文件目录.xlsx", workbook))
    })
    .await
}

/// Downloads the register.
pub(crate) async fn register(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| own_file(&state.paths.packages, register_file::FILE)).await
}

/// Downloads the seal list.
pub(crate) async fn seal_list(State(state): State<Arc<AppState>>) -> HandlerResult {
    run_blocking(state, |state| own_file(&state.paths.packages, seals::FILE)).await
}

fn own_file(folder: &FilePath, name: &str) -> HandlerResult {
    let bytes = read_regular(&folder.join(name)).map_err(|_| ErrorPage::not_found("还没有归档过"))?;
    Ok(response::download(name, bytes))
}

/// Starts verifying one package, or all in the archive folder, and records the outcome.
pub(crate) async fn verify(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let folder = &state.paths.packages;
        let (name, chosen) = match fields.get("package") {
            "" => ("校验归档包".to_owned(), VerifyOptions { folders: vec![folder.clone()], ..Default::default() }),
            key => {
                let package = find(state, key)?;
                let options = VerifyOptions { packages: vec![package.path.clone()], ..Default::default() };
                (format!("校验归档包 {}", package.number()), options)
            }
        };
        let (paths, rebuild, at) = (state.paths.clone(), fields.has("rebuild"), now());
        state.jobs.start(&name, false, return_link(), move |_| {
            let program = rebuild.then(|| paths.machine.program.clone());
            let fonts = paths.fonts.iter().chain(&paths.machine.fonts).cloned().collect();
            match pipeline::verify(VerifyOptions { program, fonts, ..chosen }) {
                Ok(verification) => {
                    let mut messages = vec![verification.line()];
                    if let Err(error) = record_verification(&verification, &at) {
                        messages.push(format!("这次校验的结果没有记下：{}", chain(&error)));
                    }
                    let findings = verification.findings;
                    JobOutcome { succeeded: findings.is_empty(), messages, findings }
                }
                Err(error) => JobOutcome::refused(chain(&error)),
            }
        })?;
        Ok(redirect("/work"))
    })
    .await
}
