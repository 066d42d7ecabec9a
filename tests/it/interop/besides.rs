//! Who people are besides, as columns of a table.

use kada::auth::Role;
use serde_json::{Value, json};

use super::export::table;
use super::{counts, import};
use crate::support::world::{Caller, World};
use crate::workforce::office::Office;

const HEAD: &str = "matricule,family_name,birth_date,name_prefix,nationality,birth_country,marital_status,residence,address,\
    languages,emergency_contact,emergency_relation,emergency_phone,facility,cadre,employment_type,salary_grade,starts_on\n";

/// One with all of it, one with next to none.
const ROWS: &str = "M-1,Traoré,1980-05-17,Dr,ml,CI,Marié(e),A-1,\"Rue 12, porte 7\",BM|fr,Awa N’Diaye,spouse,65 01 23 45,\
    F-A1,MW,permanent,,2020-01-01\n\
    M-2,Keïta,1981-05-17,,,,,,,,,,,F-A1,NUR,permanent,,2020-01-01\n";

async fn known(caller: &Caller<'_>, number: &str) -> Value {
    let query = "query($number: String!) { worker(by: {identifier: {type: \"matricule\", value: $number}}) {
        id version particulars { namePrefix nationality birthCountry maritalStatus { code } residence { code } address
            languages relatives { name relation { code } phone isDependant isEmergencyContact } }
        postings { salaryGrade }
        history(first: 9) { verb content } } }";
    let mut data = caller.data(query, json!({ "number": number })).await;
    data["worker"].take()
}

fn file(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

#[tokio::test]
async fn they_come_in_with_a_table_and_go_out_with_it() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let first = import(&manager, file(ROWS).as_bytes(), json!({})).await;
    assert_eq!(counts(&first), [2, 0, 0, 0], "{first:#}");
    let mut told = known(&manager, "M-1").await;
    insta::assert_json_snapshot!(told["particulars"].take(), @r#"
    {
      "address": "Rue 12, porte 7",
      "birthCountry": "CI",
      "languages": [
        "bm",
        "fr"
      ],
      "maritalStatus": {
        "code": "married"
      },
      "namePrefix": "Dr",
      "nationality": "ML",
      "relatives": [
        {
          "isDependant": false,
          "isEmergencyContact": true,
          "name": "Awa N’Diaye",
          "phone": "+22365012345",
          "relation": {
            "code": "spouse"
          }
        }
      ],
      "residence": {
        "code": "A-1"
      }
    }
    "#);
    let again = import(&manager, file(ROWS).as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 2, 0], "{again:#}");
    let all = table(&manager, &[]).await;
    let again = import(&manager, all.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 2, 0], "{again:#}\n{all}");
    assert_eq!(again["report"]["ignoredColumns"], json!([]));
    let columns = "matricule,name_prefix,nationality,birth_country,marital_status,residence,address,languages,\
        emergency_contact,emergency_relation,emergency_phone";
    let shown = table(&manager, &[("columns", columns)]).await;
    let rows: Vec<&str> = shown.split("\r\n").skip(1).collect();
    assert_eq!(
        rows,
        [
            "M-1,Dr,ML,CI,married,A-1,\"Rue 12, porte 7\",bm|fr,Awa N’Diaye,spouse,'+22365012345",
            "M-2,,,,,,,,,,",
            ""
        ]
    );
}

#[tokio::test]
async fn what_a_later_table_says_is_brought_up_to_date_and_the_rest_stays() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let first = import(&manager, file(ROWS).as_bytes(), json!({})).await;
    assert_eq!(counts(&first), [2, 0, 0, 0], "{first:#}");
    let worker = known(&manager, "M-1").await["id"].take();
    let relatives = json!([
        { "name": "Awa N’Diaye", "relation": "spouse", "phone": "+22365012345", "isEmergencyContact": true },
        { "name": "Issa", "relation": "child", "isDependant": true },
    ]);
    let save = "mutation($input: SaveParticularsInput!) { saveParticulars(input: $input) { errors { code } } }";
    let input = json!({ "worker": worker, "baseVersion": 1, "relatives": relatives });
    let saved = manager.data(save, json!({ "input": input })).await;
    assert_eq!(saved["saveParticulars"]["errors"], json!([]));

    let later = "matricule,address,emergency_contact,emergency_relation,emergency_phone\n\
        M-1,Kita,ISSA,,66 01 23 45\n\
        M-2,,Binta,child,\n";
    let told = import(&manager, later.as_bytes(), json!({})).await;
    assert_eq!(counts(&told), [0, 2, 0, 0], "{told:#}");
    let told = known(&manager, "M-1").await;
    insta::assert_json_snapshot!(told["particulars"], @r#"
    {
      "address": "Kita",
      "birthCountry": "CI",
      "languages": [
        "bm",
        "fr"
      ],
      "maritalStatus": {
        "code": "married"
      },
      "namePrefix": "Dr",
      "nationality": "ML",
      "relatives": [
        {
          "isDependant": false,
          "isEmergencyContact": true,
          "name": "Awa N’Diaye",
          "phone": "+22365012345",
          "relation": {
            "code": "spouse"
          }
        },
        {
          "isDependant": true,
          "isEmergencyContact": true,
          "name": "Issa",
          "phone": "+22366012345",
          "relation": {
            "code": "child"
          }
        }
      ],
      "residence": {
        "code": "A-1"
      }
    }
    "#);
    let last = &told["history"][0];
    assert_eq!(last["verb"], "correct");
    let changed: Vec<&String> = last["content"]["fields"]
        .as_object()
        .expect("fields")
        .keys()
        .collect();
    assert_eq!(changed, ["address", "relatives"]);
    let other = known(&manager, "M-2").await;
    assert_eq!(other["particulars"]["relatives"][0]["name"], "Binta");
    assert_eq!(
        other["particulars"]["relatives"][0]["isEmergencyContact"],
        true
    );
}

