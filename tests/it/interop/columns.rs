//! A published field of a form is a column of a file at once.

use kada::auth::Role;
use serde_json::{Value, json};

use super::{counts, import};
use crate::forms::desk::{Desk, submit};
use crate::support::world::{Caller, World};

/// What a para-social worker's office asks; every kind of field that a column can have.
pub fn psw() -> Value {
    json!({ "schema": { "type": "object", "required": ["ward"], "properties": {
        "ward": { "type": "string", "maxLength": 40 }, "note": { "type": "string" },
        "households": { "type": "integer", "minimum": 0 }, "distance": { "type": "number" },
        "trainedOn": { "type": "string", "format": "date" },
        "payer": { "type": "string", "oneOf": [
            { "const": "ngo", "title": "Non-governmental", "x-translations": { "fr": { "title": "ONG" } } },
            { "const": "lga", "title": "Local government" } ] },
        "training": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["psw1", "psw2", "a|b"] } },
        "terms": { "type": "string", "x-codeList": "employment_type" },
        "stipend": { "type": "boolean" },
        "illness": { "type": "boolean", "x-sensitivity": "personal" },
        "home": { "type": "object", "properties": { "village": { "type": "string" } } },
        "double": { "type": "integer" },
        "children": { "type": "array", "items": { "type": "object", "properties": { "age": { "type": "integer" } } } },
    } }, "rules": {
        "double": { "computed": { "*": [{ "var": "households" }, 2] } },
        "distance": { "checks": [{ "rule": { "<": [{ "var": "distance" }, 500] },
            "message": { "en": "Nobody walks that far.", "fr": "Personne ne marche autant." } }] },
    } })
}

const HEAD: &str = "family_name;birth_date;matricule;org_unit;sector;answers.psw.ward;answers.psw.households;\
    answers.psw.distance;answers.psw.trainedOn;answers.psw.payer;answers.psw.training;answers.psw.terms;\
    answers.psw.stipend;answers.psw.home.village\n";

async fn answers(caller: &Caller<'_>) -> Vec<Value> {
    let query = "{ submissions(first: 50) { nodes { status answers personalAnswers formVersion { number } author } } }";
    let data = caller.data(query, json!({})).await;
    let mut all = data["submissions"]["nodes"]
        .as_array()
        .expect("answers")
        .clone();
    all.reverse();
    all
}

async fn named(caller: &Caller<'_>, condition: &str) -> Vec<String> {
    let query = format!(
        "{{ workers(first: 20, filter: {{answers: [{condition}]}}) {{ nodes {{ familyName }} }} }}"
    );
    let data = caller.data(&query, json!({})).await;
    let nodes = data["workers"]["nodes"].as_array().expect("workers").iter();
    nodes
        .filter_map(|it| it["familyName"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn people_come_in_with_their_answers_and_once_more_nothing_changes() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    desk.publish("psw", "WORKER", &psw()).await;
    let manager = country.caller(Role::HrManager);
    let file = format!(
        "{HEAD}Asha;1990-01-01;M-1;A-1;social;Mji;4;1 234,5;17/05/2020;ONG;psw1|a\\|b;Permanent;oui;Kati\n\
         Baraka;1991-01-01;M-2;A-1;social;Pwani;9;12.5;2021-05-17;lga;;volunteer;hapana;\n\
         Chausiku;1992-01-01;M-3;A-1;social;;;;;;;;;\n"
    );
    // 1234.5 km is too far for the form: the row stands alone, and its person is not registered either.
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [2, 0, 0, 1], "{payload:#}");
    let problem = &payload["report"]["problems"][0];
    assert_eq!(
        (&problem["column"], &problem["code"], &problem["message"]),
        (
            &json!("answers.psw.distance"),
            &json!("CHECK_FAILED"),
            &json!("Personne ne marche autant.")
        )
    );
    assert_eq!(payload["report"]["ignoredColumns"], json!([]));
    let file = file.replace("1 234,5", "12,5");
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 2, 0], "{payload:#}");
    let taken = answers(&manager).await;
    assert_eq!(taken.len(), 2);
    assert_eq!(
        taken[1],
        json!({ "status": "SUBMITTED", "formVersion": { "number": 1 }, "author": taken[0]["author"], "personalAnswers": {},
            "answers": { "ward": "Mji", "households": 4, "distance": 12.5, "trainedOn": "2020-05-17", "payer": "ngo",
                "training": ["psw1", "a|b"], "terms": "permanent", "stipend": true, "home": { "village": "Kati" }, "double": 8 } })
    );
    for (condition, expected) in [
        (
            "{form: \"psw\", field: \"ward\", anyOf: [\"Mji\"]}",
            vec!["Asha"],
        ),
        (
            "{form: \"psw\", field: \"double\", least: 9}",
            vec!["Baraka"],
        ),
        (
            "{form: \"psw\", field: \"stipend\", anyOf: [\"false\"]}",
            vec!["Baraka"],
        ),
        (
            "{form: \"psw\", field: \"ward\", answered: false}",
            vec!["Chausiku"],
        ),
    ] {
        assert_eq!(named(&manager, condition).await, expected, "{condition}");
    }
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 3, 0], "{payload:#}");
    assert_eq!(answers(&manager).await, taken);
}

