//! Workbooks that mean no good.

use rust_xlsxwriter::Workbook;

use super::*;
use crate::interop::table::Unreadable;

#[test]
fn a_hostile_workbook_costs_little_and_never_panics() {
    let mut far = Workbook::new();
    let sheet = far.add_worksheet().set_name("survey").expect("a sheet");
    sheet.write_string(0, 0, "type").expect("a cell");
    sheet
        .write_string(1_048_575, 16_383, "text")
        .expect("the last cell");
    let far = far.save_to_buffer().expect("a workbook");
    let too_large = Some(NotAForm::Unreadable(Unreadable::TooLarge));
    assert_eq!(read(&far, &languages(&["en"])).err(), too_large);
    // Whatever is broken in it, it is refused or read.
    let whole = written("psw", &shipped()[0].1).file;
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut broken = whole.clone();
        broken[at] ^= 0x5a;
        read(&broken, &languages(&["en"])).ok();
        read(&whole[..at], &languages(&["en"])).ok();
    }
    // Groups in groups end where definitions end, not where the stack does.
    let deep: Vec<Vec<String>> = (0..4_000)
        .map(|n| vec!["begin_group".to_owned(), format!("g{n}")])
        .chain([vec!["text".to_owned(), "a".to_owned()]])
        .chain((0..4_000).map(|_| vec!["end_group".to_owned()]))
        .collect();
    let mut tower = Workbook::new();
    let sheet = tower.add_worksheet().set_name("survey").expect("a sheet");
    sheet.write_string(0, 0, "type").expect("a cell");
    sheet.write_string(0, 1, "name").expect("a cell");
    for (number, row) in (1..).zip(&deep) {
        for (column, content) in (0..).zip(row) {
            sheet.write_string(number, column, content).expect("a cell");
        }
    }
    let tower = tower.save_to_buffer().expect("a workbook");
    assert_eq!(
        read(&tower, &languages(&["en"])).err(),
        Some(NotAForm::TooDeep(14))
    );
}
