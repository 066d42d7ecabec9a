//! What a curriculum vitae says of the person and of their work before the register.

use super::cv::{Cv, Row};
use super::days;
use super::label::{Label, Words};
use crate::cadres::IDENTIFIER_TYPE;

impl Cv {
    pub(super) fn person(&self, words: &Words<'_>) -> Vec<Row> {
        let sex = words.label(self.worker.sex.into());
        let mut rows = vec![(words.label(Label::Sex), vec![sex])];
        if let Some(day) = self.birth_date {
            rows.push((words.label(Label::BirthDate), vec![day.to_string()]));
        }
        let of = self.worker.id;
        let contacts = self.attached.contacts.as_ref().and_then(|it| it.get(&of));
        for contact in contacts.into_iter().flatten() {
            let kind = words.label(contact.kind.into());
            rows.push((kind, vec![contact.value.clone()]));
        }
        let numbers = self
            .attached
            .identifiers
            .as_ref()
            .and_then(|it| it.get(&of));
        for number in numbers.into_iter().flatten() {
            let kind = self.coded(IDENTIFIER_TYPE, &number.type_code, words);
            rows.push((kind, vec![number.value.clone()]));
        }
        if let Some(known) = &self.particulars {
            let nationality = known.nationality.clone();
            let languages = Some(known.languages.join(", ")).filter(|it| !it.is_empty());
            for (label, value) in [
                (Label::Nationality, nationality),
                (Label::Languages, languages),
            ] {
                rows.extend(value.map(|it| (words.label(label), vec![it])));
            }
        }
        rows
    }

    /// Work outside of what the register knows of, the latest first.
    pub(super) fn before(&self, words: &Words<'_>) -> Vec<Row> {
        let known = self.particulars.iter();
        let rows = known.flat_map(|it| &it.past_employments).map(|it| {
            let unknown = words.label(Label::Unknown);
            let mut lines = vec![it.occupation.clone(), it.employer.clone()];
            lines.extend(it.why_left.clone());
            (days(it.starts_on, it.ends_on, &unknown), lines)
        });
        rows.collect()
    }
}
