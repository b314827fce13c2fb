//! What the earlier period reported, as the form of a new notice asks for it: a run of a notice beside this one, or a
//! file of a run that is elsewhere.

use std::path::PathBuf;

use maud::{Markup, html};

use crate::escape::visible;
use crate::manifest::{self, RunManifest};
use crate::pipeline::PreviousSource;
use crate::serve::flash::Flash;
use crate::serve::form::{FormFields, UploadedFile};
use crate::serve::notices::{ListedNotice, Notices};
use crate::store::{read_record, safe_path};

/// The field of the list of runs.
const PREVIOUS: &str = "previous";
/// The field of an uploaded file.
pub(super) const PREVIOUS_FILE: &str = "previous-file";
/// The extensions of such files.
const EXTENSIONS: [&str; 2] = [".xlsx", ".json"];

/// The last run of a notice.
pub(super) struct EarlierRun {
    /// The key of the notice.
    key: String,
    /// The notice's title, or the name of its folder.
    title: String,
    folder: String,
    output: PathBuf,
}

/// The runs of the notices that lie beside one another.
pub(super) fn earlier_runs(notices: &Notices) -> Vec<EarlierRun> {
    notices.list().into_iter().filter_map(earlier_run).collect()
}

/// The last run of a notice; `None` when its folder of reports has none, or that of another notice.
fn earlier_run(notice: ListedNotice) -> Option<EarlierRun> {
    let ListedNotice { key, folder, title, output, .. } = notice;
    let run = RunManifest::parse(&read_record(&output.join(manifest::FILE)).ok()?).ok()?;
    // Records of older versions do not say whose they are.
    let is_own = run.notice_folder.is_empty() || run.notice_folder == folder;
    let title = if title.is_empty() { folder.clone() } else { title };
    is_own.then_some(EarlierRun { key, title, folder, output })
}

/// The fields of the form.
pub(super) fn previous_fields(earlier: &[EarlierRun], before: Option<&Flash>) -> Markup {
    let chosen = before.map_or("", |flash| flash.typed(PREVIOUS));
    html! {
        @if !earlier.is_empty() {
            p {
                label for=(PREVIOUS) { "与上一期的结果比，报告里写增加、减少多少；旁边已经生成过报告的通知" } br;
                select id=(PREVIOUS) name=(PREVIOUS) {
                    option value="" { "不比" }
                    @for EarlierRun { key, title, folder, .. } in earlier {
                        option value=(key) selected[key == chosen] { (title) "（文件夹 " (folder) "）" }
                    }
                }
            }
        }
        p {
            label for=(PREVIOUS_FILE) {
                @if earlier.is_empty() { "与上一期的结果比，报告里写增加、减少多少：" } @else { "或者放上一期的结果：" }
                "那时的汇总表.xlsx 或 run.json；可以没有"
            }
            br;
            input id=(PREVIOUS_FILE) type="file" name=(PREVIOUS_FILE) accept=(EXTENSIONS.join(","));
        }
    }
}

/// The results that a form names.
///
/// # Errors
/// With the reason, when it names two, a run that is gone, or another kind of file.
pub(super) fn previous_source(
    notices: &Notices,
    fields: &FormFields,
    files: &[UploadedFile],
) -> Result<Option<PreviousSource>, String> {
    let mut uploads = files.iter().filter(|upload| upload.field == PREVIOUS_FILE);
    let key = fields.get(PREVIOUS);
    match (key, uploads.next(), uploads.next()) {
        ("", None, _) => Ok(None),
        ("", Some(upload), None) => uploaded(upload).map(Some),
        (key, None, _) => {
            let run = earlier_runs(notices).into_iter().find(|run| run.key == key);
            let run = run.ok_or("选的那份通知里没有上一期的结果了，可能刚被移走；另选一份")?;
            Ok(Some(PreviousSource::Kept(run.output)))
        }
        _ => Err("上一期的结果给了不止一份：选旁边的一份通知，或者放一个文件".to_owned()),
    }
}

fn uploaded(upload: &UploadedFile) -> Result<PreviousSource, String> {
    // Of a name with folders only the last part counts.
    let name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let extension = format!(".{}", extension.to_lowercase());
    let safe = safe_path(&format!("{stem}{extension}")).filter(|_| EXTENSIONS.contains(&extension.as_str()));
    let refused = || format!("“{}”不是上一期的结果：放那时的汇总表.xlsx 或 run.json", visible(name));
    Ok(PreviousSource::Copied { path: upload.file.path().to_owned(), name: safe.ok_or_else(refused)? })
}
