//! Which changes of records need a second person: groups of fields, as the ministry has it. No SQL, no clock.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::kernel::{Changes, ListChanges};

/// Fields of a record that are asked for together: all that a correction can touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// Family name and given names.
    Names,
    /// Birth date and sex.
    Birth,
    Identifiers,
    Contacts,
}

impl FieldGroup {
    pub const ALL: [Self; 4] = [Self::Names, Self::Birth, Self::Identifiers, Self::Contacts];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Birth => "birth",
            Self::Identifiers => "identifiers",
            Self::Contacts => "contacts",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// The group of a field, as the ledger names the field.
    #[must_use]
    pub fn of(field: &str) -> Option<Self> {
        match field {
            "familyName" | "givenNames" => Some(Self::Names),
            "birthDate" | "sex" => Some(Self::Birth),
            "identifiers" => Some(Self::Identifiers),
            "contacts" => Some(Self::Contacts),
            _ => None,
        }
    }
}

/// The groups whose corrections somebody else decides on; none, unless the ministry asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalPolicy {
    pub groups: BTreeSet<FieldGroup>,
    pub version: i32,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self {
            groups: BTreeSet::new(),
            version: 1,
        }
    }
}

impl ApprovalPolicy {
    #[must_use]
    pub fn guards(&self, group: FieldGroup) -> bool {
        self.groups.contains(&group)
    }

    /// The groups by name, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        names(&self.groups)
    }

    /// The same with other groups.
    #[must_use]
    pub(super) fn after(&self, groups: BTreeSet<FieldGroup>) -> Self {
        Self {
            groups,
            version: self.version + 1,
        }
    }
}

fn names(groups: &BTreeSet<FieldGroup>) -> Vec<&'static str> {
    groups.iter().map(|it| it.as_str()).collect()
}

/// As a folder is compared with what stands.
#[derive(Serialize)]
struct Row {
    groups: Vec<&'static str>,
}

/// What a folder would do to the policy; a folder that says nothing of it leaves it alone.
#[must_use]
pub fn changes(wanted: Option<&BTreeSet<FieldGroup>>, standing: &ApprovalPolicy) -> Changes {
    let Some(wanted) = wanted else {
        return Changes(Vec::new());
    };
    let row = |groups| {
        [Row {
            groups: names(groups),
        }]
    };
    let code = |_: &Row| "second_person".to_owned();
    let (wanted, standing) = (row(wanted), row(&standing.groups));
    Changes(vec![ListChanges::between(
        "approvals",
        &wanted,
        &standing,
        code,
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_says_nothing_leaves_the_policy_alone() {
        let standing = ApprovalPolicy::default().after(BTreeSet::from([FieldGroup::Names]));
        assert!(changes(None, &standing).is_empty());
        assert!(changes(Some(&standing.groups), &standing).is_empty());
        assert!(!changes(Some(&BTreeSet::new()), &standing).is_empty());
    }

    #[test]
    fn every_group_is_found_by_its_name() {
        for group in FieldGroup::ALL {
            assert_eq!(FieldGroup::parse(group.as_str()), Some(group));
            let name = serde_json::to_value(group).expect("JSON");
            assert_eq!(name, group.as_str());
        }
    }
}
