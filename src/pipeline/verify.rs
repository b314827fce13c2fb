//! Verifies archive packages: each by itself, all of them together and against what is on record elsewhere, and on
//! request by making their reports again.

use std::io;
use std::path::{Path, PathBuf};

use super::{UnreadableFile, rebuild};
use crate::archive::seal_list;
use crate::archive::verify::{self, Registers, SealList, Verified};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::read_record_text;

/// What to verify, and against what.
#[derive(Debug, Default)]
pub struct VerifyOptions {
    /// The packages to verify: folders or zip files of one each.
    pub packages: Vec<PathBuf>,
    /// Registers to compare with, beside those in the folders of the packages.
    pub registers: Vec<PathBuf>,
    /// The seal list on which every package must be, and of which every package must be given.
    pub seals: Option<PathBuf>,
    /// The file of the public key that must have signed packages and seal list.
    pub key: Option<PathBuf>,
    /// The program that makes reports, this one, when those of sound packages are to be made again and compared.
    pub program: Option<PathBuf>,
    /// Folders of fonts, in which the PDFs of reports are made again.
    pub fonts: Vec<PathBuf>,
}

/// What was found in packages: each by itself, and all against registers and seal list.
#[derive(Debug)]
pub struct Verification {
    /// The packages by their paths, each with what was read of it.
    pub packages: Vec<(PathBuf, Verified)>,
    /// All findings, package by package.
    pub findings: Vec<Diagnostic>,
    /// Whether reports were to be made again.
    pub(super) is_rebuilt: bool,
    /// Whether there was a register or a seal list. Without one, a package whose hashes were recomputed is sound.
    is_compared: bool,
}

/// Why nothing could be verified, or not everything.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file that was asked for by name cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableFile),
    /// A line of the seal list is no line of one.
    #[error("{} 第{line}行不是封存清单的内容", file.display())]
    SealList {
        /// The path of the list.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The reports of a package could not be made again.
    #[error("{} 没有重新生成", path.display())]
    Rebuild {
        /// The package.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Verifies packages.
///
/// # Errors
/// When a file that the options name cannot be read, a package cannot be read again, or the temporary folder cannot be
/// written.
pub fn verify(options: VerifyOptions) -> Result<Verification, VerifyError> {
    let VerifyOptions { packages, registers: named, seals, key, program, fonts } = options;
    for path in packages.iter().chain(&named) {
        std::fs::symlink_metadata(path).map_err(|source| UnreadableFile { file: path.clone(), source })?;
    }
    let key = key.as_deref().map(read).transpose()?;
    let mut findings = Vec::new();
    let list = seals.map(|file| seal_list_of(&file, key.as_deref(), &mut findings)).transpose()?;
    let mut registers = Registers::default();
    named.iter().for_each(|file| registers.add(file));
    packages.iter().for_each(|path| registers.add_beside(path));
    findings.append(&mut registers.findings);
    let verify_one = |path: PathBuf| {
        let mut verified = verify::verify(&path);
        if verified.findings.is_empty() {
            verified.findings.extend(registers.check(&path, &verified));
            verified.findings.extend(list.as_ref().and_then(|list| list.check(&path, &verified, &registers)));
        }
        (path, verified)
    };
    let mut packages: Vec<(PathBuf, Verified)> = packages.into_iter().map(verify_one).collect();
    let pairs: Vec<(&Path, &Verified)> = packages.iter().map(|(path, verified)| (path.as_path(), verified)).collect();
    findings.extend(verify::duplicate_numbers(&pairs));
    for (path, verified) in &mut packages {
        let is_sound = verified.findings.is_empty();
        let signer = key.as_deref().and_then(|key| verify::check_signer(path, verified, key));
        verified.findings.extend(signer);
        if let (Some(program), Some(metadata), true) = (&program, &verified.metadata, is_sound) {
            let rebuilt = rebuild::rebuild(path, metadata, program, rebuild::SECONDS, &fonts);
            verified.findings.extend(rebuilt.map_err(|source| VerifyError::Rebuild { path: path.to_owned(), source })?);
        }
        findings.extend(verified.findings.iter().cloned());
    }
    findings.extend(list.iter().flat_map(|list| list.absent(packages.iter().map(|(_, verified)| verified))));
    let is_compared = list.is_some() || !registers.is_empty();
    Ok(Verification { packages, findings, is_rebuilt: program.is_some(), is_compared })
}

/// The seal list in `file`; with a `key`, a finding when it did not sign the list.
fn seal_list_of(file: &Path, key: Option<&str>, findings: &mut Vec<Diagnostic>) -> Result<SealList, VerifyError> {
    let text = read(file)?;
    if let Some(key) = key {
        let signature_file = seal_list::signature_file(file);
        let message = match read_record_text(&signature_file) {
            Ok(signature) if seal_list::is_signed_by(&text, &signature, key) => None,
            Ok(_) => Some(format!("{} 与清单或公钥对不上", signature_file.display())),
            Err(_) => Some(format!("没有签名（{}）", signature_file.display())),
        };
        let location = || Location::File(file.display().to_string());
        findings.extend(message.map(|message| Diagnostic::new(&code::SIGNATURE, location(), message)));
    }
    SealList::new(file, &text).map_err(|line| VerifyError::SealList { file: file.to_owned(), line })
}

fn read(file: &Path) -> Result<String, UnreadableFile> {
    read_record_text(file).map_err(|source| UnreadableFile { file: file.to_owned(), source })
}

impl Verification {
    /// The result in a line.
    pub fn line(&self) -> String {
        let (all, found) = (self.packages.len(), self.findings.len());
        let sound = self.packages.iter().filter(|(_, verified)| verified.findings.is_empty()).count();
        let same = if self.is_rebuilt && found == 0 { "，重新生成的报告与归档的一致" } else { "" };
        let warning = if self.is_compared {
            ""
        } else {
            "；没有登记册，也没有用 --seals 给出封存清单，没有对照：改了内容又重算过校验值的，这样看不出来"
        };
        format!("归档包 {all} 个，完好 {sound} 个，问题 {found} 项{same}{warning}")
    }
}
