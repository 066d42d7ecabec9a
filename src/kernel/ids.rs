//! Ids are newtypes from SQL to GraphQL: a facility's id cannot stand where a worker's is expected.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Uuid, Variant};

/// A text that is not an id of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an id of this kind")]
pub struct IdError;

/// What all ids share: a UUID inside, and on the wire a short prefix that names the kind.
pub trait Id: Copy + Eq + std::hash::Hash + From<Uuid> + Into<Uuid> {
    const PREFIX: &'static str;

    /// The opaque form on the wire: `wkr_018f…`. It holds no tenant.
    fn encode(self) -> String {
        format!("{}_{}", Self::PREFIX, Into::<Uuid>::into(self).simple())
    }

    /// Whether whoever made it went by the rule for ids that clients make: a UUID of version 7.
    fn is_of_version_7(self) -> bool {
        let uuid: Uuid = self.into();
        uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122
    }

    /// # Errors
    /// `IdError` for anything that [`Id::encode`] did not write for this kind.
    fn decode(text: &str) -> Result<Self, IdError> {
        let hex = text
            .strip_prefix(Self::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError)?;
        let canonical =
            hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        canonical
            .then(|| Uuid::try_parse(hex).ok())
            .flatten()
            .map(Self::from)
            .ok_or(IdError)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id, ordered by time of creation.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "two defaults would never be equal")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.encode())
            }
        }
    };
}

id!(
    /// A person on the register.
    WorkerId, "wkr"
);
id!(PostingId, "pst");
id!(FacilityId, "fac");
id!(OrgUnitId, "unit");
id!(CadreId, "cdr");
id!(FormId, "frm");
id!(
    /// An answer to a form.
    SubmissionId, "sub"
);
id!(
    /// A file that is an answer, or waits to be one.
    FileId, "fil"
);
id!(
    /// The scan of a legal act.
    DocumentId, "doc"
);
id!(
    /// The photo of a person.
    PhotoId, "pho"
);
id!(
    /// What a cadre is said to be in a classification.
    MappingId, "map"
);
id!(
    /// A position of the establishment, whoever fills it.
    PostId, "post"
);
id!(
    /// How many people of a cadre there ought to be somewhere.
    NormId, "norm"
);
id!(
    /// Two records that may be one person's.
    DuplicateId, "dup"
);
id!(
    /// What a worker has passed.
    QualificationId, "qlf"
);
id!(
    /// That a council has a worker on its register.
    RegistrationId, "reg"
);
id!(
    /// A licence to practise.
    LicenceId, "lic"
);
id!(
    /// What is taught in service.
    CourseId, "crs"
);
id!(
    /// A course, taught once.
    SessionId, "ses"
);
id!(
    /// That a worker was at a session of a course.
    AttendanceId, "att"
);
id!(
    /// Whether a worker was found fit to be trusted.
    VettingId, "vet"
);
id!(
    /// A transfer that one office proposes to another.
    ProposalId, "trf"
);
id!(
    /// Days off duty that somebody asked for.
    LeaveId, "lve"
);
id!(
    /// An entry of a worker's service file.
    ServiceEntryId, "srv"
);
id!(
    /// A sample of records to compare with the papers.
    SpotCheckId, "spc"
);
id!(
    /// Two values that two people gave one field.
    ConflictId, "cft"
);
id!(
    /// A change that waits for a second person.
    ChangeRequestId, "chg"
);

/// A country's short name: lower-case letters and digits, begins with a letter, 2 to 20 long.
/// It names the schema and the role in Postgres, so nothing else is let through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantCode(String);

impl TenantCode {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tenant's schema, which is also its login role.
    #[must_use]
    pub fn schema(&self) -> String {
        format!("tenant_{}", self.0)
    }
}

impl FromStr for TenantCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let legal = (2..=20).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && text != "template";
        legal.then(|| Self(text.to_owned())).ok_or(IdError)
    }
}

impl TryFrom<String> for TenantCode {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<TenantCode> for String {
    fn from(code: TenantCode) -> String {
        code.0
    }
}

impl fmt::Display for TenantCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let worker = WorkerId::new();
        assert_eq!(WorkerId::decode(&worker.encode()), Ok(worker));
        assert_eq!(FacilityId::decode(&worker.encode()), Err(IdError));
        for text in [
            "",
            "wkr",
            "wkr_",
            "wkr_zz",
            "wkr_018F0000000000000000000000000000",
        ] {
            assert_eq!(WorkerId::decode(text), Err(IdError), "{text}");
        }
    }

    #[test]
    fn a_client_makes_ids_of_version_7() {
        assert!(WorkerId::new().is_of_version_7());
        for text in [
            "wkr_018f0000000040008000000000000000",
            "wkr_018f000000007000c000000000000000",
            "wkr_00000000000000000000000000000000",
        ] {
            let id = WorkerId::decode(text).expect("an id");
            assert!(!id.is_of_version_7(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bits: u128) {
            let id = FacilityId::from(Uuid::from_u128(bits));
            prop_assert_eq!(FacilityId::decode(&id.encode()), Ok(id));
        }

        #[test]
        fn a_tenant_code_is_safe_as_an_identifier(text in ".{0,24}") {
            if let Ok(code) = text.parse::<TenantCode>() {
                prop_assert!(code.schema().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            }
        }
    }
}
