//! What a parsed document amounts to once every fragment counts where it is spread, without ever spreading one.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::{Exceeded, Refused, Rule, nesting, within};
use crate::platform::config::Limits;

/// What is known of a document for good: it has passed every limit that needs no variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Whether any field is `__schema` or `__type`.
    pub introspects: bool,
}

impl Outline {
    /// # Errors
    /// The first rule that an operation breaks, or a fragment that spreads itself.
    pub fn of(document: &ExecutableDocument, limits: &Limits) -> Result<Self, Refused> {
        let mut measure = Measure {
            document,
            levels: nesting(limits),
            depth: limits.depth,
            fragments: HashMap::new(),
        };
        let mut introspects = false;
        for name in document.fragments.keys() {
            introspects |= measure.fragment(name, 0)?.introspects;
        }
        let mut all = Totals::default();
        for (_, operation) in document.operations.iter() {
            let operation = &operation.node;
            let mut totals = measure.selections(&operation.selection_set.node, 0)?;
            totals.directives += operation.directives.len();
            within(Rule::Depth, totals.depth, limits.depth)?;
            within(Rule::Depth, totals.levels, nesting(limits))?;
            within(Rule::RootFields, totals.fields, limits.root_fields)?;
            all.add(totals);
            introspects |= totals.introspects;
        }
        within(Rule::Aliases, all.aliases, limits.aliases)?;
        within(Rule::Directives, all.directives, limits.directives)?;
        within(Rule::Selections, all.selections, limits.tokens)?;
        Ok(Self { introspects })
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    /// Fields of this level alone.
    fields: usize,
    selections: usize,
    aliases: usize,
    directives: usize,
    depth: usize,
    levels: usize,
    introspects: bool,
}

impl Totals {
    /// Takes in what stands beside or below; depths are the caller's to set.
    fn add(&mut self, other: Totals) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.introspects |= other.introspects;
    }
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    levels: usize,
    depth: usize,
    /// `None` while a fragment is being measured: meeting it again means that it spreads itself.
    fragments: HashMap<&'a str, Option<Totals>>,
}

impl<'a> Measure<'a> {
    fn selections(&mut self, set: &'a SelectionSet, level: usize) -> Result<Totals, Refused> {
        let mut totals = Totals::default();
        for selection in &set.items {
            let (inner, is_field) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let mut inner = self.selections(&field.selection_set.node, level + 1)?;
                    inner.aliases += usize::from(field.alias.is_some());
                    inner.introspects |= matches!(field.name.node.as_str(), "__schema" | "__type");
                    inner.fields = 1;
                    (inner, true)
                }
                Selection::InlineFragment(inline) => {
                    let inner = self.selections(&inline.node.selection_set.node, level + 1)?;
                    (inner, false)
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    (inner, false)
                }
            };
            totals.add(inner);
            totals.selections = totals.selections.saturating_add(1);
            totals.directives = totals
                .directives
                .saturating_add(selection.node.directives().len());
            totals.fields = totals.fields.saturating_add(inner.fields);
            totals.depth = totals.depth.max(inner.depth + usize::from(is_field));
            totals.levels = totals.levels.max(inner.levels + 1);
        }
        Ok(totals)
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Totals, Refused> {
        if level > self.levels {
            return Err(Exceeded {
                rule: Rule::Depth,
                allowed: self.depth,
            }
            .into());
        }
        match self.fragments.get(name.as_str()) {
            Some(Some(totals)) => return Ok(*totals),
            Some(None) => return Err(Refused::Circular(name.to_string())),
            None => {}
        }
        // A fragment that is not there is for the validator to name.
        let Some(definition) = self.document.fragments.get(name) else {
            return Ok(Totals::default());
        };
        self.fragments.insert(name.as_str(), None);
        let mut totals = self.selections(&definition.node.selection_set.node, level)?;
        totals.directives = totals
            .directives
            .saturating_add(definition.node.directives.len());
        self.fragments.insert(name.as_str(), Some(totals));
        Ok(totals)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::platform::config::Config;

    fn outline(text: &str) -> Result<Outline, Refused> {
        let document = parse_query(text).expect("the text is GraphQL");
        Outline::of(&document, &Config::defaults().graphql.limits)
    }

    fn broken(text: &str) -> Option<Rule> {
        match outline(text) {
            Err(Refused::Exceeded(exceeded)) => Some(exceeded.rule),
            _ => None,
        }
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let spreads = |n: usize, inner: &str| {
            format!("{{{}}} fragment F on Q {{{inner}}}", "...F ".repeat(n))
        };
        assert_eq!(broken(&spreads(20, "a")), None);
        assert_eq!(broken(&spreads(21, "a")), Some(Rule::RootFields));
        assert_eq!(broken(&spreads(10, "a { x:b y:b z:b p:b q:b }")), None);
        assert_eq!(
            broken(&spreads(11, "a { x:b y:b z:b p:b q:b }")),
            Some(Rule::Aliases)
        );
        assert_eq!(
            broken(&spreads(17, "a { b @x @y @z }")),
            Some(Rule::Directives)
        );
    }

    #[test]
    fn doubling_fragments_are_measured_once_each() {
        let doubled = |n| format!(" fragment F{n} on Q {{ ...F{m} ...F{m} }}", m = n + 1);
        let fragments: Vec<String> = (0..25).map(doubled).collect();
        let text = format!(
            "{{ a {{ ...F0 }} }} fragment F25 on Q {{ b }}{}",
            fragments.concat()
        );
        assert_eq!(broken(&text), Some(Rule::Selections));
    }

    #[test]
    fn depth_is_counted_through_fragments() {
        let nested = |n: usize| format!("{}a{}", "a{".repeat(n - 1), "}".repeat(n - 1));
        assert_eq!(broken(&format!("{{{}}}", nested(15))), None);
        assert_eq!(broken(&format!("{{{}}}", nested(16))), Some(Rule::Depth));
        let split = |n| {
            format!(
                "{{ {} }} fragment F on Q {{ {} }}",
                nested(8).replacen("{a}", "{...F}", 1),
                nested(n)
            )
        };
        assert_eq!(broken(&split(8)), None);
        assert_eq!(broken(&split(9)), Some(Rule::Depth));
        let link = |n| format!(" fragment F{n} on Q {{ ...F{} }}", n + 1);
        let links: Vec<String> = (0..600).map(link).collect();
        let chain = format!("{{ ...F0 }} fragment F600 on Q {{ b }}{}", links.concat());
        assert_eq!(broken(&chain), Some(Rule::Depth));
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused_though_nothing_uses_it() {
        for text in [
            "{ ...A } fragment A on Q { a ...A }",
            "{ ...A } fragment A on Q { a { ...B } } fragment B on Q { ...A }",
            "{ a } fragment A on Q { ...B } fragment B on Q { a { ... { ...A } } }",
        ] {
            assert!(matches!(outline(text), Err(Refused::Circular(_))), "{text}");
        }
    }

    #[test]
    fn introspection_is_seen_wherever_it_hides() {
        for (text, introspects) in [
            ("{ __typename a }", false),
            ("{ s:__schema { types { name } } }", true),
            (
                "{ ...F } fragment F on Q { ... { __type(name: \"A\") { name } } }",
                true,
            ),
        ] {
            assert_eq!(outline(text), Ok(Outline { introspects }), "{text}");
        }
    }
}
