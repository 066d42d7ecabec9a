//! The issuer of `kada dev`: one Ed25519 key in the home directory, so that tokens outlive a restart. No
//! production configuration trusts it unless somebody writes it there.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rand::TryRngCore;
use serde_json::{Map, Value, json};

use super::Role;
use crate::kernel::{Clock, Id, Sector, TenantCode, WorkerId};
use crate::platform::config;

const ISSUER: &str = "https://kada.localhost/development";
const AUDIENCE: &str = "kada";

pub struct DevelopmentIssuer {
    key: EncodingKey,
    kid: String,
    jwks: Value,
    jwks_file: PathBuf,
}

impl DevelopmentIssuer {
    /// Opens the issuer whose key lies in `dir`; the first time, makes the key.
    ///
    /// # Errors
    /// When the key can be neither read nor made.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let dir = fs::canonicalize(dir)?;
        let path = dir.join("development-key.pem");
        if !path.exists() {
            make_key(&path).with_context(|| format!("writing {}", path.display()))?;
        }
        let pem = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let key = EncodingKey::from_ed_pem(&pem)
            .with_context(|| format!("{} holds no Ed25519 key", path.display()))?;
        let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(kid.clone());
        let jwks = json!({ "keys": [public] });
        let jwks_file = dir.join("development-jwks.json");
        write_whole(&jwks_file, jwks.to_string().as_bytes(), 0o644)?;
        Ok(Self {
            key,
            kid,
            jwks,
            jwks_file,
        })
    }

    /// The public half, as an issuer serves it.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// An access token of `tenant`, to which hub and platform roles mean nothing. No `scope` is the whole country, no `sectors` is every sector.
    ///
    /// # Errors
    /// When the key cannot sign.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one claim, named by its type"
    )]
    pub fn token(
        &self,
        tenant: &TenantCode,
        role: Role,
        scope: &[String],
        sectors: &[Sector],
        person: Option<WorkerId>,
        clock: &Clock,
        lifetime: TimeDelta,
    ) -> anyhow::Result<String> {
        let now = clock.now();
        let mut claims = Map::new();
        let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        say("iss", ISSUER.into());
        say("aud", AUDIENCE.into());
        say("sub", format!("{tenant}-{}", role.as_str()).into());
        say("iat", now.timestamp().into());
        say("exp", (now + lifetime).timestamp().into());
        say("tenant", tenant.as_str().into());
        say("roles", json!([role.as_str()]));
        if !scope.is_empty() {
            say("units", json!(scope));
        }
        if !sectors.is_empty() {
            say("sectors", json!(sectors));
        }
        if let Some(person) = person {
            say("worker", person.encode().into());
        }
        let header = Header {
            typ: Some("at+jwt".into()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }

    /// The issuer as `kada dev` configures it. The keys are read from their file: the server need not be up to
    /// trust itself, whatever address it listens on.
    ///
    /// # Errors
    /// When the path cannot be written as a URL.
    pub fn config(&self, tenants: &[TenantCode]) -> anyhow::Result<config::Issuer> {
        let jwks_url = reqwest::Url::from_file_path(&self.jwks_file)
            .map_err(|()| anyhow::anyhow!("{} is no absolute path", self.jwks_file.display()))?;
        Ok(config::Issuer {
            issuer: ISSUER.into(),
            tenants: tenants.iter().map(TenantCode::to_string).collect(),
            hub: false,
            platform: false,
            jwks_url: jwks_url.into(),
            audience: AUDIENCE.into(),
            algorithms: vec!["EdDSA".into()],
            claims: config::Claims::default(),
            roles: std::collections::BTreeMap::new(),
        })
    }
}

fn make_key(path: &Path) -> anyhow::Result<()> {
    let mut seed = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut seed)?;
    let pair = ed25519_dalek::pkcs8::KeypairBytes {
        secret_key: SigningKey::from_bytes(&seed).to_bytes(),
        public_key: None,
    };
    let pem = pair.to_pkcs8_pem(LineEnding::LF)?;
    write_once(path, pem.as_bytes())
}

/// Of two processes that start at once, the first to finish wins, and both read its key.
fn write_once(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let draft = draft(path);
    write_file(&draft, content, 0o600)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

/// A reader finds the old content or the new, never half of it.
fn write_whole(path: &Path, content: &[u8], mode: u32) -> anyhow::Result<()> {
    let draft = draft(path);
    write_file(&draft, content, mode)?;
    Ok(fs::rename(&draft, path)?)
}

fn draft(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.draft", uuid::Uuid::now_v7().simple()))
}

fn write_file(path: &Path, content: &[u8], mode: u32) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(content)?;
    Ok(file.sync_all()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::auth::{Realm, Verifier};

    #[tokio::test]
    async fn its_tokens_hold_and_outlive_a_restart() {
        let home = tempfile::tempdir().expect("a directory");
        let clock = Clock::system();
        let mali: TenantCode = "ml".parse().expect("a code");
        let token = DevelopmentIssuer::open(home.path())
            .expect("an issuer")
            .token(
                &mali,
                Role::HrManager,
                &["ML-3".to_owned()],
                &[Sector::Health],
                None,
                &clock,
                TimeDelta::hours(1),
            )
            .expect("a token");

        let again = DevelopmentIssuer::open(home.path()).expect("the same issuer");
        let config = again
            .config(std::slice::from_ref(&mali))
            .expect("a configuration");
        let verifier = Verifier::new(vec![config], clock).expect("a verifier");
        let caller = verifier
            .verify(Some(&format!("Bearer {token}")))
            .await
            .expect("a token that holds");
        assert_eq!(caller.realm, Realm::Tenant(mali));
        assert_eq!(
            caller.actor.subject,
            "ml-hr_manager@kada.localhost/development"
        );
        assert_eq!(caller.actor.units, Some(vec!["ML-3".to_owned()]));
        assert_eq!(caller.actor.sectors, Some(vec![Sector::Health]));

        let key = home.path().join("development-key.pem");
        let mode = fs::metadata(key).expect("the key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
