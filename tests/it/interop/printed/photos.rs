//! Photos on staff cards and curricula vitae.

use lopdf::Document;
use lopdf::content::Content;
use sqlx::{AssertSqlSafe, Executor};

use super::{EVERYTHING, of, pages, printed, sizes, somebody};
use crate::support::world::World;
use crate::workforce::office::Office;
use crate::workforce::photos::{PORTRAIT, TURNED, png, taken};

/// A matrix as PDF has it: `a b c d e f`.
type Matrix = [f32; 6];

/// The one after the other.
fn then(first: Matrix, second: Matrix) -> Matrix {
    let at = |row: usize, column: usize| {
        let sum = first[row * 2] * second[column] + first[row * 2 + 1] * second[2 + column];
        sum + if row == 2 { second[4 + column] } else { 0.0 }
    };
    [at(0, 0), at(0, 1), at(1, 0), at(1, 1), at(2, 0), at(2, 1)]
}

/// Where the pictures of each page stand: their left, upper, right and lower edges, in tenths of a millimetre from the
/// upper left.
fn pictures(document: &[u8]) -> Vec<Vec<[i32; 4]>> {
    let heights: Vec<i32> = sizes(document)
        .into_iter()
        .map(|(_, height)| height)
        .collect();
    let document = Document::load_mem(document).expect("a PDF");
    let pages = document.get_pages().into_values().zip(heights);
    let pages = pages.map(|(page, height)| {
        let content = document.get_page_content(page);
        let content = Content::decode(&content).expect("operations");
        let mut now: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let (mut before, mut found) = (Vec::new(), Vec::new());
        for step in content.operations {
            match step.operator.as_str() {
                "q" => before.push(now),
                "Q" => now = before.pop().expect("something was saved"),
                "cm" => {
                    let numbers = step
                        .operands
                        .iter()
                        .map(|it| it.as_float().expect("a number"));
                    let numbers: Vec<f32> = numbers.collect();
                    now = then(numbers.try_into().expect("six numbers"), now);
                }
                "Do" => {
                    let tenths = |points: f32| {
                        let tenths = format!("{:.0}", points / 7.2 * 25.4);
                        tenths.parse::<i32>().expect("a number")
                    };
                    // Along one side of the page, from the one edge of the picture to the other.
                    let edges = |side: usize| {
                        let (begin, end) =
                            (now[4 + side], now[4 + side] + now[side] + now[2 + side]);
                        (tenths(begin.min(end)), tenths(begin.max(end)))
                    };
                    let ((left, right), (lower, upper)) = (edges(0), edges(1));
                    found.push([left, height - upper, right, height - lower]);
                }
                _ => {}
            }
        }
        found
    });
    pages.collect()
}

/// The sizes in which the texts of the first page are set, one after the other.
fn text_sizes(document: &[u8]) -> Vec<String> {
    let document = Document::load_mem(document).expect("a PDF");
    let page = document.get_pages()[&1];
    let content = document.get_page_content(page);
    let content = Content::decode(&content).expect("operations");
    let set = content.operations.iter().filter(|it| it.operator == "Tf");
    set.map(|it| format!("{:.1}", it.operands[1].as_float().expect("a size")))
        .collect()
}

#[tokio::test]
async fn a_photo_stands_on_the_right_in_proportion_and_upright() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let worker = somebody(&office).await;
    let (card, cv) = (of("cards", &worker), of("cv", &worker));
    let plain = printed(manager, &card).await;
    assert_eq!(pictures(&plain), [Vec::<[i32; 4]>::new()]);
    let text = pages(&plain);
    let tall = [606, 155, 816, 435];
    for (file, expected) in [
        (PORTRAIT.to_vec(), tall),
        (TURNED.to_vec(), tall),
        (png(200, 100, 90), [596, 155, 816, 265]),
        (png(30, 300, 90), [788, 155, 816, 435]),
    ] {
        taken(manager, &worker, &file).await;
        let body = printed(manager, &card).await;
        assert_eq!(pictures(&body), [[expected]]);
        assert_eq!(pages(&body), text, "the words are the same");
        assert_eq!(printed(manager, &card).await, body);
        let is_jpeg = file.starts_with(b"\xff\xd8");
        let is_in_it = body.windows(file.len()).any(|it| it == file);
        assert_eq!(is_in_it, is_jpeg, "a JPEG is drawn as it is");
    }
    taken(manager, &worker, PORTRAIT).await;
    let told = text_sizes(&printed(manager, &card).await);
    assert_eq!(&text_sizes(&plain)[..3], ["9.0", "6.0", "13.0"]);
    assert_eq!(
        &told[..3],
        ["9.0", "6.0", "10.5"],
        "beside it there is less room"
    );
    let body = printed(manager, &cv).await;
    assert_eq!(pictures(&body)[0], [[1690, 200, 1900, 480]]);
    assert!(pictures(&body)[1..].iter().all(Vec::is_empty));
    let text = pages(&body).concat();
    assert!(EVERYTHING.into_iter().all(|it| text.contains(it)), "{text}");

    // Of those who have one, beside those who have none.
    office.register("Ba", "F-A1", "MW", "2020-01-01").await;
    let body = printed(manager, "/export/cards").await;
    assert_eq!(pictures(&body), [vec![], vec![tall]]);
    assert_eq!(printed(manager, "/export/cards").await, body);
}

#[tokio::test]
async fn a_record_is_printed_without_a_photo_that_cannot_be_read() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = somebody(&office).await;
    let schema = office.country.code.schema();
    let mut superuser = world.database.superuser().await;
    for file in [PORTRAIT.to_vec(), png(200, 100, 90)] {
        taken(&office.manager, &worker, &file).await;
        for broken in [
            "substr(bytes, 1, length(bytes) - 30)",
            "substr(bytes, 1, 20)",
            "'x'",
        ] {
            let spoil = format!("update {schema}.photo_content set bytes = {broken}");
            superuser.execute(AssertSqlSafe(spoil)).await.expect("done");
            for kind in ["cards", "cv"] {
                let body = printed(&office.manager, &of(kind, &worker)).await;
                assert!(pictures(&body).iter().all(Vec::is_empty), "{kind} {broken}");
                assert!(pages(&body).concat().contains("Traoré"));
            }
        }
    }
}
