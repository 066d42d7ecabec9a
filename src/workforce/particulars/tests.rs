//! Two records of one person, and what each of them said.

use super::Particulars;

fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn what_came_from_another_record_goes_back_unless_it_was_said_otherwise_since() {
    let own = Particulars {
        nationality: said("ML"),
        ..Particulars::default()
    };
    let other = Particulars {
        name_prefix: said("Dr"),
        nationality: said("SN"),
        address: said("Kita"),
        languages: vec!["bm".to_owned(), "fr".to_owned()],
        ..Particulars::default()
    };
    let lacking = own.lacking(&other);
    assert_eq!(lacking.nationality, None);
    let mut both = own.with(&lacking);
    let expected = Particulars {
        nationality: said("ML"),
        ..other.clone()
    };
    assert_eq!(both, expected);
    assert_eq!(both.without(&lacking), own);
    assert_eq!(both.lacking(&other), Particulars::default());

    both.address = said("Nioro");
    both.languages.pop();
    let left = both.without(&lacking);
    let stays = Particulars {
        address: said("Nioro"),
        languages: vec!["bm".to_owned()],
        ..own
    };
    assert_eq!(left, stays);
    assert_eq!(left.without(&Particulars::default()), left);
}
