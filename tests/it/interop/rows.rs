//! What rows do to the register.

use kada::auth::Role;
use serde_json::{Value, json};

use super::{counts, import};
use crate::support::world::{Caller, World};

/// As a spreadsheet in a francophone country writes it.
const FILE: &str = "\u{feff}family_name;given_names;sex;birth_date;matricule;phone;facility;cadre;employment_type;starts_on\r\n\
    Traoré;Aminata;F;17/05/1980;M-001;65 01 23 45;F-A1;MW;permanent;01/02/2010\r\n\
    N’Diaye;Jean-Baptiste;Homme;1975-12-01;M-002;;Établissement H-A1;Médecin;Permanent;2005-10-01\r\n\
    Madalitso;;mke;;M-003;+265 991 23 45 67;S-A1;PSW;volunteer;3.4.2021\r\n";

async fn workers(caller: &Caller<'_>) -> Value {
    let query = "{ workers(first: 50, sort: NAME) { nodes {
        name sex birthDate version identifiers { type { code } value } contacts { value preferred }
        postings { facility { code } cadre { code } employmentType { code } startsOn endsOn endReason { code } }
        history(first: 5) { verb }
    } } }";
    caller.data(query, json!({})).await["workers"]["nodes"].take()
}

#[tokio::test]
async fn a_file_comes_in_and_once_more_changes_nothing() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let first = import(&manager, FILE.as_bytes(), json!({})).await;
    assert_eq!(counts(&first), [3, 0, 0, 0], "{first:#}");
    let people = workers(&manager).await;
    insta::assert_json_snapshot!(people, @r#"
    [
      {
        "birthDate": null,
        "contacts": [
          {
            "preferred": true,
            "value": "+265991234567"
          }
        ],
        "history": [
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-003"
          }
        ],
        "name": "Madalitso",
        "postings": [
          {
            "cadre": {
              "code": "PSW"
            },
            "employmentType": {
              "code": "volunteer"
            },
            "endReason": null,
            "endsOn": null,
            "facility": {
              "code": "S-A1"
            },
            "startsOn": "2021-04-03"
          }
        ],
        "sex": "FEMALE",
        "version": 1
      },
      {
        "birthDate": "1975-12-01",
        "contacts": [],
        "history": [
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-002"
          }
        ],
        "name": "Jean-Baptiste N’Diaye",
        "postings": [
          {
            "cadre": {
              "code": "DOC"
            },
            "employmentType": {
              "code": "permanent"
            },
            "endReason": null,
            "endsOn": null,
            "facility": {
              "code": "H-A1"
            },
            "startsOn": "2005-10-01"
          }
        ],
        "sex": "MALE",
        "version": 1
      },
      {
        "birthDate": "1980-05-17",
        "contacts": [
          {
            "preferred": true,
            "value": "+22365012345"
          }
        ],
        "history": [
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-001"
          }
        ],
        "name": "Aminata Traoré",
        "postings": [
          {
            "cadre": {
              "code": "MW"
            },
            "employmentType": {
              "code": "permanent"
            },
            "endReason": null,
            "endsOn": null,
            "facility": {
              "code": "F-A1"
            },
            "startsOn": "2010-02-01"
          }
        ],
        "sex": "FEMALE",
        "version": 1
      }
    ]
    "#);
    let again = import(&manager, FILE.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 3, 0], "{again:#}");
    assert_eq!(workers(&manager).await, people);
}

