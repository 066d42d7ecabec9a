//! What a column may say of a worker, and how its cells are read.

use std::sync::Arc;

use super::cell::parts;
use super::column::AnswerColumn;
use super::told::Told;
use crate::cadres::{CodeLists, IDENTIFIER_TYPE};
use crate::kernel::{Date, Id, Sector, WorkerId, fold};
use crate::workforce::{
    Contact, ContactKind, Identifier, Line, LineContact, LineParticulars, LinePosting, Lists, Sex,
};

/// What a column says of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Worker,
    FamilyName,
    GivenNames,
    Sex,
    BirthDate,
    Phone,
    Email,
    NamePrefix,
    NameSuffix,
    Nationality,
    BirthCountry,
    MaritalStatus,
    Residence,
    Address,
    Languages,
    EmergencyContact,
    EmergencyRelation,
    EmergencyPhone,
    OrgUnit,
    Sector,
    Facility,
    Cadre,
    EmploymentType,
    SalaryGrade,
    Additional,
    StartsOn,
    EndsOn,
    EndReason,
    Supervisor,
    /// A number of one of the country's types.
    Identifier(String),
    /// A field of a form.
    Answer(Arc<AnswerColumn>),
    /// What only goes out.
    Told(Told),
}

/// The fields by name; a type of identifier is a field, too.
const NAMES: [(&str, Field); 29] = [
    ("worker_id", Field::Worker),
    ("family_name", Field::FamilyName),
    ("given_names", Field::GivenNames),
    ("sex", Field::Sex),
    ("birth_date", Field::BirthDate),
    ("phone", Field::Phone),
    ("email", Field::Email),
    ("org_unit", Field::OrgUnit),
    ("sector", Field::Sector),
    ("facility", Field::Facility),
    ("cadre", Field::Cadre),
    ("employment_type", Field::EmploymentType),
    ("salary_grade", Field::SalaryGrade),
    ("additional", Field::Additional),
    ("starts_on", Field::StartsOn),
    ("ends_on", Field::EndsOn),
    ("end_reason", Field::EndReason),
    ("supervisor", Field::Supervisor),
    ("name_prefix", Field::NamePrefix),
    ("name_suffix", Field::NameSuffix),
    ("nationality", Field::Nationality),
    ("birth_country", Field::BirthCountry),
    ("marital_status", Field::MaritalStatus),
    ("residence", Field::Residence),
    ("address", Field::Address),
    ("languages", Field::Languages),
    ("emergency_contact", Field::EmergencyContact),
    ("emergency_relation", Field::EmergencyRelation),
    ("emergency_phone", Field::EmergencyPhone),
];

/// What a cell should have been and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCell {
    Date,
    Sex,
    Sector,
    YesOrNo,
    WorkerId,
    Number,
    Option,
    /// A word that several options have.
    Ambiguous,
}

impl BadCell {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Date => "NOT_A_DATE",
            Self::Sex => "NOT_A_SEX",
            Self::Sector => "NOT_A_SECTOR_NAME",
            Self::YesOrNo => "NOT_YES_OR_NO",
            Self::WorkerId => "NOT_A_WORKER_ID",
            Self::Number => "NOT_A_NUMBER",
            Self::Option => "NOT_AN_OPTION",
            Self::Ambiguous => "AMBIGUOUS",
        }
    }
}

impl Field {
    /// What a column of this name brings in: a field of the register, or of a form that may be answered.
    #[must_use]
    pub fn brought_in(name: &str, lists: &Lists) -> Option<Self> {
        let answer = AnswerColumn::to_answer(name, lists).map(|it| Self::Answer(Arc::new(it)));
        answer.or_else(|| Self::named(name, &lists.codes))
    }

    /// The field of a name: `family_name`, or a type of identifier such as `matricule`. Case, accents and white space
    /// do not matter, nor does a number at the end: `phone 2`.
    #[must_use]
    pub fn named(name: &str, codes: &CodeLists) -> Option<Self> {
        let plain = |text: &str| fold(text).replace(' ', "_");
        let wanted = plain(name);
        let first = wanted.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let mut types = codes.list(IDENTIFIER_TYPE);
        let identifier = types.find(|it| plain(&it.code) == wanted);
        if let Some(entry) = identifier {
            return Some(Self::Identifier(entry.code.clone()));
        }
        let found = NAMES
            .iter()
            .find(|(name, _)| *name == wanted || *name == first);
        found.map(|(_, field)| field.clone())
    }

