//! The schema as a text: committed, sorted, described; and the catalogue of messages that goes with its codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition,
};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn definitions() -> Vec<TypeSystemDefinition> {
    parse_schema(kada::api::sdl())
        .expect("the schema's own text")
        .definitions
}

#[test]
fn the_committed_schema_is_the_codes() {
    let committed = fs::read_to_string(root("schema.graphql")).expect("schema.graphql");
    assert!(
        committed.trim_end() == kada::api::sdl().trim_end(),
        "run `make schema` and commit schema.graphql"
    );
}

/// What has no description, by its path.
#[derive(Default)]
struct Undescribed(Vec<String>);

impl Undescribed {
    fn note(&mut self, path: &str, description: Option<&Positioned<String>>) {
        if description.is_none_or(|it| it.node.trim().is_empty()) {
            self.0.push(path.to_owned());
        }
    }

    fn values(&mut self, path: &str, values: &[Positioned<InputValueDefinition>]) {
        for value in values {
            self.note(
                &format!("{path}.{}", value.node.name.node),
                value.node.description.as_ref(),
            );
        }
    }

    fn fields(&mut self, path: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields {
            let path = format!("{path}.{}", field.node.name.node);
            self.note(&path, field.node.description.as_ref());
            self.values(&path, &field.node.arguments);
        }
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut lacking = Undescribed::default();
    for definition in definitions() {
        let TypeSystemDefinition::Type(found) = definition else {
            continue;
        };
        let name = found.node.name.node.as_str();
        lacking.note(name, found.node.description.as_ref());
        match &found.node.kind {
            TypeKind::Object(it) => lacking.fields(name, &it.fields),
            TypeKind::Interface(it) => lacking.fields(name, &it.fields),
            TypeKind::InputObject(it) => lacking.values(name, &it.fields),
            TypeKind::Enum(it) => {
                for value in &it.values {
                    let path = format!("{name}.{}", value.node.value.node);
                    lacking.note(&path, value.node.description.as_ref());
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert_eq!(
        lacking.0,
        Vec::<String>::new(),
        "nothing stands without a word"
    );
}

#[test]
fn fields_arguments_and_values_are_sorted() {
    for definition in definitions() {
        let TypeSystemDefinition::Type(found) = definition else {
            continue;
        };
        let names: Vec<String> = match &found.node.kind {
            TypeKind::Object(it) => it
                .fields
                .iter()
                .map(|it| it.node.name.node.to_string())
                .collect(),
            TypeKind::InputObject(it) => it
                .fields
                .iter()
                .map(|it| it.node.name.node.to_string())
                .collect(),
            TypeKind::Enum(it) => it
                .values
                .iter()
                .map(|it| it.node.value.node.to_string())
                .collect(),
            _ => continue,
        };
        assert!(names.is_sorted(), "{}: {names:?}", found.node.name.node);
    }
}

/// Codes whose messages say what is wrong with the form of a request: for whoever writes the client, in English.
const OF_FORM: [&str; 7] = [
    "BAD_INPUT",
    // Worded by its reason.
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "MALFORMED_REQUEST",
    "OPERATION_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
];
/// Quoted capitals that are no codes.
const OTHER_WORDS: [&str; 19] = [
    // What files of a type begin with.
    "RIFF",
    "WEBP",
    "PAY",
    "LEAVE",
    "ANSWER",
    "TRAIL",
    "QUALITY",
    "BIRTH_DATE",
    "CONDUCT",
    "CONTACT",
    "HISTORY",
    "IDENTIFIER",
    "JSON",
    "NAME",
    "OUT_DIR",
    "CARGO_PKG_VERSION",
    "POST",
    "RECORD",
    "SCREAMING_SNAKE_CASE",
];

/// Codes of what is wrong with the rows of a file, beside those of mutations: no enum lists them.
const OF_ROWS: [&str; 9] = [
    "AMBIGUOUS",
    "MISSING",
    "NOBODY_NAMED",
    "NOT_A_DATE",
    "NOT_A_NUMBER",
    "NOT_A_SECTOR_NAME",
    "NOT_A_SEX",
    "NOT_A_WORKER_ID",
    "NOT_YES_OR_NO",
];

/// And of the columns of a file that is asked for.
const OF_COLUMNS: [&str; 5] = [
    "COLUMN_FORBIDDEN",
    "COLUMN_TWICE",
    "NO_SUCH_EXPORT_COLUMN",
    "TOO_LONG_FOR_A_SHEET",
    "TOO_MANY_COLUMNS",
];

/// Quoted words in capitals in the code that answers requests, its unit tests aside.
fn quoted_capitals() -> BTreeSet<String> {
    let (mut found, mut folders) = (
        BTreeSet::new(),
        ["src/api", "src/graphql", "src/indicators", "src/kernel"]
            .map(root)
            .to_vec(),
    );
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(path).expect("a source");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let quoted = code.split('"').skip(1).step_by(2).filter(|word| {
                    word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
                });
                found.extend(quoted.map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_code_has_a_message() {
    let catalogue =
        fs::read_to_string(root("src/graphql/messages/en.ftl")).expect("the English catalogue");
    let worded: BTreeSet<&str> = catalogue
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    let mut codes = BTreeSet::new();
    for definition in definitions() {
        if let TypeSystemDefinition::Type(found) = definition
            && ["ErrorCode", "LossCode", "ReasonCode"]
                .iter()
                .any(|it| found.node.name.node.ends_with(it))
            && let TypeKind::Enum(it) = found.node.kind
        {
            codes.extend(it.values.iter().map(|it| it.node.value.node.to_string()));
        }
    }
    assert!(codes.len() > 20, "{codes:?}");
    codes.extend(OF_ROWS.map(str::to_owned));
    codes.extend(OF_COLUMNS.map(str::to_owned));
    // The words of printed records.
    let printed = kada::interop::Label::ALL.iter();
    codes.extend(printed.map(|it| it.code().to_owned()));
    let quoted = quoted_capitals();
    for code in &OF_FORM {
        assert!(quoted.contains(*code), "{code} is no longer in the code");
        assert!(
            !worded.contains(code),
            "{code} needs no place in the catalogue"
        );
    }
    codes.extend(
        quoted
            .into_iter()
            .filter(|it| !OF_FORM.contains(&it.as_str()) && !OTHER_WORDS.contains(&it.as_str())),
    );
    codes.retain(|it| !OF_FORM.contains(&it.as_str()));
    let silent: Vec<&String> = codes
        .iter()
        .filter(|it| !worded.contains(it.as_str()))
        .collect();
    assert_eq!(silent, Vec::<&String>::new(), "codes without a message");
    let unused: Vec<&&str> = worded.iter().filter(|it| !codes.contains(**it)).collect();
    assert_eq!(unused, Vec::<&&str>::new(), "messages without a code");
}
