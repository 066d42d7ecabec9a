//! Inputs of the schema that come outside of GraphQL, as JSON.

use async_graphql::{InputType, Value};

/// An input in the shape that the schema, or its own type, gives it; `None` for anything else. A part that there is none of
/// is refused, too: left alone, a filter would let everybody through.
#[must_use]
pub fn from_json<T: InputType>(json: &serde_json::Value) -> Option<T> {
    let given = Value::from_json(json.clone()).ok()?;
    let input = T::parse(Some(given.clone())).ok()?;
    is_part_of(&given, &input.to_value()).then_some(input)
}

/// Whether all that is given was read.
fn is_part_of(given: &Value, read: &Value) -> bool {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            (given.iter()).all(|(name, it)| read.get(name).is_some_and(|read| is_part_of(it, read)))
        }
        (Value::List(given), Value::List(read)) => {
            (given.iter().zip(read)).all(|(given, read)| is_part_of(given, read))
        }
        (Value::Object(_), _) => false,
        _ => true,
    }
}
