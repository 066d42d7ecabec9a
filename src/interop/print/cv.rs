//! The curriculum vitae: a person's working life on A4.

use std::collections::HashMap;
use std::sync::Arc;

use super::days;
use super::face::{Faces, Weight};
use super::label::{Label, Words, duty};
use super::picture::Print;
use super::sheet::{MM, Page, Sheets, Style};
use crate::cadres::{DEPARTURE_REASON, EMPLOYMENT_TYPE, QUALIFICATION_LEVEL};
use crate::credentials::{Attendance, Licence, Qualification, Registration};
use crate::kernel::{CadreId, Date, Fault, Id, PostingId, Text, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::{Attached, Lists, Particulars, Posting, Worker};

const SIZE: (f32, f32) = (210.0 * MM, 297.0 * MM);
const MARGIN: f32 = 20.0 * MM;
const WIDTH: f32 = SIZE.0 - 2.0 * MARGIN;
/// Where the days stand, and beside them what was then.
const BESIDE: f32 = 45.0 * MM;
/// The last base line above the foot of a page.
const LAST: f32 = SIZE.1 - 25.0 * MM;
const FOOT: f32 = SIZE.1 - 15.0 * MM;
const LEADING: f32 = 1.35;

const TITLE: Style = (Weight::Bold, 18.0);
const HEAD: Style = (Weight::Bold, 11.5);
const STRONG: Style = (Weight::Bold, 9.5);
const BODY: Style = (Weight::Regular, 9.5);
const SMALL: Style = (Weight::Regular, 8.0);

/// What is known of a worker today, as far as the reader may know it.
pub struct Cv {
    pub(super) country: Text,
    pub(super) worker: Worker,
    pub(super) lists: Lists,
    pub(super) attached: Attached,
    pub(super) qualifications: Vec<Qualification>,
    pub(super) registrations: Vec<Registration>,
    pub(super) licences: Vec<Licence>,
    pub(super) trainings: Vec<Attendance>,
    pub(super) birth_date: Option<Date>,
    /// Absent for whoever may not read them, too.
    pub(super) particulars: Option<Particulars>,
    pub(super) photo: Option<Arc<Vec<u8>>>,
    /// Whether numbers may be read.
    pub(super) numbers: bool,
}

/// One thing on the page: what stands on the left, and the lines beside it, the first of them in bold.
pub(super) type Row = (String, Vec<String>);

impl Cv {
    pub(super) fn worker(&self) -> WorkerId {
        self.worker.id
    }

    /// # Errors
    /// When the document cannot be written.
    pub fn to_pdf(&self, words: &Words<'_>) -> Result<Vec<u8>, Fault> {
        let faces = Faces::open()?;
        let day = self.lists.at.day;
        let name = self.worker.name.full();
        let mut flow = Flow::new(&faces);
        flow.photo(self.photo.as_ref().and_then(Print::of));
        flow.lines(MARGIN, SMALL, &words.text(&self.country));
        flow.down += 4.0 * MM;
        flow.lines(MARGIN, TITLE, &name);
        flow.lines(MARGIN, BODY, &words.label(Label::Cv));
        flow.down += 3.0 * MM;
        for row in self.person(words) {
            flow.row(&row, BODY);
        }
        flow.down = flow.down.max(flow.beside.1);
        let sections = [
            (Label::Career, self.career(words)),
            (Label::Qualifications, self.qualifications(words)),
            (Label::Registrations, self.registrations(words)),
            (Label::Licences, self.licences(words)),
            (Label::Trainings, self.trainings(words)),
        ];
        for (label, rows) in sections {
            flow.section(&words.label(label), &rows, &words.label(Label::Nothing));
        }
        let before = self.before(words);
        if !before.is_empty() {
            flow.section(&words.label(Label::Before), &before, "");
        }
        let as_of = words.label(Label::AsOf);
        let foot = format!("{as_of} {day} · {}", self.worker.id.encode());
        let sheets = Sheets {
            title: format!("{} – {name}", words.label(Label::Cv)),
            size: SIZE,
            pages: flow.finish(&foot),
        };
        sheets.write(&faces)
    }

    /// Every posting, the latest first.
    fn career(&self, words: &Words<'_>) -> Vec<Row> {
        let postings = self.attached.postings.as_ref();
        let postings = postings.and_then(|it| it.get(&self.worker.id));
        let mut postings: Vec<&Posting> = postings.into_iter().flatten().collect();
        postings.sort_by_key(|it| (it.starts_on, it.is_primary, it.id));
        let acts = self.acts();
        let rows = postings.into_iter().rev().map(|posting| {
            let today = words.label(Label::Today);
            let when = days(posting.starts_on, posting.ends_on, &today);
            let mut lines = vec![self.cadre(posting.cadre, words), self.place(posting, words)];
            lines.push(self.terms(posting, words));
            if let Some(reason) = &posting.end_reason {
                lines.push(self.coded(DEPARTURE_REASON, reason, words));
            }
            for act in acts.get(&posting.id).into_iter().flatten() {
                lines.push(told(act, words));
            }
            (when, lines)
        });
        rows.collect()
    }

    fn cadre(&self, id: CadreId, words: &Words<'_>) -> String {
        let cadre = self.lists.cadres.get(id);
        cadre.map_or_else(|| id.encode(), |it| words.text(&it.label))
    }

    fn place(&self, posting: &Posting, words: &Words<'_>) -> String {
        let places = &self.lists.places;
        let Some(facility) = places.facility(posting.facility) else {
            return posting.facility.encode();
        };
        match places.unit(facility.unit) {
            Some(unit) => format!("{}, {}", facility.name, words.text(&unit.name)),
            None => facility.name.clone(),
        }
    }

    fn terms(&self, posting: &Posting, words: &Words<'_>) -> String {
        let duty = duty(posting.kind, posting.is_primary).map(|it| words.label(it));
        let grade = posting.salary_grade.as_ref();
        let grade = grade.map(|it| format!("{} {it}", words.label(Label::Grade)));
        let terms = self.coded(EMPLOYMENT_TYPE, &posting.employment_type, words);
        let said = [Some(terms), duty, grade].into_iter().flatten();
        said.collect::<Vec<_>>().join(" · ")
    }

    /// The acts behind what happened to each posting, the oldest first; none for whoever may not read history.
    fn acts(&self) -> HashMap<PostingId, Vec<ActReference>> {
        let mut acts: HashMap<PostingId, Vec<ActReference>> = HashMap::new();
        let history = self.attached.history.as_ref();
        let own = history.and_then(|(_, of)| of.get(&self.worker.id));
        for row in own.into_iter().flatten().rev() {
            let act = row.act.as_ref().map(|it| it.0.clone());
            let act = act.and_then(|it| serde_json::from_value::<ActReference>(it).ok());
            let fields = row
                .change
                .as_ref()
                .and_then(|it| it.0["fields"].as_object());
            let (Some(act), Some(fields)) = (act, fields) else {
                continue;
            };
            let postings = fields.keys().filter_map(|it| it.strip_prefix("postings."));
            for id in postings.filter_map(|it| PostingId::decode(it).ok()) {
                let of = acts.entry(id).or_default();
                if !of.contains(&act) {
                    of.push(act.clone());
                }
            }
        }
        acts
    }

    fn qualifications(&self, words: &Words<'_>) -> Vec<Row> {
        let rows = self.qualifications.iter().map(|it| {
            let passed = &it.passed;
            let year = passed.year.map(|it| it.to_string()).unwrap_or_default();
            let level = self.coded(QUALIFICATION_LEVEL, &passed.level, words);
            let institution = match &passed.country {
                Some(country) => format!("{} ({country})", passed.institution),
                None => passed.institution.clone(),
            };
            let lines = [
                passed.title.clone(),
                passed.major.clone(),
                level,
                institution,
            ];
            let mut lines: Vec<String> = lines.into_iter().filter(|it| !it.is_empty()).collect();
            lines.extend(it.act.as_ref().map(|it| told(it, words)));
            (year, lines)
        });
        rows.collect()
    }

    fn registrations(&self, words: &Words<'_>) -> Vec<Row> {
        let rows = self.registrations.iter().map(|it| {
            let mut lines = vec![self.cadre(it.entry.cadre, words)];
            lines.push(self.numbered(&it.entry.council, &it.entry.number));
            lines.extend(it.act.as_ref().map(|it| told(it, words)));
            (it.registered_on.to_string(), lines)
        });
        rows.collect()
    }

    /// Each with its terms, and how it stands; what was decided is conduct, and stays out.
    fn licences(&self, words: &Words<'_>) -> Vec<Row> {
        let rows = self.licences.iter().flat_map(|licence| {
            let status = licence.status_on(self.lists.at.day);
            let newest_first = licence.terms.iter().rev().enumerate();
            newest_first.map(move |(at, term)| {
                let mut lines = vec![self.cadre(licence.entry.cadre, words)];
                lines.push(self.numbered(&licence.entry.council, &licence.entry.number));
                // How the licence stands is said once, with its latest term.
                lines.extend((at == 0).then(|| words.label(status.into())));
                lines.extend(term.act.as_ref().map(|it| told(it, words)));
                (days(term.starts_on, Some(term.ends_on), ""), lines)
            })
        });
        rows.collect()
    }

    fn trainings(&self, words: &Words<'_>) -> Vec<Row> {
        let rows = self.trainings.iter().map(|it| {
            let session = &it.session;
            let mut lines = vec![words.text(&session.course.title), session.provider.clone()];
            let outcome = words.label(it.outcome.into());
            lines.push(if it.credits == 0 {
                outcome
            } else {
                let credits = words.label(Label::Credits);
                format!("{outcome} · {credits} {}", it.credits)
            });
            lines.retain(|it| !it.is_empty());
            (days(session.starts_on, Some(session.ends_on), ""), lines)
        });
        rows.collect()
    }

    fn numbered(&self, council: &str, number: &str) -> String {
        if self.numbers {
            format!("{council}, {number}")
        } else {
            council.to_owned()
        }
    }

    /// The label of an entry of one of the country's lists; its code where the list has lost it.
    pub(super) fn coded(&self, list: &str, code: &str, words: &Words<'_>) -> String {
        let entry = self.lists.codes.find(list, code);
        entry.map_or_else(|| code.to_owned(), |it| words.text(&it.label))
    }
}

fn told(act: &ActReference, words: &Words<'_>) -> String {
    let label = words.label(Label::Act);
    match act.date {
        Some(day) => format!("{label} {} ({day})", act.number),
        None => format!("{label} {}", act.number),
    }
}

/// Lines that run from page to page.
struct Flow<'a> {
    faces: &'a Faces,
    pages: Vec<Page>,
    page: Page,
    /// How far down the page is full.
    down: f32,
    /// How much the photo takes off the right, and how far down, of the first page.
    beside: (f32, f32),
}

