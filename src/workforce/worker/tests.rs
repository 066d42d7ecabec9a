//! What the rules of names and careers say.

use proptest::prelude::*;

use super::CareerFault::{
    AlreadyEnded, BeforePosting, FacilityClosed, LaterPosting, NotPosted, SameFacility,
};
use super::*;
use crate::places::{FacilityState, FacilityStatus, Setting};

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn facility() -> Facility {
    Facility {
        id: FacilityId::new(),
        number: 1,
        code: "F".into(),
        version: 1,
        opened_on: Some(day("2001-01-01")),
        closures: [(day("2020-01-01"), None)].into(),
        since: None,
        until: None,
        state: FacilityState {
            name: "F".into(),
            type_code: "HC".into(),
            ownership: "GOV".into(),
            unit: OrgUnitId::new(),
            setting: Setting::Rural,
            status: FacilityStatus::Open,
        },
        act: None,
    }
}

fn posting(at: &Facility, from: &str, to: Option<&str>) -> Posting {
    Posting {
        id: PostingId::new(),
        worker: WorkerId::new(),
        facility: at.id,
        cadre: CadreId::new(),
        employment_type: "civil_servant".into(),
        is_primary: true,
        kind: PostingKind::Substantive,
        salary_grade: None,
        starts_on: day(from),
        ends_on: to.map(day),
        end_reason: to.map(|_| "transfer".into()),
        supervisor: None,
    }
}

#[test]
fn names_are_taken_as_people_have_them() {
    for (family, given) in [
        ("Traoré", "Aminata"),
        ("N’Diaye", "Fatou"),
        ("Jean-Baptiste", "Marie Rose"),
        ("Madalitso", ""),
        ("Ɔ", ""),
    ] {
        let name = PersonName::try_new(family, given).expect(family);
        assert_eq!((name.family.as_str(), name.given.as_str()), (family, given));
    }
    let single = PersonName::try_new("", " Awa ").expect("a single name");
    assert_eq!(single.full(), "Awa");
    for nonsense in ["", "   ", "'", "123", "Tra\u{0}oré", &"x".repeat(101)] {
        assert_eq!(PersonName::try_new(nonsense, ""), None, "{nonsense}");
    }
}

#[test]
fn a_transfer_ends_the_posting_the_day_before() {
    let (here, there) = (facility(), facility());
    let career = [
        posting(&here, "2005-01-01", Some("2009-12-31")),
        posting(&here, "2010-01-01", None),
    ];
    let (ended, last) = transfer(&career, &there, day("2012-04-01"), |_| false).expect("legal");
    assert_eq!((ended.id, last), (career[1].id, day("2012-03-31")));
}

#[test]
fn transfers_that_make_no_sense_are_refused() {
    let (here, there) = (facility(), facility());
    let career = [posting(&here, "2010-01-01", None)];
    let ask = |to, on: &str, terms| transfer(&career, to, day(on), |_| terms).err();
    assert_eq!(ask(&there, "2009-06-01", false), Some(NotPosted));
    let ended = [posting(&here, "2010-01-01", Some("2019-01-01"))];
    let of_ended = |on| transfer(&ended, &there, day(on), |_| true).err();
    assert_eq!(of_ended("2019-01-02"), Some(NotPosted));
    assert_eq!(
        of_ended("2018-06-01"),
        Some(AlreadyEnded(day("2019-01-01")))
    );
    assert_eq!(ask(&here, "2012-06-01", false), Some(SameFacility));
    assert_eq!(ask(&here, "2012-06-01", true), None);
    assert_eq!(ask(&there, "2020-06-01", false), Some(FacilityClosed));
    assert_eq!(
        ask(&there, "2010-01-01", false),
        Some(BeforePosting(day("2010-01-01")))
    );
}

proptest! {
    #[test]
    fn a_transfer_never_leaves_a_day_with_two_postings(start in 0i32..3000, on in 0i32..3000) {
        let (here, there) = (facility(), facility());
        let base = day("2005-01-01");
        let at = |days: i32| base + chrono::TimeDelta::days(days.into());
        let mut first = posting(&here, "2005-01-01", None);
        first.starts_on = at(start);
        if let Ok((ended, last)) = transfer(std::slice::from_ref(&first), &there, at(on), |_| false) {
            prop_assert!(ended.starts_on <= last && last < at(on));
        }
    }
}

#[test]
fn a_departure_ends_all_that_is_in_force_and_nothing_that_is_over() {
    let here = facility();
    let on = |career: &[Posting], last: &str| {
        departure(career, day(last)).map(|it| it.iter().map(|it| it.starts_on).collect::<Vec<_>>())
    };
    let mut acting = posting(&here, "2012-01-01", None);
    (acting.is_primary, acting.kind) = (false, PostingKind::Acting);
    let career = [
        posting(&here, "2005-01-01", Some("2009-12-31")),
        posting(&here, "2010-01-01", None),
        acting,
    ];
    assert_eq!(
        on(&career, "2013-05-05"),
        Ok(vec![day("2010-01-01"), day("2012-01-01")])
    );
    assert_eq!(
        on(&career, "2011-05-05"),
        Err(LaterPosting(day("2012-01-01")))
    );
    assert_eq!(on(&career[..2], "2010-01-01"), Ok(vec![day("2010-01-01")]));
    assert_eq!(on(&career[..1], "2010-01-01"), Err(NotPosted));
    assert_eq!(
        on(&career[..1], "2009-12-31"),
        Err(AlreadyEnded(day("2009-12-31")))
    );
    assert_eq!(
        on(&career[..1], "2009-06-01"),
        Err(AlreadyEnded(day("2009-12-31")))
    );
    assert_eq!(on(&[], "2009-06-01"), Err(NotPosted));
}
