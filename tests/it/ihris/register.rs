//! What becomes of the resources of a small registry, and what does not.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kada::interop::ihris::{self, Carried, Losses, SurveyError};
use kada::kernel::Text;
use serde_json::{Value, json};

use super::{bundles, lines, survey};

fn english(text: &Text) -> &str {
    text.0.get("en").expect("an English text")
}

#[test]
fn locations_become_org_units_and_facilities() {
    let register = survey(&bundles(), &mut Losses::default());
    let country = register.country.expect("a country");
    assert_eq!(
        (country.name.as_str(), country.iso.as_deref()),
        ("Zanda", Some("ZZ"))
    );
    let mut rows: Vec<String> = register
        .levels
        .iter()
        .map(|it| format!("level {}", json!(it)))
        .collect();
    rows.extend(register.places.units.iter().map(|it| {
        let parent = it.parent.as_deref().unwrap_or("-");
        format!(
            "{} {} {parent} {} {}",
            it.code,
            it.level,
            english(&it.name),
            it.kind
        )
    }));
    rows.extend(register.places.facilities.iter().map(|it| {
        let setting = it.setting.as_str();
        format!(
            "{} {} {} {} {setting} {}",
            it.code, it.unit, it.type_code, it.ownership, it.name
        )
    }));
    let types = register.places.types.iter().map(|it| &it.class);
    rows.extend(types.map(|it| format!("type {} {}", it.code, english(&it.label))));
    let owners = register.places.ownerships.iter().map(|it| &it.class);
    rows.extend(owners.map(|it| {
        format!(
            "ownership {} {} {}",
            it.code,
            it.nhwa_group,
            english(&it.label)
        )
    }));
    insta::assert_snapshot!(rows.join("\n"), @r#"
    level {"en":"Region"}
    level {"en":"District"}
    level {"en":"Sub-County"}
    ZZ.A 1 - North Region
    ZZ.A.1 2 ZZ.A Dalisu District
    ZZ.B 1 - South Region
    ZZ.B.1 2 ZZ.B Kunde District
    ZZ.B.1.S 3 ZZ.B.1 Mereka Sub-County
    unplaced 1 - Not placed 
    ZZ.A.1.F1 ZZ.A.1 HOSP government unknown Dalisu Hospital
    ZZ.B.1.F2 ZZ.B.1.S HC unknown unknown Mereka Health Center
    ZZ.C.F3 unplaced unknown unknown unknown Lost Clinic
    type HC Health Center
    type HOSP Hospital
    type unknown Not recorded
    ownership government public Government
    ownership unknown unknown Not recorded
    "#);
}

#[test]
fn jobs_become_cadres_that_are_mapped_to_nothing() {
    let register = survey(&bundles(), &mut Losses::default());
    let cadres = &register.cadres.cadres;
    assert!(cadres.iter().all(|it| it.isco08.is_none()));
    let mut rows: Vec<String> = cadres
        .iter()
        .map(|it| {
            let parent = it.parent.as_deref().unwrap_or("-");
            format!(
                "{} {parent} {} ({})",
                it.code,
                english(&it.label),
                it.source
            )
        })
        .collect();
    let lists = register.cadres.code_lists.iter().map(|it| &it.entry);
    rows.extend(lists.map(|it| format!("{}.{} {}", it.list, it.code, json!(it.label))));
    insta::assert_snapshot!(rows.join("\n"), @r#"
    2221-1D ihris-job Medical Doctor (iHRIS job code http://ihris.org/fhir/CodeSystem/ihris-job|2221-1D, not mapped)
    2230-1B ihris-job Nurse (iHRIS job code http://ihris.org/fhir/CodeSystem/ihris-job|2230-1B, not mapped)
    2230-1C ihris-job Deputy Chief Nurse (iHRIS job code http://ihris.org/fhir/CodeSystem/ihris-job|2230-1C, not mapped)
    ihris-job - ihris-job (iHRIS code system http://ihris.org/fhir/CodeSystem/ihris-job, not mapped)
    departure_reason.promotion {"en":"promotion"}
    departure_reason.transfer {"en":"Transfer","fr":"Mutation"}
    departure_reason.unknown {"en":"Not recorded","fr":"Non renseigné"}
    employment_type.fullTime {"en":"Full-time"}
    employment_type.unknown {"en":"Not recorded","fr":"Non renseigné"}
    identifier_type.PRN {"en":"National number"}
    identifier_type.ihris_id {"en":"Id in iHRIS","fr":"Identifiant iHRIS"}
    identifier_type.payroll {"en":"payroll"}
    marital_status.M {"en":"Married","fr":"Marié(e)"}
    "#);
}

fn told(carried: &Carried) -> String {
    let line = &carried.line;
    let identifiers: Vec<String> = (line.identifiers.iter())
        .map(|it| format!("{}={}", it.type_code, it.value))
        .collect();
    let contacts: Vec<String> = (line.contacts.iter())
        .map(|it| format!("{}{}", it.value, if it.preferred { "!" } else { "" }))
        .collect();
    let mut told = format!(
        "{} {:?}, {:?} {:?} {:?} [{}] [{}]",
        identifiers.join(" "),
        line.family_name.as_deref().unwrap_or_default(),
        line.given_names.as_deref().unwrap_or_default(),
        line.sex,
        line.birth_date,
        contacts.join(" "),
        line.org_unit.as_deref().unwrap_or_default(),
    );
    if let Some(it) = &line.posting {
        let rank = if it.is_additional {
            "additional"
        } else {
            "primary"
        };
        let posted = format!(
            "\n    {}: {} {} {rank} {:?} {:?}..{:?} {:?}",
            carried.role.as_deref().unwrap_or_default(),
            it.facility,
            it.cadre,
            it.employment_type,
            it.starts_on,
            it.ends_on,
            it.end_reason
        );
        told.push_str(&posted);
    }
    told
}

#[test]
fn practitioners_become_lines_with_their_roles_as_postings() {
    let lines = lines(&bundles(), &mut Losses::default());
    let rows: Vec<u64> = lines.iter().map(|it| it.line.row).collect();
    assert_eq!(rows, (1..=lines.len() as u64).collect::<Vec<_>>());
    let told: Vec<String> = lines.iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    ihris_id=P6 "Madalo", "" Some(Female) None [] []
        R7: ZZ.C.F3 2230-1B primary Some("unknown") Some(1999-01-01)..Some(2009-12-31) Some("unknown")
    ihris_id=P1 PRN=ZZ 100-1 payroll=P-77 "Tarakwe", "Oluma Bee" Some(Female) Some(1979-01-01) [65 01 23 45! oluma@zanda.example] []
        R1: ZZ.A.1.F1 2230-1B primary Some("unknown") Some(2003-01-01)..Some(2010-04-15) Some("promotion")
    ihris_id=P1 PRN=ZZ 100-1 payroll=P-77 "Tarakwe", "Oluma Bee" Some(Female) Some(1979-01-01) [65 01 23 45! oluma@zanda.example] []
        R2: ZZ.B.1.F2 2230-1C primary Some("unknown") Some(2010-04-16)..None None
    ihris_id=P2 "Namdi", "Jo" Some(Male) None [] [ZZ.B.1.S]
    ihris_id=P3 "Orando", "Sefu" None None [] []
        R4: ZZ.A.1.F1 2221-1D additional Some("fullTime") Some(2001-02-03)..None None
    ihris_id=P3 "Orando", "Sefu" None None [] []
        R5: ZZ.B.1.F2 2221-1D primary Some("unknown") Some(2005-02-03)..None None
    ihris_id=P4 "Bimu", "Lale" Some(Male) None [] [unplaced]
    ihris_id=P5 "Wanza", "Kito" Some(Unknown) None [] [ZZ.A.1]
    ihris_id=P7 "Dembi", "Ayo" Some(Unknown) None [] [ZZ.A.1]
    "#);
}

/// Somewhere to write that can be read afterwards.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("ours").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_does_not_come_along_is_listed_by_resource_element_and_reason() {
    let paper = Paper::default();
    let mut losses = Losses::reported(Box::new(paper.clone()));
    lines(&bundles(), &mut losses);
    insta::assert_snapshot!(losses.to_string(), @r"
    not carried:
            1 Location.position: Kada has no place for it
            1 Location.status: Kada has no place for it
            1 Location.type: Kada has no place for it
            1 Organization: Kada has no place for it
            1 Organization.contact: Kada has no place for it
            1 Practitioner.active: Kada has no place for it
            1 Practitioner.address.period.start: Kada has no place for it
            1 Practitioner.address.text: Kada has no place for it
            1 Practitioner.address.use: Kada has no place for it
            1 Practitioner.gender: Kada has no place for it
            1 Practitioner.name.family: Kada has no place for it
            1 Practitioner.name.use: Kada has no place for it
            2 Practitioner.telecom: Kada has no place for it
            1 Practitioner.telecom.use: Kada has no place for it
            1 PractitionerRole.active: Kada has no place for it
            2 PractitionerRole.extension(ihris-practitioner-role-details).extension(position): Kada has no place for it
            1 Practitioner.photo: is not brought along, though Kada has a place for it: enter it there
            1 PractitionerRole.extension(ihris-practitionerrole-salary): is not brought along, though Kada has a place for it: enter it there
            1 Basic: resources of this type are not read
            1 Bundle.entry: resources of this type are not read
            1 Practitioner.birthDate: is no full day of the calendar, and none is made up
            1 PractitionerRole.period.start: is no full day of the calendar, and none is made up
            1 Practitioner.birthDate: is before 1900 or still to come
            1 Location.partOf: leads to nothing in these files
            1 Practitioner.extension(ihris-practitioner-residence): leads to nothing in these files
            1 PractitionerRole.location: leads to nothing in these files
            1 PractitionerRole.practitioner: leads to nothing in these files
            1 Practitioner.communication: is not written as it has to be
            1 Practitioner.extension(ihris-practitioner-nationality): is not written as it has to be
            1 Practitioner.extension(ihris-practitioner-residence): is not written as it has to be
            1 Practitioner.telecom: is not written as it has to be
            1 PractitionerRole.period: is not written as it has to be
            1 Location: belongs to another country
            1 Location: stands twice; the first was taken
            1 Practitioner: stands twice; the first was taken
            1 PractitionerRole: has no first day, so it is no posting
            1 PractitionerRole.location: names no facility, so it is no posting
            1 PractitionerRole.code: names no job, so it is no posting
            1 PractitionerRole: is over without a day on which it ended
    carried otherwise:
            3 Job.worker_class: is not said; carried as unknown
            2 Location.ownership: is not said; carried as unknown
            3 Location.setting: is not said; carried as unknown
            1 Location.type: is not said; carried as unknown
            4 PractitionerRole.ihris-practitionerrole-employment-status: is not said; carried as unknown
            1 PractitionerRole.ihris-practitionerrole-reason-departure: is not said; carried as unknown
            3 Job.isco08: is not taken for an ISCO-08 code; map it in Kada
            1 Organization.name: is called otherwise elsewhere; the first was taken
            1 PractitionerRole.code.text: is called otherwise elsewhere; the first was taken
            1 PractitionerRole.period.end: is the day on which the next one begins; carried as the day before
            1 PractitionerRole.period: overlaps a later one; carried as an additional duty
            1 Location.partOf: says no place that could keep the record; carried as unplaced
            1 Practitioner: says no place that could keep the record; carried as unplaced
    ");
    losses.finish().expect("it is written");
    let report = String::from_utf8(paper.0.lock().expect("ours").clone()).expect("text");
    let mut of_people: Vec<&str> = (report.lines())
        .filter(|it| it.starts_with("Practitioner,") || it.starts_with("resource"))
        .collect();
    of_people.sort_unstable();
    insta::assert_snapshot!(of_people.join("\n"), @r#"
    Practitioner,P1,,TWICE,stands twice; the first was taken
    Practitioner,P1,address[0].text,NO_HOME,Kada has no place for it
    Practitioner,P1,address[0].use,NO_HOME,Kada has no place for it
    Practitioner,P1,address[1].period.start,NO_HOME,Kada has no place for it
    Practitioner,P1,communication,NOT_UNDERSTOOD,is not written as it has to be
    Practitioner,P1,extension(ihris-practitioner-residence),NOT_RESOLVED,leads to nothing in these files
    Practitioner,P1,photo,NOT_BROUGHT,"is not brought along, though Kada has a place for it: enter it there"
    Practitioner,P1,telecom,NO_HOME,Kada has no place for it
    Practitioner,P1,telecom[0].use,NO_HOME,Kada has no place for it
    Practitioner,P2,birthDate,NOT_A_DAY,"is no full day of the calendar, and none is made up"
    Practitioner,P2,extension(ihris-practitioner-nationality),NOT_UNDERSTOOD,is not written as it has to be
    Practitioner,P2,extension(ihris-practitioner-residence),NOT_UNDERSTOOD,is not written as it has to be
    Practitioner,P2,telecom,NOT_UNDERSTOOD,is not written as it has to be
    Practitioner,P2,telecom,NO_HOME,Kada has no place for it
    Practitioner,P3,birthDate,NOT_IN_RANGE,is before 1900 or still to come
    Practitioner,P4,,UNPLACED,says no place that could keep the record; carried as unplaced
    Practitioner,P5,gender,NO_HOME,Kada has no place for it
    Practitioner,P5,name[0].family,NO_HOME,Kada has no place for it
    Practitioner,P5,name[0].use,NO_HOME,Kada has no place for it
    Practitioner,P7,active,NO_HOME,Kada has no place for it
    resource,id,element,reason,words
    "#);
    // The report may be sent around: it says what is missing of whom by their id, and nothing of them.
    for word in ["Oluma", "Tarakwe", "65 01", "1978-05", "AAAA", "Dr"] {
        assert!(!report.contains(word), "{word}");
    }
}

#[test]
fn the_order_of_files_and_entries_changes_nothing() {
    let mut entries = Vec::new();
    for file in [
        "a-roles.json",
        "people-of-another-server.json",
        "places.json",
    ] {
        let text = std::fs::read(bundles().join(file)).expect("there");
        let bundle: Value = serde_json::from_slice(&text).expect("JSON");
        entries.extend(bundle["entry"].as_array().expect("entries").clone());
    }
    let people = std::fs::read_to_string(bundles().join("people.ndjson")).expect("there");
    for line in people.lines() {
        let resource: Value = serde_json::from_str(line).expect("JSON");
        entries.push(json!({ "resource": resource }));
    }
    // Where one thing stands twice, the first is taken: only there does the order matter.
    let first_only = |it: &Value| {
        let text = it.to_string();
        !["North again", "Again", "Registered Nurse"]
            .iter()
            .any(|it| text.contains(it))
    };
    entries.retain(first_only);
    let read = |entries: &[Value]| {
        let folder = tempfile::tempdir().expect("a directory");
        write(folder.path(), entries);
        let mut losses = Losses::default();
        let mut told: Vec<String> = lines(folder.path(), &mut losses).iter().map(told).collect();
        told.sort();
        (told, losses.to_string())
    };
    let forwards = read(&entries);
    entries.reverse();
    let backwards = read(&entries);
    assert_eq!(forwards, backwards);
    assert!(forwards.0.len() > 8);
}

fn write(folder: &Path, entries: &[Value]) {
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    std::fs::write(folder.join("all.json"), bundle.to_string()).expect("ours");
}

fn refused(entries: &[Value]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a directory");
    let entries: Vec<Value> = entries.iter().map(|it| json!({ "resource": it })).collect();
    write(folder.path(), &entries);
    match ihris::survey(folder.path(), &[], &mut Losses::default()) {
        Err(SurveyError::Refused(problems)) => problems,
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn what_makes_no_country_is_refused_with_all_that_is_wrong() {
    let unit = |id: &str, part_of: &str, kind: &str| {
        json!({
            "resourceType": "Location", "id": id, "name": id,
            "type": [{ "coding": [{ "system": "http://x/jurisdiction", "code": kind }] }],
            "partOf": { "reference": format!("Location/{part_of}") },
        })
    };
    let role = |id: &str, system: &str, code: &str| {
        json!({
            "resourceType": "PractitionerRole", "id": id,
            "code": [{ "coding": [{ "system": system, "code": code }] }],
            "practitioner": { "reference": "Practitioner/1" },
        })
    };
    let circle = [unit("A", "B", "region"), unit("B", "A", "region")];
    let two = [
        unit("X", "", "country"),
        unit("Y", "", "country"),
        unit("A", "X", "region"),
        unit("B", "Y", "region"),
    ];
    let deep: Vec<Value> = (1..=10)
        .map(|it| unit(&format!("L{it}"), &format!("L{}", it - 1), "village"))
        .collect();
    let jobs = [
        role("1", "http://x/jobs", "a b"),
        role("2", "http://x/jobs", "a/b"),
        role("3", "http://y/jobs", "c"),
    ];
    let all = [&circle[..], &two[..], &deep[..], &jobs[..]].map(refused);
    insta::assert_snapshot!(all.concat().join("\n"), @r"
    Location/A is part of itself
    Location/B is part of itself
    the places are of several countries: X, Y
    Location/L10 is below level 9
    a_b would be the code of two cadres
    jobs would be the code of two cadres
    ");
    // Two code systems may use one code: each cadre then says whose it is.
    let same = [
        role("1", "http://x/jobs", "1"),
        role("2", "http://x/posts", "1"),
    ];
    assert_eq!(refused(&same), Vec::<String>::new());
}
