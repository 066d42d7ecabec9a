//! What makes two records alike, sign by sign; and that it does not matter which of them is looked at first.

use proptest::prelude::*;

use super::Sign::{
    CloseName, DayNotKnown, MistypedBirthDate, OtherBirthDate, OtherIdentifier, OtherName,
    OtherSex, SameBirthDate, SameBirthYear, SameIdentifier, SameName, SamePhone, SharedPhone,
    SwappedNames,
};
use super::*;

fn person(family: &str, given: &str, born: &str) -> Profile {
    let name = PersonName::try_new(family, given).expect("a name");
    let born = (!born.is_empty()).then(|| born.parse().expect("a date"));
    let of_person = (Sex::Female, born);
    Profile::new(WorkerId::new(), None, &name, of_person, Vec::new(), &[])
}

fn alone(_: &str) -> usize {
    2
}

#[test]
fn spellings_of_one_name_sound_alike() {
    for (one, other) in [
        ("Coulibaly", "Kulibali"),
        ("Djibril", "Jibril"),
        ("Mohammed", "Mohamed"),
        ("Traoré", "TRAORE"),
        ("Cissé", "Sissé"),
        ("Touré", "Ture"),
        ("Phiri", "Firi"),
        ("Oumou", "Umu"),
        ("Chikondi", "Tchikondi"),
        ("Khadidiatou", "Kadidiatu"),
    ] {
        assert_eq!(sounds(one), sounds(other), "{one}, {other}");
    }
    for (one, other) in [("Sidibé", "Samaké"), ("Keïta", "Koné"), ("Banda", "Bandi")] {
        assert_ne!(sounds(one), sounds(other), "{one}, {other}");
    }
}

#[test]
fn what_speaks_for_one_person_is_told_with_the_score() {
    let known = person("Traoré", "Aminata", "1984-03-17");
    for (family, given, born, signs, least, most) in [
        (
            "Traore",
            "Aminata",
            "1984-03-17",
            vec![SameName, SameBirthDate],
            95,
            99,
        ),
        (
            "Aminata",
            "Traoré",
            "1984-03-17",
            vec![SwappedNames, SameBirthDate],
            95,
            99,
        ),
        (
            "Traoré",
            "Aminatta",
            "1984-03-01",
            vec![SameName, DayNotKnown],
            80,
            90,
        ),
        (
            "Traoré",
            "Aminata",
            "1984-01-01",
            vec![SameName, SameBirthYear],
            70,
            80,
        ),
        (
            "Traorey",
            "Aminata",
            "1984-03-17",
            vec![CloseName, SameBirthDate],
            90,
            96,
        ),
        (
            "Traoré",
            "Aminata",
            "1948-03-17",
            vec![SameName, MistypedBirthDate],
            75,
            90,
        ),
        (
            "Traoré",
            "Aminata",
            "1983-03-17",
            vec![SameName, MistypedBirthDate],
            75,
            90,
        ),
        (
            "Traoré",
            "Aminata",
            "1991-07-02",
            vec![SameName, OtherBirthDate],
            0,
            5,
        ),
        ("Traoré", "Aminata", "", vec![SameName], 20, 40),
        (
            "Keïta",
            "Mariam",
            "1984-03-17",
            vec![OtherName, SameBirthDate],
            0,
            5,
        ),
    ] {
        let likeness = known.likeness(&person(family, given, born), alone);
        assert_eq!(likeness.signs, signs, "{family} {given} {born}");
        assert!(
            (least..=most).contains(&likeness.score),
            "{family} {given} {born}: {likeness:?}"
        );
    }
}

#[test]
fn day_and_month_may_be_in_the_other_order() {
    let one = person("Banda", "Chikondi", "1990-04-07");
    let other = person("Banda", "Chikondi", "1990-07-04");
    assert_eq!(
        one.likeness(&other, alone).signs,
        [SameName, MistypedBirthDate]
    );
}

