//! What of a form the other side has no word for, and where it stands.

use super::xpath::Puzzle;

/// Why something was not carried over.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LossCode {
    UnknownQuestionType,
    UnknownColumn,
    UnknownSheet,
    UnknownLanguage,
    UnknownFunction,
    UnknownQuestion,
    OutOfReach,
    NotAnExpression,
    ExpressionTooLong,
    NoChoices,
    EmptyGroup,
    Renamed,
    SameName,
    NotCarriedOver,
    GeneralMessage,
    MessageDropped,
    DefaultDropped,
    OwnColumn,
    OneConstraint,
    LayoutDropped,
    RuleNotSaid,
}

impl LossCode {
    /// As it stands in the catalogue of messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownQuestionType => "UNKNOWN_QUESTION_TYPE",
            Self::UnknownColumn => "UNKNOWN_COLUMN",
            Self::UnknownSheet => "UNKNOWN_SHEET",
            Self::UnknownLanguage => "UNKNOWN_LANGUAGE",
            Self::UnknownFunction => "UNKNOWN_FUNCTION",
            Self::UnknownQuestion => "UNKNOWN_QUESTION",
            Self::OutOfReach => "OUT_OF_REACH",
            Self::NotAnExpression => "NOT_AN_EXPRESSION",
            Self::ExpressionTooLong => "EXPRESSION_TOO_LONG",
            Self::NoChoices => "NO_CHOICES",
            Self::EmptyGroup => "EMPTY_GROUP",
            Self::Renamed => "RENAMED",
            Self::SameName => "SAME_NAME",
            Self::NotCarriedOver => "NOT_CARRIED_OVER",
            Self::GeneralMessage => "GENERAL_MESSAGE",
            Self::MessageDropped => "MESSAGE_DROPPED",
            Self::DefaultDropped => "DEFAULT_DROPPED",
            Self::OwnColumn => "OWN_COLUMN",
            Self::OneConstraint => "ONE_CONSTRAINT",
            Self::LayoutDropped => "LAYOUT_DROPPED",
            Self::RuleNotSaid => "RULE_NOT_SAID",
        }
    }
}

/// Where in a workbook, or in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spot {
    pub sheet: Option<String>,
    /// As the spreadsheet counts, from 1.
    pub row: Option<u32>,
    pub column: Option<String>,
    /// The path of the field.
    pub field: Option<String>,
}

impl Spot {
    #[must_use]
    pub fn at(sheet: &str, row: u32, column: &str) -> Self {
        Self {
            sheet: Some(sheet.to_owned()),
            row: Some(row),
            column: Some(column.to_owned()),
            field: None,
        }
    }

    #[must_use]
    pub fn field(path: &str) -> Self {
        Self {
            field: Some(path.to_owned()),
            ..Self::default()
        }
    }

    /// A row, or a field, whatever of it.
    #[must_use]
    pub fn of(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

/// One thing that was not carried over.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Loss {
    pub spot: Spot,
    pub code: LossCode,
    /// What the message names.
    pub value: String,
}

/// So many are told.
const TOLD: usize = 1_000;
const LONGEST_VALUE: usize = 120;

/// What was lost so far.
#[derive(Debug, Default)]
pub struct Losses(pub Vec<Loss>);

impl Losses {
    pub fn note(&mut self, spot: Spot, code: LossCode, value: &str) {
        if self.0.len() < TOLD {
            let value = value.chars().take(LONGEST_VALUE).collect();
            self.0.push(Loss { spot, code, value });
        }
    }

    pub(in crate::interop) fn puzzled(&mut self, spot: Spot, puzzle: &Puzzle, expression: &str) {
        let (code, value) = match puzzle {
            Puzzle::Syntax(_) => (LossCode::NotAnExpression, expression),
            Puzzle::TooLong => (LossCode::ExpressionTooLong, expression),
            Puzzle::Function(name) => (LossCode::UnknownFunction, name.as_str()),
            Puzzle::Question(name) => (LossCode::UnknownQuestion, name.as_str()),
            Puzzle::OutOfReach(name) => (LossCode::OutOfReach, name.as_str()),
        };
        self.note(spot, code, value);
    }
}