#[tokio::test]
async fn what_a_file_does_not_say_stays_as_it_was_answered() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &psw()).await;
    let id = country.register("Asha", "F-A1", "MW", "2020-01-01").await;
    let given =
        json!({ "ward": "Mji", "households": 4, "illness": true, "children": [{ "age": 3 }] });
    let input = json!({ "form": form["id"], "about": { "worker": id }, "answers": given });
    submit(&desk.admin, "submitForm", input).await;
    let manager = country.caller(Role::HrManager);
    let same = format!("worker_id,answers.psw.ward\n{id},Mji\n");
    let payload = import(&manager, same.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 1, 0], "{payload:#}");

    // In the words of the next version, and over two rows of one person.
    let mut next = psw();
    let ward = next["schema"]["properties"]["ward"].clone();
    let properties = next["schema"]["properties"]
        .as_object_mut()
        .expect("fields");
    properties.remove("ward");
    properties.insert("kata".to_owned(), ward);
    next["schema"]["required"] = json!(["kata"]);
    let mapping =
        json!([{ "from": "ward", "to": "kata", "values": [{ "from": "Mji", "to": "Mjini" }] }]);
    desk.publish_mapped("psw", "WORKER", &next, mapping).await;
    let renamed = format!("worker_id,answers.psw.ward,answers.psw.kata\n{id},Mji,Mjini\n");
    let payload = import(&manager, renamed.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 1, 0], "{payload:#}");
    assert_eq!(
        payload["report"]["ignoredColumns"],
        json!(["answers.psw.ward"])
    );
    let file = format!("worker_id,answers.psw.households,answers.psw.stipend\n{id},5,\n{id},,no\n");
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 2, 0, 0], "{payload:#}");
    let taken = answers(&manager).await;
    assert_eq!(taken.len(), 3);
    assert_eq!(
        (
            &taken[2]["answers"],
            &taken[2]["personalAnswers"],
            &taken[2]["formVersion"]["number"]
        ),
        (
            &json!({ "kata": "Mjini", "households": 5, "double": 10, "stipend": false, "children": [{ "age": 3 }] }),
            &json!({ "illness": true }),
            &json!(2)
        )
    );
    let history = "query($id: ID!) { worker(by: {id: $id}) { version } changes(first: 50) { nodes { verb } } }";
    let data = manager.data(history, json!({ "id": id })).await;
    assert_eq!(
        data["worker"]["version"], 1,
        "the record itself is as it was"
    );
    let verbs = data["changes"]["nodes"].as_array().expect("changes").iter();
    assert_eq!(verbs.filter(|it| it["verb"] == "submit").count(), 3);
}

