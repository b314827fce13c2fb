//! Making archived reports again from what was archived with them, and comparing.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::{Options, Part, Unwatched, build, chain};
use crate::archive::metadata::{Metadata, ReportData};
use crate::archive::verify::extract;
use crate::archive::{Package, is_inside};
use crate::diag::{Diagnostic, Place, code};
use crate::notice::Notice;
use crate::record::Sources;
use crate::write::Format;

/// Where the settings stand below `data/`.
const SETTINGS: &str = "notice/notice.toml";

/// Makes a verified package's reports again; what comes out otherwise is a finding. Made by the same version, files
/// are compared byte by byte, by another figure by figure. `worker` is the program that reads ledgers: this one.
///
/// # Errors
/// When the package cannot be read, or nothing written for a while.
pub fn rebuild(path: &Path, metadata: &Metadata, worker: &Path) -> io::Result<Vec<Diagnostic>> {
    let folder = tempfile::tempdir()?;
    let mut package = Package::open(path)?;
    extract(&mut package, folder.path(), |name| name.starts_with("data/"))?;
    let data = folder.path().join("data");
    let mut findings = Vec::new();
    let mut say = |message: String| {
        findings.push(Diagnostic::new(&code::REBUILT, Place::File(path.display().to_string()), message));
    };
    let notice = match Notice::load(&data.join(SETTINGS)) {
        Ok(notice) => notice,
        Err(error) => {
            say(format!("归档的设置不能使用：{}", chain(&error)));
            return Ok(findings);
        }
    };
    if let Some(name) = templates(&notice).find(|name| !is_inside(name)) {
        say(format!("归档的设置用了归档包之外的模板“{name}”，没有重新生成"));
        return Ok(findings);
    }
    for report in &metadata.reports {
        let archived = files(&folder.path().join(&report.folder))?;
        let made = again(report, &archived, &data, (folder.path(), worker), &notice);
        match made {
            Ok(made) if report.version == env!("CARGO_PKG_VERSION") => same_files(report, &archived, &made, &mut say),
            Ok(made) => same_figures(report, &archived, &made, &mut say),
            Err(reason) => say(format!("“{}”不能重新生成：{reason}", report.name)),
        }
    }
    Ok(findings)
}

/// The templates that settings name: they come from the package, and may lead anywhere.
fn templates(notice: &Notice) -> impl Iterator<Item = &str> {
    let summary = notice.summary.as_ref();
    let letters = std::iter::once(&notice.letter).chain(summary.map(|summary| &summary.letter));
    let letters = letters.flat_map(|letter| [&letter.opening, &letter.closing]);
    let sections = notice.section.iter().chain(summary.into_iter().flat_map(|summary| &summary.section));
    let parts = sections.flat_map(|section| &section.part).map(|part| &part.template);
    letters.chain(parts).map(|name| name.get_ref().as_str())
}

/// A report's files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// The files of a report that is made again.
fn again(
    report: &ReportData,
    archived: &Files,
    data: &Path,
    (folder, worker): (&Path, &Path),
    notice: &Notice,
) -> Result<Files, String> {
    let has = |format: &Format| archived.keys().any(|name| name.ends_with(&format!(".{}", format.extension())));
    let output = folder.join(format!("again-{}", report.code));
    let is_branch = report.code.place() > 0;
    // Only `--date` gives a report another date than the settings'.
    let letter = if is_branch { Some(&notice.letter) } else { notice.summary.as_ref().map(|summary| &summary.letter) };
    let options = Options {
        notice: data.join(SETTINGS),
        input: data.join("ledgers"),
        worker: worker.to_owned(),
        output: output.clone(),
        formats: Format::ALL.into_iter().filter(has).collect(),
        branches: is_branch.then(|| report.name.clone()).into_iter().collect(),
        date: Some(report.date).filter(|date| letter.is_none_or(|letter| letter.date != *date)),
        is_final: true,
        trace: false,
        force: false,
        prune: false,
        part: Part::Whole,
    };
    let batch = build(&options, &Unwatched).map_err(|error| chain(&error))?;
    let name = report.folder.rsplit('/').next().unwrap_or_default();
    let made = files(&output.join(name)).map_err(|error| error.to_string())?;
    if made.is_empty() {
        let first = batch.findings.first().map(|finding| finding.message.clone());
        return Err(first.unwrap_or_else(|| "没有生成".to_owned()));
    }
    Ok(made)
}

fn files(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
    }
    Ok(files)
}

fn same_files(report: &ReportData, archived: &Files, made: &Files, say: &mut impl FnMut(String)) {
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
        same_figures(report, archived, made, say);
    }
}

fn same_figures(report: &ReportData, archived: &Files, made: &Files, say: &mut impl FnMut(String)) {
    let read = |files: &Files| -> Option<BTreeMap<String, (String, Option<String>)>> {
        let sources: Sources<'_> = serde_json::from_slice(files.get("sources.json")?).ok()?;
        let figures = sources.figures.into_iter();
        Some(figures.map(|f| (f.id.into_owned(), (f.label.into_owned(), f.value.map(|v| v.into_owned())))).collect())
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
