//! Files in all shapes.

use kada::auth::Role;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::json;

use super::{counts, import};
use crate::support::world::World;

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").expect("a sheet");
    let sheet = book.add_worksheet().set_name("Agents").expect("a sheet");
    let header = [
        "Nom",
        "Prénom",
        "Né(e) le",
        "Matricule",
        "Téléphone",
        "Lieu",
        "Profession",
        "Statut",
        "Depuis",
        "Remarque",
    ];
    for (column, text) in (0..).zip(header) {
        sheet.write(0, column, text).expect("a header");
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let day = |year, month, day| ExcelDateTime::from_ymd(year, month, day).expect("a day");
    sheet.write(2, 0, "Traoré").expect("a cell");
    sheet.write(2, 1, "Aminata").expect("a cell");
    sheet
        .write_with_format(2, 2, day(1980, 5, 17), &date)
        .expect("a cell");
    sheet.write(2, 3, 12_345_678).expect("a cell");
    sheet.write(2, 4, 65_012_345).expect("a cell");
    sheet.write(2, 5, "F-A1").expect("a cell");
    sheet.write(2, 6, "Sage-femme").expect("a cell");
    sheet.write(2, 7, "permanent").expect("a cell");
    sheet
        .write_with_format(2, 8, day(2010, 2, 1), &date)
        .expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn a_workbook_is_read_by_a_saved_mapping() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::MinistryAdmin);
    let save = "mutation($input: SaveImportMappingInput!) { saveImportMapping(input: $input) {
        mapping { name columns { header field } } errors { code path message }
    } }";
    let column = |header: &str, field: &str| json!({ "header": header, "field": field });
    let wrong = json!({ "input": { "name": "paie", "columns": [column("Nom", "shoe_size")] } });
    let refused = manager.data(save, wrong).await;
    assert_eq!(
        refused["saveImportMapping"]["errors"][0]["code"],
        "NO_SUCH_FIELD"
    );
    let columns = [
        ("Nom", "family_name"),
        ("Prénom", "given_names"),
        ("Né(e) le", "birth_date"),
        ("Matricule", "matricule"),
        ("Téléphone", "phone"),
        ("Lieu", "facility"),
        ("Profession", "cadre"),
        ("Statut", "employment_type"),
        ("Depuis", "starts_on"),
    ]
    .map(|(header, field)| column(header, field));
    let input =
        json!({ "name": "paie", "columns": columns, "idempotencyKey": "a key of this test" });
    for _ in 0..2 {
        let saved = manager.data(save, json!({ "input": input })).await;
        assert_eq!(
            saved["saveImportMapping"]["mapping"]["name"], "paie",
            "{saved:#}"
        );
    }
    let listed = manager
        .data("{ importMappings { name columns { header } } }", json!({}))
        .await;
    assert_eq!(
        listed["importMappings"][0]["columns"]
            .as_array()
            .map(Vec::len),
        Some(9)
    );

    let how = json!({ "mapping": "paie", "sheet": "Agents" });
    let payload = import(&manager, &workbook(), how.clone()).await;
    assert_eq!(counts(&payload), [1, 0, 0, 0], "{payload:#}");
    assert_eq!(payload["report"]["ignoredColumns"], json!(["Remarque"]));
    let query = "{ worker(by: { identifier: { type: \"matricule\", value: \"12345678\" } }) {
        name birthDate contacts { value } postings { facility { code } cadre { code } startsOn }
    } }";
    insta::assert_json_snapshot!(manager.data(query, json!({})).await["worker"], @r#"
    {
      "birthDate": "1980-05-17",
      "contacts": [
        {
          "value": "+22365012345"
        }
      ],
      "name": "Aminata Traoré",
      "postings": [
        {
          "cadre": {
            "code": "MW"
          },
          "facility": {
            "code": "F-A1"
          },
          "startsOn": "2010-02-01"
        }
      ]
    }
    "#);
    let again = import(&manager, &workbook(), how).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{again:#}");
}

#[tokio::test]
async fn a_file_that_cannot_be_used_leaves_everything_as_it_was() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let book = workbook();
    let cases: [(&str, &[u8], serde_json::Value); 12] = [
        ("NOT_A_TABLE", b"", json!({})),
        ("NOT_A_TABLE", b"%PDF-1.7 \x00\x01", json!({})),
        ("FILE_EMPTY", b"family_name,birth_date\n", json!({})),
        (
            "FILE_CUT_OFF",
            b"family_name,birth_date\nTraore,1980-01-01\nKeita",
            json!({}),
        ),
        (
            "FILE_CUT_OFF",
            b"family_name,birth_date\nTraore,\"1980-01-01\nKeita,1980-01-01\n",
            json!({}),
        ),
        ("FILE_CUT_OFF", &book[..book.len() / 2], json!({})),
        (
            "NOBODY_NAMED_BY_COLUMNS",
            b"given_names,sex\nAwa,F\n",
            json!({}),
        ),
        (
            "NOBODY_NAMED_BY_COLUMNS",
            b"Nom,Date\nTraore,1980-01-01\n",
            json!({}),
        ),
        ("SAME_HEADER", b"matricule,phone,phone\nM-1,,\n", json!({})),
        ("NO_SUCH_SHEET", &book, json!({ "sheet": "Paie" })),
        (
            "NO_SUCH_MAPPING",
            &book,
            json!({ "mapping": "none", "sheet": "Agents" }),
        ),
        ("FILE_EMPTY", &book, json!({ "sheet": "Notes" })),
    ];
    for (code, file, input) in cases {
        let payload = import(&manager, file, input).await;
        assert_eq!(payload["errors"][0]["code"], code, "{payload:#}");
        assert_eq!(payload["report"], json!(null));
    }
    let feed = manager
        .data("{ changes(first: 100) { nodes { verb } } }", json!({}))
        .await;
    let verbs = feed["changes"]["nodes"].as_array().expect("a list");
    assert!(verbs.iter().all(|it| it["verb"] == "configure"), "{feed:#}");
}
