//! A year in the lives of many people: what happens to whom, and who is what on a day, by nothing but loops over lists.

use chrono::{Datelike, Days};
use kada::kernel::{Date, PostingId, WorkerId};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const FACILITIES: [&str; 5] = ["F-A1", "H-A1", "S-A1", "F-A2", "F-B1"];
pub const HEALTH: [&str; 3] = ["MW", "NUR", "DOC"];
pub const SOCIAL: [&str; 2] = ["SWO", "PSW"];
pub const TERMS: [&str; 3] = ["permanent", "contract", "volunteer"];
/// The year that is lived.
pub const YEAR: i32 = 2024;

/// From a day to another, or on.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: Date,
    pub to: Option<Date>,
}

impl Span {
    pub fn holds_on(self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

#[derive(Clone, Debug)]
pub struct Duty {
    pub id: PostingId,
    pub facility: &'static str,
    pub cadre: &'static str,
    pub terms: &'static str,
    pub is_primary: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Life {
    pub id: WorkerId,
    pub name: String,
    pub is_female: bool,
    pub duties: Vec<Duty>,
    pub leaves: Vec<Span>,
    pub suspensions: Vec<Span>,
    /// Nothing happens again before the day after.
    settled: Date,
}

/// What happens to somebody, after what happened to them before.
#[derive(Clone, Debug)]
pub enum Event {
    Transfer {
        to: &'static str,
        on: Date,
    },
    Promote {
        cadre: &'static str,
        on: Date,
    },
    Exit {
        on: Date,
        reason: &'static str,
    },
    /// Again in post, or besides.
    Post(Duty),
    End {
        duty: PostingId,
        on: Date,
    },
    Leave(Span),
    Suspend(Span),
}

/// How somebody stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    Active,
    Former,
    Unposted,
}

pub fn one<T: Copy>(dice: &mut ChaCha8Rng, of: &[T]) -> T {
    *of.choose(dice).expect("one of some")
}

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).expect("a date")
}

fn before(day: Date) -> Date {
    day - Days::new(1)
}

/// A name that nobody else has, nor one like it.
fn name(number: usize) -> String {
    const STARTS: [&str; 10] = [
        "ba", "ko", "du", "fe", "gi", "lam", "mon", "rus", "sen", "vil",
    ];
    let digits = [
        number / 1000 % 10,
        number / 100 % 10,
        number / 10 % 10,
        number % 10,
    ];
    let turned = digits.iter().rev().chain(&digits);
    let text: String = turned.map(|it| STARTS[*it]).collect();
    format!("{}{}", text[..1].to_uppercase(), &text[1..])
}

impl Life {
    fn new(number: usize, dice: &mut ChaCha8Rng) -> Self {
        let is_new = dice.random_ratio(3, 20);
        let year = if is_new {
            YEAR
        } else {
            dice.random_range(2015..YEAR)
        };
        let from = day(year, dice.random_range(1..=12), dice.random_range(1..=28));
        let cadres: &[&str] = if dice.random_ratio(2, 3) {
            &HEALTH
        } else {
            &SOCIAL
        };
        let first = Duty {
            id: PostingId::new(),
            facility: one(dice, &FACILITIES),
            cadre: one(dice, cadres),
            terms: one(dice, &TERMS),
            is_primary: true,
            span: Span { from, to: None },
        };
        Self {
            id: WorkerId::new(),
            name: name(number),
            is_female: dice.random(),
            duties: vec![first],
            leaves: vec![],
            suspensions: vec![],
            settled: from,
        }
    }

    pub fn standing_on(&self, day: Date) -> Standing {
        let begun: Vec<&Duty> = (self.duties.iter())
            .filter(|it| it.span.from <= day)
            .collect();
        if begun.iter().any(|it| it.span.holds_on(day)) {
            Standing::Active
        } else if begun.is_empty() {
            Standing::Unposted
        } else {
            Standing::Former
        }
    }

    pub fn duties_on(&self, day: Date) -> impl Iterator<Item = &Duty> {
        self.duties.iter().filter(move |it| it.span.holds_on(day))
    }

    pub fn primary_on(&self, day: Date) -> Option<&Duty> {
        self.duties_on(day).find(|it| it.is_primary)
    }

