//! Detached signatures over the SHA-256 tag manifest, which covers everything in a package, in minisign's format:
//! anyone can check them with minisign alone. Which files are signed where is in [`super::layout`].

use std::io::Cursor;
use std::path::Path;

use ct_codecs::{Base64, Decoder};
use minisign::{PError, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use crate::store::read_small_text;

/// The untrusted comment of signatures, which they do not cover.
const COMMENT: &str = "signature by zicha archive";

/// Bytes of a signature with its algorithm and key id.
const SIGNATURE: usize = 74;
/// Bytes of the signature over the signature and the trusted comment.
const GLOBAL_SIGNATURE: usize = 64;

/// A key pair that signs packages.
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The key's file cannot be read.
    #[error("读不到密钥 {0}")]
    Read(String, #[source] std::io::Error),
    /// The file holds no key, or the password is wrong.
    #[error("密钥不能用，或密码不对")]
    Key(#[from] PError),
}

impl Signer {
    /// Reads a secret key made by minisign. An encrypted one needs the `password`, which is asked for on the terminal
    /// when it is not given.
    ///
    /// # Errors
    /// When the file cannot be read, holds no key, or the password is wrong.
    pub fn read(file: &Path, password: Option<String>) -> Result<Self, SignerError> {
        let text = read_small_text(file).map_err(|source| SignerError::Read(file.display().to_string(), source))?;
        let boxed = SecretKeyBox::from_string(&text)?;
        // Keys made by `minisign -W` have no checksum, which the library requires: they are decoded without it.
        let bytes = text.lines().nth(1).and_then(|line| Base64::decode_to_vec(line.trim(), None).ok());
        let unencrypted = bytes.and_then(|bytes| SecretKey::from_bytes(&bytes).ok()).filter(|key| !key.is_encrypted());
        let secret = unencrypted.map_or_else(|| boxed.into_secret_key(password), Ok)?;
        let public = PublicKey::from_secret_key(&secret)?;
        Ok(Self { secret, public })
    }

    /// The text of the public key's file.
    ///
    /// # Errors
    /// When the library fails.
    pub fn public_key(&self) -> Result<String, SignerError> {
        Ok(self.public.to_box()?.into_string())
    }

    /// The text of the signature's file over the bytes `signed`; `comment` is the trusted comment, which it covers.
    ///
    /// # Errors
    /// When the library fails.
    pub fn sign(&self, signed: &[u8], comment: &str) -> Result<String, SignerError> {
        let signature =
            minisign::sign(Some(&self.public), &self.secret, Cursor::new(signed), Some(comment), Some(COMMENT))?;
        Ok(signature.into_string())
    }
}

/// Whether `signature`, the text of a signature's file, is a signature of `signed` by `key`, the text of a public key's
/// file. Also the parts of the file that no signature covers must be as this program writes them.
pub(super) fn verify(signed: &[u8], signature: &str, key: &str) -> bool {
    // The library panics on other lengths.
    let length = |line: usize| {
        let line = signature.lines().nth(line).unwrap_or_default();
        Base64::decode_to_vec(line, None).map_or(0, |bytes| bytes.len())
    };
    if (length(1), length(3)) != (SIGNATURE, GLOBAL_SIGNATURE) {
        return false;
    }
    let Ok(parsed) = SignatureBox::from_string(signature) else { return false };
    let public = PublicKeyBox::from_string(key).and_then(PublicKeyBox::into_public_key);
    let Ok(public) = public else { return false };
    let verified = minisign::verify(&public, &parsed, Cursor::new(signed), true, false, false).is_ok();
    let as_written =
        parsed.untrusted_comment().is_ok_and(|comment| comment == COMMENT) && parsed.into_string() == signature;
    verified && as_written
}
