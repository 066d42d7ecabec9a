//! Three-way merge: what a writer saw, what the record has become since, and what they want. What nobody else touched is
//! theirs to change; of what somebody else made another thing, both values are told.

use serde_json::{Value, json};

use crate::kernel::Instant;
use crate::ledger::Recorded;
use crate::workforce::{Contact, Identifier};

/// What became of a record since a version that a writer saw, oldest first.
pub struct Since<'a> {
    rows: Vec<&'a Recorded>,
    me: &'a str,
}

/// A field to which somebody else gave another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub field: String,
    pub base: Value,
    pub theirs: Value,
    pub mine: Value,
    pub their_actor: String,
    pub their_at: Instant,
    pub their_seq: i64,
}

/// One change of one field.
struct Step<'a> {
    row: &'a Recorded,
    from: &'a Value,
    to: &'a Value,
}

impl<'a> Since<'a> {
    /// From the history of a record, newest first; `None` when that does not reach back so far, or was erased.
    #[must_use]
    pub fn new(base: i32, current: i32, history: &'a [Recorded], me: &'a str) -> Option<Self> {
        let version = |row: &Recorded| row.change.as_ref()?.get("version")?.as_i64();
        let newer = history
            .iter()
            .filter(|row| version(row).is_some_and(|it| it > i64::from(base)));
        let mut rows: Vec<&Recorded> = newer.collect();
        rows.reverse();
        let reaches = (rows.first()).is_some_and(|it| version(it) == Some(i64::from(base) + 1));
        ((1..current).contains(&base) && reaches).then_some(Self { rows, me })
    }