#[tokio::test]
async fn a_row_that_is_wrong_names_the_column() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let wrong = "M-1,Traoré,1980-05-17,\"D\tr\",Mali,CIV,veuf,X-9,ok,français,Awa,cousine,12,F-A1,MW,permanent,,2020-01-01\n\
        M-2,Keïta,1981-05-17,\"D\tr\",Mali,CIV,,,,français,Awa,spouse,12,F-A1,MW,permanent,G9,2020-01-01\n\
        M-3,Keïta,1982-05-17,,,,,,,,Awa,,,F-A1,MW,permanent,,2020-01-01\n\
        M-4,Keïta,1983-05-17,,,,,,,,,spouse,,F-A1,MW,permanent,,2020-01-01\n";
    let payload = import(&manager, file(wrong).as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 0, 4], "{payload:#}");
    insta::assert_snapshot!(payload["report"]["csv"].as_str().expect("a report"), @r#"
    row,outcome,column,code,message
    2,refused,marital_status,UNKNOWN_MARITAL_STATUS,veuf n’est aucune des situations de famille de ce pays.
    2,refused,residence,ORG_UNIT_NOT_FOUND,Cette unité administrative n’existe pas.
    2,refused,emergency_relation,UNKNOWN_RELATION,cousine n’est aucun des liens de parenté de ce pays.
    3,refused,nationality,INVALID_COUNTRY,"Un pays s’écrit en deux majuscules, selon ISO 3166-1 : ML."
    3,refused,birth_country,INVALID_COUNTRY,"Un pays s’écrit en deux majuscules, selon ISO 3166-1 : ML."
    3,refused,name_prefix,INVALID_TEXT,"Le texte est vide, trop long, ou contient des caractères de contrôle."
    3,refused,languages,INVALID_LANGUAGE,"Les langues s’écrivent avec deux ou trois minuscules, comme dans la norme ISO 639, chacune une fois : français ne convient pas."
    3,refused,emergency_phone,INVALID_PHONE,"12 n’est ni un numéro de téléphone de ce pays, ni un numéro international commençant par +."
    3,refused,salary_grade,UNKNOWN_SALARY_GRADE,G9 n’est pas un grade de ce cadre.
    4,refused,emergency_relation,MISSING,Cette donnée est nécessaire et manque.
    5,refused,emergency_contact,INVALID_TEXT,"Le texte est vide, trop long, ou contient des caractères de contrôle."
    "#);
}

#[tokio::test]
async fn they_go_out_to_those_who_may_read_the_whole_record() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let first = import(&manager, file(ROWS).as_bytes(), json!({})).await;
    assert_eq!(counts(&first), [2, 0, 0, 0], "{first:#}");
    let viewer = country.caller(Role::Viewer);
    let shown = table(&viewer, &[]).await;
    assert!(
        !shown.contains("nationality") && !shown.contains("Awa"),
        "{shown}"
    );
    assert!(shown.contains("salary_grade"), "{shown}");
    for column in ["nationality", "emergency_phone", "address"] {
        let refused = super::export::refusal(&viewer, &[("columns", column)]).await;
        assert_eq!(refused.1, "COLUMN_FORBIDDEN", "{column}");
    }
}

#[tokio::test]
async fn a_grade_is_one_of_its_cadre() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let grades = json!({
        "cadre": office.id("MW"), "baseVersion": 1, "from": "2000-01-01", "salaryGrades": ["G1", "G2"],
    });
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) { errors { errorCode } } }";
    let admin = office.country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": grades })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
    let row = |grade: &str, cadre: &str| {
        let row = format!("M-1,Traoré,1980-05-17,{cadre},{grade},F-A1,permanent,2020-01-01\n");
        format!(
            "matricule,family_name,birth_date,cadre,salary_grade,facility,employment_type,starts_on\n{row}"
        )
    };
    for (grade, cadre, outcome, stands) in [
        ("G1", "MW", [1, 0, 0, 0], json!("G1")),
        ("", "MW", [0, 0, 1, 0], json!("G1")),
        ("G2", "MW", [0, 1, 0, 0], json!("G2")),
        ("G9", "MW", [0, 0, 0, 1], json!("G2")),
        ("", "NUR", [0, 1, 0, 0], json!(null)),
    ] {
        let payload = import(manager, row(grade, cadre).as_bytes(), json!({})).await;
        assert_eq!(counts(&payload), outcome, "{grade} {cadre}: {payload:#}");
        let told = known(manager, "M-1").await;
        assert_eq!(
            told["postings"][0]["salaryGrade"], stands,
            "{grade} {cadre}"
        );
    }
}
