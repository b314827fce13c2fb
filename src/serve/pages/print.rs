//! Files for the printer: the final reports in one file, or one a kind of branch, made and downloaded.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use crate::diagnostics::localize;
use crate::manifest::RunManifest;
use crate::pipeline::{self, PrintError, PrintOptions, PrintOutcome, chain, former_sets, printed_files};
use crate::render::percent_encode;
use crate::serve::form;
use crate::serve::job::{JobOutcome, ReturnLink};
use crate::serve::layout::csrf_field;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect, run_blocking};
use crate::serve::state::AppState;
use crate::store::read_regular;

/// The part of the department's page: a form, and the files that are there.
pub(super) fn section(state: &AppState, run: Option<&RunManifest>) -> Markup {
    let files = printed_files(&state.paths.print);
    let former = run.map(|run| former_sets(&state.paths.print, run)).unwrap_or_default();
    let is_former = |name: &str| former.iter().any(|file| name_of(file) == Some(name));
    html! {
        section class="screen" id="print" {
            h2 { "打印" }
            form class="panel" method="post" action="/department/print" {
                (csrf_field(state))
                p { "全部正式报告合成一个 PDF：前面是签字清单，每份从右页起，附件里的 PDF 和扫描件接在后面。" }
                p { label { input type="checkbox" name="each_kind"; " 每类" (state.words().branch) "一个文件" } }
                p { button { "合成打印件" } }
            }
            @if !files.is_empty() {
                ul class="downloads" {
                    @for name in files.iter().filter_map(|file| name_of(file)) {
                        li { a href={ "/department/printed/" (percent_encode(name)) } download { (name) }
                            @if is_former(name) { small { "（以前的：现在没有这一类" (state.words().branch) "，不要再发下去）" } }
                        }
                    }
                }
                p class="hint" { "报告重新定稿以后，再合成一次。" }
            }
        }
    }
}

fn name_of(file: &FilePath) -> Option<&str> {
    file.file_name()?.to_str()
}

/// Starts putting the files together.
pub(crate) async fn print(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let paths = &state.paths;
    let options = PrintOptions {
        notice: paths.notice.clone(),
        output: paths.output.clone(),
        target: paths.print.clone(),
        branches: Vec::new(),
        each_kind: fields.has("each_kind"),
        fonts: paths.fonts.clone(),
        machine: paths.machine.clone(),
    };
    let back = ReturnLink { label: "回到打印件", href: "/department#print".to_owned() };
    state.jobs.start("合成打印件", false, back, move |_| match pipeline::print(&options) {
        Ok(outcome) => describe(outcome),
        // The command line's cure is one of its options.
        Err(PrintError::NoFonts) => {
            JobOutcome::refused("没有找到中文字体，不能排签字清单。在这台电脑上安装仿宋、黑体、楷体、宋体，再合成")
        }
        Err(error) => JobOutcome::refused(chain(&error)),
    })?;
    Ok(redirect("/work"))
}

fn describe(outcome: PrintOutcome) -> JobOutcome {
    let set_line = |set: &pipeline::PrintedSet| format!("{}：{}", name_of(&set.path).unwrap_or_default(), set.line());
    let messages = outcome.sets.iter().map(set_line).chain(outcome.shortfall()).collect();
    JobOutcome {
        succeeded: outcome.absent.is_empty() && !outcome.sets.is_empty(),
        messages,
        findings: outcome.findings,
    }
}

/// Downloads a file for the printer.
pub(crate) async fn download(State(state): State<Arc<AppState>>, Path(name): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let files = printed_files(&state.paths.print);
        let file = files.iter().find(|file| name_of(file) == Some(&name));
        let file = file.ok_or_else(|| ErrorPage::not_found("没有这个打印件，可能刚被移走"))?;
        let bytes = read_regular(file).map_err(|error| format!("打印件读不出：{}", localize::io_error(&error)))?;
        Ok(response::download(&name, bytes))
    })
    .await
}
