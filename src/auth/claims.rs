//! What an issuer may say, and how it says it: claims become a realm, roles and a scope, by configuration alone.
//! A claim that is absent means what the configuration says; one that is there and cannot be read is refused.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use serde_json::{Map, Value};

use super::token::Reason;
use super::{Actor, Role};
use crate::kernel::{Id, Sector, TenantCode, WorkerId};
use crate::platform::config;

/// Where a caller works. A token never spans two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Realm {
    Tenant(TenantCode),
    Hub,
    Platform,
}

/// What one issuer may speak for.
enum Charge {
    Tenants(BTreeSet<TenantCode>),
    Hub,
    Platform,
}

pub(super) struct Mapping {
    charge: Charge,
    claims: config::Claims,
    roles: BTreeMap<String, Role>,
}

impl Mapping {
    pub(super) fn new(issuer: &config::Issuer) -> anyhow::Result<Self> {
        let charge = Charge::new(issuer)?;
        let mut roles = BTreeMap::new();
        for (word, role) in &issuer.roles {
            let role: Role = role.parse().with_context(|| format!("roles: {role}"))?;
            ensure!(
                charge.gives(role),
                "roles: this issuer may not give {}",
                role.as_str()
            );
            roles.insert(word.clone(), role);
        }
        Ok(Self {
            charge,
            claims: issuer.claims.clone(),
            roles,
        })
    }

    pub(super) fn realm(&self, claims: &Map<String, Value>) -> Result<Realm, Reason> {
        let tenants = match &self.charge {
            Charge::Hub => return Ok(Realm::Hub),
            Charge::Platform => return Ok(Realm::Platform),
            Charge::Tenants(tenants) => tenants,
        };
        let code = match at(claims, &self.claims.tenant) {
            None if tenants.len() == 1 => tenants.first(),
            None => return Err(Reason("the token names no tenant")),
            Some(Value::String(code)) => tenants.iter().find(|tenant| tenant.as_str() == code),
            Some(_) => return Err(Reason("the tenant is no string")),
        };
        code.cloned()
            .map(Realm::Tenant)
            .ok_or(Reason("the issuer does not speak for this tenant"))
    }

    /// No role of Kada's among the claims is no fault of the token: such a caller may do nothing.
    pub(super) fn actor(
        &self,
        subject: String,
        claims: &Map<String, Value>,
    ) -> Result<Actor, Reason> {
        let words = match at(claims, &self.claims.roles) {
            None => Vec::new(),
            Some(value) => words(value).ok_or(Reason("the roles are neither text nor texts"))?,
        };
        let mut roles: BTreeSet<Role> = words.iter().filter_map(|word| self.role(word)).collect();
        // What workers may read of themselves must not become what a viewer may read of everybody.
        if roles.len() > 1 {
            roles.remove(&Role::Worker);
        }
        let person = match at(claims, &self.claims.person) {
            Some(Value::String(id)) => {
                Some(WorkerId::decode(id).map_err(|_| Reason("the person is no worker's id"))?)
            }
            Some(_) => return Err(Reason("the person is no string")),
            None => None,
        };
        let is_worker = roles.contains(&Role::Worker);
        let mut actor = Actor::new(subject, roles);
        actor.units = self.units(claims)?;
        actor.sectors = self.sectors(claims)?;
        Ok(if is_worker {
            actor.confined_to(person)
        } else {
            actor
        })
    }

    fn role(&self, word: &str) -> Option<Role> {
        self.roles
            .get(word)
            .copied()
            .or_else(|| word.parse().ok())
            .filter(|role| self.charge.gives(*role))
    }

    fn units(&self, claims: &Map<String, Value>) -> Result<Option<Vec<String>>, Reason> {
        at(claims, &self.claims.scope)
            .map(|value| words(value).ok_or(Reason("the scope is neither text nor texts")))
            .transpose()
    }

    /// A sector that Kada does not know opens nothing.
    fn sectors(&self, claims: &Map<String, Value>) -> Result<Option<Vec<Sector>>, Reason> {
        let Some(value) = at(claims, &self.claims.sectors) else {
            return Ok(None);
        };
        let words = words(value).ok_or(Reason("the sectors are neither text nor texts"))?;
        Ok(Some(
            words.iter().filter_map(|word| word.parse().ok()).collect(),
        ))
    }
}

