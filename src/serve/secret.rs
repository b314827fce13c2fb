//! Random tokens, and the login token read from a file.
//!
//! Secrets are kept as SHA-256 digests and compared in constant time.

use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;

use crate::store::{Digest, read_small_text, sha256};

/// Minimum length of a login token, in characters.
const MIN_LENGTH: usize = 16;

/// Why the login token cannot be used, or no random token made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The file cannot be read.
    #[error("读不到令牌文件 {}", file.display())]
    Read {
        /// The token file.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The token is shorter than 16 characters.
    #[error("令牌文件 {} 里的令牌太短：至少要 {MIN_LENGTH} 个字符", .0.display())]
    Short(PathBuf),
    /// The file's permissions let other users read it.
    #[error("令牌文件 {} 别人也能读，请先限制为只有本人能读（chmod 600）", .0.display())]
    WorldReadable(PathBuf),
    /// The system provides no random numbers.
    #[error("系统没有给出随机数")]
    Random(getrandom::Error),
}

/// A secret that can only be compared with, in constant time.
#[derive(Clone)]
pub(super) struct Secret(Digest);

impl Secret {
    /// The secret with that text.
    pub(super) fn of(text: &str) -> Self {
        Self(sha256(text.as_bytes()))
    }

    /// Reads the login token, without surrounding white space.
    ///
    /// # Errors
    /// When the file cannot be read, other users may read it, or the token is too short.
    pub(super) fn read(file: &Path) -> Result<Self, TokenError> {
        let error = |source| TokenError::Read { file: file.to_owned(), source };
        if is_world_readable(file).map_err(error)? {
            return Err(TokenError::WorldReadable(file.to_owned()));
        }
        let text = read_small_text(file).map_err(error)?;
        let token = text.trim();
        if token.chars().count() < MIN_LENGTH {
            return Err(TokenError::Short(file.to_owned()));
        }
        Ok(Self::of(token))
    }

    /// Whether `text` is the secret.
    pub(super) fn is(&self, text: &str) -> bool {
        // Digests have equal length, so the comparison does not reveal the secret's length.
        self.0.as_bytes().ct_eq(sha256(text.as_bytes()).as_bytes()).into()
    }
}

/// 256 random bits as 64 hexadecimal digits.
///
/// # Errors
/// When the system provides no random numbers.
pub(super) fn random() -> Result<String, TokenError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(TokenError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether group or others have any permission on a file.
#[cfg(unix)]
fn is_world_readable(file: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(file)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_world_readable(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}
