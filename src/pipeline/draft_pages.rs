//! The pages of one draft as PDF, for a page that shows them: made by a process of its own with limits on memory and
//! time, whatever the ledgers, the templates and the fonts are.
//!
//! The process reads the ledgers again, as a build does, through the cache in the output folder. It answers with pages
//! only when they show what the report on record shows: anything else would be another report than the files beside it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::draft::Drafts;
use super::readers::{cached_readers, run_budget};
use super::render_budget;
use super::shown::shown;
use super::{Machine, NoProgress, Paths, Settings, analyze, chain, fonts, previous_period};
use crate::fonts::Fonts;
use crate::notice::Notice;
use crate::render::{self, content};
use crate::report::Report;
use crate::sandbox::worker::{Bounds, enter};
use crate::sandbox::{self, Access, read_frame, write_frame};
use crate::store::{Digest, TemporaryFolder};

/// The hidden subcommand that makes the binary such a process.
pub const SUBCOMMAND: &str = "draft-worker";
/// Seconds after which pages are given up.
const SECONDS: u64 = 60;
/// Threads of the process.
const THREADS: usize = 2;
/// Bytes that a report may take while it is rendered: one of about 280,000 characters, 450 pages.
const MAX_RENDERED: u64 = 512 << 20;
/// Memory of the process beside what the ledgers of a run may take, twice: fonts, readers' pipes, the report.
const OWN_MEMORY: u64 = 2 << 30;

/// The report whose pages are asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DraftOrder {
    /// The branch; none for the department.
    pub branch: Option<String>,
    /// The hash of what the report on record shows, a date left out that was given with its run.
    pub shown: Digest,
    /// Its 成文日期, as `YYYY-MM-DD`.
    pub date: String,
    /// Where the explanation of a 待填写 is, but for its number, from 1, which follows.
    pub gap_address: String,
}

/// Why there are no pages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum NoPages {
    /// The report would show something else now.
    #[error("台账、设置或模板在生成之后改过，这是改之前的报告：重新生成，就能看到现在的每一页。")]
    Changed,
    /// There are no fonts.
    #[error(
        "这台电脑里没有中文字体，排不出每一页：安装仿宋、黑体、楷体、宋体，或把字体文件放进一个文件夹，在 notice.toml 里写 [pdf] fonts，再刷新这一页。"
    )]
    NoFonts,
    /// The report is too long to be shown page by page.
    #[error("报告太长，不在网页里逐页显示：要看每一页，下载 Word 文档。")]
    TooLong,
    /// The process failed, or died.
    #[error("每一页没有排出来（{0}）：可以刷新这一页再试一次，或下载 Word 文档看。")]
    Failed(String),
}

/// What a process works with.
#[derive(Clone, Copy, Debug)]
pub struct DraftSources<'a> {
    /// The notice's settings.
    pub notice: &'a Path,
    /// The folder of ledgers.
    pub input: &'a Path,
    /// The folder of reports, with the cache of what was read.
    pub output: &'a Path,
    /// As in [`Options::fonts`](super::Options::fonts).
    pub fonts: Option<&'a Path>,
    /// What the computer gives.
    pub machine: &'a Machine,
}

/// Has a process make the pages of a report: the bytes of a PDF.
///
/// # Errors
/// With why there are none.
pub fn draft_pages(order: &DraftOrder, notice: &Notice, paths: &Paths) -> Result<Vec<u8>, NoPages> {
    let failed = |error: io::Error| NoPages::Failed(chain(&error));
    let folder = TemporaryFolder::new().map_err(failed)?;
    let machine = &paths.machine;
    let memory = run_budget(notice, machine).saturating_mul(2).saturating_add(OWN_MEMORY);
    let mut arguments = vec![OsString::from(SUBCOMMAND)];
    // The process has a working folder of its own.
    for path in [&paths.notice, &paths.input, &paths.output] {
        arguments.push(std::path::absolute(path).map_err(failed)?.into_os_string());
    }
    arguments.extend([machine.memory, memory].map(|bytes| bytes.to_string().into()));
    if let Some(fonts) = &paths.fonts {
        arguments.extend(["--fonts".into(), std::path::absolute(fonts).map_err(failed)?.into_os_string()]);
    }
    for fonts in &machine.fonts {
        arguments.push(std::path::absolute(fonts).map_err(failed)?.into_os_string());
    }
    let request = serde_json::to_vec(order).map_err(|error| failed(error.into()))?;
    let child = sandbox::start(&machine.program, arguments, folder.path());
    let answer = sandbox::ask(child, request, SECONDS).map_err(|error| NoPages::Failed(error.to_string()))?;
    received(&answer).unwrap_or_else(|| Err(NoPages::Failed("排页的进程中途结束，多半是内存不够".to_owned())))
}