#[tokio::test]
async fn what_a_later_file_says_is_brought_up_to_date() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    import(&manager, FILE.as_bytes(), json!({})).await;
    let later = "matricule,phone,facility,cadre,starts_on,ends_on,end_reason,given_names\n\
        M 001,66 00 00 01,F-A2,MW,2024-01-01,,,Aminata\n\
        M-002,,H-A1,DOC,2005-10-01,2023-12-31,retirement,\n\
        M-003,,,,,,,Chisomo\n";
    let payload = import(&manager, later.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 3, 0, 0], "{payload:#}");
    insta::assert_json_snapshot!(workers(&manager).await, @r#"
    [
      {
        "birthDate": null,
        "contacts": [
          {
            "preferred": true,
            "value": "+265991234567"
          }
        ],
        "history": [
          {
            "verb": "correct"
          },
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-003"
          }
        ],
        "name": "Chisomo Madalitso",
        "postings": [
          {
            "cadre": {
              "code": "PSW"
            },
            "employmentType": {
              "code": "volunteer"
            },
            "endReason": null,
            "endsOn": null,
            "facility": {
              "code": "S-A1"
            },
            "startsOn": "2021-04-03"
          }
        ],
        "sex": "FEMALE",
        "version": 2
      },
      {
        "birthDate": "1975-12-01",
        "contacts": [],
        "history": [
          {
            "verb": "end_posting"
          },
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-002"
          }
        ],
        "name": "Jean-Baptiste N’Diaye",
        "postings": [
          {
            "cadre": {
              "code": "DOC"
            },
            "employmentType": {
              "code": "permanent"
            },
            "endReason": {
              "code": "retirement"
            },
            "endsOn": "2023-12-31",
            "facility": {
              "code": "H-A1"
            },
            "startsOn": "2005-10-01"
          }
        ],
        "sex": "MALE",
        "version": 2
      },
      {
        "birthDate": "1980-05-17",
        "contacts": [
          {
            "preferred": true,
            "value": "+22365012345"
          },
          {
            "preferred": false,
            "value": "+22366000001"
          }
        ],
        "history": [
          {
            "verb": "correct"
          },
          {
            "verb": "register"
          }
        ],
        "identifiers": [
          {
            "type": {
              "code": "matricule"
            },
            "value": "M-001"
          }
        ],
        "name": "Aminata Traoré",
        "postings": [
          {
            "cadre": {
              "code": "MW"
            },
            "employmentType": {
              "code": "permanent"
            },
            "endReason": null,
            "endsOn": null,
            "facility": {
              "code": "F-A2"
            },
            "startsOn": "2024-01-01"
          },
          {
            "cadre": {
              "code": "MW"
            },
            "employmentType": {
              "code": "permanent"
            },
            "endReason": {
              "code": "transfer"
            },
            "endsOn": "2023-12-31",
            "facility": {
              "code": "F-A1"
            },
            "startsOn": "2010-02-01"
          }
        ],
        "sex": "FEMALE",
        "version": 2
      }
    ]
    "#);
    let again = import(&manager, later.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 3, 0], "{again:#}");
}

#[tokio::test]
async fn a_row_that_is_wrong_stands_alone() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager).language("fr");
    let file = "family_name,given_names,sex,birth_date,nina,matricule,phone,facility,cadre,employment_type,starts_on,comment\n\
        Keïta,Awa,F,1990-01-01,,M-1,65 01 23 45,F-A1,MW,permanent,2015-01-01,fine\n\
        Diarra,Ali,X,31/02/1990,,M-2,,F-A1,MW,permanent,2015-13-01,\n\
        Cissé,Oumar,M,1890-01-01,12,M-3,12,NOWHERE,G-NUR,slave,2015-01-01,\n\
        123,,M,1990-01-01,,M-4,,F-A1,MW,permanent,2015-01-01,\n\
        Sow,Binta,F,1990-01-01,,M-5,,F-OLD,MW,permanent,2016-01-01,\n\
        Ba,Issa,M,1990-01-01,,M-6,,F-A1,MW,,2015-01-01,\n\
        Koné,Fily,F,,,,,F-A1,MW,permanent,2015-01-01,\n\
        Sidibé,Moussa,M,1980-01-01,,M-7,,F-A1,NUR,permanent,2010-01-01,\n\
        Sidibé,Moussa,M,1980-01-01,,M-7,,F-A2,NUR,permanent,2009-01-01,overlaps\n\
        Autre,Awa,F,1991-01-01,,M-8,,F-A1,MW,permanent,2015-01-01,\n";
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [3, 0, 0, 7], "{payload:#}");
    insta::assert_snapshot!(payload["report"]["csv"].as_str().expect("a report"), @r#"
    row,outcome,column,code,message
    2,accepted,,,
    3,refused,sex,NOT_A_SEX,"X n’est ni F, ni M, ni inconnu."
    3,refused,birth_date,NOT_A_DATE,31/02/1990 n’est pas une date : écrivez 1980-05-17 ou 17/05/1980.
    3,refused,starts_on,NOT_A_DATE,2015-13-01 n’est pas une date : écrivez 1980-05-17 ou 17/05/1980.
    4,refused,birth_date,INVALID_BIRTH_DATE,La date de naissance doit être comprise entre 1900 et aujourd’hui.
    4,refused,nina,INVALID_IDENTIFIER,12 ne s’écrit pas comme un identifiant du type nina.
    4,refused,phone,INVALID_PHONE,"12 n’est ni un numéro de téléphone de ce pays, ni un numéro international commençant par +."
    4,refused,facility,FACILITY_NOT_FOUND,Cet établissement n’existe pas.
    4,refused,cadre,CADRE_IS_A_GROUP,G-NUR est un groupe de cadres ; personne ne peut y être affecté.
    4,refused,employment_type,UNKNOWN_EMPLOYMENT_TYPE,slave n’est pas une condition d’emploi de ce pays.
    5,refused,family_name,INVALID_NAME,"Le nom doit compter de 1 à 100 caractères, dont au moins une lettre, sans caractère de contrôle."
    6,refused,facility,FACILITY_CLOSED,L’établissement est fermé à cette date.
    7,refused,employment_type,MISSING,Cette donnée est nécessaire et manque.
    8,refused,,NOBODY_NAMED,"Rien ne dit de qui il s’agit : donnez un identifiant, ou le nom et la date de naissance."
    9,accepted,,,
    10,refused,starts_on,OVERLAPS,Une autre affectation principale couvre cette date.
    11,accepted,,,
    "#);
    assert_eq!(payload["report"]["ignoredColumns"], json!(["comment"]));
    let names = workers(&manager).await;
    let names: Vec<&str> = (names.as_array().expect("a list").iter())
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(names, ["Awa Autre", "Awa Keïta", "Moussa Sidibé"]);
}

