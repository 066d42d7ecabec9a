//! What a register says and Kada does not carry, or carries otherwise: element by element, with the reason.
//!
//! A report names resources and elements and never what stands in them: it may be sent around.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

/// Why an element did not come along as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    NoHome,
    NotBrought,
    NotRead,
    NotADay,
    NotInRange,
    NotResolved,
    NotUnderstood,
    NotOfThisCountry,
    Twice,
    NoFirstDay,
    NoFacility,
    NoJob,
    NotActive,
    Refused,
    Unsaid,
    NotMapped,
    OtherWords,
    DayBefore,
    OtherDuty,
    Unplaced,
}

impl Reason {
    /// As it stands in the report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoHome => "NO_HOME",
            Reason::NotBrought => "NOT_BROUGHT",
            Reason::NotRead => "NOT_READ",
            Reason::NotADay => "NOT_A_DAY",
            Reason::NotInRange => "NOT_IN_RANGE",
            Reason::NotResolved => "NOT_RESOLVED",
            Reason::NotUnderstood => "NOT_UNDERSTOOD",
            Reason::NotOfThisCountry => "NOT_OF_THIS_COUNTRY",
            Reason::Twice => "TWICE",
            Reason::NoFirstDay => "NO_FIRST_DAY",
            Reason::NoFacility => "NO_FACILITY",
            Reason::NoJob => "NO_JOB",
            Reason::NotActive => "NOT_ACTIVE",
            Reason::Refused => "REFUSED",
            Reason::Unsaid => "UNSAID",
            Reason::NotMapped => "NOT_MAPPED",
            Reason::OtherWords => "OTHER_WORDS",
            Reason::DayBefore => "DAY_BEFORE",
            Reason::OtherDuty => "OTHER_DUTY",
            Reason::Unplaced => "UNPLACED",
        }
    }

    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Reason::NoHome => "Kada has no place for it",
            Reason::NotBrought => {
                "is not brought along, though Kada has a place for it: enter it there"
            }
            Reason::NotRead => "resources of this type are not read",
            Reason::NotADay => "is no full day of the calendar, and none is made up",
            Reason::NotInRange => "is before 1900 or still to come",
            Reason::NotResolved => "leads to nothing in these files",
            Reason::NotUnderstood => "is not written as it has to be",
            Reason::NotOfThisCountry => "belongs to another country",
            Reason::Twice => "stands twice; the first was taken",
            Reason::NoFirstDay => "has no first day, so it is no posting",
            Reason::NoFacility => "names no facility, so it is no posting",
            Reason::NoJob => "names no job, so it is no posting",
            Reason::NotActive => "is over without a day on which it ended",
            Reason::Refused => "is refused by the rules of the register",
            Reason::Unsaid => "is not said; carried as unknown",
            Reason::NotMapped => "is not taken for an ISCO-08 code; map it in Kada",
            Reason::OtherWords => "is called otherwise elsewhere; the first was taken",
            Reason::DayBefore => {
                "is the day on which the next one begins; carried as the day before"
            }
            Reason::OtherDuty => "overlaps a later one; carried as an additional duty",
            Reason::Unplaced => "says no place that could keep the record; carried as unplaced",
        }
    }

    /// Whether it came along all the same, in another form.
    #[must_use]
    pub fn is_carried(self) -> bool {
        self >= Reason::Unsaid
    }
}

/// All that was lost on the way, counted; and written out in full where a report is wanted.
#[derive(Default)]
pub struct Losses {
    counts: BTreeMap<(Reason, String, String), u64>,
    report: Option<csv::Writer<Box<dyn Write + Send>>>,
    failed: Option<csv::Error>,
}

impl Losses {
    /// With a report as CSV, a line for each loss.
    #[must_use]
    pub fn reported(to: Box<dyn Write + Send>) -> Self {
        let mut losses = Self {
            report: Some(csv::Writer::from_writer(to)),
            ..Self::default()
        };
        losses.write(["resource", "id", "element", "reason", "words"]);
        losses
    }

    /// Something of a resource; the element is empty for the resource as a whole.
    pub fn add(&mut self, resource: &str, id: &str, element: &str, reason: Reason) {
        // Places in a list are for the report; the summary is about kinds of elements.
        let kind: String = element
            .split('[')
            .enumerate()
            .map(|(part, text)| match text.split_once(']') {
                Some((_, rest)) if part > 0 => rest,
                _ => text,
            })
            .collect();
        *self
            .counts
            .entry((reason, resource.to_owned(), kind))
            .or_default() += 1;
        self.write([resource, id, element, reason.code(), reason.words()]);
    }

    fn write(&mut self, record: [&str; 5]) {
        if let Some(report) = &mut self.report
            && let Err(error) = report.write_record(record)
        {
            self.failed.get_or_insert(error);
            self.report = None;
        }
    }

    /// How often this was lost.
    #[must_use]
    pub fn count(&self, resource: &str, element: &str, reason: Reason) -> u64 {
        let key = (reason, resource.to_owned(), element.to_owned());
        self.counts.get(&key).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// When the report could not be written whole.
    pub fn finish(&mut self) -> Result<(), csv::Error> {
        if let Some(mut report) = self.report.take() {
            report.flush()?;
        }
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// The counts by resource, element and reason.
impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, carried) in [("not carried", false), ("carried otherwise", true)] {
            let mut rows = self
                .counts
                .iter()
                .filter(|(key, _)| key.0.is_carried() == carried);
            let Some(first) = rows.next() else {
                continue;
            };
            writeln!(f, "{title}:")?;
            for ((reason, resource, element), count) in std::iter::once(first).chain(rows) {
                let dot = if element.is_empty() { "" } else { "." };
                writeln!(
                    f,
                    "  {count:>7} {resource}{dot}{element}: {}",
                    reason.words()
                )?;
            }
        }
        Ok(())
    }
}