/// An answer that is whole.
fn received(mut answer: &[u8]) -> Option<Result<Vec<u8>, NoPages>> {
    let outcome: Result<(), NoPages> = serde_json::from_slice(&read_frame(&mut answer).ok()?).ok()?;
    let pages = read_frame(&mut answer).ok()?;
    Some(outcome.map(|()| pages))
}

/// The process's part: answers one order from standard input on standard output, within so many bytes of memory.
///
/// # Errors
/// When memory cannot be limited or the other side is gone.
pub fn serve(sources: DraftSources<'_>, memory: u64) -> io::Result<()> {
    let requests = enter(&Bounds { memory, seconds: SECONDS * THREADS as u64, access: Access::Reading })?;
    // Threads that start after the process is confined are confined.
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().map_err(io::Error::other)?;
    let Some(request) = requests.next()? else { return Ok(()) };
    let pages = pages(&serde_json::from_slice(&request)?, sources);
    let outcome = pages.as_ref().map(drop);
    let mut out = io::stdout().lock();
    write_frame(&mut out, &serde_json::to_vec(&outcome)?)?;
    write_frame(&mut out, pages.as_deref().unwrap_or_default())?;
    out.flush()
}

/// Reads, computes and renders.
fn pages(order: &DraftOrder, sources: DraftSources<'_>) -> Result<Vec<u8>, NoPages> {
    let DraftSources { notice, input, output, fonts, machine } = sources;
    let settings = Settings::load(notice).map_err(|error| NoPages::Failed(chain(&error)))?;
    let fonts = fonts::look(&settings.notice, fonts, machine).output.map(Arc::new).ok_or(NoPages::NoFonts)?;
    settings.expressions.steps().begin_run();
    let readers = cached_readers(&settings.notice, machine, output);
    let failed = |error: super::BuildError| NoPages::Failed(chain(&error));
    let mut analysis = analyze(&settings, input, &readers, &NoProgress).map_err(failed)?;
    previous_period::attach(&mut analysis.bound, &settings, &readers).map_err(failed)?;
    let branches = &analysis.bound.branches;
    let branch = match &order.branch {
        // A report of a branch that is gone is one that would not be made now.
        Some(name) => Some(branches.iter().position(|branch| branch.name() == name).ok_or(NoPages::Changed)?),
        None => None,
    };
    let drafts = Drafts { settings: &settings, pictures: &analysis.pictures, date: None };
    let looked = drafts.of_one(&analysis, branch, |report, beside| {
        let text = content(report);
        if shown(&text, &settings.notice, beside) != order.shown {
            return Err(NoPages::Changed);
        }
        if render_budget::size_of_pdf(&text) > MAX_RENDERED {
            return Err(NoPages::TooLong);
        }
        Ok(())
    });
    looked.map_err(NoPages::Failed)??;
    let dated = Drafts { date: order.date.parse().ok(), ..drafts };
    let pages = dated.of_one(&analysis, branch, |report, _| rendered(report, &fonts, order));
    settings.within_steps().map_err(failed)?;
    pages.map_err(NoPages::Failed)?
}

fn rendered(report: &Report<'_>, fonts: &Arc<Fonts>, order: &DraftOrder) -> Result<Vec<u8>, NoPages> {
    let pages = render::linked_pages(report, Arc::clone(fonts), &order.gap_address);
    pages.map_err(|error| NoPages::Failed(chain(&error)))
}

#[cfg(test)]
mod tests {
    use super::{NoPages, received};
    use crate::sandbox::write_frame;

    fn answer(outcome: &Result<(), NoPages>, pages: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        for frame in [&serde_json::to_vec(outcome).unwrap()[..], pages] {
            write_frame(&mut answer, frame).unwrap();
        }
        answer
    }

    #[test]
    fn an_answer_that_breaks_off_is_none() {
        let whole = answer(&Ok(()), b"%PDF");
        assert_eq!(received(&whole), Some(Ok(b"%PDF".to_vec())));
        for length in 0..whole.len() {
            assert_eq!(received(&whole[..length]), None, "{length}");
        }
        let refusal = NoPages::Failed("一".to_owned());
        assert_eq!(received(&answer(&Err(refusal.clone()), b"")), Some(Err(refusal)));
    }
}