#[tokio::test]
async fn answers_that_a_form_does_not_take_are_named_by_their_column() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    desk.publish("psw", "WORKER", &psw()).await;
    let save = "mutation($input: SaveImportMappingInput!) { saveImportMapping(input: $input) { errors { code message } } }";
    let column = |header: &str, field: &str| json!({ "header": header, "field": field });
    for (field, expected) in [
        ("answers.psw.none", json!("NO_SUCH_FIELD")),
        ("answers.psw.home", json!("NO_SUCH_FIELD")),
        ("answers.psw.children.age", json!("NO_SUCH_FIELD")),
        ("answers.none.ward", json!("NO_SUCH_FIELD")),
        ("answers.psw.ward", Value::Null),
    ] {
        let columns = [column("Matricule", "matricule"), column("Kata", field)];
        let input = json!({ "input": { "name": "kata", "columns": columns } });
        let saved = desk.admin.data(save, input).await;
        assert_eq!(
            saved["saveImportMapping"]["errors"][0]["code"], expected,
            "{field}"
        );
    }
    let manager = country.caller(Role::HrManager).language("fr");
    let file = format!(
        "{HEAD}A;1990-01-01;M-1;A-1;social;Mji;many;x;31/02/2020;nobody;psw1|psw3;slave;maybe;\n\
         B;1990-01-01;M-2;A-1;social;{long};-1;;;;;;;\n\
         C;1990-01-01;M-3;A-1;social;;1,5;;;;;;;\n\
         D;1990-01-01;M-4;A-1;social;Mji;1;;;;;;;\n",
        long = "x".repeat(41)
    );
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 0, 3], "{payload:#}");
    insta::assert_snapshot!(payload["report"]["csv"].as_str().expect("a report"), @r#"
    row,outcome,column,code,message
    2,refused,answers.psw.households,NOT_A_NUMBER,"many n’est pas un nombre : écrivez 1234,5 ou 1234.5."
    2,refused,answers.psw.distance,NOT_A_NUMBER,"x n’est pas un nombre : écrivez 1234,5 ou 1234.5."
    2,refused,answers.psw.trainedOn,NOT_A_DATE,31/02/2020 n’est pas une date : écrivez 1980-05-17 ou 17/05/1980.
    2,refused,answers.psw.payer,NOT_AN_OPTION,Ce n’est pas une des options.
    2,refused,answers.psw.training,NOT_AN_OPTION,Ce n’est pas une des options.
    2,refused,answers.psw.terms,NOT_AN_OPTION,Ce n’est pas une des options.
    2,refused,answers.psw.stipend,NOT_YES_OR_NO,maybe n’est ni oui ni non.
    3,refused,answers.psw.households,OUT_OF_RANGE,"Le nombre est trop petit, trop grand, ou n’est pas un multiple."
    3,refused,answers.psw.ward,WRONG_LENGTH,Le texte est trop court ou trop long.
    4,refused,answers.psw.households,WRONG_TYPE,Il faut ici une valeur du type integer.
    5,accepted,,,
    "#);
    assert_eq!(answers(&manager).await.len(), 1);

    // By the saved mapping; what the mapping does not name is left alone.
    let file = "Matricule,Kata,answers.psw.households\nM-4,Pwani,7\n";
    let payload = import(&manager, file.as_bytes(), json!({ "mapping": "kata" })).await;
    assert_eq!(counts(&payload), [0, 1, 0, 0], "{payload:#}");
    assert_eq!(answers(&manager).await[1]["answers"]["households"], 1);
}

#[tokio::test]
async fn answers_about_a_posting_stand_in_the_row_of_the_posting() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let fields = json!({ "housing": { "type": "boolean" } });
    desk.publish("post", "POSTING", &crate::forms::desk::fields(fields))
        .await;
    let manager = country.caller(Role::HrManager);
    let file = "matricule,family_name,facility,cadre,employment_type,starts_on,answers.post.housing\n\
        M-1,Asha,F-A1,MW,permanent,2020-01-01,yes\n\
        M-1,Asha,F-A2,MW,permanent,2022-01-01,no\n\
        M-2,Baraka,,,,,yes\n";
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [2, 0, 0, 1], "{payload:#}");
    let query = "{ submissions(first: 9) { nodes { subject answers } } }";
    let data = manager.data(query, json!({})).await;
    let told = data["submissions"]["nodes"].as_array().expect("answers");
    let told: Vec<(&Value, &Value)> = (told.iter())
        .map(|it| (&it["subject"], &it["answers"]["housing"]))
        .collect();
    let posting = json!("POSTING");
    assert_eq!(told, [(&posting, &json!(false)), (&posting, &json!(true))]);
    let again = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 2, 1], "{again:#}");
}

