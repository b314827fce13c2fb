//! Makes archived reports again from the ledgers, settings and templates that were archived with them, and compares.
//!
//! Made by the same version of the program, files are compared byte by byte; by another version, metrics are compared.
//! A package is untrusted input: its settings and templates are loaded, and its reports made, by a process with limits
//! on memory and time alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::archive::PackageReader;
use crate::archive::metadata::{Metadata, ReportMetadata};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::fonts::{self, FontRecord};
use crate::manifest::{MetricSource, PREVIOUS, SOURCES, Sources};
use crate::notice::{BASES, with_current_keys};
use crate::render::Format;
use crate::sandbox;
use crate::store::{TemporaryFolder, extended, is_plain_name, read_regular};

/// The hidden subcommand that makes the binary build within [`MEMORY`]; it takes what `build` takes.
pub const SUBCOMMAND: &str = "rebuild-worker";
/// Memory of the process that makes a report again, in bytes.
pub const MEMORY: u64 = 4 << 30;
/// Threads of that process: it makes one report, and each thread takes memory.
pub const THREADS: usize = 2;
/// Seconds after which a report is given up.
pub const SECONDS: u64 = 600;
/// Bytes of the files of one report, archived or made again, that are held in memory.
const MAX_REPORT: u64 = 512 << 20;
/// Bytes that a package may take unpacked. Its hashes were checked before, but a file with holes takes no disk until it
/// is copied.
const MAX_UNPACKED: u64 = 8 << 30;
/// Bytes of a record of fonts, which has a line for each of a report's faces.
const MAX_FONT_RECORD: usize = 1 << 20;
/// The folder of fonts, beside `data/`.
const FONTS: &str = "fonts";
/// Path of the settings, below `data/`.
const SETTINGS: &str = "notice/notice.toml";

/// Makes the reports of a verified package again; every difference is a finding. `program` is the one that is started
/// to make them: this one; a report is given up after `seconds`. PDF is made in the recorded faces, whose files are
/// looked for in the folders `fonts`.
///
/// # Errors
/// When the package cannot be read or the temporary folder cannot be written.
pub fn rebuild(
    path: &Path,
    metadata: &Metadata,
    program: &Path,
    seconds: u64,
    fonts: &[PathBuf],
) -> io::Result<Vec<Diagnostic>> {
    let mut package = PackageReader::open(path)?;
    let place = || Location::File(path.display().to_string());
    let bytes = package.files.values().fold(0, |sum: u64, size| sum.saturating_add(*size));
    if bytes > MAX_UNPACKED {
        let message = format!("没有重新生成：解开以后超过 {} GiB", MAX_UNPACKED >> 30);
        return Ok(vec![Diagnostic::new(&code::REBUILT, place(), message)]);
    }
    let folder = TemporaryFolder::new()?;
    package.extract(folder.path(), |name| name.starts_with("data/"))?;
    let extracted = extended(folder.path());
    let rebuild = Rebuild { folder: &extracted, current: folder.path(), program, seconds, fonts };
    let messages = rebuild.compare_all(metadata)?;
    Ok(messages.into_iter().map(|message| Diagnostic::new(&code::REBUILT, place(), message)).collect())
}

/// Renames the keys of settings that an earlier version archived, and of those that they are based on; called in the
/// process that makes a report again. Settings that cannot be read stay as they are: loading them reports why.
///
/// # Errors
/// When the file cannot be written.
pub fn use_current_keys(settings: &Path) -> io::Result<()> {
    let bases = settings.parent().map(|folder| folder.join(BASES));
    let bases = bases.into_iter().flat_map(std::fs::read_dir).flatten().flatten();
    let bases = bases.filter_map(|entry| Some(entry.path().join(settings.file_name()?)));
    for file in std::iter::once(settings.to_owned()).chain(bases) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let current = with_current_keys(&text);
        if current != text {
            std::fs::write(&file, current)?;
        }
    }
    Ok(())
}

/// A report's files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// What the reports of a package are made again with.
struct Rebuild<'a> {
    /// The folder that the package was extracted into, as the system takes it whatever names are in it.
    folder: &'a Path,
    /// The same folder, in the form that Windows takes for the current folder of a process.
    current: &'a Path,
    program: &'a Path,
    seconds: u64,
    /// Folders of fonts.
    fonts: &'a [PathBuf],
}

