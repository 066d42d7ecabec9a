//! `tenant.toml`: what the country is called and how it writes.

use std::collections::BTreeSet;

use super::Country;
use super::read::check_text;
use super::sheet::Files;
use crate::kernel::{Date, is_language};
use crate::tenancy::Settings;
use crate::workforce::FieldGroup;

const FILE: &str = "tenant.toml";

/// The settings, and what takes a second person, which the ministry may change later.
pub(crate) fn read(
    files: &mut Files<'_>,
    code: &str,
) -> Option<(Settings, Option<BTreeSet<FieldGroup>>)> {
    let mut settings: Settings = files.toml(FILE)?;
    let approvals = settings.second_person.take();
    let approvals = approvals.map(|names| groups(files, &names));
    if settings.code.as_str() != code {
        let reason = format!("is {}, and the folder is called {code}", settings.code);
        files.refuse(FILE, None, "code", reason);
    }
    files.languages.clone_from(&settings.languages);
    if settings.languages.is_empty() || !settings.languages.iter().all(|it| is_language(it)) {
        files.refuse(
            FILE,
            None,
            "languages",
            "needs codes of two or three letters, such as fr",
        );
    }
    if !is_currency(&settings.currency) {
        files.refuse(
            FILE,
            None,
            "currency",
            "is not a code of three capitals (ISO 4217)",
        );
    }
    if !is_phone_region(&settings.phone_region) {
        files.refuse(
            FILE,
            None,
            "phone_region",
            "is no region with a numbering plan",
        );
    }
    if !is_day_of_year(&settings.fiscal_year_start) {
        files.refuse(
            FILE,
            None,
            "fiscal_year_start",
            "is not a month and a day, such as 07-01",
        );
    }
    check_text(files, FILE, None, "name", &settings.name);
    for (level, number) in settings.levels.iter().zip(1..) {
        let key = format!("level {}", level.number);
        if level.number != number {
            files.refuse(
                FILE,
                None,
                &key,
                format!("stands where level {number} is due"),
            );
        }
        check_text(files, FILE, None, &format!("{key}.name"), &level.name);
    }
    if settings.levels.is_empty() {
        files.refuse(
            FILE,
            None,
            "level",
            "is missing: the org-unit tree needs its levels",
        );
    }
    Some((settings, approvals))
}

fn groups(files: &mut Files<'_>, names: &[String]) -> BTreeSet<FieldGroup> {
    let mut groups = BTreeSet::new();
    for name in names {
        if let Some(group) = FieldGroup::parse(name) {
            groups.insert(group);
        } else {
            let known = FieldGroup::ALL.map(FieldGroup::as_str).join(", ");
            let reason = format!("{name} is no group of fields: {known}");
            files.refuse(FILE, None, "second_person", reason);
        }
    }
    groups
}

/// What [`read`] reads it from.
///
/// # Errors
/// None: the settings are plain.
pub(super) fn write(country: &Country) -> Result<String, toml::ser::Error> {
    let groups = country.approvals.as_ref();
    let names = groups.map(|it| it.iter().map(|it| it.as_str().to_owned()).collect());
    toml::to_string(&Settings {
        second_person: names,
        ..country.settings.clone()
    })
}

/// ISO 4217.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// ISO 3166-1 alpha-2, of a country with a numbering plan.
pub(crate) fn is_phone_region(text: &str) -> bool {
    text.parse::<phonenumber::country::Id>().is_ok()
}

/// Month and day, `07-01`.
pub(crate) fn is_day_of_year(text: &str) -> bool {
    format!("2001-{text}").parse::<Date>().is_ok()
}
