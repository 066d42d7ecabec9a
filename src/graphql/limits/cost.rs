//! What an operation costs, before it is executed.

use std::collections::HashMap;

use async_graphql::Variables;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value};

/// What a field that looks at the whole register costs besides, however little of it is selected.
const AGGREGATE: usize = 50;
/// What each item of a batch costs besides: a transaction of its own.
const ITEM: usize = 10;

/// Fields that cost more than one point.
#[derive(Clone, Copy)]
pub struct Prices<'a> {
    /// Those that look at the whole register.
    pub aggregates: &'a [&'a str],
    /// Those that do what each of the `items` of their input says.
    pub batches: &'a [&'a str],
}

/// What an operation costs at most: one point a field, a page's fields as often as the page has rows, those of a batch as
/// often as it has items, and more for the fields of `prices`. The document must have passed
/// [`Outline::of`](super::Outline::of).
#[must_use]
pub fn cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    prices: Prices<'_>,
) -> usize {
    let mut price = Price {
        document,
        operation,
        variables,
        prices,
        fragments: HashMap::new(),
    };
    price.selections(&operation.selection_set.node)
}

struct Price<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    prices: Prices<'a>,
    fragments: HashMap<&'a str, usize>,
}

impl<'a> Price<'a> {
    fn selections(&mut self, set: &'a SelectionSet) -> usize {
        set.items.iter().fold(0_usize, |sum, selection| {
            sum.saturating_add(match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            })
        })
    }

    fn field(&mut self, field: &'a Field) -> usize {
        let children = self.selections(&field.selection_set.node);
        let name = field.name.node.as_str();
        if self.prices.batches.contains(&name) {
            let each = children.saturating_add(ITEM);
            return each.saturating_mul(self.items(field)).saturating_add(1);
        }
        let rows = ["first", "last"]
            .into_iter()
            .filter_map(|name| self.argument(field, name))
            .filter_map(|value| match value {
                Value::Number(number) => number.as_u64(),
                _ => None,
            })
            .map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
            .max()
            .unwrap_or(1);
        let own = if self.prices.aggregates.contains(&name) {
            AGGREGATE
        } else {
            1
        };
        children.saturating_mul(rows.max(1)).saturating_add(own)
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value
            .into_const_with(|name| self.value(&name).ok_or(()))
            .ok()
    }

    /// How many items the input of a batch has; one that cannot be read has one, and is refused later.
    fn items(&self, field: &Field) -> usize {
        let items = match self.argument(field, "input") {
            Some(Value::Object(mut input)) => input.swap_remove("items"),
            _ => None,
        };
        match items {
            Some(Value::List(items)) => items.len().max(1),
            _ => 1,
        }
    }

    fn fragment(&mut self, name: &'a Name) -> usize {
        if let Some(known) = self.fragments.get(name.as_str()) {
            return *known;
        }
        let Some(definition) = self.document.fragments.get(name) else {
            return 1;
        };
        let sum = self.selections(&definition.node.selection_set.node);
        self.fragments.insert(name.as_str(), sum);
        sum
    }

    fn value(&self, name: &Name) -> Option<Value> {
        let definitions = &self.operation.variable_definitions;
        self.variables.get(name).cloned().or_else(|| {
            let definition = definitions.iter().find(|d| d.node.name.node == *name)?;
            Some(definition.node.default_value.as_ref()?.node.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_costs_its_fields_times_its_rows() {
        let price = |text: &str, variables: serde_json::Value| {
            let document = parse_query(text).expect("the text is GraphQL");
            let (_, operation) = document.operations.iter().next().expect("it has one");
            cost(
                &document,
                &operation.node,
                &Variables::from_json(variables),
                Prices {
                    aggregates: &["sum"],
                    batches: &["send"],
                },
            )
        };
        for (text, variables, expected) in [
            ("{ __typename a { b c } }", json!({}), 4),
            ("{ sum(by: 1) { b c } a { sum } }", json!({}), 50 + 2 + 51),
            ("{ w(first: 50) { n { id x } } }", json!({}), 1 + 50 * 3),
            (
                "query($n: Int) { w(first: $n) { id } }",
                json!({ "n": 7 }),
                8,
            ),
            (
                "mutation($i: I) { send(input: $i) { o { key state } } }",
                json!({ "i": { "items": [1, 2, 3, 4] } }),
                1 + 4 * (10 + 3),
            ),
            (
                "mutation { send(input: { items: [{}, {}] }) { key } }",
                json!({}),
                1 + 2 * (10 + 1),
            ),
            ("mutation { send { key } }", json!({}), 1 + 11),
            ("query($n: Int = 9) { w(first: $n) { id } }", json!({}), 10),
            (
                "query($n: Int = 9) { w(first: $n) { id } }",
                json!({ "n": null }),
                2,
            ),
            (
                "{ w(first: -5) { id } v(first: \"x\") { id } }",
                json!({}),
                4,
            ),
            (
                "{ w(first: 10) { ...F ...F } } fragment F on W { p(last: 10) { id } }",
                json!({}),
                1 + 10 * 22,
            ),
        ] {
            assert_eq!(price(text, variables), expected, "{text}");
        }
        let huge = "{ a(first: 9223372036854775807) { a(first: 9223372036854775807) { a } } }";
        assert_eq!(price(huge, json!({})), usize::MAX);
    }
}