impl<'a> Flow<'a> {
    fn new(faces: &'a Faces) -> Self {
        Self {
            faces,
            pages: Vec::new(),
            page: Page::default(),
            down: MARGIN,
            beside: (0.0, 0.0),
        }
    }

    fn photo(&mut self, photo: Option<Print>) {
        if let Some(photo) = photo {
            let (_, height) = photo.size();
            let width = self.page.photo((MARGIN + WIDTH, MARGIN), photo);
            self.beside = (width + 4.0 * MM, MARGIN + height);
        }
    }

    /// Goes on to the next page when this one has no room for so much, and more than nothing on it.
    fn make_room(&mut self, height: f32) {
        if self.down + height > LAST && self.down > MARGIN {
            self.pages.push(std::mem::take(&mut self.page));
            self.down = MARGIN;
        }
    }

    fn broken(&self, x: f32, (weight, size): Style, text: &str) -> Vec<String> {
        let (taken, to) = self.beside;
        let is_beside = self.pages.is_empty() && self.down < to;
        let width = MARGIN + WIDTH - x - if is_beside { taken } else { 0.0 };
        let text = super::face::printable(text);
        self.faces.of(weight).lines(&text, size, width)
    }

    fn line(&mut self, x: f32, style: Style, line: &str) {
        let height = style.1 * LEADING;
        self.make_room(height);
        self.down += height;
        self.page.text((x, self.down), style, line);
    }

