//! What is wrong with the settings and templates: each fault with its file and line, and a link to where it is mended.

use std::path::Path;

use maud::{Markup, html};

use super::settings_files::file_key;
use super::state::AppState;
use crate::notice::NoticeError;
use crate::pipeline::{Settings, chain, settings_files};

/// Faults that are listed.
pub(super) const MAX_FAULTS: usize = 50;

/// Something that is wrong in a file of the notice.
pub(super) struct Fault {
    /// The file's path below the notice's folder; empty for what belongs to none.
    pub file: String,
    /// The line, from 1; 0 for none.
    pub line: usize,
    pub message: String,
}

/// What is wrong with the settings as they are.
pub(super) fn current(state: &AppState) -> Vec<Fault> {
    if state.settings().is_ok() {
        return Vec::new();
    }
    let error = Settings::load(&state.paths.notice).err();
    error.map(|error| faults(&error, &state.paths.notice)).unwrap_or_default()
}

/// The faults of an error, each with its file.
pub(super) fn faults(error: &NoticeError, notice: &Path) -> Vec<Fault> {
    let folder = notice.parent().unwrap_or(Path::new(""));
    match error {
        NoticeError::Several(errors) => errors.iter().flat_map(|error| faults(error, notice)).collect(),
        NoticeError::At { file, line, message } => {
            let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
            vec![Fault { file: name, line: *line, message: message.clone() }]
        }
        error @ NoticeError::Read { .. } => vec![Fault { file: String::new(), line: 0, message: chain(error) }],
    }
}

/// The faults, each with a link to its file.
pub(super) fn list(state: &AppState, faults: &[Fault]) -> Markup {
    if faults.is_empty() {
        return html! {};
    }
    let files = settings_files(&state.paths.notice);
    html! {
        div class="note refused" role="alert" {
            p { "设置现在不能用，改好之前不能生成报告：" }
            ul {
                @for fault in faults.iter().take(MAX_FAULTS) {
                    li {
                        @if files.iter().any(|file| file.name == fault.file) {
                            a href={ "/settings/file/" (file_key(&fault.file)) "#text" } { (place(fault)) }
                            "："
                        }
                        (fault.message)
                    }
                }
            }
            @if faults.len() > MAX_FAULTS { p { "另有 " (faults.len() - MAX_FAULTS) " 处，改好这些再看。" } }
        }
    }
}

/// Where a fault is.
pub(super) fn place(fault: &Fault) -> String {
    let name = if fault.file.ends_with(".toml") { "设置的原文" } else { fault.file.trim_end_matches(".md") };
    format!("{name} 第 {} 行", fault.line)
}
