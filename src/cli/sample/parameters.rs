//! `sample.toml` and `names.toml`: what the people of a sample register are drawn from.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::cadres::{Cadres, CodeLists, DEPARTURE_REASON, EMPLOYMENT_TYPE, IDENTIFIER_TYPE};
use crate::cli::apply::Files;
use crate::kernel::Date;

const FILE: &str = "sample/sample.toml";
const NAMES: &str = "sample/names.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    pub seed: u64,
    /// The day on which the register is as its staff list says.
    pub as_of: Date,
    /// Masks of mobile numbers in international form.
    pub phones: Vec<String>,
    /// The type of the office, in the parent unit, that supervises the social workers of a unit.
    pub supervisor_type: Option<String>,
    pub careers: Careers,
    pub female_share: BTreeMap<String, f64>,
    pub employment: BTreeMap<String, BTreeMap<String, f64>>,
    #[serde(default)]
    pub identifier: Vec<Identifier>,
    #[serde(default)]
    pub displacement: Vec<Displacement>,
    #[serde(default)]
    pub conversion: Vec<Conversion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Careers {
    pub past_postings_mean: f64,
    pub phone_share: f64,
    pub second_phone_share: f64,
    /// People who have left, on top of the staff list and as a share of it.
    #[serde(default)]
    pub former_share: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identifier {
    #[serde(rename = "type")]
    pub type_code: String,
    pub mask: String,
    pub share: f64,
    #[serde(default)]
    pub cadres: Vec<String>,
}

/// Insecurity that drove the workers of a region away on one day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Displacement {
    pub from: String,
    pub on: Date,
    pub to: Vec<String>,
    pub headcount: usize,
    pub return_share: f64,
    pub return_from: Date,
}

/// Workers of a cadre who began in another at the same office.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conversion {
    pub from_cadre: String,
    pub to_cadre: String,
    pub share: f64,
    pub reason: String,
    pub volunteer_years_min: i64,
    pub volunteer_years_max: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub single_name_share: f64,
    pub female: Vec<String>,
    pub male: Vec<String>,
    pub family: Vec<String>,
    /// Family names that differ by sex, such as those that say whose son or daughter one is.
    #[serde(default)]
    pub family_female: Vec<String>,
    #[serde(default)]
    pub family_male: Vec<String>,
}

/// How ordinary postings and careers end; each has to stand in the country's list of departure reasons.
pub(super) const TRANSFER: &str = "transfer";
pub(super) const REDEPLOYMENT: &str = "redeployment";
pub(super) const PROMOTION: &str = "promotion";
pub(super) const LEAVE: &str = "leave_without_pay";
pub(super) const DISPLACEMENT: &str = "displacement";
pub(super) const RETIREMENT: &str = "mandatory_retirement";
pub(super) const END_OF_CONTRACT: &str = "end_of_contract";
pub(super) const END_OF_VOLUNTEERING: &str = "end_of_volunteering";
pub(super) const EXITS: [(&str, f64); 7] = [
    (RETIREMENT, 0.35),
    ("resignation", 0.20),
    (END_OF_CONTRACT, 0.15),
    ("death", 0.10),
    ("abandonment", 0.08),
    ("international_assignment", 0.07),
    ("early_retirement", 0.05),
];

impl Parameters {
    pub fn read(files: &mut Files<'_>, cadres: &Cadres, lists: &CodeLists) -> Option<Self> {
        let parameters: Self = files.toml(FILE)?;
        parameters.check_shares(files);
        parameters.check_codes(files, cadres, lists);
        for (at, it) in parameters.displacement.iter().enumerate() {
            if it.return_from <= it.on {
                let reason = format!("is not after {}", it.on);
                files.refuse(
                    FILE,
                    None,
                    &format!("displacement[{at}].return_from"),
                    reason,
                );
            }
        }
        for (at, it) in parameters.conversion.iter().enumerate() {
            if it.volunteer_years_min < 1 || it.volunteer_years_max < it.volunteer_years_min {
                let key = format!("conversion[{at}].volunteer_years_min");
                files.refuse(
                    FILE,
                    None,
                    &key,
                    "must be at least 1 and at most volunteer_years_max",
                );
            }
        }
        if parameters.phones.is_empty() {
            files.refuse(
                FILE,
                None,
                "phones",
                "needs a mask, such as \"+2236#######\"",
            );
        }
        Some(parameters)
    }