impl Charge {
    fn new(issuer: &config::Issuer) -> anyhow::Result<Self> {
        match (issuer.hub, issuer.platform, issuer.tenants.as_slice()) {
            (true, false, []) => Ok(Self::Hub),
            (false, true, []) => Ok(Self::Platform),
            (false, false, [_, ..]) => issuer
                .tenants
                .iter()
                .map(|code| code.parse().with_context(|| format!("tenants: {code}")))
                .collect::<anyhow::Result<_>>()
                .map(Self::Tenants),
            _ => anyhow::bail!("needs exactly one of: tenants, hub = true, platform = true"),
        }
    }

    fn gives(&self, role: Role) -> bool {
        match self {
            Self::Tenants(_) => role.is_tenant_role(),
            Self::Hub => matches!(role, Role::HubAnalyst | Role::HubAdmin),
            Self::Platform => role == Role::PlatformOperator,
        }
    }
}

/// The value at a dotted path. The names along it may hold dots themselves (`https://kada.example/roles`, a
/// Keycloak client `my.client`): at each step the whole rest is tried as one name before it is cut.
fn at<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    if path.is_empty() {
        return None;
    }
    claims.get(path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let inner = claims.get(&path[..dot])?.as_object()?;
            at(inner, &path[dot + 1..])
        })
    })
}

