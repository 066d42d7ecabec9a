//! A form that comes as a workbook and leaves as one, by the commands of the README.

use std::fs;

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use super::Desk;
use crate::support::database::TestDatabase;

fn visits() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("survey").expect("a sheet");
    let rows: [&[&str]; 4] = [
        &["type", "name", "label", "relevant"],
        &["text", "ward", "Ward", ""],
        &["geopoint", "place", "Place", ""],
        &["date", "on", "On", "${ward} != ''"],
    ];
    for (number, row) in (0..).zip(rows) {
        for (column, content) in (0..).zip(row) {
            sheet
                .write_string(number, column, *content)
                .expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn a_form_comes_and_goes_as_a_file() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    fs::write(desk.path("visits.xlsx"), visits()).expect("ours");
    let import = |more: &[&str]| {
        let words = [
            "import",
            "form",
            "visits.xlsx",
            "--tenant",
            code.as_str(),
            "--code",
            "visits",
        ];
        desk.run(&[&words[..], more].concat())
    };
    let early = import(&["--title", "Visits"]);
    assert!(
        !early.good && early.err.contains("--subject"),
        "{}",
        early.err
    );
    let untitled = import(&["--subject", "worker"]);
    assert!(
        !untitled.good && untitled.err.contains("NO_TITLE"),
        "{}",
        untitled.err
    );
    let all = ["--subject", "worker", "--title", "Visits"];
    let rehearsed = import(&[&all[..], &["--dry-run"]].concat());
    assert!(
        rehearsed.good && rehearsed.out.contains("would be saved"),
        "{}",
        rehearsed.err
    );
    let export = |format: &str, file: &[&str]| {
        let words = [
            "export",
            "form",
            "visits",
            "--tenant",
            code.as_str(),
            "--as",
            format,
        ];
        desk.run(&[&words[..], file].concat())
    };
    let nothing = export("questionnaire", &[]);
    assert!(
        !nothing.good && nothing.err.contains("no form visits"),
        "{}",
        nothing.err
    );
    let done = import(&all);
    assert!(
        done.good
            && done
                .out
                .contains("saved as the draft of visits: 2 fields, 1 losses"),
        "{}{}",
        done.out,
        done.err
    );
    assert!(done.err.contains("survey, row 3, type: "), "{}", done.err);
    // Once more it is the draft again, and nobody is asked what is known.
    assert!(import(&[]).good);

    let questionnaire = export("questionnaire", &[]);
    let resource: Value = serde_json::from_str(&questionnaire.out).expect("JSON");
    assert_eq!(resource["item"][1]["enableWhen"][0]["question"], "ward");
    let workbook = export("xlsform", &["back.xlsx"]);
    assert!(
        workbook.good && workbook.err.contains("OWN_COLUMN"),
        "{}",
        workbook.err
    );
    let words = [
        "import",
        "form",
        "back.xlsx",
        "--tenant",
        code.as_str(),
        "--code",
        "visits",
    ];
    let back = desk.run(&words);
    assert!(
        back.good && back.out.contains("2 fields, 0 losses"),
        "{}{}",
        back.out,
        back.err
    );
    fs::write(desk.path("broken.xlsx"), "no workbook").expect("ours");
    let broken = desk.run(&[
        "import",
        "form",
        "broken.xlsx",
        "--tenant",
        code.as_str(),
        "--code",
        "x",
    ]);
    assert!(
        !broken.good && broken.err.contains("XLSX"),
        "{}",
        broken.err
    );
}
