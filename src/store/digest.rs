//! Hashes of what is written, and of what it is made of.

use std::fmt::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash; written as hexadecimal digits, as nothing when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash that has been fed with everything.
    pub fn of(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The hash of bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    Digest::of(hasher)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits
            .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
            .try_for_each(|digit| f.write_char(digit))
    }
}

/// A text that is no hash.
#[derive(Debug, thiserror::Error)]
#[error("“{0}”不是 SHA-256 散列值")]
pub struct NoDigest(String);

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let no = || NoDigest(text.to_owned());
        let mut digest = Self::default();
        if text.is_empty() {
            return Ok(digest);
        }
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(no());
        }
        for (at, byte) in digest.0.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| no())?;
        }
        Ok(digest)
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, sha256};

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let digest = sha256(b"zicha");
        assert_eq!(digest.to_string().len(), 64);
        assert_eq!(digest.to_string().parse::<Digest>().ok(), Some(digest));
        assert_eq!("".parse::<Digest>().ok(), Some(Digest::default()));
        for wrong in ["0", "甲", &"g".repeat(64), &"甲".repeat(64)] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
