//! How a licence stands from day to day.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn term(from: &str, to: &str) -> Term {
    Term {
        starts_on: day(from),
        ends_on: day(to),
        act: None,
    }
}

fn licence(terms: Vec<Term>, decisions: &[(&str, Ruling)]) -> Licence {
    let decisions = decisions.iter().map(|(from, ruling)| Decision {
        from: day(from),
        ruling: *ruling,
        reason: None,
        act: None,
    });
    Licence {
        id: LicenceId::new(),
        worker: WorkerId::new(),
        entry: Entry {
            cadre: CadreId::new(),
            council: "Ordre".into(),
            number: "SF-1".into(),
        },
        terms,
        decisions: decisions.collect(),
    }
}

#[test]
fn what_was_decided_counts_before_the_terms() {
    let terms = vec![
        term("2020-01-01", "2021-12-31"),
        term("2023-01-01", "2024-12-31"),
    ];
    let decided = [
        ("2021-03-01", Ruling::Suspend),
        ("2021-06-01", Ruling::Reinstate),
        ("2024-06-01", Ruling::Revoke),
    ];
    let licence = licence(terms, &decided);
    for (on, status) in [
        ("2019-12-31", LicenceStatus::Planned),
        ("2020-01-01", LicenceStatus::Active),
        ("2021-02-28", LicenceStatus::Active),
        ("2021-03-01", LicenceStatus::Suspended),
        ("2021-06-01", LicenceStatus::Active),
        ("2021-12-31", LicenceStatus::Active),
        ("2022-01-01", LicenceStatus::Expired),
        ("2023-01-01", LicenceStatus::Active),
        ("2024-05-31", LicenceStatus::Active),
        ("2024-06-01", LicenceStatus::Revoked),
        ("2030-01-01", LicenceStatus::Revoked),
    ] {
        assert_eq!(licence.status_on(day(on)), status, "{on}");
    }
}

#[test]
fn a_renewal_follows_the_last_term() {
    let held = licence(vec![term("2020-01-01", "2021-12-31")], &[]);
    let renew = |starts: Option<&str>, ends: &str| RenewLicence {
        licence: held.id,
        base_version: None,
        starts_on: starts.map(day),
        ends_on: day(ends),
    };
    let next = held
        .renewal(&renew(None, "2023-12-31"), None)
        .expect("legal");
    assert_eq!(next, term("2022-01-01", "2023-12-31"));
    for (starts, ends) in [
        (Some("2021-12-31"), "2023-12-31"),
        (Some("2023-01-01"), "2022-12-31"),
        (None, "2201-01-01"),
    ] {
        assert!(held.renewal(&renew(starts, ends), None).is_err(), "{ends}");
    }
    let revoked = licence(
        vec![term("2020-01-01", "2021-12-31")],
        &[("2021-01-01", Ruling::Revoke)],
    );
    assert!(revoked.renewal(&renew(None, "2023-12-31"), None).is_err());
}

proptest! {
    #[test]
    fn a_renewed_licence_is_active_on_every_day_of_its_terms(length in 1i64..900, renewals in 0usize..4, on in 0i64..4000) {
        let mut held = licence(vec![term("2020-01-01", "2020-12-31")], &[]);
        for _ in 0..renewals {
            let ends_on = held.expires_on().expect("a term") + chrono::TimeDelta::days(length);
            let renew = RenewLicence { licence: held.id, base_version: None, starts_on: None, ends_on };
            let next = held.renewal(&renew, None).expect("legal");
            held.terms.push(next);
        }
        let asked = day("2020-01-01") + chrono::TimeDelta::days(on);
        let active = held.status_on(asked) == LicenceStatus::Active;
        prop_assert_eq!(active, asked <= held.expires_on().expect("a term"));
    }
}