#[test]
fn a_telephone_says_the_less_the_more_people_have_it() {
    let with = |mut of: Profile| {
        of.phones.push("+22370000001".to_owned());
        of
    };
    let one = with(person("Traoré", "Aminata", ""));
    let other = with(person("Traoré", "Aminata", ""));
    let few = one.likeness(&other, |_| 2);
    let many = one.likeness(&other, |_| 30);
    assert_eq!(
        (few.signs, many.signs),
        (vec![SameName, SamePhone], vec![SameName, SharedPhone])
    );
    assert!(
        few.score >= QUEUED && many.score < QUEUED,
        "{} {}",
        few.score,
        many.score
    );
    let relative = one.likeness(&with(person("Traoré", "Moussa", "")), |_| 2);
    assert!(relative.score < QUEUED, "{relative:?}");
}

#[test]
fn numbers_of_one_type_decide_and_those_of_two_say_nothing() {
    let with = |of: &Profile, kind: &str, number: &str| {
        let mut of = of.clone();
        of.identifiers
            .insert(kind.to_owned(), vec![number.to_owned()]);
        of
    };
    let known = person("Traoré", "Aminata", "1984-03-17");
    let one = with(&known, "national_id", "1");
    let said = |other: &Profile| one.likeness(other, alone).signs.last().copied();
    assert_eq!(
        said(&with(&known, "national_id", "1")),
        Some(SameIdentifier)
    );
    assert_eq!(
        said(&with(&known, "national_id", "2")),
        Some(OtherIdentifier)
    );
    assert_eq!(said(&with(&known, "passport", "1")), Some(SameBirthDate));
}

#[test]
fn a_man_is_no_woman_and_who_is_not_recorded_may_be_either() {
    let known = person("Traoré", "Dominique", "1984-03-17");
    let with = |sex| Profile {
        sex,
        ..known.clone()
    };
    let said = |sex| known.likeness(&with(sex), alone).signs;
    assert_eq!(said(Sex::Male), [SameName, SameBirthDate, OtherSex]);
    assert_eq!(said(Sex::Unknown), [SameName, SameBirthDate]);
}

proptest! {
    /// It does not matter which of two records is looked at first, and nobody is more like somebody else than like
    /// themselves.
    #[test]
    fn likeness_is_the_same_from_both_sides(
        names in proptest::collection::vec("[A-Z][a-zéï]{0,8}( [A-Z][a-z]{1,6})?", 4),
        days in proptest::collection::vec(0i64..20_000, 2),
    ) {
        let born = |days: i64| (Date::default() + chrono::TimeDelta::days(days)).to_string();
        let one = person(&names[0], &names[1], &born(days[0]));
        let other = person(&names[2], &names[3], &born(days[1]));
        let (there, back) = (one.likeness(&other, alone), other.likeness(&one, alone));
        prop_assert_eq!(&there, &back);
        prop_assert!(one.likeness(&one, alone).score >= there.score);
    }

    /// What is known before the names are compared puts nobody out who would be looked at.
    #[test]
    fn a_pair_is_queued_when_its_score_says_so(
        given in "[AB][a-c]{0,3}", other in "[AB][a-c]{0,3}", days in 0i64..20_000, apart in 0i64..40, phone in any::<bool>(),
    ) {
        let born = |days: i64| (Date::default() + chrono::TimeDelta::days(days)).to_string();
        let mut one = person("Traoré", &given, &born(days));
        let mut other = person("Traoré", &other, &born(days + apart));
        if phone {
            one.phones = vec!["+22370123456".to_owned()];
            other.phones.clone_from(&one.phones);
        }
        let likeness = one.likeness(&other, alone);
        let queued = (likeness.score >= QUEUED).then_some(likeness);
        prop_assert_eq!(one.queued(&other, alone), queued);
    }

    #[test]
    fn a_birth_date_mistyped_is_mistyped_back(days in 0i64..20_000) {
        let born = Date::default() + chrono::TimeDelta::days(days);
        for other in mistyped(born) {
            let sign = of_birth_dates(Some(born), Some(other));
            prop_assert_eq!(sign, of_birth_dates(Some(other), Some(born)));
        }
    }
}
