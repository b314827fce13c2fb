//! Files that annexes put in as they are: found in a branch's folder, checked, and copied beside its report.
//!
//! They are not opened: a file counts as what its first bytes say. Their hashes are part of the report's cache key, and
//! a file that changes while the run lasts is not copied.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::chain;
use crate::diagnostics::{Code, Diagnostic, Location, WithDiagnostics, code};
use crate::model::Branch;
use crate::notice::{Annex, Notice, WithoutData};
use crate::store::{
    Digest, MAX_ENTRIES, RenderedFile, has_known_kind, is_plain_name, kind_fault, list_folder, read_regular, sha256,
};

/// The files of one branch's annexes.
#[derive(Clone, Debug, Default)]
pub(super) struct Attachments {
    /// For each annex of the settings, the names of its files, in order.
    pub names: Vec<Vec<String>>,
    files: Vec<Attachment>,
}

/// A file that is put in.
#[derive(Clone, Debug)]
struct Attachment {
    name: String,
    path: PathBuf,
    digest: Digest,
}

/// Why a file cannot be copied.
type CopyError = Box<dyn std::error::Error + Send + Sync>;

/// What a copy's name begins with.
pub(super) const COPY_PREFIX: &str = "附件-";

/// The most files of one annex.
const MAX_FILES: usize = 100;

impl Attachments {
    /// Finds the files of branches, in their order.
    pub(super) fn of_branches(branches: &[Branch], notice: &Notice) -> WithDiagnostics<Vec<Self>> {
        let found: Vec<WithDiagnostics<Self>> =
            branches.par_iter().map(|branch| Self::of_branch(branch, notice)).collect();
        let mut findings = strays(branches, notice);
        let attachments = found.into_iter().map(|found| found.append_to(&mut findings)).collect();
        WithDiagnostics::new(attachments, findings)
    }

    /// Finds a branch's files.
    pub(super) fn of_branch(branch: &Branch, notice: &Notice) -> WithDiagnostics<Self> {
        let mut attachments = Self::default();
        let mut findings = Vec::new();
        for annex in &notice.annex {
            let mut names = Vec::new();
            if let Some(folder) = annex.files.as_ref().filter(|_| annex.is_for(branch.kind())) {
                let folder = notice.folder().join(folder.get_ref()).join(branch.name());
                for file in find_files(&folder, annex, branch, notice).append_to(&mut findings) {
                    // All copies are in one folder, and some systems do not distinguish case.
                    if attachments.files.iter().any(|known| known.name.to_lowercase() == file.name.to_lowercase()) {
                        let message = "与另一个附件的文件同名，没有附上";
                        findings.push(finding(&code::BROKEN_ATTACHMENT, &file.path, message).of_branch(branch.name()));
                        continue;
                    }
                    names.push(file.name.clone());
                    attachments.files.push(file);
                }
            }
            attachments.names.push(names);
        }
        WithDiagnostics::new(attachments, findings)
    }

    /// Appends names and hashes to a cache key's bytes.
    pub(super) fn push_key(&self, bytes: &mut Vec<u8>) {
        for Attachment { name, digest, .. } in &self.files {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(digest.as_bytes());
        }
    }

    /// The bytes of [`Self::push_key`].
    pub(super) fn key(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.push_key(&mut bytes);
        bytes
    }

    /// The copies beside the report.
    pub(super) fn copies(&self) -> impl Iterator<Item = RenderedFile<CopyError>> {
        self.files.iter().map(|file| RenderedFile { name: format!("{COPY_PREFIX}{}", file.name), bytes: file.read() })
    }
}

impl Attachment {
    fn read(&self) -> Result<Vec<u8>, CopyError> {
        let bytes = read_regular(&self.path)?;
        if sha256(&bytes) == self.digest {
            Ok(bytes)
        } else {
            Err("要附的文件在生成的时候变了，请重新生成".into())
        }
    }
}

/// Findings for copies of files that are not put in any more and are still in the report's folder; `earlier` are the
/// names of the folder's files that this run did not write.
pub(super) fn leftovers<'n>(earlier: impl Iterator<Item = &'n String>, folder: &Path, branch: &str) -> Vec<Diagnostic> {
    let copies = earlier.filter(|name| name.starts_with(COPY_PREFIX)).map(|name| folder.join(name));
    let left = copies.filter(|path| path.symlink_metadata().is_ok());
    left.map(|path| finding(&code::FORMER_ATTACHMENT, &path, "现在不是附件").of_branch(branch)).collect()
}