impl Rebuild<'_> {
    /// Makes every report again; the differences, a sentence each.
    fn compare_all(&self, metadata: &Metadata) -> io::Result<Vec<String>> {
        let mut messages = Vec::new();
        for report in &metadata.reports {
            let mut archived = match read_files(&self.folder.join(&report.folder), MAX_REPORT) {
                Ok(archived) => archived,
                Err(error) => {
                    messages.push(format!("“{}”没有重新生成：{}", report.name, localize::io_error(&error)));
                    continue;
                }
            };
            let missing = self.copy_fonts(&archived)?;
            if let Some(missing) = &missing {
                messages.extend(missing.iter().map(|font| not_compared(report, font)));
            }
            // A PDF without a record was put beside the report by a person; one whose fonts are elsewhere cannot be
            // compared.
            if missing.is_none_or(|missing| !missing.is_empty()) {
                archived.remove(fonts::RECORD);
            }
            messages.extend(match self.make(report, &archived) {
                Ok(made) if report.version == env!("CARGO_PKG_VERSION") => different_files(report, &archived, &made),
                Ok(made) => different_metrics(report, &archived, &made),
                Err(reason) => vec![format!("“{}”不能重新生成：{reason}", report.name)],
            });
        }
        Ok(messages)
    }

    /// Copies the fonts of a report's PDF to where the process that makes it again finds them. Returns those that this
    /// computer does not have; `None` for a report without a PDF.
    fn copy_fonts(&self, archived: &Files) -> io::Result<Option<Vec<FontRecord>>> {
        let Some(records) = archived.get(fonts::RECORD) else { return Ok(None) };
        let records = Some(records).filter(|records| records.len() <= MAX_FONT_RECORD);
        let records: Vec<FontRecord> = records.and_then(|json| serde_json::from_slice(json).ok()).unwrap_or_default();
        // The names come from the package: they must not lead out of the folder.
        let records = records.into_iter().filter(|record| is_plain_name(&record.file)).collect();
        let target = self.folder.join(FONTS);
        std::fs::create_dir_all(&target)?;
        fonts::copy_recorded(records, self.fonts, &target).map(Some)
    }

    /// Makes a report in the formats that were archived, in a process of its own.
    ///
    /// # Errors
    /// With the reason, in Chinese.
    fn make(&self, report: &ReportMetadata, archived: &Files) -> Result<Files, String> {
        let has = |format: &&Format| match format {
            Format::Pdf => archived.contains_key(fonts::RECORD),
            _ => archived.keys().any(|name| name.ends_with(&format!(".{}", format.extension()))),
        };
        let formats: Vec<&str> = Format::ALL.iter().filter(has).map(|format| format.extension()).collect();
        let output = self.folder.join(format!("again-{}", report.code));
        let data = self.folder.join("data");
        let mut arguments =
            [SUBCOMMAND, "--final", "--json", "--quiet", "--format", &formats.join(",")].map(OsString::from).to_vec();
        let paths =
            [("--notice", data.join(SETTINGS)), ("--input", data.join("ledgers")), ("--output", output.clone())];
        arguments.extend(paths.into_iter().flat_map(|(flag, path)| [flag.into(), path.into()]));
        if archived.contains_key(fonts::RECORD) {
            arguments.extend(["--fonts".into(), self.folder.join(FONTS).into_os_string()]);
        }
        // What the report used of an earlier run lies beside it; the settings' own path leads out of the package.
        let previous = self.folder.join(&report.folder).join(PREVIOUS);
        if previous.exists() {
            arguments.extend(["--previous".into(), previous.into_os_string()]);
        }
        let is_branch = report.code.position() > 0;
        if is_branch {
            arguments.push(format!("--branch={}", report.name).into());
        }
        // It may have been built with `--date`; with the settings' own date this changes nothing.
        arguments.push(format!("--date={}", report.date).into());
        let child = sandbox::start(self.program, arguments, self.current);
        let answer = sandbox::ask(child, Vec::new(), self.seconds).map_err(|error| error.to_string())?;
        let name = report.folder.rsplit('/').next().unwrap_or_default();
        let made = read_files(&output.join(name), MAX_REPORT).map_err(|error| localize::io_error(&error))?;
        // Paths in messages are those in the package.
        let unpacked = format!("{}{}", self.folder.display(), std::path::MAIN_SEPARATOR);
        if made.is_empty() { Err(failure(&answer).replace(&unpacked, "")) } else { Ok(made) }
    }
}

