//! Columns that only go out: what credentials tell of a worker. The import leaves them alone.

use crate::auth::Permission;

/// What such a column tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Of the licence for the cadre of the posting, the one that ends last; else of any.
    LicenceNumber,
    LicenceExpiresOn,
    /// Of the latest qualification.
    Qualification,
    Institution,
    QualificationYear,
}

const NAMES: [(&str, Told); 5] = [
    ("licence_number", Told::LicenceNumber),
    ("licence_expires_on", Told::LicenceExpiresOn),
    ("qualification", Told::Qualification),
    ("qualification_institution", Told::Institution),
    ("qualification_year", Told::QualificationYear),
];

impl Told {
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = NAMES.iter().find(|it| it.0 == name);
        found.map(|it| it.1)
    }

    /// The name of its column.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|it| it.1 == self);
        found.map_or("", |it| it.0)
    }

    /// What one must be allowed in order to read it.
    #[must_use]
    pub fn permission(self) -> Permission {
        match self {
            Self::LicenceNumber => Permission::ReadIdentifiers,
            _ => Permission::ReadWorkers,
        }
    }

    pub(super) fn is_of_licences(self) -> bool {
        matches!(self, Self::LicenceNumber | Self::LicenceExpiresOn)
    }
}