    /// The fields of the register itself, in the order of a table; numbers of the country's types come beside them.
    pub fn of_the_register() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(_, field)| field.clone())
    }

    /// The name of its column.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Identifier(type_code) => type_code.clone(),
            Self::Answer(column) => column.name(),
            Self::Told(told) => told.name().to_owned(),
            _ => {
                let found = NAMES.iter().find(|(_, field)| field == self);
                found.map_or_else(String::new, |(name, _)| (*name).to_owned())
            }
        }
    }

    /// Whether it tells who the person is besides name, sex and birth date.
    #[must_use]
    pub fn is_of_particulars(&self) -> bool {
        matches!(
            self,
            Self::NamePrefix
                | Self::NameSuffix
                | Self::Nationality
                | Self::BirthCountry
                | Self::MaritalStatus
                | Self::Residence
                | Self::Address
                | Self::Languages
                | Self::EmergencyContact
                | Self::EmergencyRelation
                | Self::EmergencyPhone
        )
    }

    /// The field that an input path of the workforce's refusals is about.
    #[must_use]
    pub fn at(path: &[&str], code: &str) -> Option<Self> {
        Some(match path {
            ["familyName"] => Self::FamilyName,
            ["birthDate"] => Self::BirthDate,
            ["contacts", ..] if code == "INVALID_EMAIL" => Self::Email,
            ["contacts", ..] => Self::Phone,
            ["namePrefix"] => Self::NamePrefix,
            ["nameSuffix"] => Self::NameSuffix,
            ["nationality"] => Self::Nationality,
            ["birthCountry"] => Self::BirthCountry,
            ["maritalStatus"] => Self::MaritalStatus,
            ["residence"] => Self::Residence,
            ["address"] => Self::Address,
            ["languages"] => Self::Languages,
            ["relatives", "relation"] => Self::EmergencyRelation,
            ["relatives", "phone"] => Self::EmergencyPhone,
            ["relatives", ..] => Self::EmergencyContact,
            ["orgUnit"] => Self::OrgUnit,
            ["sector"] => Self::Sector,
            ["posting", "facility"] => Self::Facility,
            ["posting", "cadre"] => Self::Cadre,
            ["posting", "employmentType"] => Self::EmploymentType,
            ["posting", "salaryGrade"] => Self::SalaryGrade,
            ["posting", "startsOn"] => Self::StartsOn,
            ["posting", "endsOn"] => Self::EndsOn,
            ["posting", "endReason"] => Self::EndReason,
            ["posting", "supervisor"] => Self::Supervisor,
            _ => return None,
        })
    }

    /// Puts a cell that is not empty into a line.
    pub(super) fn read(&self, cell: &str, line: &mut Line) -> Result<(), BadCell> {
        let text = || Some(cell.to_owned());
        match self {
            Self::Worker => {
                let id = WorkerId::decode(cell).map_err(|_| BadCell::WorkerId)?;
                line.worker = Some(id);
            }
            Self::FamilyName => line.family_name = text(),
            Self::GivenNames => line.given_names = text(),
            Self::Sex => line.sex = Some(sex(cell).ok_or(BadCell::Sex)?),
            Self::BirthDate => line.birth_date = Some(date(cell)?),
            Self::Phone => reach(ContactKind::Phone, cell, line),
            Self::Email => reach(ContactKind::Email, cell, line),
            Self::NamePrefix => besides(line).name_prefix = text(),
            Self::NameSuffix => besides(line).name_suffix = text(),
            Self::Nationality => besides(line).nationality = Some(cell.to_uppercase()),
            Self::BirthCountry => besides(line).birth_country = Some(cell.to_uppercase()),
            Self::MaritalStatus => besides(line).marital_status = text(),
            Self::Residence => besides(line).residence = text(),
            Self::Address => besides(line).address = text(),
            Self::Languages => {
                let codes = parts(cell).iter().map(|it| it.to_lowercase()).collect();
                besides(line).languages = Some(codes);
            }
            Self::EmergencyContact => cell.clone_into(&mut in_emergency(line).name),
            Self::EmergencyRelation => in_emergency(line).relation = text(),
            Self::EmergencyPhone => in_emergency(line).phone = text(),
            Self::OrgUnit => line.org_unit = text(),
            Self::Sector => line.sector = Some(sector(cell).ok_or(BadCell::Sector)?),
            Self::Facility => cell.clone_into(&mut posting(line).facility),
            Self::Cadre => cell.clone_into(&mut posting(line).cadre),
            Self::EmploymentType => posting(line).employment_type = text(),
            Self::SalaryGrade => posting(line).salary_grade = text(),
            Self::Additional => {
                posting(line).is_additional = yes(cell).ok_or(BadCell::YesOrNo)?;
            }
            Self::StartsOn => posting(line).starts_on = Some(date(cell)?),
            Self::EndsOn => posting(line).ends_on = Some(date(cell)?),
            Self::EndReason => posting(line).end_reason = text(),
            Self::Supervisor => posting(line).supervisor = text(),
            Self::Identifier(type_code) => {
                let numbers = parts(cell).into_iter().map(|value| Identifier {
                    type_code: type_code.clone(),
                    value,
                });
                line.identifiers.extend(numbers);
            }
            Self::Answer(column) => line.answers.push(column.read(cell)?),
            Self::Told(_) => {}
        }
        Ok(())
    }
}

