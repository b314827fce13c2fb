//! A detached signature over the tag manifest, in minisign's format. The only place that names minisign and ct-codecs.

use std::io::Cursor;
use std::path::Path;

use ct_codecs::{Base64, Decoder};
use minisign::{PError, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

/// The file that is signed.
pub const SIGNED: &str = "tagmanifest-sha256.txt";
/// The signature's file.
pub const FILE: &str = "tagmanifest-sha256.txt.minisig";
/// The public key's file.
pub const KEY: &str = "minisign.pub";
/// The comment that no signature covers.
const COMMENT: &str = "signature by zicha archive";

/// Bytes of a signature with its algorithm and key id.
const SIGNATURE: usize = 74;
/// Bytes of the signature over the signature and the comment.
const GLOBAL_SIGNATURE: usize = 64;

/// Who signs packages.
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

/// Why nothing can be signed, or a signature does not hold.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The key's file cannot be read.
    #[error("读不到密钥 {0}")]
    Read(String, #[source] std::io::Error),
    /// The key or the signature is none, or the password is wrong.
    #[error("密钥不能用，或密码不对")]
    Key(#[from] PError),
}

impl Signer {
    /// Reads a secret key made by minisign; `password` opens one that is encrypted, and is asked for on the terminal
    /// when it is not given.
    ///
    /// # Errors
    /// When the file cannot be read, holds no key, or the password is wrong.
    pub fn read(file: &Path, password: Option<String>) -> Result<Self, SignerError> {
        let text =
            std::fs::read_to_string(file).map_err(|source| SignerError::Read(file.display().to_string(), source))?;
        let own = SecretKeyBox::from_string(&text)?;
        // Keys that `minisign -W` makes have no checksum, which the library asks for.
        let bytes = text.lines().nth(1).and_then(|line| Base64::decode_to_vec(line.trim(), None).ok());
        let open = bytes.and_then(|bytes| SecretKey::from_bytes(&bytes).ok()).filter(|key| !key.is_encrypted());
        let secret = open.map_or_else(|| own.into_secret_key(password), Ok)?;
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

    /// The text of the signature's file over `signed`.
    ///
    /// # Errors
    /// When the library fails.
    pub fn sign(&self, signed: &[u8], comment: &str) -> Result<String, SignerError> {
        let made = minisign::sign(Some(&self.public), &self.secret, Cursor::new(signed), Some(comment), Some(COMMENT))?;
        Ok(made.into_string())
    }
}

/// Whether a signature is one over `signed` by the key, and its file as it was written, to the last character.
pub fn holds(signed: &[u8], signature: &str, key: &str) -> bool {
    // The library takes these lengths for granted.
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