    fn lines(&mut self, x: f32, style: Style, text: &str) {
        for line in self.broken(x, style, text) {
            self.line(x, style, &line);
        }
    }

    /// A row that stays on one page where a page can hold it.
    fn row(&mut self, (left, lines): &Row, first: Style) {
        let beside = MARGIN + BESIDE;
        let mut broken: Vec<(Style, String)> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let style = if at == 0 { first } else { BODY };
            let pieces = self.broken(beside, style, line);
            broken.extend(pieces.into_iter().map(|it| (style, it)));
        }
        let height: f32 = broken.iter().map(|(style, _)| style.1 * LEADING).sum();
        self.make_room(height.min(LAST - MARGIN));
        let left = (self.faces.of(BODY.0)).cut(left, BODY.1, BESIDE - 2.0 * MM);
        let beginning = self.down + BODY.1 * LEADING;
        self.page.text((MARGIN, beginning), BODY, &left);
        for (style, line) in broken {
            self.line(beside, style, &line);
        }
        self.down = self.down.max(beginning) + 1.5 * MM;
    }

    /// A heading with its rows; the heading is never left alone at the foot of a page.
    fn section(&mut self, heading: &str, rows: &[Row], nothing: &str) {
        self.down += 3.0 * MM;
        self.make_room(30.0 * MM);
        self.lines(MARGIN, HEAD, heading);
        self.down += 1.5 * MM;
        self.page.bar((MARGIN, self.down), (WIDTH, 0.8));
        self.down += 1.5 * MM;
        if rows.is_empty() {
            self.lines(MARGIN, BODY, nothing);
        }
        for row in rows {
            self.row(row, STRONG);
        }
    }

    /// The pages, each with the foot and its number.
    fn finish(mut self, foot: &str) -> Vec<Page> {
        self.pages.push(self.page);
        let count = self.pages.len();
        for (at, page) in (1..).zip(&mut self.pages) {
            page.text((MARGIN, FOOT), SMALL, foot);
            let number = format!("{at}/{count}");
            let width = self.faces.of(SMALL.0).width(&number, SMALL.1);
            page.text((MARGIN + WIDTH - width, FOOT), SMALL, &number);
        }
        self.pages
    }
}
