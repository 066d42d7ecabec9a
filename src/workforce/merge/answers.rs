//! Answers to forms that stand beside people in a file: they become one submission for each subject and form, which
//! has what was answered before but for what the line says.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::Earnest;
use super::draft::Draft;
use super::line::LineAnswer;
use super::person::Person;
use crate::auth::Permission;
use crate::forms::{
    self, Circumstances, Counting, Form, Misfit, Options, Status, Subject, Submission,
    SubmissionError,
};
use crate::kernel::{FormId, ReadError, Reason, SubmissionId};
use crate::ledger::Entry;
use crate::tenancy::Reader;
use crate::workforce::career::Occasion;
use crate::workforce::refusal::{Objection, Refusal};
use crate::workforce::submissions::{forms_occasion, has_option};
use crate::workforce::{Lists, Reach};

/// What the subjects of a batch of lines have answered, and what they answer anew.
#[derive(Default)]
pub(super) struct Answers {
    standing: HashMap<(FormId, Uuid), Counting>,
    pub new: Vec<Submission>,
}

impl Answers {
    /// What the people of some lines have answered to the forms that the lines speak of. Unless it is a rehearsal,
    /// whoever answers one of these forms waits from here on.
    pub async fn known(
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        lines: &[&Draft],
        people: impl Iterator<Item = &Person> + Send,
        earnest: Earnest,
    ) -> Result<Self, ReadError> {
        let mut asked: Vec<FormId> = (lines.iter())
            .flat_map(|line| line.answers.iter().map(|it| it.form))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        if asked.is_empty() {
            return Ok(Self::default());
        }
        occasion.actor.may(Permission::SubmitForms)?;
        let mut subjects: Vec<Uuid> = Vec::new();
        for person in people {
            subjects.push(person.id.into());
            subjects.extend(person.postings.iter().map(|it| Uuid::from(it.id)));
        }
        if earnest == Earnest::Write {
            forms::hold(tx, &asked).await?;
        }
        Ok(Self {
            standing: forms::counting(tx, &asked, &subjects).await?,
            new: Vec::new(),
        })
    }

    /// What a person answers anew with a line.
    ///
    /// # Errors
    /// All that the forms do not take.
    pub fn amended(
        &self,
        line: &Draft,
        person: &Person,
        lists: &Lists,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Submission>, Vec<Refusal>> {
        let mut submissions = Vec::new();
        let mut refusals = Vec::new();
        let mut forms: Vec<FormId> = line.answers.iter().map(|it| it.form).collect();
        forms.sort_unstable();
        forms.dedup();
        for id in forms {
            let given = line.answers.iter().filter(|it| it.form == id);
            match self.submission(
                id,
                &given.collect::<Vec<_>>(),
                (line, person),
                lists,
                occasion,
            ) {
                Ok(submission) => submissions.extend(submission),
                Err(more) => refusals.extend(more),
            }
        }
        if refusals.is_empty() {
            Ok(submissions)
        } else {
            Err(refusals)
        }
    }

    fn submission(
        &self,
        id: FormId,
        given: &[&LineAnswer],
        (line, person): (&Draft, &Person),
        lists: &Lists,
        occasion: &Occasion<'_>,
    ) -> Result<Option<Submission>, Vec<Refusal>> {
        let (Some(form), Some(standing)) = (lists.forms.get(id), person.standing) else {
            return Err(vec![Objection::NotAnswerable.at(&[])]);
        };
        let Some(subject) = subject(form, line, person) else {
            return Err(vec![Objection::Missing.at(&["posting", "facility"])]);
        };
        let has_option = |options: &Options, code: &str| has_option(lists, options, code);
        let circumstances = Circumstances {
            today: occasion.today,
            has_option: &has_option,
            complete: true,
        };
        let values: Vec<(&str, &Value)> = (given.iter())
            .map(|it| (it.path.as_str(), &it.value))
            .collect();
        let before = self.standing.get(&(id, subject));
        let amended = forms::amended(form, before, &values, &circumstances);
        let amended = amended.map_err(|error| refusals(form, error))?;
        Ok(amended.map(|(number, answers)| Submission {
            id: SubmissionId::new(),
            form: id,
            number,
            subject: form.subject,
            subject_id: Some(subject),
            unit: standing.unit,
            sector: standing.sector,
            status: Status::Submitted,
            answers,
            author: occasion.actor.subject.clone(),
            comment: None,
            saved_at: occasion.now,
            submitted_at: Some(occasion.now),
            version: 1,
        }))
    }

    /// Later lines of the batch build on these.
    pub fn take(&mut self, submissions: Vec<Submission>) {
        for submission in submissions {
            if let Some(subject) = submission.subject_id {
                let counting = Counting {
                    number: submission.number,
                    answers: submission.answers.clone(),
                };
                (self.standing).insert((submission.form, subject), counting);
            }
            self.new.push(submission);
        }
    }

    pub async fn write(
        &self,
        tx: &mut Reader<'_>,
        lists: &Lists,
        earnest: Earnest,
    ) -> Result<(), ReadError> {
        let is_indexed = earnest == Earnest::Write;
        Ok(forms::hand_in_all(tx, &lists.forms, &self.new, is_indexed).await?)
    }

    pub fn entries(&self, occasion: &Occasion<'_>) -> Vec<Entry> {
        forms::entries(&forms_occasion(occasion), &self.new)
    }
}

/// Whom or what a form is about: the person, or the posting that the line speaks of.
fn subject(form: &Form, line: &Draft, person: &Person) -> Option<Uuid> {
    match form.subject {
        Subject::Worker => Some(person.id.into()),
        Subject::Posting => {
            let spoken_of = line.posting.as_ref()?;
            let posting = person.postings.iter().find(|it| spoken_of.is(it))?;
            Some(posting.id.into())
        }
        Subject::Facility | Subject::Alone => None,
    }
}

/// What a form says of a line's answers, in the words of the import.
fn refusals(form: &Form, error: SubmissionError) -> Vec<Refusal> {
    let SubmissionError::Misfits(misfits) = error else {
        return vec![Objection::NotAnswerable.at(&[])];
    };
    let refusals = misfits.into_iter().map(|Misfit { path, fault }| {
        // Which of several options it was is no part of a column's name.
        let names = path.iter().filter(|it| it.parse::<usize>().is_err());
        let names: Vec<&str> = names.map(String::as_str).collect();
        let (form, path) = (form.code.clone(), names.join("."));
        Objection::Answer { form, path, fault }.at(&["answers"])
    });
    refusals.collect()
}

/// Whether the caller works for the place where the record is kept.
pub(super) fn admits(reach: &Reach, person: &Person) -> bool {
    (person.standing).is_none_or(|it| reach.admits_place(it.unit, it.sector))
}
