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
    let chain = desk.done(&["ledger", "verify", code.as_str()]);
    assert!(chain.contains("the chain holds"), "{chain}");
}