/// What is said of a font that is not on this computer.
fn not_compared(report: &ReportMetadata, font: &FontRecord) -> String {
    format!(
        "“{}”的 PDF 没有比对：这台电脑没有排它的字体“{}”（{}），或不是同一个文件",
        report.name, font.name, font.file
    )
}

/// Why a build made nothing, from its JSON.
fn failure(answer: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let error = answer["error"].as_str().or(answer["findings"][0]["message"].as_str());
    error.unwrap_or("生成中途出错，或需要的内存太多").to_owned()
}

/// The files of a folder, which have at most `limit` bytes together; none when it does not exist.
fn read_files(folder: &Path, limit: u64) -> io::Result<Files> {
    let (mut files, mut left) = (Files::new(), limit);
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let Some(rest) = left.checked_sub(entry.metadata()?.len()) else {
            return Err(io::Error::other(format!("报告的文件合起来超过 {} MiB", limit >> 20)));
        };
        left = rest;
        files.insert(entry.file_name().to_string_lossy().into_owned(), read_regular(&entry.path())?);
    }
    Ok(files)
}

/// How a report's files differ, a sentence each.
fn different_files(report: &ReportMetadata, archived: &Files, made: &Files) -> Vec<String> {
    let mut messages = Vec::new();
    for (name, bytes) in made {
        match archived.get(name) {
            Some(own) if own == bytes => {}
            Some(_) => messages.push(format!("“{}”的 {name} 与重新生成的不同", report.name)),
            None => messages.push(format!("“{}”没有 {name}，重新生成却有", report.name)),
        }
    }
    for name in archived.keys().filter(|name| !made.contains_key(*name)) {
        // .pdf and .ofd files were put beside the report by a person.
        if !name.ends_with(".pdf") && !name.ends_with(".ofd") {
            messages.push(format!("“{}”的 {name} 没有重新生成出来", report.name));
        }
    }
    if archived.contains_key(SOURCES) {
        messages.extend(different_metrics(report, archived, made));
    }
    messages
}

/// How a report's metrics differ, a sentence each.
fn different_metrics(report: &ReportMetadata, archived: &Files, made: &Files) -> Vec<String> {
    let (Some(old), Some(new)) = (read_metrics(archived), read_metrics(made)) else {
        return vec![format!("“{}”的 sources.json 读不出，不能比对指标", report.name)];
    };
    let text = |metric: Option<&MetricSource<'_>>| match metric {
        Some(metric) => metric.value.as_deref().unwrap_or("待填写").to_owned(),
        None => "没有".to_owned(),
    };
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut messages = Vec::new();
    for id in ids {
        let (before, after) = (old.get(id), new.get(id));
        let is_same =
            before.map(|metric| (&metric.label, &metric.value)) == after.map(|metric| (&metric.label, &metric.value));
        if !is_same {
            let label = before.or(after).map_or(id.as_str(), |metric| &metric.label);
            let (before, after) = (text(before), text(after));
            messages.push(format!("“{}”的“{label}”归档的是 {before}，重新生成的是 {after}", report.name));
        }
    }
    messages
}

/// The metrics of a report's `sources.json` by their ids.
fn read_metrics(files: &Files) -> Option<BTreeMap<String, MetricSource<'static>>> {
    let sources = Sources::parse(files.get(SOURCES)?).ok()?;
    Some(sources.metrics.into_iter().map(|metric| (metric.id.to_string(), metric)).collect())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::read_files;

    #[test]
    fn files_that_would_fill_the_memory_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "x").unwrap();
        assert_eq!(read_files(folder.path(), 1).unwrap().len(), 1);
        File::create(folder.path().join("b.ofd")).unwrap().set_len(1 << 40).unwrap();
        let error = read_files(folder.path(), 512 << 20).unwrap_err();
        assert_eq!(error.to_string(), "报告的文件合起来超过 512 MiB");
    }
}
