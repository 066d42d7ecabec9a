//! Files that are no bundles, and files that break off.

use std::ops::ControlFlow;

use kada::interop::ihris::{self, Found, Losses, SurveyError};

fn read(text: &str, is_lines: bool) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut each = |it: Found| {
        found.push(format!("{}/{}", it.kind, it.id));
        ControlFlow::Continue(())
    };
    let read = if is_lines {
        ihris::read_lines("b.ndjson", text.as_bytes(), &mut each)
    } else {
        ihris::read_bundle("b.json", text.as_bytes(), &mut each)
    };
    match read {
        Ok(_) => Ok(found),
        Err(error) => Err(error.to_string()),
    }
}

const BUNDLE: &str = r#"{"entry": [
    {"fullUrl": "urn:uuid:7", "resource": {"name": [{"text": "é"}], "resourceType": "Practitioner"}},
    {"resource": {"resourceType": "Practitioner", "id": "2"}, "search": {"mode": "match"}}
], "type": "searchset", "resourceType": "Bundle", "total": 2}"#;

#[test]
fn a_bundle_is_read_in_any_order_of_its_keys() {
    let found = read(BUNDLE, false).expect("a bundle");
    assert_eq!(found, ["Practitioner/7", "Practitioner/2"]);
    let marked = format!("\u{feff}{BUNDLE}\n");
    assert_eq!(read(&marked, false).expect("a bundle"), found);
}

#[test]
fn a_bundle_that_breaks_off_is_refused_wherever_it_does() {
    for end in (0..BUNDLE.len()).filter(|end| BUNDLE.is_char_boundary(*end)) {
        let refusal = read(&BUNDLE[..end], false).expect_err("half a bundle");
        assert!(refusal.starts_with("b.json:"), "{end}: {refusal}");
    }
}

#[test]
fn what_is_no_bundle_is_refused_by_file_and_place() {
    let refused = [
        ("[]", false),
        ("{}", false),
        (r#"{"resourceType": "Patient"}"#, false),
        (r#"{"resourceType": "Bundle", "entry": [3]}"#, false),
        (r#"{"resourceType": "Bundle"} {}"#, false),
        (
            "{\"resourceType\": \"Bundle\",\n \"entry\": [{\"resource\": {]",
            false,
        ),
        (
            "{\"resourceType\": \"Basic\"}\n\n{\"resourceType\": \"Ba",
            true,
        ),
        ("[]", true),
    ];
    let refused: Vec<String> = refused
        .iter()
        .map(|(text, is_lines)| read(text, *is_lines).expect_err(text))
        .collect();
    insta::assert_snapshot!(refused.join("\n"), @r"
    b.json:1:1: invalid type: sequence, expected a FHIR Bundle
    b.json:1:2: has no resourceType, so it is no Bundle
    b.json:1:27: is a Patient, no Bundle
    b.json:1:39: invalid type: integer `3`, expected an entry of a Bundle
    b.json:1:28: trailing characters
    b.json:2:26: key must be a string
    b.ndjson:3:20: EOF while parsing a string
    b.ndjson:1:0: invalid type: sequence, expected a map
    ");
}

#[test]
fn reading_stops_when_it_was_enough() {
    let mut found = 0;
    let flow = ihris::read_bundle("b.json", BUNDLE.as_bytes(), &mut |_| {
        found += 1;
        ControlFlow::Break(())
    });
    assert_eq!((flow, found), (Ok(ControlFlow::Break(())), 1));
}

#[test]
fn a_folder_without_bundles_is_refused() {
    let folder = tempfile::tempdir().expect("a directory");
    std::fs::write(folder.path().join("notes.txt"), "{}").expect("ours");
    let refusal = ihris::survey(folder.path(), &[], &mut Losses::default()).err();
    let Some(SurveyError::Unreadable(refusal)) = refusal else {
        panic!("{:?}", refusal.map(|it| it.to_string()));
    };
    assert_eq!(refusal.reason, "has no .json and no .ndjson file");
    let nowhere = folder.path().join("nowhere");
    assert!(ihris::survey(&nowhere, &[], &mut Losses::default()).is_err());
}
