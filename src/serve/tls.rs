//! The TLS configuration: certificates and private key from PEM files, HTTP/1.1 only.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::localize;
use crate::store::read_small_text;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// The certificate file cannot be read or has no certificate.
    #[error("读不到证书 {}：{reason}", file.display())]
    Certificates {
        /// The PEM file.
        file: PathBuf,
        /// The reason, in Chinese.
        reason: String,
    },
    /// The private key file cannot be read.
    #[error("读不到证书的私钥 {}：{reason}", file.display())]
    Key {
        /// The PEM file.
        file: PathBuf,
        /// The reason, in Chinese.
        reason: String,
    },
    /// The key does not belong to the certificates.
    #[error("证书和私钥不能一起用：{0}")]
    Mismatch(String),
}

/// Reads certificates and private key and makes the acceptor for TLS connections.
///
/// # Errors
/// When a file cannot be read or the key does not belong to the certificates.
pub(super) fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let invalid = |reason: String| TlsError::Certificates { file: certificates.to_owned(), reason };
    let text = read_small_text(certificates).map_err(|error| invalid(localize::io_error(&error)))?;
    let chain = CertificateDer::pem_slice_iter(text.as_bytes());
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|error| invalid(localize::chain(&error)))?;
    if chain.is_empty() {
        return Err(invalid("里面没有证书".to_owned()));
    }
    let invalid = |reason: String| TlsError::Key { file: key.to_owned(), reason };
    let text = read_small_text(key).map_err(|error| invalid(localize::io_error(&error)))?;
    let private_key =
        PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| invalid(localize::chain(&error)))?;
    let mismatch = |error: tokio_rustls::rustls::Error| TlsError::Mismatch(localize::chain(&error));
    let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, private_key)
        .map_err(mismatch)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
