//! The start page of a folder without a notice: it leads to a new notice, or makes the sample project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use maud::html;

use super::query::PageQuery;
use crate::pipeline::{ProjectError, chain, create_project, notices_beside};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::response::{self, HandlerResult, redirect, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;

/// The page; where there are other notices, a redirect to them.
pub(super) fn page(state: &AppState, query: &PageQuery) -> HandlerResult {
    if !notices_beside(&state.paths.notice).is_empty() {
        return Ok(redirect("/notices"));
    }
    let body = html! {
        p { "这个文件夹里还没有通知。先选一样：" }
        div class="panel" {
            h2 { "做一份新的通知" }
            p { "放入台账（空白的也行）和报告的提纲，程序写出这份通知的设置，不明白的会问。" }
            p { a class="button" href="/new" { "做新的通知" } }
        }
        @if project_folder(&state.paths.notice).is_some() {
            form class="panel" method="post" action="/sample" {
                (csrf_field(state))
                h2 { "先看示例" }
                p { "放入自带的通知和示例台账，可以马上生成报告，看看报告是什么样。已有的文件不动。" }
                p { button { "放入示例" } }
            }
        }
    };
    let layout = PageLayout { title: "开始", tab: Tab::Start, refresh: None };
    Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
}

/// The folder of the project: the one with `templates`, in which the notice's own folder is.
fn project_folder(notice: &Path) -> Option<PathBuf> {
    let templates = notice.parent()?.parent()?;
    let folder = (templates.file_name()? == "templates").then(|| templates.parent())??;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

/// Makes the sample project.
pub(crate) async fn make_sample(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, |state| {
        let made = project_folder(&state.paths.notice).map(|folder| create_project(&folder));
        let flash = match made {
            Some(Ok(_)) => Flash::done("示例已放入：自带的通知和台账。下一步到“生成”，生成报告"),
            Some(Err(ProjectError::HasProject(_))) => Flash::refused("示例没有放入：这个文件夹里已有做好的通知"),
            Some(Err(error)) => Flash::refused(chain(&error)),
            None => Flash::refused("示例只能放在程序自己的文件夹里"),
        };
        Ok(redirect_with_flash(state, "/", flash))
    })
    .await
}
