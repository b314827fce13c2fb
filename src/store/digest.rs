//! Hashes of what is written, and of what it is made of.

use std::fmt;
use std::str::FromStr;

use ct_codecs::{Decoder, Encoder, Hex};
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
        f.write_str(Hex::encode_to_str(&mut [0; 64], self.0).map_err(|_| fmt::Error)?)
    }
}

/// A text that is no hash.
#[derive(Debug, thiserror::Error)]
#[error("“{0}”不是 SHA-256 散列值")]
pub struct NoDigest(String);

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let mut digest = Self::default();
        let read = if text.is_empty() { Ok(0) } else { Hex::decode(&mut digest.0, text, None).map(<[u8]>::len) };
        match read {
            Ok(0 | 32) => Ok(digest),
            _ => Err(NoDigest(text.to_owned())),
        }
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
        for wrong in ["0", "甲", &"g".repeat(64), &"甲".repeat(64), &"0".repeat(62), &"0".repeat(66)] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
