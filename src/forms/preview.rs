//! What publishing a draft would do to the answers there are: counted and shown before it is done.

use serde_json::Value;

use super::answer::{Circumstances, settle};
use super::evolution::{Change, ChangeClass, Mapped, carry, compare, gravest};
use super::form::{Form, Forms, Version};
use super::lifecycle::mapping_refusals;
use super::refusal::{FormObjection, FormRefusal};
use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{Date, FormId, ReadError, Reason, SubmissionId};
use crate::tenancy::Reader;

/// So many answers are tried, the newest first.
const TRIED: i64 = 2_000;
const EXAMPLES: usize = 5;

/// A dry run of a publication.
#[derive(Debug, Default)]
pub struct Preview {
    pub changes: Vec<Change>,
    pub class: Option<ChangeClass>,
    /// Why it would be refused.
    pub refusals: Vec<FormRefusal>,
    /// All answers that were handed in.
    pub answers: u64,
    /// Those that were tried.
    pub tried: u64,
    /// Valid in the new version as they are.
    pub valid: u64,
    /// Valid once the mapping has moved or changed some of their values.
    pub converted: u64,
    /// Valid, and without some value that has no place.
    pub shortened: u64,
    /// No answer to the new version any more.
    pub invalid: u64,
    pub examples: Vec<Example>,
}

/// One answer as it would fare.
#[derive(Debug)]
pub struct Example {
    pub submission: SubmissionId,
    /// The path of the field.
    pub field: String,
    pub before: Value,
    /// Null where it would be lost or refused.
    pub after: Value,
    /// Why it would be refused, as a code.
    pub fault: Option<&'static str>,
}

/// What publishing the draft of a form with a mapping would do; `None` when there is no such form, or no draft.
///
/// # Errors
/// `Denied` without [`Permission::ConfigureForms`].
#[tracing::instrument(name = "forms.preview", skip_all)]
pub async fn preview(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: FormId,
    mapping: &[Mapped],
    today: Date,
) -> Result<Option<Preview>, ReadError> {
    actor.may(Permission::ConfigureForms)?;
    let (_, forms) = db.current::<Forms>().await?;
    let Some((form, draft)) = forms.get(id).and_then(|form| Some((form, form.draft()?))) else {
        return Ok(None);
    };
    let Some(newest) = form.newest() else {
        return Ok(Some(Preview::default()));
    };
    let changes = compare(&newest.definition, &draft.definition);
    let mut preview = Preview {
        refusals: mapping_refusals(newest, &draft.definition, &changes, mapping),
        class: Some(gravest(&changes)),
        answers: store::count_submitted(db, id).await?,
        ..Preview::default()
    };
    if changes.is_empty() {
        preview
            .refusals
            .push(FormObjection::NothingChanged.at(&["form"]));
    }
    preview.changes = changes;
    for (submission, number, answers) in store::newest_submitted(db, id, TRIED).await? {
        preview.tries(form, draft, mapping, (submission, number, &answers), today);
    }
    Ok(Some(preview))
}

impl Preview {
    fn tries(
        &mut self,
        form: &Form,
        draft: &Version,
        mapping: &[Mapped],
        (submission, number, given): (SubmissionId, i32, &Value),
        today: Date,
    ) {
        self.tried += 1;
        let Some(mut version) = form.version(number) else {
            return;
        };
        let mut answers = given.clone();
        let steps = form.issued().filter(|it| it.number > number);
        for next in steps {
            let mapping = &next.mapping;
            answers = carry(&version.definition, &next.definition, mapping, &answers).answers;
            version = next;
        }
        let carried = carry(&version.definition, &draft.definition, mapping, &answers);
        let circumstances = Circumstances {
            today,
            // The country's lists are asked when answers are given.
            has_option: &|_, _| true,
            complete: true,
        };
        let value = |path: &str| {
            path.split('.')
                .fold(&answers, |value, name| &value[name])
                .clone()
        };
        match settle(draft, &carried.answers, &circumstances) {
            Err(misfits) => {
                self.invalid += 1;
                if let Some(misfit) = misfits.first() {
                    let field = misfit.path.join(".");
                    let before = value(&field);
                    let fault = Some(misfit.fault.code());
                    self.example(Example {
                        submission,
                        field,
                        before,
                        after: Value::Null,
                        fault,
                    });
                }
            }
            Ok(_) if !carried.lost.is_empty() => {
                self.shortened += 1;
                let field = carried.lost[0].clone();
                let before = value(&field);
                self.example(Example {
                    submission,
                    field,
                    before,
                    after: Value::Null,
                    fault: None,
                });
            }
            Ok(_) => match carried.moved.into_iter().next() {
                None => self.valid += 1,
                Some((field, _, before, after)) => {
                    self.converted += 1;
                    self.example(Example {
                        submission,
                        field,
                        before,
                        after,
                        fault: None,
                    });
                }
            },
        }
    }

    fn example(&mut self, example: Example) {
        if self.examples.len() < EXAMPLES {
            self.examples.push(example);
        }
    }
}
