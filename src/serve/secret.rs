//! Secrets: random ones of the program's own, and the one that people log in with.

use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;

use crate::store::{Digest, sha256};

/// The fewest characters of a token.
const SHORTEST: usize = 16;

/// Why a token file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("读不到令牌文件 {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The token is too short to keep anybody out.
    #[error("令牌文件 {} 里的令牌太短：至少要 {SHORTEST} 个字符", .0.display())]
    Short(PathBuf),
    /// Others may read it.
    #[error("令牌文件 {} 别人也能读，请先限制为只有本人能读（chmod 600）", .0.display())]
    Open(PathBuf),
    /// The system gives no random numbers.
    #[error("系统没有给出随机数：{0}")]
    Random(getrandom::Error),
}

/// A secret that is only ever compared, in a time that does not depend on what it is compared with.
#[derive(Clone)]
pub struct Secret(Digest);

impl Secret {
    /// The secret of that text.
    pub fn of(text: &str) -> Self {
        Self(sha256(text.as_bytes()))
    }

    /// Reads the token that people log in with.
    ///
    /// # Errors
    /// When it cannot be read, is too short, or others may read it.
    pub fn read(file: &Path) -> Result<Self, TokenError> {
        let error = |source| TokenError::Read { file: file.to_owned(), source };
        if is_open(file).map_err(error)? {
            return Err(TokenError::Open(file.to_owned()));
        }
        let text = std::fs::read_to_string(file).map_err(error)?;
        let token = text.trim();
        if token.chars().count() < SHORTEST {
            return Err(TokenError::Short(file.to_owned()));
        }
        Ok(Self::of(token))
    }

    /// Whether a text is the secret.
    pub fn is(&self, text: &str) -> bool {
        // Hashes are of one length, whatever the texts are.
        self.0.as_bytes().ct_eq(sha256(text.as_bytes()).as_bytes()).into()
    }
}

/// A random text of 256 bits, in hexadecimal digits.
///
/// # Errors
/// When the system gives none.
pub fn random() -> Result<String, TokenError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(TokenError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
fn is_open(file: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(file)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}