    fn check_shares(&self, files: &mut Files<'_>) {
        let careers = &self.careers;
        let mut shares = vec![
            ("careers.phone_share".to_owned(), careers.phone_share),
            (
                "careers.second_phone_share".to_owned(),
                careers.second_phone_share,
            ),
            ("careers.former_share".to_owned(), careers.former_share),
        ];
        let of = |key: &str, at: usize| format!("{key}[{at}].share");
        shares.extend(
            self.female_share
                .iter()
                .map(|(key, it)| (format!("female_share.{key}"), *it)),
        );
        shares.extend(
            self.identifier
                .iter()
                .enumerate()
                .map(|(at, it)| (of("identifier", at), it.share)),
        );
        shares.extend(
            self.conversion
                .iter()
                .enumerate()
                .map(|(at, it)| (of("conversion", at), it.share)),
        );
        shares.extend(
            self.displacement
                .iter()
                .enumerate()
                .map(|(at, it)| (format!("displacement[{at}].return_share"), it.return_share)),
        );
        for (key, terms) in &self.employment {
            shares.extend(
                terms
                    .iter()
                    .map(|(term, it)| (format!("employment.{key}.{term}"), *it)),
            );
            let sum: f64 = terms.values().sum();
            if (sum - 1.0).abs() > 1e-6 {
                files.refuse(
                    FILE,
                    None,
                    &format!("employment.{key}"),
                    format!("adds up to {sum}, not 1"),
                );
            }
        }
        for (key, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                files.refuse(
                    FILE,
                    None,
                    &key,
                    format!("{share} is not a share from 0 to 1"),
                );
            }
        }
        if !(0.0..=6.0).contains(&careers.past_postings_mean) {
            files.refuse(
                FILE,
                None,
                "careers.past_postings_mean",
                "is not from 0 to 6",
            );
        }
    }

    fn check_codes(&self, files: &mut Files<'_>, cadres: &Cadres, lists: &CodeLists) {
        let mut entries = vec![
            (DEPARTURE_REASON, TRANSFER),
            (DEPARTURE_REASON, REDEPLOYMENT),
            (DEPARTURE_REASON, PROMOTION),
            (DEPARTURE_REASON, LEAVE),
        ];
        if self.careers.former_share > 0.0 {
            entries.extend(EXITS.iter().map(|(code, _)| (DEPARTURE_REASON, *code)));
            entries.push((DEPARTURE_REASON, END_OF_VOLUNTEERING));
        }
        if !self.displacement.is_empty() {
            entries.push((DEPARTURE_REASON, DISPLACEMENT));
        }
        entries.extend(
            self.conversion
                .iter()
                .map(|it| (DEPARTURE_REASON, it.reason.as_str())),
        );
        entries.extend(
            self.identifier
                .iter()
                .map(|it| (IDENTIFIER_TYPE, it.type_code.as_str())),
        );
        let terms = self.employment.values().flat_map(BTreeMap::keys);
        entries.extend(terms.map(|code| (EMPLOYMENT_TYPE, code.as_str())));
        for (list, code) in entries {
            if lists.find(list, code).is_none() {
                files.refuse(
                    FILE,
                    None,
                    code,
                    format!("is not in the country's list {list}"),
                );
            }
        }
        let of_shares = self.female_share.keys().filter(|key| *key != "default");
        let of_identifiers = self.identifier.iter().flat_map(|it| &it.cadres);
        let of_conversions = self
            .conversion
            .iter()
            .flat_map(|it| [&it.from_cadre, &it.to_cadre]);
        for code in of_shares.chain(of_identifiers).chain(of_conversions) {
            if cadres.by_code(code).is_none() {
                files.refuse(FILE, None, code, "is not a cadre of the country");
            }
        }
    }
}

impl Names {
    pub fn read(files: &mut Files<'_>) -> Option<Self> {
        let names: Self = files.toml(NAMES)?;
        for (key, list) in [
            ("female", &names.female),
            ("male", &names.male),
            ("family", &names.family),
        ] {
            if list.is_empty() {
                files.refuse(NAMES, None, key, "is empty");
            }
        }
        Some(names)
    }
}
