//! Lists of thousands of small objects. Resolved field by field they cost more than the statement that finds them, so
//! they are written at once, as the operation chose.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    Context, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value, to_value,
};
use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::value::to_raw_value;

use crate::kernel::Fault;

/// A field that an operation chose.
pub struct Chosen<'a> {
    /// What the operation wants it by.
    pub key: &'a str,
    pub name: &'a str,
    /// What it chose of the field's own type; nothing of a scalar.
    pub fields: Vec<Chosen<'a>>,
}

impl Chosen<'_> {
    /// What is said of a field that the schema has and the writer does not.
    #[must_use]
    pub fn unknown<E: Error>(&self) -> E {
        E::custom(format_args!("the field {} is not written", self.name))
    }
}

/// An object that can write any of its fields.
pub trait Fields: OutputType {
    /// Writes the field that was chosen, but for `__typename`.
    ///
    /// # Errors
    /// Those of the writer.
    fn write<M: SerializeMap>(&self, chosen: &Chosen<'_>, to: &mut M) -> Result<(), M::Error>;
}

impl<T: Fields> Fields for Arc<T> {
    fn write<M: SerializeMap>(&self, chosen: &Chosen<'_>, to: &mut M) -> Result<(), M::Error> {
        T::write(self, chosen, to)
    }
}

/// A list of objects as JSON that goes into the answer as it is; to the schema it is the list.
pub struct Written<T> {
    value: Value,
    list: PhantomData<fn() -> Vec<T>>,
}

impl<T: Fields> Written<T> {
    /// Writes what the operation chose of the field that is being resolved. Fragments are taken to be about these
    /// objects, as validation has it for objects of one type.
    ///
    /// # Errors
    /// When a field cannot be written.
    pub fn new(ctx: &Context<'_>, objects: &[T]) -> Result<Self, Fault> {
        let mut fields = Vec::new();
        choose(
            &ctx.query_env.fragments,
            &ctx.item.node.selection_set,
            &mut fields,
        );
        let json = to_raw_value(&list(objects, &fields)).map_err(Fault::internal)?;
        Ok(Self {
            value: to_value(json).map_err(Fault::internal)?,
            list: PhantomData,
        })
    }
}

fn choose<'a>(
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    set: &'a Positioned<SelectionSet>,
    fields: &mut Vec<Chosen<'a>>,
) {
    for selection in &set.node.items {
        match &selection.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.as_str();
                // What is chosen twice is there once, with all that was chosen of it.
                let known = fields.iter().position(|it| it.key == key);
                let place = known.unwrap_or(fields.len());
                if known.is_none() {
                    fields.push(Chosen {
                        key,
                        name: field.node.name.node.as_str(),
                        fields: Vec::new(),
                    });
                }
                let own = &mut fields[place].fields;
                choose(fragments, &field.node.selection_set, own);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    choose(fragments, &fragment.node.selection_set, fields);
                }
            }
            Selection::InlineFragment(inline) => {
                choose(fragments, &inline.node.selection_set, fields);
            }
        }
    }
}

/// A list with the fields that were chosen of its objects.
pub fn list<'a, T: Fields>(
    objects: &'a [T],
    fields: &'a [Chosen<'a>],
) -> impl Serialize + use<'a, T> {
    List(objects, fields)
}

/// An object with the fields that were chosen of it.
pub fn object<'a, T: Fields>(
    object: &'a T,
    fields: &'a [Chosen<'a>],
) -> impl Serialize + use<'a, T> {
    Object(object, fields)
}

struct List<'a, T>(&'a [T], &'a [Chosen<'a>]);

impl<T: Fields> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|it| Object(it, self.1)))
    }
}

struct Object<'a, T>(&'a T, &'a [Chosen<'a>]);

impl<T: Fields> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for chosen in self.1 {
            if chosen.name == "__typename" {
                map.serialize_entry(chosen.key, &T::type_name())?;
            } else {
                self.0.write(chosen, &mut map)?;
            }
        }
        map.end()
    }
}

impl<T: Fields> OutputType for Written<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(self.value.clone())
    }
}