#[tokio::test]
async fn a_rehearsal_and_a_foreign_district_leave_no_answer() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    desk.publish("psw", "WORKER", &psw()).await;
    let id = country.register("Asha", "F-B1", "MW", "2020-01-01").await;
    let file = format!("worker_id,answers.psw.ward\n{id},Mji\n");
    let manager = country.caller(Role::HrManager);
    let told = import(&manager, file.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!(counts(&told), [0, 1, 0, 0]);
    let district = country.caller(Role::HrManager).scope(&["A-1"]);
    let payload = import(&district, file.as_bytes(), json!({})).await;
    assert_eq!(
        payload["report"]["problems"][0]["code"],
        "OUTSIDE_YOUR_SCOPE"
    );
    assert_eq!(answers(&manager).await, Vec::<Value>::new());
    assert_eq!(
        named(&manager, "{form: \"psw\", field: \"ward\"}").await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn several_numbers_stand_in_one_cell_and_a_guarded_cell_is_no_formula() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let file = "family_name,birth_date,matricule,phone,org_unit,sector\n\
        Asha,1990-01-01,M-1|M-2,'+22365012345|65012346,A-1,health\n";
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 0, 0], "{payload:#}");
    let query =
        "{ workers(first: 1) { nodes { identifiers { value } contacts { value preferred } } } }";
    let data = manager.data(query, json!({})).await;
    assert_eq!(
        data["workers"]["nodes"][0],
        json!({ "identifiers": [{ "value": "M-1" }, { "value": "M-2" }],
            "contacts": [{ "value": "+22365012345", "preferred": true }, { "value": "+22365012346", "preferred": false }] })
    );
    let again = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{again:#}");
}

#[tokio::test]
async fn two_who_bring_the_same_answers_make_them_once() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &psw()).await;
    let manager = country.caller(Role::HrManager);
    let mut file =
        String::from("family_name,birth_date,matricule,org_unit,sector,answers.psw.ward\n");
    for at in 0..200 {
        use std::fmt::Write;
        writeln!(file, "Ba,1990-01-01,M-{at},A-1,health,Mji {at}").expect("a row");
    }
    let imports = (0..3).map(|_| import(&manager, file.as_bytes(), json!({})));
    let payloads = futures_util::future::join_all(imports).await;
    let sum = payloads.iter().map(counts).fold([0; 4], |mut sum, it| {
        sum.iter_mut().zip(it).for_each(|(sum, it)| *sum += it);
        sum
    });
    assert_eq!(sum, [200, 0, 400, 0]);
    let totals = "query($form: ID!) { submissions(first: 1, filter: {form: $form}) { totalCount }
        workers(first: 1, filter: {answers: [{form: \"psw\", field: \"ward\"}]}) { totalCount nodes { id } } }";
    let data = manager.data(totals, json!({ "form": form["id"] })).await;
    assert_eq!(
        (
            &data["submissions"]["totalCount"],
            &data["workers"]["totalCount"]
        ),
        (&json!(200), &json!(200))
    );

    // Who answers for one person while a file brings answers for all is not lost behind it.
    let later = file.replace("Mji", "Mjini");
    let worker = &data["workers"]["nodes"][0]["id"];
    let given = json!({ "form": form["id"], "about": { "worker": worker }, "answers": { "ward": "Pwani", "note": "by hand" } });
    let (payload, submitted) = futures_util::future::join(
        import(&manager, later.as_bytes(), json!({})),
        submit(&desk.admin, "submitForm", given),
    )
    .await;
    assert_eq!(counts(&payload), [0, 200, 0, 0], "{payload:#}");
    assert_eq!(submitted["errors"], json!([]));
    let newest = "query($worker: ID!) { submissions(first: 1, filter: {worker: $worker}) { nodes { answers } } }";
    let data = manager.data(newest, json!({ "worker": worker })).await;
    let ward = data["submissions"]["nodes"][0]["answers"]["ward"]
        .as_str()
        .expect("a ward");
    let condition = format!("{{form: \"psw\", field: \"ward\", anyOf: [\"{ward}\"]}}");
    assert_eq!(named(&manager, &condition).await.len(), 1, "{ward}");
}
