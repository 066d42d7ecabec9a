//! Why a workbook did not become a draft, and what of a form was not carried over.

use async_graphql::{Context, Enum, Object};
use serde::{Deserialize, Serialize};

use crate::graphql::{message, request};
use crate::interop::{Loss, LossCode};

/// Why a workbook did not become a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportXlsFormErrorCode {
    /// No XLSX workbook.
    NotAWorkbook,
    /// The file is cut off.
    FileCutOff,
    /// It unpacks to more than is allowed, or has more cells than forms have.
    FileTooLarge,
    /// The workbook has no sheet `survey`.
    NoSuchSheet,
    /// There are no questions.
    FileEmpty,
    /// Two columns have one header.
    SameHeader,
    /// A group ends that did not begin, or does not end.
    GroupsUnbalanced,
    /// Neither the input nor the workbook says what the answers are about.
    NoSubject,
    /// A code has lower-case letters, digits and hyphens, a letter first.
    InvalidFormCode,
    /// The form has no title.
    NoTitle,
    /// The title is given in a language that is none of the country's.
    ForeignLanguage,
    /// The form has this code already, and its answers are about something else.
    OtherSubject,
    /// There is no form with this code, and a base version was given.
    FormNotFound,
    /// The form changed since it was read, or is there already.
    Stale,
    /// A value of another type belongs there.
    WrongType,
    /// A keyword that the closed subset does not have.
    UnknownKeyword,
    /// Not the name of a field.
    BadName,
    /// A value that does not fit its place, or the values around it.
    BadValue,
    /// No pattern, or one that costs too much.
    BadPattern,
    /// References to other schemas are not followed.
    ReferenceRefused,
    /// The form has no such field, or not where it is named.
    UnknownField,
    /// An operator that rules do not have, or not at this place.
    UnknownOperator,
    /// More levels than a definition may have.
    NestedTooDeep,
    /// Longer than it may be.
    TooLong,
    /// More than there may be.
    TooMany,
    /// The same option twice.
    Twice,
    /// Rules that wait for each other.
    Circular,
    /// The country has no such code list.
    UnknownList,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a part of a form was not carried over, or not as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "LossCode")]
pub enum FormLossCode {
    /// Forms do not ask that type of question; it was left out.
    UnknownQuestionType,
    /// Nothing reads the column.
    UnknownColumn,
    /// Nothing reads the sheet.
    UnknownSheet,
    /// The country has no such language; its texts were left out.
    UnknownLanguage,
    /// The other side has no such function or operator; the rule was left out.
    UnknownFunction,
    /// The rule names a question that there is none of; it was left out.
    UnknownQuestion,
    /// The rule names a question that cannot be named from where it stands; it was left out.
    OutOfReach,
    /// No expression that is understood; it was left out.
    NotAnExpression,
    /// Longer, or nested deeper, than rules may be; it was left out.
    ExpressionTooLong,
    /// There is no such list of options; the question was left out.
    NoChoices,
    /// Nothing is left of the group.
    EmptyGroup,
    /// The name was changed to one that forms can have.
    Renamed,
    /// Another one has the name; this was left out.
    SameName,
    /// The other side has no place for it.
    NotCarriedOver,
    /// The constraint has no message; it was given a general one.
    GeneralMessage,
    /// The message has no place: the limit is told in the service's own words.
    MessageDropped,
    /// The default is no plain value of the question; it was left out.
    DefaultDropped,
    /// `XLSForm` has no word for it: it stands in a column of its own, which Kada alone reads.
    OwnColumn,
    /// A question has one message for its constraint; this further one was left out.
    OneConstraint,
    /// A part of the layout that is more than an order was left out.
    LayoutDropped,
    /// FHIR has no words for the rule; it was left out.
    RuleNotSaid,
}

pub struct FormLoss(pub(super) Loss);

/// A part of a form that was not carried over, or not as it was.
#[Object]
impl FormLoss {
    /// Why.
    async fn code(&self) -> FormLossCode {
        self.0.code.into()
    }

    /// The same in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> String {
        let value = [("value", self.0.value.as_str())];
        message(self.0.code.as_str(), value, request(ctx).languages())
    }

    /// The sheet of the workbook.
    async fn sheet(&self) -> Option<&str> {
        self.0.spot.sheet.as_deref()
    }

    /// The row of the sheet, from 1.
    async fn row(&self) -> Option<u32> {
        self.0.spot.row
    }

    /// The header of the column; of a Questionnaire, the keyword of the form.
    async fn column(&self) -> Option<&str> {
        self.0.spot.column.as_deref()
    }

    /// The path of the field.
    async fn field(&self) -> Option<&str> {
        self.0.spot.field.as_deref()
    }

    /// What it is about, as it was written.
    async fn value(&self) -> &str {
        &self.0.value
    }
}
