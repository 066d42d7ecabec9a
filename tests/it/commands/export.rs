//! `kada export`: the register as a file that `kada import` takes back.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Desk;
use crate::support::database::TestDatabase;

#[tokio::test]
async fn a_register_goes_out_and_comes_back_by_the_command_line() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    let file = "family_name,birth_date,matricule,sex,org_unit,sector\n\
        Traoré,1990-01-01,M-1,F,A-1,health\n=Ba,1991-01-01,M-2,F,B-1,social\n";
    fs::write(desk.path("people.csv"), file).expect("ours");
    let tenant = ["--tenant", code.as_str()];
    let import = |file| desk.done(&[&["import", "workers", file], &tenant[..]].concat());
    import("people.csv");
    let export = |more: &[&str]| {
        let words = [&["export", "workers", "out.csv"], &tenant[..], more].concat();
        desk.run(&words)
    };
    let said = export(&[]);
    assert!(
        said.good && said.out.contains("2 workers written to out.csv"),
        "{}{}",
        said.out,
        said.err
    );
    let told = import("out.csv");
    assert!(
        told.contains("accepted 0, changed 0, unchanged 2, refused 0"),
        "{told}"
    );
    let mode = fs::metadata(desk.path("out.csv"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "it tells of people");

    let said = export(&[
        "--columns",
        "family_name,matricule",
        "--filter",
        "{\"name\": \"ba\"}",
    ]);
    assert!(said.good, "{}", said.err);
    let written = fs::read_to_string(desk.path("out.csv")).expect("a file");
    assert_eq!(written, "\u{feff}family_name,matricule\r\n'=Ba,M-2\r\n");
    for (file, begins) in [
        ("out.xlsx", &b"PK\x03\x04"[..]),
        ("out.ndjson", b"{\"worker_id\":\"wkr_"),
    ] {
        let said = desk.run(&[&["export", "workers", file], &tenant[..]].concat());
        assert!(said.good, "{}", said.err);
        assert!(
            fs::read(desk.path(file))
                .expect("a file")
                .starts_with(begins)
        );
    }
    assert!(import("out.xlsx").contains("unchanged 2"));
    let said = desk.run(&[&["export", "workers", "out.pdf"], &tenant[..]].concat());
    assert!(
        !said.good && said.err.contains(".csv, .xlsx, .ndjson"),
        "{}",
        said.err
    );
    for (more, expected) in [
        (["--columns", "shoe_size"], "There is no column shoe_size."),
        (
            ["--filter", "{\"nom\": \"ba\"}"],
            "filter is no filter of workers",
        ),
        (["--filter", "ba"], "the filter is no JSON"),
    ] {
        let said = export(&more);
        assert!(!said.good && said.err.contains(expected), "{}", said.err);
    }
    // And on paper.
    let table = fs::read_to_string(desk.path("out.csv")).expect("a file");
    assert!(table.starts_with("\u{feff}family_name"), "{table}");
    let said = export(&["--columns", "worker_id"]);
    assert!(said.good, "{}", said.err);
    let table = fs::read_to_string(desk.path("out.csv")).expect("a file");
    let worker = table.lines().nth(1).expect("a row").to_owned();
    let print = |words: &[&str]| desk.run(&[&["export"], words, &tenant[..]].concat());
    let said = print(&["cv", &worker, "cv.pdf", "--language", "fr"]);
    assert!(
        said.good && said.out.contains("cv.pdf written"),
        "{}",
        said.err
    );
    let written = fs::read(desk.path("cv.pdf")).expect("a file");
    assert!(written.starts_with(b"%PDF-"));
    let mode = fs::metadata(desk.path("cv.pdf")).expect("a file");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    for (words, expected) in [
        (
            &["cv", "wkr_00000000000070008000000000000000", "x.pdf"][..],
            "There is no such worker.",
        ),
        (&["cv", "Ba", "x.pdf"], "Ba is no worker's id"),
        (
            &["cards", "x.pdf", "--worker", &worker],
            "those who serve today",
        ),
        (&["cards", "x.pdf"], "those who serve today"),
        (
            &["cards", "x.pdf", "--filter", "ba"],
            "the filter is no JSON",
        ),
    ] {
        let said = print(words);
        assert!(!said.good && said.err.contains(expected), "{}", said.err);
        assert!(!desk.path("x.pdf").exists());
    }
    let chain = desk.done(&["ledger", "verify", code.as_str()]);
    assert!(chain.contains("the chain holds"), "{chain}");
}