#[tokio::test]
async fn a_rehearsal_tells_and_changes_nothing() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let told = import(&manager, FILE.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!(counts(&told), [3, 0, 0, 0]);
    assert_eq!(workers(&manager).await, json!([]));
    let done = import(&manager, FILE.as_bytes(), json!({})).await;
    assert_eq!(counts(&done), [3, 0, 0, 0]);
}

#[tokio::test]
async fn nobody_imports_beyond_their_reach() {
    let world = World::new().await;
    let country = world.country().await;
    let district = country.caller(Role::HrManager).scope(&["A-1"]);
    let file = "family_name,birth_date,matricule,sex,facility,cadre,employment_type,starts_on\n\
        Here,1990-01-01,M-1,F,F-A1,MW,permanent,2015-01-01\n\
        There,1990-01-01,M-2,F,F-B1,MW,permanent,2015-01-01\n";
    let payload = import(&district, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 0, 1]);
    assert_eq!(
        payload["report"]["problems"][0]["code"],
        "OUTSIDE_YOUR_SCOPE"
    );
    let manager = country.caller(Role::HrManager);
    import(&manager, file.as_bytes(), json!({})).await;
    let known = "matricule,given_names\nM-2,Stolen\n";
    let payload = import(&district, known.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 0, 1]);
    for role in [
        Role::HrOfficer,
        Role::DataClerk,
        Role::Viewer,
        Role::Auditor,
    ] {
        let (_, body) = super::send(&country.caller(role), file.as_bytes(), json!({})).await;
        assert_eq!(
            body["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{role:?}: {body:#}"
        );
    }
}

#[tokio::test]
async fn two_who_bring_the_same_people_make_them_once() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let mut file = String::from("family_name,birth_date,matricule,sex,org_unit,sector\n");
    for at in 0..3_000 {
        use std::fmt::Write;
        writeln!(file, "Traoré,1990-01-01,M-{at},F,A-1,health").expect("a row");
    }
    let imports = (0..3).map(|_| import(&manager, file.as_bytes(), json!({})));
    let payloads = futures_util::future::join_all(imports).await;
    let sum = payloads.iter().map(counts).fold([0; 4], |mut sum, it| {
        sum.iter_mut().zip(it).for_each(|(sum, it)| *sum += it);
        sum
    });
    assert_eq!(sum, [3_000, 0, 6_000, 0]);
}

#[tokio::test]
async fn numbers_may_pass_from_one_person_to_another() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let head = "family_name,birth_date,sex,nina,matricule,org_unit,sector\n";
    let first = format!(
        "{head}One,1990-01-01,F,11111111111111A,M-1,A-1,health\n\
         Two,1991-01-01,F,22222222222222B,M-2,A-1,health\n"
    );
    assert_eq!(
        counts(&import(&manager, first.as_bytes(), json!({})).await),
        [2, 0, 0, 0]
    );
    // One person's number beside the other's: nobody can say who it is.
    let mixed = format!("{head}One,1990-01-01,F,11111111111111A,M-2,A-1,health\n");
    let payload = import(&manager, mixed.as_bytes(), json!({})).await;
    assert_eq!(payload["report"]["problems"][0]["code"], "IDENTIFIER_TAKEN");
    let moved = format!(
        "{head}One,1990-01-01,F,11111111111111A,M-9,A-1,health\n\
         Three,1992-01-01,F,33333333333333C,M-1,A-1,health\n"
    );
    let payload = import(&manager, moved.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 1, 0, 0], "{payload:#}");
}
