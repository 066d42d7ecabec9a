//! What records are held to: the country's lists of today, in the form in which the database can compare with them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::Months;
use phonenumber::metadata::{DATABASE, Descriptor};
use regex::Regex;

use crate::cadres::{IDENTIFIER_TYPE, Status};
use crate::kernel::{CadreId, Date, FacilityId, Instant, first_moment};
use crate::tenancy::Settings;
use crate::workforce::Lists;

/// What records are held to on a day.
pub(super) struct Terms {
    pub day: Date,
    /// To what nothing happened since, nobody has looked at for too long.
    pub since: Instant,
    /// Cadres that are nothing in ISCO-08.
    pub unmapped: Vec<CadreId>,
    /// Cadres that are retired, merged or split.
    pub ended: Vec<CadreId>,
    pub closed: Vec<FacilityId>,
    /// Cadres whose people retire at an age, and the ages.
    pub retiring: Vec<CadreId>,
    pub ages: Vec<i32>,
    /// What telephone numbers look like.
    pub phone: String,
    /// Types of identifier whose numbers are written in one way, and the ways.
    pub types: Vec<String>,
    pub patterns: Vec<String>,
}

/// After so many months without an entry a record is stale.
const STALE_AFTER: Months = Months::new(12);

impl Terms {
    pub fn new(lists: &Lists, settings: &Settings) -> Self {
        let day = lists.at.today;
        let since = day.checked_sub_months(STALE_AFTER).unwrap_or(day);
        let cadres = lists.taxonomy.on(day);
        let those = |is: fn(&crate::cadres::Cadre) -> bool| -> Vec<CadreId> {
            let found = cadres.all().iter().filter(|it| is(it));
            found.map(|it| it.id).collect()
        };
        let retiring = cadres.all().iter();
        let (retiring, ages) = retiring
            .filter_map(|it| Some((it.id, i32::from(it.retirement_age?))))
            .unzip();
        let facilities = lists.places_today.facilities().iter();
        let closed = facilities.filter(|it| it.is_closed_on(day));
        let entries = lists.codes.entries.iter();
        let of_identifiers = entries.filter(|it| it.list == IDENTIFIER_TYPE);
        let (types, patterns) = of_identifiers
            .filter_map(|it| {
                Some((
                    it.code.clone(),
                    portable(it.attributes.get("pattern")?.as_str()?)?,
                ))
            })
            .unzip();
        Self {
            day,
            since: first_moment(since, settings.time_zone),
            unmapped: those(|it| it.isco08.is_empty()),
            ended: those(|it| {
                matches!(it.status, Status::Retired | Status::Merged | Status::Split)
            }),
            closed: closed.map(|it| it.id).collect(),
            retiring,
            ages,
            phone: phone(&settings.phone_region),
            types,
            patterns,
        }
    }
}

/// A number in E.164 form; one of the country's own has as many figures as those have.
fn phone(region: &str) -> String {
    let Some(plan) = DATABASE.by_id(region) else {
        return r"^\+[1-9]\d{6,14}$".to_owned();
    };
    let (code, kinds) = (plan.country_code(), plan.descriptors());
    let kinds = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
    ];
    let lengths = kinds
        .into_iter()
        .flatten()
        .flat_map(Descriptor::possible_length);
    let lengths: BTreeSet<u16> = lengths.copied().collect();
    let own: Vec<String> = lengths.iter().map(|it| format!(r"\d{{{it}}}")).collect();
    let own = if own.is_empty() {
        r"\d{4,12}".to_owned()
    } else {
        own.join("|")
    };
    format!(r"^\+{code}(?:{own})$|^\+(?!{code})[1-9]\d{{6,14}}$")
}

/// A pattern that means the same to Postgres as to the registration desk, which uses another machine for it: of letters,
/// figures, classes, groups and repetitions. Any other demands nothing here.
fn portable(pattern: &str) -> Option<String> {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let count = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        let atom = r"(?:[A-Za-z0-9 _/-]|\\[d./-]|\[(?:[A-Za-z0-9 ./_](?:-[A-Za-z0-9])?)+-?\]|\.)";
        let times = format!(r"(?:[?*+]|\{{{count}(?:,(?:{count})?)?\}})?");
        let pattern = format!(r"^\^?(?:\(\?:|\(|\||(?:{atom}|\)){times})+\$?$");
        Regex::new(&pattern).ok()
    });
    let is_plain = PLAIN.as_ref().is_some_and(|it| it.is_match(pattern));
    is_plain.then(|| format!("^(?:{pattern})$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_patterns_are_compared_by_the_database() {
        for pattern in [
            r"^\d{10}$",
            r"^\d{3}-\d{3}-\d{3}-\d$",
            "[0-9]{6}[A-Z]",
            "(?:A|B)[0-9]+",
            "[A-Z]{1,3}/[0-9 ]*",
        ] {
            assert_eq!(
                portable(pattern),
                Some(format!("^(?:{pattern})$")),
                "{pattern}"
            );
        }
        for pattern in [
            "(?i)abc",
            r"\p{Lu}+",
            "a++",
            "a{300}",
            "a{,5}",
            r"[\w-.]",
            "[[:alpha:]]",
            "(?P<x>a)",
            "*a",
            "é",
        ] {
            assert_eq!(portable(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn telephones_have_the_length_of_the_country() {
        assert_eq!(phone("ML"), r"^\+223(?:\d{8})$|^\+(?!223)[1-9]\d{6,14}$");
        assert_eq!(phone("ZZ"), r"^\+[1-9]\d{6,14}$");
    }
}
