//! Archiving final reports, verifying archive packages: the forms, and the handlers that start the jobs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use crate::archive::is_moment;
use crate::archive::writer::SealOutcome;
use crate::pipeline::{self, ArchiveError, ArchiveOptions, ArchiveOutcome, Paths, VerifyOptions, chain};
use crate::serve::form::{self, FormFields};
use crate::serve::job::{JobOutcome, ReturnLink};
use crate::serve::layout::csrf_field;
use crate::serve::response::{ErrorPage, HandlerResult, redirect};
use crate::serve::state::AppState;
use crate::store::list_folder;

/// Packages listed on the page, the newest first.
const MAX_PACKAGES_SHOWN: usize = 50;

/// The section of the department's page.
pub(crate) fn section(state: &AppState) -> Markup {
    let packages = packages(&state.paths);
    html! {
        section class="screen" {
            h2 { "归档" }
            form class="panel" method="post" action="/department/archive" {
                (form_fields(state))
                p { button class="main" { "归档全部正式报告" } }
            }
            h3 { "已有的归档包（" (packages.len()) " 个）" }
            @if !packages.is_empty() {
                ul {
                    @for package in packages.iter().rev().take(MAX_PACKAGES_SHOWN) { li { (file_name(package)) } }
                }
                form class="panel" method="post" action="/department/verify" {
                    (csrf_field(state))
                    p {
                        label {
                            input type="checkbox" name="rebuild" value="yes";
                            " 再用归档的台账重新生成报告，逐个数比对"
                        }
                    }
                    p { button { "校验全部归档包" } }
                }
            }
        }
    }
}

/// The fields that every archive form has.
pub(crate) fn form_fields(state: &AppState) -> Markup {
    html! {
        (csrf_field(state))
        p { "把正式报告连同签字件、台账、设置封装成归档包，编档号。封装后不再改动。" }
        p { label for="by" { "谁封装" } br; input id="by" name="by" required autocomplete="name"; }
        p { label for="at" { "何时封装" } br; input id="at" name="at" type="date" required; }
        p {
            label {
                input type="checkbox" name="unsigned" value="yes";
                " 没有签字件的也归档（元数据会写明）"
            }
        }
        p { label { input type="checkbox" name="zip" value="yes"; " 归档包装成一个 zip" } }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The packages in the archive folder, by name: folders and zips, no links and nothing hidden.
fn packages(paths: &Paths) -> Vec<PathBuf> {
    let is_package = |path: &PathBuf| {
        let name = file_name(path);
        !name.starts_with('.') && !path.is_symlink() && (path.is_dir() || name.ends_with(".zip"))
    };
    let mut packages: Vec<PathBuf> = list_folder(&paths.out).into_iter().filter(is_package).collect();
    packages.sort();
    packages
}

/// Starts archiving one branch's report, or all final reports.
pub(crate) async fn archive(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let options = archive_options(&state, &fields)?;
    state.jobs.start("归档", false, return_link(), move |_| match pipeline::archive(&options) {
        Ok(archived) => describe(archived),
        Err(ArchiveError::Incomplete { done, source }) => {
            let mut outcome = describe(*done);
            outcome.succeeded = false;
            outcome.messages.insert(0, chain(&source));
            outcome
        }
        Err(error) => JobOutcome::refused(chain(&error)),
    })?;
    Ok(redirect("/work"))
}

fn archive_options(state: &AppState, fields: &FormFields) -> Result<ArchiveOptions, ErrorPage> {
    let (by, at) = (fields.get("by").to_owned(), fields.get("at").to_owned());
    if by.is_empty() || !is_moment(&at) {
        return Err(ErrorPage::bad_request("请写明谁封装、何时封装（如 2018-11-05）"));
    }
    let branch = Some(fields.get("branch").to_owned()).filter(|branch| !branch.is_empty());
    let pages = match fields.get("pages") {
        "" => None,
        text => {
            let pages = text.parse().ok().filter(|pages| *pages > 0);
            Some(pages.ok_or_else(|| ErrorPage::bad_request("页数要写数字"))?)
        }
    };
    Ok(ArchiveOptions {
        places: state.paths.clone(),
        pages: branch.iter().cloned().zip(pages).collect(),
        branches: branch.into_iter().collect(),
        zip: fields.has("zip"),
        unsigned: fields.has("unsigned"),
        events: Vec::new(),
        by,
        at,
        signer: None,
    })
}

fn return_link() -> ReturnLink {
    ReturnLink { label: "回到归档", href: "/department".to_owned() }
}

fn describe(archived: ArchiveOutcome) -> JobOutcome {
    let mut messages = archived.settled;
    for (subject, sealed) in &archived.packages {
        messages.push(match sealed {
            SealOutcome::New { archive_number, replaces: None, .. } => format!("{subject}：{archive_number}"),
            SealOutcome::New { archive_number, replaces: Some(other), .. } => {
                format!("{subject}：{archive_number}，代替 {other}")
            }
            SealOutcome::Same(reference) => format!("{subject}：内容没有变化，仍是 {reference}"),
        });
    }
    if !archived.refused.is_empty() {
        messages.push(format!("没有归档 {} 份：{}", archived.refused.len(), archived.refused.join("、")));
    }
    if let Some(seals) = &archived.seals {
        messages.push(format!("封存清单：{}，请另存别处", seals.display()));
    }
    JobOutcome { succeeded: archived.refused.is_empty(), messages, findings: archived.findings }
}

/// Starts verifying all packages in the archive folder.
pub(crate) async fn verify(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let (paths, rebuild) = (state.paths.clone(), fields.has("rebuild"));
    state.jobs.start("校验归档包", false, return_link(), move |_| {
        let program = rebuild.then(|| paths.machine.program.clone());
        let options = VerifyOptions { packages: packages(&paths), program, ..VerifyOptions::default() };
        match pipeline::verify(options) {
            Ok(verification) => JobOutcome {
                succeeded: verification.findings.is_empty(),
                messages: vec![verification.line()],
                findings: verification.findings,
            },
            Err(error) => JobOutcome::refused(chain(&error)),
        }
    })?;
    Ok(redirect("/work"))
}
