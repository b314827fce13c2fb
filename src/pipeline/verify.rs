//! Verifies archive packages: each by itself, their numbers together, and on request by making their reports again.

use std::io;
use std::path::{Path, PathBuf};

use super::rebuild;
use crate::archive::verify::{self, Verified};
use crate::diagnostics::Diagnostic;

/// The result of verifying packages.
#[derive(Debug)]
pub struct Verification {
    /// The packages by their paths, each with what was read of it.
    pub packages: Vec<(PathBuf, Verified)>,
    /// All findings, package by package.
    pub findings: Vec<Diagnostic>,
    /// Whether reports were to be made again.
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

/// Verifies packages. With `key`, a public key, whether it signed them; with `program`, the one that makes reports: this
/// one, the reports of sound packages are made again and compared.
///
/// # Errors
/// When a package cannot be read again or the temporary folder cannot be written.
pub fn verify(packages: Vec<PathBuf>, key: Option<&str>, program: Option<&Path>) -> Result<Verification, RebuildError> {
    let mut verified_packages = Vec::new();
    for path in packages {
        let verified = verify::verify(&path);
        verified_packages.push((path, verified));
    }
    let pairs: Vec<(&Path, &Verified)> =
        verified_packages.iter().map(|(path, verified)| (path.as_path(), verified)).collect();
    let mut findings = verify::duplicate_numbers(&pairs);
    for (path, verified) in pairs {
        findings.extend(verified.findings.iter().cloned());
        findings.extend(key.and_then(|key| verify::check_signer(path, verified, key)));
        if let (Some(program), Some(metadata), true) = (program, &verified.metadata, verified.findings.is_empty()) {
            let rebuilt = rebuild::rebuild(path, metadata, program, rebuild::SECONDS);
            findings.extend(rebuilt.map_err(|source| RebuildError { path: path.to_owned(), source })?);
        }
    }
    Ok(Verification { packages: verified_packages, findings, rebuilt: program.is_some() })
}

impl Verification {
    /// The result in a line.
    pub fn line(&self) -> String {
        let (all, found) = (self.packages.len(), self.findings.len());
        let sound = self.packages.iter().filter(|(_, verified)| verified.findings.is_empty()).count();
        let same = if self.rebuilt && found == 0 { "，重新生成的报告与归档的一致" } else { "" };
        format!("归档包 {all} 个，完好 {sound} 个，问题 {found} 项{same}")
    }
}
