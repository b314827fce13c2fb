//! SHA-256 hashes, as records and manifests write them.

use std::fmt;
use std::str::FromStr;

use ct_codecs::{Decoder, Encoder, Hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits. The default, [`Digest::NONE`], is written as an
/// empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// No hash: stands for one that is not known, and equals that of no file.
    pub const NONE: Self = Self([0; 32]);

    /// Whether it is the hash of something.
    pub fn is_known(&self) -> bool {
        *self != Self::NONE
    }

    /// The hash of everything that `hasher` was given.
    pub fn from_hasher(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The SHA-256 hash of `bytes`.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    Digest::from_hasher(hasher)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_known() {
            return Ok(());
        }
        f.write_str(Hex::encode_to_str(&mut [0; 64], self.0).map_err(|_| fmt::Error)?)
    }
}

/// A text that is not a hash: neither empty nor 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("“{0}”不是 SHA-256 散列值")]
pub struct DigestError(String);

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let mut digest = Self::NONE;
        let length = if text.is_empty() { Ok(0) } else { Hex::decode(&mut digest.0, text, None).map(<[u8]>::len) };
        match length {
            Ok(0 | 32) => Ok(digest),
            _ => Err(DigestError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
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
    fn a_hash_is_parsed_as_it_is_displayed() {
        let digest = sha256(b"zicha");
        assert_eq!(digest.to_string().len(), 64);
        assert_eq!(digest.to_string().parse::<Digest>().ok(), Some(digest));
        assert_eq!("".parse::<Digest>().ok(), Some(Digest::NONE));
        for wrong in ["0", "甲", &"g".repeat(64), &"甲".repeat(64), &"0".repeat(62), &"0".repeat(66)] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
