//! Packages verified together, for whoever asks.

use std::io;
use std::path::{Path, PathBuf};

use super::rebuild;
use crate::archive::verify::{self, Verified};
use crate::diagnostics::Diagnostic;

/// What verifying packages came to.
#[derive(Debug)]
pub struct Verification {
    /// The packages, each with what it is.
    pub packages: Vec<(PathBuf, Verified)>,
    /// Everything that was found, a package's after the other's.
    pub findings: Vec<Diagnostic>,
    /// Whether reports were made again.
    rebuilt: bool,
}

/// A package whose reports could not be made again.
#[derive(Debug, thiserror::Error)]
#[error("{} 没有重新生成", path.display())]
pub struct RebuildError {
    /// The package.
    path: PathBuf,
    /// The system's reason.
    source: io::Error,
}

/// Verifies packages, each by itself and their numbers together; with a key, whether it signed them; with the program
/// that makes reports, sound ones are made again.
///
/// # Errors
/// When a package cannot be read, or nothing written for a while.
pub fn verify(packages: Vec<PathBuf>, key: Option<&str>, program: Option<&Path>) -> Result<Verification, RebuildError> {
    let packages: Vec<(PathBuf, Verified)> = packages
        .into_iter()
        .map(|path| {
            let verified = verify::verify(&path);
            (path, verified)
        })
        .collect();
    let pairs: Vec<(&Path, &Verified)> = packages.iter().map(|(path, verified)| (path.as_path(), verified)).collect();
    let mut findings = verify::duplicate_numbers(&pairs);
    for (path, verified) in pairs {
        findings.extend(verified.findings.iter().cloned());
        findings.extend(key.and_then(|key| verify::check_signer(path, verified, key)));
        if let (Some(program), Some(metadata), true) = (program, &verified.metadata, verified.findings.is_empty()) {
            let again = rebuild::rebuild(path, metadata, program, rebuild::SECONDS);
            findings.extend(again.map_err(|source| RebuildError { path: path.to_owned(), source })?);
        }
    }
    Ok(Verification { packages, findings, rebuilt: program.is_some() })
}

impl Verification {
    /// What it came to, in a line.
    pub fn line(&self) -> String {
        let (all, found) = (self.packages.len(), self.findings.len());
        let sound = self.packages.iter().filter(|(_, verified)| verified.findings.is_empty()).count();
        let same = if self.rebuilt && found == 0 { "，重新生成的报告与归档的一致" } else { "" };
        format!("归档包 {all} 个，完好 {sound} 个，问题 {found} 项{same}")
    }
}
