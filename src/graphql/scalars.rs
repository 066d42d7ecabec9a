//! Scalars and small objects that every domain uses.

use async_graphql::{
    Enum, InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::kernel::{Date, Text};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub Date);

/// A calendar day, `2012-03-01` (ISO 8601).
#[Scalar(
    name = "Date",
    specified_by_url = "https://scalars.graphql.org/andimarek/local-date"
)]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        // Four-digit years only: Postgres and people agree on those.
        let written_in_full = text.len() == 10;
        match text.parse() {
            Ok(date) if written_in_full => Ok(Self(date)),
            _ => Err(InputValueError::custom("a day is written as 2012-03-01")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

/// Any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or(Value::Null)
    }
}

/// A file that came with the request. Only the part of a multipart request that reads files can make one.
#[derive(Clone, Debug)]
pub struct Upload(pub Bytes);

/// A file, sent as `multipart/form-data` by the GraphQL multipart request specification.
#[Scalar(
    name = "Upload",
    specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec"
)]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            // No JSON and no literal becomes binary.
            Value::Binary(bytes) => Ok(Self(bytes)),
            _ => Err(InputValueError::custom(
                "a file is sent as multipart/form-data",
            )),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// One text in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct LocalizedText {
    /// The language, as an ISO 639 code: `fr`, `sw`, `bm`.
    pub language: String,
    /// The text in that language.
    pub text: String,
}

/// One text in one language.
#[derive(Clone, Debug, InputObject, Serialize)]
pub struct LocalizedTextInput {
    /// The language, as an ISO 639 code: `fr`, `sw`, `bm`.
    language: String,
    /// The text in that language.
    text: String,
}

/// A text in all the languages that it is given in; of two in one language, the last.
#[must_use]
pub fn text(given: &[LocalizedTextInput]) -> Text {
    let given = given.iter();
    Text(
        given
            .map(|it| (it.language.clone(), it.text.trim().to_owned()))
            .collect(),
    )
}

/// A text in all the languages it is kept in.
#[must_use]
pub fn labels(text: &Text) -> Vec<LocalizedText> {
    text.0
        .iter()
        .map(|(language, text)| LocalizedText {
            language: language.clone(),
            text: text.clone(),
        })
        .collect()
}

/// The two services whose workforce one register holds side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "Sector", remote = "crate::kernel::Sector")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SectorName {
    /// Health services.
    Health,
    /// Social services: welfare, protection, community development.
    Social,
}