    /// Whether nobody but the writer changed anything.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.rows.iter().all(|row| row.actor == self.me)
    }

    fn steps(&self, field: &str) -> Vec<Step<'a>> {
        let steps = self.rows.iter().filter_map(|row| {
            let values = row.change.as_ref()?.get("fields")?.get(field)?;
            Some(Step {
                row,
                from: values.get("from")?,
                to: values.get("to")?,
            })
        });
        steps.collect()
    }

    /// Whether a single value is the writer's to change; else why not, unless there is nothing to say. What the writer made
    /// of it themselves since, they know.
    ///
    /// # Errors
    /// `None` where the value stays as it is, and a clash where the writer wanted another.
    pub fn value(
        &self,
        field: &str,
        current: &Value,
        mine: &Value,
    ) -> Result<(), Option<Box<Clash>>> {
        let steps = self.steps(field);
        let known = steps.iter().rposition(|step| step.row.actor == self.me);
        let unknown = &steps[known.map_or(0, |at| at + 1)..];
        let ([first, ..], Some(last)) = (unknown, unknown.last()) else {
            return Ok(());
        };
        if current == first.from {
            return Ok(());
        }
        if mine == current || mine == first.from {
            return Err(None);
        }
        let clash = clash(field, last.row, [first.from, current, mine]);
        Err(Some(Box::new(clash)))
    }

    /// The list that has what either side added, and lacks what either took out. `None` when nobody else touched it: then
    /// it is what the writer wants.
    fn list<T: Clone>(
        &self,
        field: &str,
        (current, mine): (&[T], &[T]),
        entry: impl Fn(&Value) -> Option<T>,
        same: impl Fn(&T, &T) -> bool,
    ) -> Option<Merged<'a, T>> {
        let steps = self.steps(field);
        if steps.iter().all(|step| step.row.actor == self.me) {
            return None;
        }
        let has = |list: &[T], it: &T| list.iter().any(|other| same(other, it));
        let without = |list: &[T], other: &[T]| -> Vec<T> { filtered(list, |it| !has(other, it)) };
        let read = |list: &Value| -> Vec<T> {
            let entries = list.as_array().map_or(&[][..], Vec::as_slice);
            entries.iter().filter_map(&entry).collect()
        };
        let mut seen = steps.first().map(|it| read(it.from)).unwrap_or_default();
        let mut theirs = Vec::new();
        for step in &steps {
            let (from, to) = (read(step.from), read(step.to));
            let added = without(&to, &from);
            if step.row.actor == self.me {
                let taken_out = without(&from, &to);
                seen = without(&seen, &taken_out);
                seen.extend(without(&added, &seen));
            } else {
                theirs.extend(added.into_iter().map(|it| (it, step.row)));
            }
        }
        theirs.retain(|(it, _)| has(current, it));
        let taken_out = without(&seen, mine);
        let added = without(&without(mine, &seen), current);
        Some(Merged {
            kept: without(current, &taken_out),
            added,
            seen,
            theirs,
        })
    }

    /// Numbers of a person: two of one type that two people added are a clash.
    #[must_use]
    pub fn identifiers(
        &self,
        current: &[Identifier],
        mine: Vec<Identifier>,
    ) -> (Vec<Identifier>, Vec<Clash>) {
        let same = |one: &Identifier, other: &Identifier| {
            one.type_code == other.type_code && one.key() == other.key()
        };
        let Some(merged) = self.list("identifiers", (current, &mine), identifier, same) else {
            return (mine, Vec::new());
        };
        let (mut list, mut clashes) = (merged.kept, Vec::new());
        for own in merged.added {
            let of_type = |it: &Identifier| it.type_code == own.type_code;
            let Some((theirs, row)) = merged.theirs.iter().find(|(it, _)| of_type(it)) else {
                list.push(own);
                continue;
            };
            let base = merged.seen.iter().find(|it| of_type(it));
            let values = [
                base.map_or(Value::Null, described),
                described(theirs),
                described(&own),
            ];
            let field = format!("{OF_TYPE}{}", own.type_code);
            clashes.push(clash(&field, row, values.each_ref()));
        }
        (list, clashes)
    }

    /// Ways to reach a person: both sides' stand side by side.
    #[must_use]
    pub fn contacts(&self, current: &[Contact], mine: Vec<Contact>) -> Vec<Contact> {
        let same =
            |one: &Contact, other: &Contact| one.kind == other.kind && one.value == other.value;
        let Some(merged) = self.list("contacts", (current, &mine), contact, same) else {
            return mine;
        };
        let preference = |list: &[Contact], it: &Contact| {
            let found = list.iter().find(|other| same(other, it));
            found.map(|it| it.preferred)
        };
        let mut list = merged.kept;
        for contact in &mut list {
            let was = preference(&merged.seen, contact);
            match preference(&mine, contact) {
                Some(wanted) if was.is_some_and(|was| was != wanted) => contact.preferred = wanted,
                _ => {}
            }
        }
        list.extend(merged.added);
        list
    }
}

/// How the name of a conflict about a number begins; the code of its type follows.
pub const OF_TYPE: &str = "identifiers.";

/// A list with the changes of both sides.
struct Merged<'a, T> {
    /// What the record has, without what the writer took out.
    kept: Vec<T>,
    /// What the writer added.
    added: Vec<T>,
    /// The list as the writer knew it.
    seen: Vec<T>,
    /// What others added, with the rows that say so.
    theirs: Vec<(T, &'a Recorded)>,
}

fn filtered<T: Clone>(list: &[T], admits: impl Fn(&T) -> bool) -> Vec<T> {
    list.iter().filter(|it| admits(it)).cloned().collect()
}

/// As the ledger has it.
pub fn identifier(described: &Value) -> Option<Identifier> {
    Some(Identifier {
        type_code: described["type"].as_str()?.to_owned(),
        value: described["value"].as_str()?.to_owned(),
    })
}

fn contact(described: &Value) -> Option<Contact> {
    serde_json::from_value(described.clone()).ok()
}

fn described(identifier: &Identifier) -> Value {
    json!({ "type": identifier.type_code, "value": identifier.value })
}

fn clash(field: &str, row: &Recorded, [base, theirs, mine]: [&Value; 3]) -> Clash {
    Clash {
        field: field.to_owned(),
        base: base.clone(),
        theirs: theirs.clone(),
        mine: mine.clone(),
        their_actor: row.actor.clone(),
        their_at: row.at,
        their_seq: row.seq,
    }
}

#[cfg(test)]
mod tests;
