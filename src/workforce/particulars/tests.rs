//! Two records of one person, and what each of them said.

use super::Particulars;

#[test]
fn what_came_from_another_record_goes_back_unless_it_was_said_otherwise_since() {
    let own = Particulars {
        nationality: Some("ML".to_owned()),
        ..Particulars::default()
    };
    let other = Particulars {
        name_prefix: Some("Dr".to_owned()),
        nationality: Some("SN".to_owned()),
        address: Some("Kita".to_owned()),
        languages: vec!["bm".to_owned(), "fr".to_owned()],
        ..Particulars::default()
    };
    let lacking = own.lacking(&other);
    assert_eq!(lacking.nationality, None);
    let mut both = own.with(&lacking);
    let expected = Particulars {
        nationality: Some("ML".to_owned()),
        ..other.clone()
    };
    assert_eq!(both, expected);
    assert_eq!(both.without(&lacking), own);
    assert_eq!(both.lacking(&other), Particulars::default());

    both.address = Some("Nioro".to_owned());
    both.languages.pop();
    let left = both.without(&lacking);
    let stays = Particulars {
        address: Some("Nioro".to_owned()),
        languages: vec!["bm".to_owned()],
        ..own
    };
    assert_eq!(left, stays);
    assert_eq!(left.without(&Particulars::default()), left);
}
