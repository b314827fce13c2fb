//! Making archived reports again from what was archived with them, and comparing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::chain;
use crate::archive::PackageReader;
use crate::archive::metadata::{Metadata, ReportMetadata};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::manifest::{MetricSource, Sources};
use crate::notice::Notice;
use crate::render::Format;
use crate::sandbox;
use crate::store::is_relative_inside;
use crate::template::Outline;

/// The hidden subcommand that makes the binary build within [`MEMORY`]; it takes what `build` takes.
pub const SUBCOMMAND: &str = "rebuild-worker";
/// Memory of the process that makes a report again, in bytes.
pub const MEMORY: u64 = 4 << 30;
/// Its threads: each takes of that, and it makes one report.
pub const THREADS: usize = 2;
/// Seconds until a report is given up.
pub const SECONDS: u64 = 600;
/// Where the settings stand below `data/`.
const SETTINGS: &str = "notice/notice.toml";

/// Makes a verified package's reports again; what comes out otherwise is a finding. Made by the same version, files
/// are compared byte by byte, by another metric by metric. `program` is the one that makes them: this one; each is
/// given up after so many seconds.
///
/// # Errors
/// When the package cannot be read, or nothing written for a while.
pub fn rebuild(path: &Path, metadata: &Metadata, program: &Path, seconds: u64) -> io::Result<Vec<Diagnostic>> {
    let folder = tempfile::tempdir()?;
    let mut package = PackageReader::open(path)?;
    package.extract(folder.path(), |name| name.starts_with("data/"))?;
    let mut findings = Vec::new();
    let mut say = |message: String| {
        findings.push(Diagnostic::new(&code::REBUILT, Location::File(path.display().to_string()), message));
    };
    let notice = match Notice::load(&folder.path().join("data").join(SETTINGS)) {
        Ok(notice) => notice,
        Err(error) => {
            say(format!("归档的设置不能使用：{}", chain(&error)));
            return Ok(findings);
        }
    };
    if let Some(name) = Outline::all(&notice)
        .flat_map(Outline::template_files)
        .map(|name| name.get_ref())
        .find(|name| !is_relative_inside(name))
    {
        say(format!("归档的设置用了归档包之外的模板“{name}”，没有重新生成"));
        return Ok(findings);
    }
    let workshop = Workshop { folder: folder.path(), notice: &notice, program, seconds };
    for report in &metadata.reports {
        let archived = files(&folder.path().join(&report.folder))?;
        match workshop.again(report, &archived) {
            Ok(made) if report.version == env!("CARGO_PKG_VERSION") => same_files(report, &archived, &made, &mut say),
            Ok(made) => same_metrics(report, &archived, &made, &mut say),
            Err(reason) => say(format!("“{}”不能重新生成：{reason}", report.name)),
        }
    }
    Ok(findings)
}

/// A report's files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// What reports are made again with.
struct Workshop<'a> {
    /// The folder that the package was unpacked into.
    folder: &'a Path,
    notice: &'a Notice,
    /// The program that makes them: this one.
    program: &'a Path,
    seconds: u64,
}

impl Workshop<'_> {
    /// The files of a report that is made again, by a process of its own: its settings and templates may be an
    /// enemy's, and loop for ever.
    fn again(&self, report: &ReportMetadata, archived: &Files) -> Result<Files, String> {
        let has = |format: &&Format| archived.keys().any(|name| name.ends_with(&format!(".{}", format.extension())));
        let formats: Vec<&str> = Format::ALL.iter().filter(has).map(|format| format.extension()).collect();
        let output = self.folder.join(format!("again-{}", report.code));
        let data = self.folder.join("data");
        let mut command = sandbox::command(self.program);
        command.args([SUBCOMMAND, "--final", "--json", "--quiet", "--format", &formats.join(",")]);
        command.arg("--notice").arg(data.join(SETTINGS)).arg("--input").arg(data.join("ledgers"));
        command.arg("--output").arg(&output);
        let is_branch = report.code.position() > 0;
        if is_branch {
            command.arg(format!("--branch={}", report.name));
        }
        // Only `--date` gives a report another date than the settings'.
        let summary = self.notice.summary.as_ref();
        let letter = if is_branch { Some(&self.notice.letter) } else { summary.map(|summary| &summary.letter) };
        if letter.is_some_and(|letter| letter.date != report.date) {
            command.arg(format!("--date={}", report.date));
        }
        let said = sandbox::run(command, Vec::new(), self.seconds).map_err(|error| error.to_string())?;
        let name = report.folder.rsplit('/').next().unwrap_or_default();
        let made = files(&output.join(name)).map_err(|error| localize::io_error(&error))?;
        if made.is_empty() { Err(reason(&said)) } else { Ok(made) }
    }
}

/// Why a build made nothing, by what it said.
fn reason(said: &[u8]) -> String {
    let said: serde_json::Value = serde_json::from_slice(said).unwrap_or_default();
    let error = said["error"].as_str().or(said["findings"][0]["message"].as_str());
    error.unwrap_or("生成中途出错，或需要的内存太多").to_owned()
}

fn files(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
    }
    Ok(files)
}

fn same_files(report: &ReportMetadata, archived: &Files, made: &Files, say: &mut impl FnMut(String)) {
    for (name, bytes) in made {
        match archived.get(name) {
            Some(own) if own == bytes => {}
            Some(_) => say(format!("“{}”的 {name} 与重新生成的不同", report.name)),
            None => say(format!("“{}”没有 {name}，重新生成却有", report.name)),
        }
    }
    // What was put beside the report was not made by the program.
    let own = |name: &&String| !name.ends_with(".pdf") && !name.ends_with(".ofd") && !made.contains_key(*name);
    archived.keys().filter(own).for_each(|name| say(format!("“{}”的 {name} 没有重新生成出来", report.name)));
    if archived.contains_key("sources.json") {
        same_metrics(report, archived, made, say);
    }
}

fn same_metrics(report: &ReportMetadata, archived: &Files, made: &Files, say: &mut impl FnMut(String)) {
    let read = |files: &Files| -> Option<BTreeMap<String, (String, Option<String>)>> {
        let sources: Sources<'static> = serde_json::from_slice(files.get("sources.json")?).ok()?;
        let metrics = sources.metrics.into_iter();
        let owned = |metric: MetricSource<'_>| {
            (metric.id.into_owned(), (metric.label.into_owned(), metric.value.map(Cow::into_owned)))
        };
        Some(metrics.map(owned).collect())
    };
    let (Some(old), Some(new)) = (read(archived), read(made)) else {
        say(format!("“{}”的 sources.json 读不出，不能比对指标", report.name));
        return;
    };
    let told = |value: Option<&(String, Option<String>)>| match value {
        Some((_, Some(value))) => value.clone(),
        Some((_, None)) => "待填写".to_owned(),
        None => "没有".to_owned(),
    };
    let ids: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for id in ids.into_iter().filter(|id| old.get(*id) != new.get(*id)) {
        let label = old.get(id).or(new.get(id)).map_or(id.as_str(), |(label, _)| label);
        let (before, after) = (told(old.get(id)), told(new.get(id)));
        say(format!("“{}”的“{label}”归档的是 {before}，重新生成的是 {after}", report.name));
    }
}
