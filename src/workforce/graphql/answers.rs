//! Conditions on answers, as filters take them.

use async_graphql::InputObject;

use crate::graphql::Day;
use crate::workforce::{AnswerCondition, AnswerField};

/// A field of a form.
#[derive(InputObject)]
pub struct AnswerFieldInput {
    /// The form's code.
    form: String,
    /// The field's path: `home.ward`.
    field: String,
}

/// A condition on the newest answer that counts; its parts hold together. A field that tells of a person needs the
/// permission for it.
#[derive(InputObject)]
pub struct AnswerConditionInput {
    /// The form's code.
    form: String,
    /// The field's path: `home.ward`.
    field: String,
    /// One of these texts or options; of a yes-or-no, `true` or `false`.
    any_of: Option<Vec<String>>,
    /// A number, not less.
    least: Option<f64>,
    /// A number, not more.
    most: Option<f64>,
    /// A date, not before.
    from: Option<Day>,
    /// A date, not after.
    to: Option<Day>,
    /// False: who did not answer so.
    #[graphql(default = true)]
    answered: bool,
}

impl From<&AnswerFieldInput> for AnswerField {
    fn from(given: &AnswerFieldInput) -> Self {
        Self {
            form: given.form.clone(),
            field: given.field.clone(),
        }
    }
}

/// The conditions as verbs take them.
#[must_use]
pub fn conditions(given: Option<Vec<AnswerConditionInput>>) -> Vec<AnswerCondition> {
    let given = given.into_iter().flatten();
    let read = given.map(|it| AnswerCondition {
        of: AnswerField {
            form: it.form,
            field: it.field,
        },
        any_of: it.any_of,
        least: it.least,
        most: it.most,
        from: it.from.map(|Day(day)| day),
        to: it.to.map(|Day(day)| day),
        answered: it.answered,
    });
    read.collect()
}
