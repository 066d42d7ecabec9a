//! A hundred thousand resources: as many in the lines as in the files, and no more in memory than one at a time.

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use kada::interop::ihris::{self, Losses};

use super::{counts_of_bundles, counts_of_lines, lines};

const FACILITIES: usize = 40;

fn places() -> Vec<String> {
    let unit = |id: String, kind: &str, above: String| {
        format!(
            r#"{{"resourceType":"Location","id":"{id}","name":"{id}","status":"active","partOf":{{"reference":"Location/{above}"}},"type":[{{"coding":[{{"system":"http://x/jurisdiction","code":"{kind}"}}]}}]}}"#
        )
    };
    let regions = (0..5).map(|it| unit(format!("R{it}"), "region", "ZZ".to_owned()));
    let districts = (0..10).map(|it| unit(format!("D{it}"), "district", format!("R{}", it % 5)));
    let country = unit("ZZ".to_owned(), "country", String::new());
    let facilities = (0..FACILITIES).map(|it| {
        format!(
            r#"{{"resourceType":"Location","id":"F{it}","name":"F{it}","status":"active","partOf":{{"reference":"Location/D{}"}},"type":[{{"coding":[{{"system":"http://x/type","code":"HC"}}]}}]}}"#,
            it % 10
        )
    });
    facilities
        .chain(districts)
        .chain(regions)
        .chain([country])
        .collect()
}

fn person(number: usize) -> String {
    let sex = ["female", "male", "unknown"][number % 3];
    format!(
        r#"{{"resourceType":"Practitioner","id":"P{number}","active":true,"name":[{{"use":"official","text":"Given{number} Family{number}","given":["Given{number}"],"family":"Family{number}"}}],"gender":"{sex}","birthDate":"1980-01-01","telecom":[],"address":[]}}"#
    )
}

fn role(number: usize) -> String {
    format!(
        r#"{{"resourceType":"PractitionerRole","id":"R{number}","active":true,"code":[{{"coding":[{{"system":"http://x/job","code":"{}"}}],"text":"Job {}"}}],"practitioner":{{"reference":"Practitioner/P{number}"}},"location":[{{"reference":"Location/F{}"}}],"period":{{"start":"2001-01-01"}}}}"#,
        number % 7,
        number % 7,
        number % FACILITIES
    )
}

/// The text of a Bundle that is made while it is read; `read` says how much was.
struct Made<I> {
    resources: I,
    waiting: Vec<u8>,
    is_begun: bool,
    is_ended: bool,
    read: Rc<Cell<usize>>,
}

impl<I: Iterator<Item = String>> Made<I> {
    fn new(resources: I, read: Rc<Cell<usize>>) -> Self {
        Self {
            resources,
            waiting: br#"{"resourceType":"Bundle","entry":["#.to_vec(),
            is_begun: false,
            is_ended: false,
            read,
        }
    }
}

impl<I: Iterator<Item = String>> Read for Made<I> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.waiting.is_empty() && !self.is_ended {
            let text = match self.resources.next() {
                Some(it) if self.is_begun => format!(",{{\"resource\":{it}}}"),
                Some(it) => format!("{{\"resource\":{it}}}"),
                None => {
                    self.is_ended = true;
                    "]}".to_owned()
                }
            };
            self.is_begun = true;
            self.waiting = text.into_bytes();
        }
        let many = self.waiting.len().min(into.len());
        into[..many].copy_from_slice(&self.waiting[..many]);
        self.waiting.drain(..many);
        self.read.set(self.read.get() + many);
        Ok(many)
    }
}

#[test]
fn no_resource_is_read_before_the_one_above_was_handed_on() {
    const BUFFER: usize = 4_096;
    let read = Rc::new(Cell::new(0));
    let made = Made::new((0..100_000).map(person), Rc::clone(&read));
    let source = BufReader::with_capacity(BUFFER, made);
    let (mut found, mut due) = (0, 0);
    let flow = ihris::read_bundle("made.json", source, &mut |it| {
        assert_eq!(it.id, format!("P{found}"));
        due += person(found).len();
        found += 1;
        // What was read and not handed on: a buffer, and the commas and braces around the resources.
        assert!(read.get() <= due + found * 16 + 34 + BUFFER, "{found}");
        ControlFlow::Continue(())
    });
    assert_eq!((flow, found), (Ok(ControlFlow::Continue(())), 100_000));
}

