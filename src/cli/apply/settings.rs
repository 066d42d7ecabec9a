//! `tenant.toml`: what the country is called and how it writes.

use super::read::check_text;
use super::sheet::Files;
use crate::kernel::Date;
use crate::tenancy::Settings;

const FILE: &str = "tenant.toml";

pub(crate) fn read(files: &mut Files<'_>, code: &str) -> Option<Settings> {
    let settings: Settings = files.toml(FILE)?;
    if settings.code.as_str() != code {
        let reason = format!("is {}, and the folder is called {code}", settings.code);
        files.refuse(FILE, None, "code", reason);
    }
    files.languages.clone_from(&settings.languages);
    let is_language = |text: &String| {
        (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    if settings.languages.is_empty() || !settings.languages.iter().all(is_language) {
        files.refuse(
            FILE,
            None,
            "languages",
            "needs codes of two or three letters, such as fr",
        );
    }
    let currency = &settings.currency;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        files.refuse(
            FILE,
            None,
            "currency",
            "is not a code of three capitals (ISO 4217)",
        );
    }
    if settings
        .phone_region
        .parse::<phonenumber::country::Id>()
        .is_err()
    {
        files.refuse(
            FILE,
            None,
            "phone_region",
            "is no region with a numbering plan",
        );
    }
    let first_day = format!("2001-{}", settings.fiscal_year_start);
    if first_day.parse::<Date>().is_err() {
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
    Some(settings)
}
