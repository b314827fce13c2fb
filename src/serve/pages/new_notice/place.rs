//! Where a new notice will be, and what its forms have in common.

use std::path::Path;

use crate::escape::visible;
use crate::pipeline::{OwnFolders, Targets};
use crate::serve::state::AppState;
use crate::store::{is_below, safe_names};

/// Where a notice called `name` will be: beside the notice of this server.
pub(super) fn targets(state: &AppState, name: &str) -> Result<Targets, String> {
    let safe = safe_names(std::iter::once(name), &|_| false);
    if name.is_empty() || safe.first().is_none_or(|safe| safe != name) {
        return Err("文件夹的名称不能用：写几个汉字、字母或数字，例如 2026年三季度".to_owned());
    }
    let settings = std::path::absolute(&state.paths.notice).unwrap_or_else(|_| state.paths.notice.clone());
    let all = settings.parent().and_then(Path::parent).ok_or("这份通知的文件夹旁边放不下新的通知")?;
    let targets = Targets { notice: all.join(name), input: OwnFolders::named(name).input };
    if is_below(&targets.notice, &state.paths.input) {
        return Err("新的通知会落在台账文件夹里面，请在命令行里用 zicha new 另指一个文件夹".to_owned());
    }
    Ok(targets)
}

/// The lines of a text, and its parts between commas.
pub(super) fn lines(text: &str) -> Vec<String> {
    let parts = text.split(['\n', ',', '，', '、']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// That a notice is made.
pub(super) fn written(Targets { notice, .. }: &Targets) -> String {
    let folder = notice.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "新的通知“{}”写好了，这个浏览器已经换到这一份：台账放到“台账”里，在“进度”里看还缺什么、生成报告",
        visible(&folder)
    )
}
