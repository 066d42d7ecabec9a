//! Staff cards: one a page, of the size of cards (ISO/IEC 7810 ID-1).

use std::collections::HashMap;
use std::sync::Arc;

use super::face::{Face, Faces, Weight};
use super::label::{Label, Words};
use super::picture::Print;
use super::sheet::{MM, Page, Sheets};
use crate::cadres::IDENTIFIER_TYPE;
use crate::credentials::Licence;
use crate::kernel::{Date, Fault, Id, Text, WorkerId};
use crate::workforce::{Attached, Lists, Worker};

const SIZE: (f32, f32) = (85.60 * MM, 53.98 * MM);
const MARGIN: f32 = 4.0 * MM;
const WIDTH: f32 = SIZE.0 - 2.0 * MARGIN;

/// How heavy a line is, and how large, from the size that is best to the smallest.
type Sizes = (Weight, &'static [f32]);

const HEAD: Sizes = (Weight::Bold, &[9.0]);
const SMALL: Sizes = (Weight::Regular, &[6.0]);
const BODY: Sizes = (Weight::Regular, &[7.5, 6.5, 5.5]);
const NUMBER: Sizes = (Weight::Bold, &[7.5, 6.5, 5.5]);
const NAME: Sizes = (Weight::Bold, &[13.0, 10.5, 8.5, 7.0]);

/// Between the lines and a photo.
const GAP: f32 = 3.0 * MM;

/// The cards of some workers, as they stand today.
pub struct Cards {
    pub(super) country: Text,
    pub(super) day: Date,
    /// Whether numbers may be read.
    pub(super) numbers: bool,
    pub(super) workers: Vec<Worker>,
    pub(super) attached: Attached,
    /// Those that are valid.
    pub(super) licences: HashMap<WorkerId, Vec<Licence>>,
    pub(super) photos: HashMap<WorkerId, Arc<Vec<u8>>>,
    pub(super) lists: Lists,
}

impl Cards {
    pub(super) fn workers(&self) -> Vec<WorkerId> {
        self.workers.iter().map(|it| it.id).collect()
    }

    /// # Errors
    /// When the document cannot be written.
    pub fn to_pdf(&self, words: &Words<'_>) -> Result<Vec<u8>, Fault> {
        let faces = Faces::open()?;
        let pages = self.workers.iter().map(|it| self.card(it, words, &faces));
        let sheets = Sheets {
            title: words.label(Label::Card),
            size: SIZE,
            pages: pages.collect(),
        };
        sheets.write(&faces)
    }

    fn card(&self, worker: &Worker, words: &Words<'_>, faces: &Faces) -> Page {
        let mut page = Page::default();
        let line = |page: &mut Page, down: f32, sizes: Sizes, width: f32, text: &str| {
            let (size, text) = fitted(text, faces.of(sizes.0), sizes.1, width);
            page.text((MARGIN, down * MM), (sizes.0, size), &text);
        };
        page.bar((0.0, 0.0), (SIZE.0, 13.0 * MM));
        line(&mut page, 6.0, HEAD, WIDTH, &words.text(&self.country));
        let service = words.label(worker.sector.into());
        let title = words.label(Label::Card);
        let title = format!("{service} · {title}");
        line(&mut page, 10.5, SMALL, WIDTH, &title);
        let photo = self.photos.get(&worker.id).and_then(Print::of);
        let corner = (SIZE.0 - MARGIN, 15.5 * MM);
        let beside = photo.map_or(WIDTH, |it| WIDTH - GAP - page.photo(corner, it));
        line(&mut page, 19.5, NAME, beside, &worker.name.full());
        for (down, text) in [25.0, 29.0, 33.0]
            .into_iter()
            .zip(self.service(worker, words))
        {
            line(&mut page, down, BODY, beside, &text);
        }
        if let Some(number) = self.number(worker, words) {
            line(&mut page, 38.5, NUMBER, beside, &number);
        }
        if let Some(licence) = self.licence(worker, words) {
            line(&mut page, 42.5, BODY, beside, &licence);
        }
        let issued = words.label(Label::Issued);
        let issued = format!("{issued} {} · {}", self.day, worker.id.encode());
        line(&mut page, 50.0, SMALL, WIDTH, &issued);
        page
    }

    /// As what the worker serves, where, and in which org unit.
    fn service(&self, worker: &Worker, words: &Words<'_>) -> Vec<String> {
        let Some(posting) = &worker.posting else {
            return Vec::new();
        };
        let cadre = self.lists.cadres.get(posting.cadre);
        let facility = self.lists.places.facility(posting.facility);
        let unit = facility.and_then(|it| self.lists.places.unit(it.unit));
        let above = unit.and_then(|it| self.lists.places.unit(it.parent?));
        let units = unit.into_iter().chain(above);
        let units: Vec<String> = units.map(|it| words.text(&it.name)).collect();
        [
            cadre.map(|it| words.text(&it.label)),
            facility.map(|it| it.name.clone()),
            Some(units.join(", ")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The first number by the country's order of types.
    fn number(&self, worker: &Worker, words: &Words<'_>) -> Option<String> {
        let own = self.attached.identifiers.as_ref()?.get(&worker.id)?;
        let types = self.lists.codes.shown(IDENTIFIER_TYPE).into_iter();
        let mut found = types.filter_map(|kind| {
            let number = own.iter().find(|it| it.type_code == kind.code)?;
            Some(format!("{} {}", words.text(&kind.label), number.value))
        });
        found.next()
    }

    /// The licence to practise in the cadre, or else any that is valid.
    fn licence(&self, worker: &Worker, words: &Words<'_>) -> Option<String> {
        let valid = self.licences.get(&worker.id)?;
        let cadre = worker.posting.as_ref().map(|it| it.cadre);
        let fitting = valid.iter().find(|it| Some(it.entry.cadre) == cadre);
        let licence = fitting.or(valid.first())?;
        let term = licence.terms.iter();
        let mut term = term.filter(|it| (it.starts_on..=it.ends_on).contains(&self.day));
        let until = words.label(Label::Until);
        let until = format!("{until} {}", term.next()?.ends_on);
        let label = words.label(Label::Licence);
        Some(if self.numbers {
            format!("{label} {}, {until}", licence.entry.number)
        } else {
            format!("{label}, {until}")
        })
    }
}

/// A text as large as it fits on a line, and cut where even the smallest does not.
fn fitted(text: &str, face: &Face, sizes: &[f32], width: f32) -> (f32, String) {
    let fits = sizes.iter().find(|size| face.width(text, **size) <= width);
    let size = fits.or(sizes.last()).copied().unwrap_or_default();
    (size, face.cut(text, size, width))
}
