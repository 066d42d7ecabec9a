//! Whom Kada trusts when it calls another service.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// Trusts the system's certificates, a ministry's own authority among them, and Mozilla's where the system has none.
///
/// # Errors
/// If the cryptography that is built in knows no common version of TLS.
pub fn trust() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
