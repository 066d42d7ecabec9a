//! What is wrong with a definition, each with its place.

use serde_json::Value;

/// Why a place of a definition is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("must be {0}")]
    WrongType(&'static str),
    #[error("{0} is not a keyword that forms have")]
    UnknownKeyword(String),
    #[error("{0} cannot be a name")]
    BadName(String),
    #[error("is not a value that fits here")]
    BadValue,
    #[error("is not a pattern, or costs too much")]
    BadPattern,
    #[error("refers to another schema")]
    Reference,
    #[error("the form has no field {0}")]
    UnknownField(String),
    #[error("{0} is not an operator that rules have")]
    UnknownOperator(String),
    #[error("nests more than {0} levels")]
    NestedTooDeep(usize),
    #[error("has more than {0} bytes")]
    TooLong(usize),
    #[error("at most {0}")]
    TooMany(usize),
    #[error("{0} stands there twice")]
    Twice(String),
    #[error("depends on itself")]
    Circular,
    #[error("there is no code list {0}")]
    UnknownList(String),
}

impl Fault {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Fault::WrongType(_) => "WRONG_TYPE",
            Fault::UnknownKeyword(_) => "UNKNOWN_KEYWORD",
            Fault::BadName(_) => "BAD_NAME",
            Fault::BadValue => "BAD_VALUE",
            Fault::BadPattern => "BAD_PATTERN",
            Fault::Reference => "REFERENCE_REFUSED",
            Fault::UnknownField(_) => "UNKNOWN_FIELD",
            Fault::UnknownOperator(_) => "UNKNOWN_OPERATOR",
            Fault::NestedTooDeep(_) => "NESTED_TOO_DEEP",
            Fault::TooLong(_) => "TOO_LONG",
            Fault::TooMany(_) => "TOO_MANY",
            Fault::Twice(_) => "TWICE",
            Fault::Circular => "CIRCULAR",
            Fault::UnknownList(_) => "UNKNOWN_LIST",
        }
    }

    /// What the message names.
    #[must_use]
    pub fn argument(&self) -> Option<(&'static str, String)> {
        match self {
            Fault::WrongType(wanted) => Some(("value", (*wanted).to_owned())),
            Fault::UnknownKeyword(value)
            | Fault::BadName(value)
            | Fault::UnknownField(value)
            | Fault::UnknownOperator(value)
            | Fault::Twice(value)
            | Fault::UnknownList(value) => Some(("value", value.clone())),
            Fault::NestedTooDeep(limit) | Fault::TooLong(limit) | Fault::TooMany(limit) => {
                Some(("limit", limit.to_string()))
            }
            _ => None,
        }
    }
}

/// A fault, and where in the definition it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub path: Vec<String>,
    pub fault: Fault,
}

/// So many flaws are told; whoever has more mends these first.
const TOLD: usize = 100;

/// Where the reading of a definition stands, and what it has found.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub path: Vec<String>,
    pub flaws: Vec<Flaw>,
}

impl Reading {
    pub fn refuse(&mut self, fault: Fault) {
        if self.flaws.len() < TOLD {
            let path = self.path.clone();
            self.flaws.push(Flaw { path, fault });
        }
    }

    /// Reads what stands below a key.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "keys are names and numbers, which read best as they are"
    )]
    pub fn at<T>(&mut self, key: impl ToString, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key.to_string());
        let read = read(self);
        self.path.pop();
        read
    }

    pub fn refuse_at(&mut self, key: impl ToString, fault: Fault) {
        self.at(key, |reading| reading.refuse(fault));
    }

    /// Keys that nothing reads.
    pub fn only(&mut self, object: &serde_json::Map<String, Value>, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let fault = match key.as_str() {
                "$ref" | "$dynamicRef" | "$defs" | "definitions" | "$id" | "$anchor"
                | "$dynamicAnchor" => Fault::Reference,
                _ => Fault::UnknownKeyword(shortened(key)),
            };
            self.refuse_at(key, fault);
        }
    }

    pub fn object<'v>(&mut self, value: &'v Value) -> Option<&'v serde_json::Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.refuse(Fault::WrongType("object"));
        }
        object
    }

    pub fn list<'v>(&mut self, value: &'v Value, most: usize) -> &'v [Value] {
        match value.as_array() {
            Some(list) if list.len() <= most => list,
            Some(_) => {
                self.refuse(Fault::TooMany(most));
                &[]
            }
            None => {
                self.refuse(Fault::WrongType("array"));
                &[]
            }
        }
    }

    pub fn text<'v>(&mut self, value: &'v Value, most: usize) -> Option<&'v str> {
        match value.as_str() {
            Some(text) if text.len() <= most => Some(text),
            Some(_) => {
                self.refuse(Fault::TooLong(most));
                None
            }
            None => {
                self.refuse(Fault::WrongType("string"));
                None
            }
        }
    }
}

/// What a message repeats of somebody's input.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