/// The first telephone number is the one that people prefer, unless there is none.
fn reach(kind: ContactKind, cell: &str, line: &mut Line) {
    for value in parts(cell) {
        let preferred = line.contacts.is_empty();
        line.contacts.push(Contact {
            kind,
            value,
            preferred,
        });
    }
}

fn besides(line: &mut Line) -> &mut LineParticulars {
    line.particulars.get_or_insert_default()
}

fn in_emergency(line: &mut Line) -> &mut LineContact {
    besides(line).emergency_contact.get_or_insert_default()
}

fn posting(line: &mut Line) -> &mut LinePosting {
    line.posting.get_or_insert_default()
}

/// A day in ISO form, or as people write it: day, month, year. Two digits of a year are none.
pub(super) fn date(text: &str) -> Result<Date, BadCell> {
    // A time that a spreadsheet puts behind a day.
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let digits = |part: &str, from: usize, to: usize| {
        (from..=to).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit())
    };
    let (year, month, day) = match parts[..] {
        [year, month, day] if digits(year, 4, 4) => (year, month, day),
        [day, month, year] if digits(year, 4, 4) => (year, month, day),
        _ => return Err(BadCell::Date),
    };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| digits(part, 1, 2));
    let year = year.parse::<i32>().ok();
    let date = year
        .zip(number(month))
        .zip(number(day))
        .and_then(|((year, month), day)| Date::from_ymd_opt(year, month, day));
    date.ok_or(BadCell::Date)
}

fn sex(text: &str) -> Option<Sex> {
    Some(match fold(text).as_str() {
        "f" | "female" | "femme" | "feminin" | "mke" | "fanm" | "woman" => Sex::Female,
        "m" | "h" | "male" | "homme" | "masculin" | "mume" | "gason" | "man" => Sex::Male,
        "u" | "unknown" | "inconnu" | "haijulikani" => Sex::Unknown,
        _ => return None,
    })
}

fn sector(text: &str) -> Option<Sector> {
    match fold(text).as_str() {
        "health" | "sante" | "afya" => Some(Sector::Health),
        "social" | "ustawi wa jamii" => Some(Sector::Social),
        _ => None,
    }
}

pub(super) fn yes(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "1" | "y" | "yes" | "true" | "oui" | "o" | "ndiyo" | "x" => Some(true),
        "0" | "n" | "no" | "false" | "non" | "hapana" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_iso_or_day_first() {
        let day = Date::from_ymd_opt(1980, 2, 29);
        for written in [
            "1980-02-29",
            "29/02/1980",
            "29.2.1980",
            "29-02-1980",
            "1980/02/29",
            "1980-02-29T00:00:00",
            "29/02/1980 00:00",
        ] {
            assert_eq!(date(written).ok(), day, "{written}");
        }
        for written in [
            "",
            "29/02/80",
            "02/29/1980",
            "1981-02-29",
            "29 février 1980",
            "+1980-2-29",
            "1/2/3/4",
            "0x10-01-1980",
        ] {
            assert_eq!(date(written), Err(BadCell::Date), "{written}");
        }
    }

    #[test]
    fn a_column_is_known_however_it_is_written() {
        let codes = CodeLists::default();
        for (written, field) in [
            ("family_name", Some(Field::FamilyName)),
            ("Family Name", Some(Field::FamilyName)),
            ("Phone 2", Some(Field::Phone)),
            ("téléphone", None),
            ("", None),
        ] {
            assert_eq!(Field::named(written, &codes), field, "{written}");
        }
    }
}
