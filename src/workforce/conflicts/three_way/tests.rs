//! What is mine, theirs, or both.

use sqlx::types::Json;
use uuid::Uuid;

use super::*;
use crate::workforce::ContactKind;

/// A history, oldest first: who made which change of which field.
fn history(changes: &[(&str, &str, Value, Value)]) -> Vec<Recorded> {
    let rows = changes
        .iter()
        .zip(2..)
        .map(|((actor, field, from, to), version)| {
            let mut change = json!({ "version": version, "fields": {} });
            change["fields"][field] = json!({ "from": from, "to": to });
            Recorded {
                seq: version,
                at: Instant::UNIX_EPOCH,
                actor: (*actor).to_owned(),
                verb: "correct".to_owned(),
                subject_kind: "worker".to_owned(),
                subject_id: Uuid::nil(),
                unit_before: None,
                unit_after: None,
                sector_before: None,
                sector_after: None,
                act: None,
                change: Some(Json(change)),
            }
        });
    let mut rows: Vec<Recorded> = rows.collect();
    rows.reverse();
    rows
}

/// What becomes of a value that I want, as `mine`, `theirs`, or the three values of a clash.
fn value(changes: &[(&str, Value, Value)], current: &str, mine: &str) -> String {
    let changes: Vec<_> = changes
        .iter()
        .map(|(actor, from, to)| (*actor, "familyName", from.clone(), to.clone()))
        .collect();
    let rows = history(&changes);
    let version = 1 + i32::try_from(rows.len()).expect("few");
    let Some(since) = Since::new(1, version, &rows, "me") else {
        return "unknown".to_owned();
    };
    match since.value("familyName", &json!(current), &json!(mine)) {
        Ok(()) => "mine".to_owned(),
        Err(None) => "theirs".to_owned(),
        Err(Some(clash)) => format!("{} {} {}", clash.base, clash.theirs, clash.mine),
    }
}

#[test]
fn a_value_is_mine_theirs_or_both() {
    let step = |actor: &'static str, from: &str, to: &str| (actor, json!(from), json!(to));
    for (changes, current, mine, expected) in [
        (vec![step("other", "A", "B")], "B", "C", "\"A\" \"B\" \"C\""),
        (vec![step("other", "A", "B")], "B", "B", "theirs"),
        (vec![step("other", "A", "B")], "B", "A", "theirs"),
        (vec![step("me", "A", "B")], "B", "C", "mine"),
        (vec![step("me", "A", "B")], "B", "A", "mine"),
        (
            vec![step("other", "A", "B"), step("other", "B", "A")],
            "A",
            "C",
            "mine",
        ),
        (
            vec![step("me", "A", "B"), step("other", "B", "C")],
            "C",
            "D",
            "\"B\" \"C\" \"D\"",
        ),
        (
            vec![step("other", "A", "B"), step("me", "B", "C")],
            "C",
            "D",
            "mine",
        ),
        (vec![], "A", "B", "unknown"),
    ] {
        assert_eq!(value(&changes, current, mine), expected, "{mine}");
    }
}

#[test]
fn a_history_that_does_not_reach_back_tells_nothing() {
    let rows = history(&[
        ("me", "sex", json!("male"), json!("female")),
        ("me", "sex", json!("female"), json!("male")),
    ]);
    assert!(Since::new(1, 3, &rows, "me").is_some_and(|it| it.is_own()));
    assert!(Since::new(1, 3, &rows, "other").is_some_and(|it| !it.is_own()));
    assert!(Since::new(1, 3, &rows[..1], "me").is_none());
    assert!(Since::new(3, 3, &rows, "me").is_none());
    assert!(Since::new(9, 3, &rows, "me").is_none());
}

fn phone(value: &str, preferred: bool) -> Contact {
    Contact {
        kind: ContactKind::Phone,
        value: value.to_owned(),
        preferred,
    }
}

#[test]
fn both_sides_of_a_list_are_kept_and_so_is_what_both_took_out() {
    let list = |of: &[&str]| -> Vec<Contact> { of.iter().map(|it| phone(it, false)).collect() };
    let values = |of: &[Contact]| -> Vec<String> { of.iter().map(|it| it.value.clone()).collect() };
    let step = |actor: &'static str, from: &[&str], to: &[&str]| {
        (actor, "contacts", json!(list(from)), json!(list(to)))
    };
    for (changes, current, mine, expected) in [
        // They added 3 and took out 1; I added 4 and took out 2.
        (
            vec![step("other", &["1", "2"], &["2", "3"])],
            &["2", "3"][..],
            &["1", "4"][..],
            &["3", "4"][..],
        ),
        // Both added the same.
        (
            vec![step("other", &["1"], &["1", "2"])],
            &["1", "2"],
            &["1", "2"],
            &["1", "2"],
        ),
        // I added 2 and took it out again, while they added 3.
        (
            vec![
                step("other", &["1"], &["1", "3"]),
                step("me", &["1", "3"], &["1", "2", "3"]),
            ],
            &["1", "2", "3"],
            &["1"],
            &["1", "3"],
        ),
        // Nobody else touched it.
        (
            vec![step("me", &["1"], &["1", "2"])],
            &["1", "2"],
            &["1"],
            &["1"],
        ),
    ] {
        let rows = history(&changes);
        let version = 1 + i32::try_from(rows.len()).expect("few");
        let since = Since::new(1, version, &rows, "me").expect("it reaches back");
        let merged = since.contacts(&list(current), list(mine));
        assert_eq!(values(&merged), expected);
    }
    let rows = history(&[(
        "other",
        "contacts",
        json!(list(&["1"])),
        json!(list(&["1", "2"])),
    )]);
    let since = Since::new(1, 2, &rows, "me").expect("it reaches back");
    let merged = since.contacts(&list(&["1", "2"]), vec![phone("1", true)]);
    assert_eq!(merged, [phone("1", true), phone("2", false)]);
}

#[test]
fn two_numbers_of_one_type_are_told_apart_by_nobody_but_people() {
    let number = |of: &str, value: &str| Identifier {
        type_code: of.to_owned(),
        value: value.to_owned(),
    };
    let list = |of: &[Identifier]| Value::Array(of.iter().map(described).collect());
    let old = [number("nid", "1"), number("passport", "P1")];
    let now = [number("nid", "2"), number("passport", "P1")];
    let rows = history(&[("other", "identifiers", list(&old), list(&now))]);
    let since = Since::new(1, 2, &rows, "me").expect("it reaches back");
    let wanted = vec![number("nid", "3"), number("passport", "P2")];
    let (merged, clashes) = since.identifiers(&now, wanted);
    assert_eq!(merged, [number("nid", "2"), number("passport", "P2")]);
    let [clash] = &clashes[..] else {
        panic!("{clashes:?}");
    };
    assert_eq!(clash.field, "identifiers.nid");
    let values = [&clash.base, &clash.theirs, &clash.mine].map(|it| it["value"].clone());
    assert_eq!(values, [json!("1"), json!("2"), json!("3")]);
    // The same number, written otherwise, is the same.
    let (merged, clashes) = since.identifiers(&now, vec![number("nid", "2 "), old[1].clone()]);
    assert_eq!((&merged[..], clashes.len()), (&now[..], 0));
}