    /// What happens in a month, if anything.
    fn event(&self, month: u32, dice: &mut ChaCha8Rng) -> Option<Event> {
        let on = day(YEAR, month, dice.random_range(2..=28));
        if on <= self.settled {
            return None;
        }
        let Some(held) = self.primary_on(on) else {
            let last = self.duties.last()?;
            return Some(Event::Post(Duty {
                id: PostingId::new(),
                facility: one(dice, &FACILITIES),
                is_primary: true,
                span: Span { from: on, to: None },
                ..last.clone()
            }));
        };
        let besides = self.duties_on(on).find(|it| !it.is_primary);
        if let Some(duty) = besides.filter(|_| dice.random_ratio(2, 3)) {
            return Some(Event::End { duty: duty.id, on });
        }
        let elsewhere: Vec<&str> = FACILITIES
            .into_iter()
            .filter(|it| *it != held.facility)
            .collect();
        let of_sector: &[&str] = if HEALTH.contains(&held.cadre) {
            &HEALTH
        } else {
            &SOCIAL
        };
        let span = Span {
            from: on,
            // A weekend in it is no leave.
            to: Some(on + Days::new(dice.random_range(7..30))),
        };
        Some(match dice.random_range(0..20) {
            0..=6 => Event::Transfer {
                to: one(dice, &elsewhere),
                on,
            },
            7..=9 => {
                let others = of_sector.iter().copied().filter(|it| *it != held.cadre);
                Event::Promote {
                    cadre: one(dice, &others.collect::<Vec<_>>()),
                    on,
                }
            }
            10..=12 => Event::Exit {
                on,
                reason: one(dice, &["resignation", "retirement"]),
            },
            13..=15 => Event::Post(Duty {
                id: PostingId::new(),
                facility: one(dice, &elsewhere),
                cadre: one(dice, of_sector),
                terms: held.terms,
                is_primary: false,
                span: Span { from: on, to: None },
            }),
            16..=18 => Event::Leave(span),
            _ => Event::Suspend(span),
        })
    }

    fn live(&mut self, event: &Event) {
        let changed = |held: &Duty, on| Duty {
            id: PostingId::new(),
            span: Span { from: on, to: None },
            ..held.clone()
        };
        match event {
            Event::Transfer { on, .. } | Event::Promote { on, .. } => {
                self.settled = *on;
                let mut duties = self.duties.iter_mut();
                let held = duties.find(|it| it.is_primary && it.span.holds_on(*on));
                let held = held.expect("somebody in post");
                let mut next = changed(held, *on);
                held.span.to = Some(before(*on));
                match event {
                    Event::Transfer { to, .. } => next.facility = to,
                    Event::Promote { cadre, .. } => next.cadre = cadre,
                    _ => {}
                }
                self.duties.push(next);
            }
            Event::Exit { on, .. } => {
                self.settled = *on;
                let held = self.duties.iter_mut().filter(|it| it.span.holds_on(*on));
                held.for_each(|it| it.span.to = Some(*on));
            }
            Event::Post(duty) => {
                self.settled = duty.span.from;
                self.duties.push(duty.clone());
            }
            Event::End { duty, on } => {
                self.settled = *on;
                let mut duties = self.duties.iter_mut();
                let ended = duties.find(|it| it.id == *duty).expect("a duty");
                ended.span.to = Some(*on);
            }
            Event::Leave(span) => {
                self.settled = span.to.unwrap_or(span.from);
                self.leaves.push(*span);
            }
            Event::Suspend(span) => {
                self.settled = span.to.unwrap_or(span.from);
                self.suspensions.push(*span);
            }
        }
    }
}

/// Everybody, and what happens in each month.
pub struct Country {
    pub lives: Vec<Life>,
    dice: ChaCha8Rng,
}

impl Country {
    pub fn new(people: usize, seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let lives = (0..people)
            .map(|number| Life::new(number, &mut dice))
            .collect();
        Self { lives, dice }
    }

    /// What happens in a month to one in seven, each at most one thing; here it has happened at once.
    pub fn month(&mut self, month: u32) -> Vec<(WorkerId, Event)> {
        let mut events = Vec::new();
        for life in &mut self.lives {
            if !self.dice.random_ratio(1, 7) {
                continue;
            }
            if let Some(event) = life.event(month, &mut self.dice) {
                life.live(&event);
                events.push((life.id, event));
            }
        }
        events
    }

    /// A day in the year, or in the months before and after it.
    pub fn some_day(&mut self) -> Date {
        let first = day(YEAR - 1, 11, 1);
        let day = first + Days::new(self.dice.random_range(0..500));
        assert!((YEAR - 1..=YEAR + 1).contains(&day.year()));
        day
    }

    pub fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        one(&mut self.dice, of)
    }
}