/// An array of texts as it is; one text cut at spaces and commas.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(
            text.split([' ', ','])
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issuer() -> config::Issuer {
        config::Issuer {
            issuer: "https://id.example".into(),
            tenants: vec!["ml".into()],
            hub: false,
            platform: false,
            jwks_url: "https://id.example/certs".into(),
            audience: "kada".into(),
            algorithms: vec!["EdDSA".into()],
            claims: config::Claims::default(),
            roles: BTreeMap::from([("rh-directeur".into(), "hr_manager".into())]),
        }
    }

    fn hub() -> config::Issuer {
        config::Issuer {
            tenants: vec![],
            hub: true,
            roles: BTreeMap::new(),
            ..issuer()
        }
    }

    fn actor(issuer: &config::Issuer, claims: &Value) -> Result<Actor, Reason> {
        let claims = claims.as_object().expect("an object");
        Mapping::new(issuer)
            .expect("a mapping")
            .actor("amina@id.example".into(), claims)
    }

    fn roles(issuer: &config::Issuer, value: &Value) -> Vec<Role> {
        let actor = actor(issuer, &json!({ "roles": value })).expect("an actor");
        actor.roles.into_iter().collect()
    }

    #[test]
    fn a_path_finds_names_that_hold_dots_and_slashes() {
        let claims = json!({
            "roles": 1,
            "realm_access": { "roles": 2 },
            "https://kada.example/roles": 3,
            "resource_access": { "org.kada/api": { "roles": 4 } },
            "a.b": { "x": 5 },
            "a": { "b": { "c": 6 } },
            "text": "x",
        });
        let claims = claims.as_object().expect("an object");
        for (path, found) in [
            ("roles", Some(1)),
            ("realm_access.roles", Some(2)),
            ("https://kada.example/roles", Some(3)),
            ("resource_access.org.kada/api.roles", Some(4)),
            ("a.b.x", Some(5)),
            ("a.b.c", Some(6)),
            ("text.x", None),
            ("", None),
            (".", None),
            ("roles.", None),
        ] {
            assert_eq!(at(claims, path).and_then(Value::as_i64), found, "{path}");
        }
    }

    #[test]
    fn roles_come_as_words_or_a_list_and_only_known_ones_count() {
        for (value, expected) in [
            (json!("viewer auditor"), vec![Role::Viewer, Role::Auditor]),
            (json!("viewer,auditor"), vec![Role::Viewer, Role::Auditor]),
            (
                json!(["rh-directeur", "offline_access"]),
                vec![Role::HrManager],
            ),
            (json!(["hub_admin", "platform_operator"]), vec![]),
            (json!(["viewer worker"]), vec![]),
            (json!([]), vec![]),
        ] {
            assert_eq!(roles(&issuer(), &value), expected, "{value}");
        }
        for mistyped in [json!(null), json!(1), json!({}), json!(["viewer", 1])] {
            assert!(
                actor(&issuer(), &json!({ "roles": mistyped })).is_err(),
                "{mistyped}"
            );
        }
        assert_eq!(
            roles(&hub(), &json!(["hub_analyst", "hr_manager"])),
            [Role::HubAnalyst]
        );
    }

    #[test]
    fn an_issuer_has_one_charge_and_gives_only_its_roles() {
        let both = config::Issuer {
            hub: true,
            ..issuer()
        };
        let neither = config::Issuer {
            tenants: vec![],
            ..issuer()
        };
        let two = config::Issuer {
            platform: true,
            ..hub()
        };
        let illegal = config::Issuer {
            tenants: vec!["template".into()],
            ..issuer()
        };
        let mut greedy = issuer();
        greedy
            .roles
            .insert("boss".into(), "platform_operator".into());
        let mut unknown = issuer();
        unknown.roles.insert("boss".into(), "king".into());
        for wrong in [both, neither, two, illegal, greedy, unknown] {
            assert!(Mapping::new(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_tenant_is_one_of_the_issuers() {
        let realm = |issuer: &config::Issuer, claims: Value| {
            let claims = claims.as_object().expect("an object").clone();
            Mapping::new(issuer).expect("a mapping").realm(&claims)
        };
        let mali = Ok(Realm::Tenant("ml".parse().expect("a code")));
        let two = config::Issuer {
            tenants: vec!["ml".into(), "ht".into()],
            ..issuer()
        };
        assert_eq!(realm(&issuer(), json!({})), mali);
        assert_eq!(realm(&issuer(), json!({ "tenant": "ml" })), mali);
        assert_eq!(realm(&two, json!({ "tenant": "ml" })), mali);
        assert_eq!(realm(&hub(), json!({ "tenant": "ml" })), Ok(Realm::Hub));
        assert!(realm(&two, json!({})).is_err());
        for other in [
            json!("tz"),
            json!(""),
            json!("ML"),
            json!(null),
            json!(["ml"]),
        ] {
            assert!(
                realm(&issuer(), json!({ "tenant": other })).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn scope_is_whole_when_absent_and_nothing_when_empty() {
        let seen = |claims: Value| actor(&issuer(), &claims).map(|a| (a.units, a.sectors));
        assert_eq!(seen(json!({})), Ok((None, None)));
        assert_eq!(
            seen(json!({ "units": "ML-3 ML-4", "sectors": ["social", "education"] })),
            Ok((
                Some(vec!["ML-3".into(), "ML-4".into()]),
                Some(vec![Sector::Social])
            ))
        );
        let nothing = Ok((Some(vec![]), Some(vec![])));
        assert_eq!(seen(json!({ "units": [], "sectors": [] })), nothing);
        assert_eq!(seen(json!({ "units": "", "sectors": "all" })), nothing);
        for mistyped in [
            json!(null),
            json!(3),
            json!({ "all": true }),
            json!(["ML-3", null]),
        ] {
            assert!(seen(json!({ "units": mistyped })).is_err(), "{mistyped}");
            assert!(seen(json!({ "sectors": mistyped })).is_err(), "{mistyped}");
        }
    }

    #[test]
    fn a_worker_reaches_one_record_or_none() {
        let id = WorkerId::new();
        let seen = |claims: Value| actor(&issuer(), &claims).expect("an actor");
        let own = seen(json!({ "roles": "worker", "worker": id.encode() }));
        assert_eq!((own.person, own.units), (Some(id), None));
        let nobody = seen(json!({ "roles": "worker", "units": ["ML-3"] }));
        assert_eq!((nobody.person, nobody.units), (None, Some(vec![])));
        let viewer = seen(json!({ "roles": "worker viewer", "worker": id.encode() }));
        assert_eq!((viewer.person, viewer.units), (None, None));
        assert_eq!(
            viewer.permissions,
            Actor::new("", [Role::Viewer]).permissions
        );
        for mistyped in [json!("wkr_1"), json!(1), json!(null), json!([id.encode()])] {
            let claims = json!({ "roles": "worker", "worker": mistyped });
            assert!(actor(&issuer(), &claims).is_err(), "{mistyped}");
        }
    }
}