fn write(folder: &Path, file: &str, resources: impl Iterator<Item = String>) -> usize {
    let entries: Vec<String> = resources
        .map(|it| format!("{{\"resource\":{it}}}"))
        .collect();
    let bundle = format!(
        "{{\"resourceType\":\"Bundle\",\"entry\":[{}]}}",
        entries.join(",\n")
    );
    std::fs::write(folder.join(file), &bundle).expect("ours");
    bundle.len()
}

#[test]
fn counts_by_region_job_and_sex_are_those_of_the_bundles() {
    let folder = tempfile::tempdir().expect("a directory");
    write(folder.path(), "b-places.json", places().into_iter());
    write(folder.path(), "c-people.json", (0..1_000).map(person));
    write(folder.path(), "a-roles.json", (0..1_000).map(role));
    let counts = counts_of_lines(folder.path(), &mut Losses::default());
    assert_eq!(counts, counts_of_bundles(folder.path()));
    assert_eq!(counts.values().sum::<u64>(), 1_000);
    assert_eq!(counts.len(), 5 * 7 * 3);
}

/// The most memory that a process of its own took to read so many resources, and how long the files are; both in bytes.
fn measured(resources: usize) -> (usize, usize) {
    let folder = tempfile::tempdir().expect("a directory");
    let many = resources / 2;
    let length = write(folder.path(), "b-places.json", places().into_iter())
        + write(folder.path(), "c-people.json", (0..many).map(person))
        + write(folder.path(), "a-roles.json", (0..many).map(role));
    let child = Command::new(std::env::current_exe().expect("ours"))
        .args([
            "--ignored",
            "--exact",
            "ihris::large::child_that_reads",
            "--nocapture",
        ])
        .env("KADA_TEST_BUNDLES", folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8(child.stdout).expect("text");
    let told = |word: &str| {
        let rest = said.split(word).nth(1).unwrap_or_else(|| panic!("{said}"));
        rest.split_whitespace()
            .next()
            .expect("a number")
            .parse::<usize>()
            .expect("a number")
    };
    assert_eq!(told("lines read: "), many);
    (told("kilobytes at most: ") * 1_024, length)
}

#[test]
#[ignore = "runs as a child of the test below"]
fn child_that_reads() {
    let folder = std::env::var_os("KADA_TEST_BUNDLES").expect("the parent says where");
    let mut many = 0;
    let mut losses = Losses::default();
    super::survey(Path::new(&folder), &mut losses)
        .people(
            Path::new(&folder),
            &super::house(),
            &mut losses,
            &mut |_| {
                many += 1;
                ControlFlow::Continue(())
            },
        )
        .expect("it can be read");
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status
        .lines()
        .find_map(|it| it.strip_prefix("VmHWM:"))
        .expect("it");
    println!("lines read: {many}");
    println!("kilobytes at most: {}", peak.trim());
}

#[test]
fn many_resources_take_little_more_memory_than_few() {
    const MANY: usize = 100_000;
    let (little, _) = measured(1_000);
    let (much, length) = measured(MANY);
    let grown = much.saturating_sub(little);
    println!(
        "{length} bytes of files; {little} bytes for 1,000 resources, {grown} more for {MANY}"
    );
    assert!(grown / MANY < 250, "{grown} bytes more");
    assert!(
        grown < length,
        "{grown} bytes more for {length} bytes of files"
    );
}

#[test]
fn one_line_follows_the_other() {
    let folder = tempfile::tempdir().expect("a directory");
    write(folder.path(), "places.json", places().into_iter());
    write(folder.path(), "people.json", (0..10).map(person));
    assert_eq!(lines(folder.path(), &mut Losses::default()).len(), 10);
    let mut many = 0;
    super::survey(folder.path(), &mut Losses::default())
        .people(
            folder.path(),
            &super::house(),
            &mut Losses::default(),
            &mut |_| {
                many += 1;
                if many == 3 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        )
        .expect("it can be read");
    assert_eq!(many, 3);
}
