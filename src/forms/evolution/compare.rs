//! What differs between two definitions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ChangeClass::{Breaking, Compatible, Cosmetic, Narrowing};
use super::ChangeKind::{
    DefaultChanged, FieldAdded, FieldRemoved, LayoutChanged, LimitNarrowed, LimitWidened,
    OptionAdded, OptionRemoved, OptionsMoved, RequiredAdded, RequiredRemoved, RuleAdded,
    RuleChanged, RuleRemoved, SensitivityLowered, SensitivityRaised, TextChanged, TypeChanged,
    UnitChanged,
};
use super::{Change, ChangeClass, ChangeKind};
use crate::forms::definition::{
    Choice, Definition, Field, FieldKind, FieldRules, Options, Range, Rule,
};
use crate::kernel::MediaType;

/// The differences from one version to another, by path.
#[must_use]
pub fn compare(old: &Definition, new: &Definition) -> Vec<Change> {
    let by_path = |fields: Vec<&'_ Field>| -> BTreeMap<String, Field> {
        let named = fields.into_iter().map(|it| (it.path.clone(), it.clone()));
        named.collect()
    };
    let (before, after) = (by_path(old.all_fields()), by_path(new.all_fields()));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = Changes(Vec::new());
    for path in paths {
        match (before.get(path), after.get(path)) {
            (Some(field), None) => {
                let kind = json!(field.kind.as_str());
                changes.add(path, FieldRemoved, Breaking, kind, Value::Null);
            }
            (None, Some(field)) => {
                let class = if field.required {
                    Narrowing
                } else {
                    Compatible
                };
                let kind = json!(field.kind.as_str());
                changes.add(path, FieldAdded, class, Value::Null, kind);
            }
            (Some(old), Some(new)) => changes.field(old, new),
            (None, None) => {}
        }
        let empty = FieldRules::default();
        let rules = |of: &Definition| of.rules(path).unwrap_or(&empty).clone();
        if before.contains_key(path) && after.contains_key(path) {
            changes.rules(path, &rules(old), &rules(new));
        } else if after.contains_key(path) && rules(new).required.is_some() {
            changes.rules(path, &empty, &rules(new));
        }
    }
    let layout = |of: &Definition| of.source()["ui"].clone();
    if layout(old) != layout(new) {
        changes.add("", LayoutChanged, Cosmetic, Value::Null, Value::Null);
    }
    for key in ["title", "description", "x-translations", "x-language"] {
        let text = |of: &Definition| of.source()["schema"][key].clone();
        if text(old) != text(new) {
            changes.add("", TextChanged, Cosmetic, text(old), text(new));
        }
    }
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(
        &mut self,
        path: &str,
        kind: ChangeKind,
        class: ChangeClass,
        before: Value,
        after: Value,
    ) {
        self.0.push(Change {
            path: path.to_owned(),
            kind,
            class,
            before,
            after,
        });
    }

    fn field(&mut self, old: &Field, new: &Field) {
        let path = &old.path;
        match (old.required, new.required) {
            (false, true) => self.add(path, RequiredAdded, Narrowing, json!(false), json!(true)),
            (true, false) => self.add(path, RequiredRemoved, Compatible, json!(true), json!(false)),
            _ => {}
        }
        match (old.personal, new.personal) {
            (false, true) => {
                self.add(
                    path,
                    SensitivityRaised,
                    Compatible,
                    json!("public"),
                    json!("personal"),
                );
            }
            (true, false) => {
                self.add(
                    path,
                    SensitivityLowered,
                    Narrowing,
                    json!("personal"),
                    json!("public"),
                );
            }
            _ => {}
        }
        if old.unit != new.unit {
            self.add(
                path,
                UnitChanged,
                Breaking,
                json!(old.unit),
                json!(new.unit),
            );
        }
        if old.default != new.default {
            self.add(
                path,
                DefaultChanged,
                Compatible,
                json!(old.default),
                json!(new.default),
            );
        }
        for (old, new) in [
            (&old.title, &new.title),
            (&old.description, &new.description),
        ] {
            if old != new {
                self.add(path, TextChanged, Cosmetic, json!(old), json!(new));
            }
        }
        self.kind(path, &old.kind, &new.kind);
    }

    fn kind(&mut self, path: &str, old: &FieldKind, new: &FieldKind) {
        match (old, new) {
            (
                FieldKind::Text {
                    shortest,
                    longest,
                    pattern,
                },
                FieldKind::Text {
                    shortest: new_shortest,
                    longest: new_longest,
                    pattern: new_pattern,
                },
            ) => {
                self.least(path, *shortest, *new_shortest);
                self.most(path, *longest, *new_longest);
                if pattern != new_pattern {
                    let (kind, class) = match new_pattern {
                        None => (LimitWidened, Compatible),
                        Some(_) => (LimitNarrowed, Narrowing),
                    };
                    self.add(path, kind, class, json!(pattern), json!(new_pattern));
                }
            }
            (
                FieldKind::Number { whole, range },
                FieldKind::Number {
                    whole: new_whole,
                    range: new_range,
                },
            ) => {
                if whole != new_whole {
                    let (kind, class) = if *whole {
                        (LimitWidened, Compatible)
                    } else {
                        (LimitNarrowed, Narrowing)
                    };
                    let told = |kind: &FieldKind| json!(kind.as_str());
                    self.add(path, kind, class, told(old), told(new));
                }
                self.range(path, range, new_range);
            }
            (FieldKind::Choice(old), FieldKind::Choice(new)) => self.options(path, old, new),
            (
                FieldKind::Choices {
                    options,
                    fewest,
                    most,
                },
                FieldKind::Choices {
                    options: new_options,
                    fewest: new_fewest,
                    most: new_most,
                },
            ) => {
                self.least(path, *fewest, *new_fewest);
                self.most(path, *most, *new_most);
                self.options(path, options, new_options);
            }
            (
                FieldKind::File { largest, types },
                FieldKind::File {
                    largest: new_largest,
                    types: new_types,
                },
            ) => {
                self.most(path, *largest, *new_largest);
                self.types(path, types, new_types);
            }
            (
                FieldKind::Repeat { fewest, most, .. },
                FieldKind::Repeat {
                    fewest: new_fewest,
                    most: new_most,
                    ..
                },
            ) => {
                self.least(path, *fewest, *new_fewest);
                self.most(path, *most, *new_most);
            }
            (old, new) if old.as_str() != new.as_str() => {
                self.add(
                    path,
                    TypeChanged,
                    Breaking,
                    json!(old.as_str()),
                    json!(new.as_str()),
                );
            }
            _ => {}
        }
    }

    fn types(&mut self, path: &str, old: &[MediaType], new: &[MediaType]) {
        let told =
            |types: &[MediaType]| json!(types.iter().map(|it| it.as_str()).collect::<Vec<_>>());
        if old.iter().any(|it| !new.contains(it)) {
            self.add(path, LimitNarrowed, Narrowing, told(old), told(new));
        } else if new.len() > old.len() {
            self.add(path, LimitWidened, Compatible, told(old), told(new));
        }
    }

    fn least(&mut self, path: &str, old: u64, new: u64) {
        match new.cmp(&old) {
            std::cmp::Ordering::Greater => {
                self.add(path, LimitNarrowed, Narrowing, json!(old), json!(new));
            }
            std::cmp::Ordering::Less => {
                self.add(path, LimitWidened, Compatible, json!(old), json!(new));
            }
            std::cmp::Ordering::Equal => {}
        }
    }

    fn most(&mut self, path: &str, old: u64, new: u64) {
        match new.cmp(&old) {
            std::cmp::Ordering::Less => {
                self.add(path, LimitNarrowed, Narrowing, json!(old), json!(new));
            }
            std::cmp::Ordering::Greater => {
                self.add(path, LimitWidened, Compatible, json!(old), json!(new));
            }
            std::cmp::Ordering::Equal => {}
        }
    }

    fn range(&mut self, path: &str, old: &Range, new: &Range) {
        let lower = [(old.least, new.least), (old.above, new.above)];
        let upper = [(old.most, new.most), (old.below, new.below)];
        let lower = lower.map(|(old, new)| (old, new, narrows(old, new, |old, new| new > old)));
        let upper = upper.map(|(old, new)| (old, new, narrows(old, new, |old, new| new < old)));
        let step = narrows(old.multiple_of, new.multiple_of, |_, _| true);
        let step = (old.multiple_of, new.multiple_of, step);
        for (old, new, narrows) in lower.into_iter().chain(upper).chain([step]) {
            if old != new {
                let (kind, class) = if narrows {
                    (LimitNarrowed, Narrowing)
                } else {
                    (LimitWidened, Compatible)
                };
                self.add(path, kind, class, json!(old), json!(new));
            }
        }
    }

    fn options(&mut self, path: &str, old: &Options, new: &Options) {
        let (Options::Listed(before), Options::Listed(after)) = (old, new) else {
            if old != new {
                self.add(path, OptionsMoved, Breaking, source(old), source(new));
            }
            return;
        };
        let find = |list: &[Choice], code: &str| list.iter().find(|it| it.code == code).cloned();
        for choice in before {
            match find(after, &choice.code) {
                None => {
                    self.add(
                        path,
                        OptionRemoved,
                        Narrowing,
                        json!(choice.code),
                        Value::Null,
                    );
                }
                Some(now) if now.title != choice.title => {
                    self.add(
                        path,
                        TextChanged,
                        Cosmetic,
                        json!(choice.title),
                        json!(now.title),
                    );
                }
                Some(_) => {}
            }
        }
        for choice in after.iter().filter(|it| find(before, &it.code).is_none()) {
            self.add(
                path,
                OptionAdded,
                Compatible,
                Value::Null,
                json!(choice.code),
            );
        }
    }

    fn rules(&mut self, path: &str, old: &FieldRules, new: &FieldRules) {
        // Taking away when something is asked asks it always.
        self.rule(path, old.visible.as_ref(), new.visible.as_ref(), Narrowing);
        self.rule(
            path,
            old.required.as_ref(),
            new.required.as_ref(),
            Compatible,
        );
        self.rule(
            path,
            old.computed.as_ref(),
            new.computed.as_ref(),
            Compatible,
        );
        let of = |rules: &FieldRules| -> Vec<Value> {
            let sources = rules.checks.iter().map(|it| it.rule.source().clone());
            sources.collect()
        };
        let (before, after) = (of(old), of(new));
        for rule in before.iter().filter(|it| !after.contains(it)) {
            self.add(path, RuleRemoved, Compatible, rule.clone(), Value::Null);
        }
        for rule in after.iter().filter(|it| !before.contains(it)) {
            self.add(path, RuleAdded, Narrowing, Value::Null, rule.clone());
        }
        let messages = |rules: &FieldRules| -> Vec<Value> {
            rules.checks.iter().map(|it| json!(it.message)).collect()
        };
        if before == after && messages(old) != messages(new) {
            let (before, after) = (json!(messages(old)), json!(messages(new)));
            self.add(path, TextChanged, Cosmetic, before, after);
        }
    }

    fn rule(&mut self, path: &str, old: Option<&Rule>, new: Option<&Rule>, removed: ChangeClass) {
        let source = |of: Option<&Rule>| of.map_or(Value::Null, |it| it.source().clone());
        let (kind, class) = match (old, new) {
            (None, Some(_)) => (RuleAdded, Narrowing),
            (Some(_), None) => (RuleRemoved, removed),
            (Some(old), Some(new)) if old != new => (RuleChanged, Narrowing),
            _ => return,
        };
        self.add(path, kind, class, source(old), source(new));
    }
}

/// Whether a bound that may be absent leaves less than before.
fn narrows(old: Option<f64>, new: Option<f64>, less: impl Fn(f64, f64) -> bool) -> bool {
    match (old, new) {
        (None, Some(_)) => true,
        (Some(old), Some(new)) => old.to_bits() != new.to_bits() && less(old, new),
        (_, None) => false,
    }
}

fn source(options: &Options) -> Value {
    match options {
        Options::Listed(_) => json!("listed"),
        Options::CodeList(list) => json!({ "codeList": list }),
        Options::Cadres => json!("cadres"),
    }
}