/// A finding for each entry of the folders of annexes that belongs to no branch: its files are in no report.
pub(super) fn strays(branches: &[Branch], notice: &Notice) -> Vec<Diagnostic> {
    let folders: BTreeSet<&str> =
        notice.annex.iter().filter_map(|annex| Some(annex.files.as_ref()?.get_ref().as_str())).collect();
    if folders.is_empty() {
        return Vec::new();
    }
    let kinds: HashMap<&str, &str> = branches.iter().map(|branch| (branch.name(), branch.kind())).collect();
    let of_folder = |folder: &str| {
        let is_for = |kind: &str| {
            let mut annexes =
                notice.annex.iter().filter(|annex| annex.files.as_ref().is_some_and(|own| own.get_ref() == folder));
            annexes.any(|annex| annex.is_for(kind))
        };
        let mut paths = list_folder(&notice.folder().join(folder));
        paths.sort();
        paths.truncate(MAX_ENTRIES);
        let stray = |path: PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let message = match kinds.get(&*name) {
                _ if is_leftover(&name) => return None,
                Some(_) if !path.is_dir() => "不是文件夹，没有附上".to_owned(),
                Some(kind) if is_for(kind) => return None,
                Some(kind) => format!("这里的附件不是“{kind}”的，里面的文件没有附上"),
                None if path.is_dir() => "文件夹的名称不是名册里的单位，里面的文件没有附上".to_owned(),
                None => "不在单位的文件夹里，没有附上".to_owned(),
            };
            Some(finding(&code::STRAY_ATTACHMENT, &path, &message))
        };
        paths.into_iter().filter_map(stray).collect::<Vec<_>>()
    };
    folders.into_iter().flat_map(of_folder).collect()
}

/// Whether a name is that of what editors and systems leave in folders: no annex.
fn is_leftover(name: &str) -> bool {
    name.starts_with(['.', '~']) || matches!(name, "Thumbs.db" | "desktop.ini")
}

/// The files of a branch's folder that an annex puts in, by their names.
fn find_files(folder: &Path, annex: &Annex, branch: &Branch, notice: &Notice) -> WithDiagnostics<Vec<Attachment>> {
    let mut findings = Vec::new();
    let finding = |kind, path: &Path, message: &str| finding(kind, path, message).of_branch(branch.name());
    let is_usable = is_plain_name(branch.name());
    let entries = is_usable.then(|| std::fs::read_dir(folder)).into_iter().flatten().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_leftover(&name) {
            continue;
        }
        if !has_known_kind(&path) {
            findings.push(finding(&code::OTHER_ATTACHMENT, &path, "不是 PDF、OFD、JPEG、PNG 或 TIFF，没有附上"));
            continue;
        }
        match check(&path, notice) {
            Ok(digest) => files.push(Attachment { name, path, digest }),
            Err(fault) => findings.push(finding(&code::BROKEN_ATTACHMENT, &path, &fault)),
        }
    }
    if files.len() > MAX_FILES {
        let message = format!("要附的文件有 {} 个，最多 {MAX_FILES} 个", files.len());
        findings.push(finding(&code::BROKEN_ATTACHMENT, folder, &message));
        files.truncate(MAX_FILES);
    }
    if files.is_empty() && findings.is_empty() && annex.without_data == WithoutData::Gap {
        findings.push(finding(&code::NO_ATTACHMENT, folder, "没有要附的文件"));
    }
    WithDiagnostics::new(files, findings)
}

fn finding(kind: Code, path: &Path, message: &str) -> Diagnostic {
    Diagnostic::new(kind, Location::File(path.display().to_string()), message)
}

/// The hash of a file that begins as its extension says.
///
/// # Errors
/// With what is wrong with it, in Chinese.
fn check(path: &Path, notice: &Notice) -> Result<Digest, String> {
    let unreadable = |error: std::io::Error| format!("读不到：{}", chain(&error));
    let metadata = path.symlink_metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("不是普通的文件（是文件夹、链接或设备），没有附上".to_owned());
    }
    let limit = notice.limits.file_mib.saturating_mul(1 << 20);
    if metadata.len() > limit {
        return Err(format!("超过 {} MiB（[limits] 的 file_mib），没有附上", notice.limits.file_mib));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if let Some(fault) = kind_fault(path, &bytes) {
        return Err(format!("{fault}，没有附上"));
    }
    Ok(sha256(&bytes))
}
