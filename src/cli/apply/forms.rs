//! `forms/*.json`: the forms that a country starts with, each in a file that is named by its code.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::check_languages;
use super::sheet::Files;
use crate::cadres::EntryRow;
use crate::cli::folder::Folder;
use crate::forms::{Definition, FormRow, FormsConfiguration, Subject, is_form_code};
use crate::kernel::Text;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    subject: Subject,
    title: Text,
    definition: Value,
}

pub(super) fn read(
    files: &mut Files<'_>,
    folder: &Folder,
    code_lists: &[EntryRow],
) -> FormsConfiguration {
    let lists: BTreeSet<&str> = code_lists.iter().map(|it| it.entry.list.as_str()).collect();
    let mut forms = Vec::new();
    for file in folder.files_in("forms", "json") {
        let Some(text) = files.text(&file) else {
            continue;
        };
        let form: FormFile = match serde_json::from_str(&text) {
            Ok(form) => form,
            Err(error) => {
                files.refuse(&file, Some(error.line()), "", error.to_string());
                continue;
            }
        };
        let code = file.trim_start_matches("forms/").trim_end_matches(".json");
        if !is_form_code(code) {
            files.refuse(
                &file,
                None,
                code,
                "is not the code of a form: a-z, 0-9 and -",
            );
        }
        check_title(files, &file, &form.title);
        match Definition::read(&form.definition) {
            Ok(definition) => {
                for (field, list) in definition.code_lists() {
                    if !lists.contains(list) {
                        files.refuse(&file, None, field, format!("there is no code list {list}"));
                    }
                }
                forms.push(FormRow {
                    code: code.to_owned(),
                    subject: form.subject,
                    title: form.title,
                    definition,
                });
            }
            Err(flaws) => {
                for flaw in flaws {
                    let place = format!("definition.{}", flaw.path.join("."));
                    files.refuse(&file, None, &place, flaw.fault.to_string());
                }
            }
        }
    }
    FormsConfiguration { forms }
}

/// The file of each form.
/// In one of the country's languages at least, as mutations have it.
fn check_title(files: &mut Files<'_>, file: &str, title: &Text) {
    check_languages(files, file, None, "title", title);
    if title.0.values().all(|it| it.trim().is_empty()) {
        files.refuse(
            file,
            None,
            "title",
            "is empty; a form has a title in one language at least",
        );
    }
}

pub(super) fn write(forms: &FormsConfiguration) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let written = forms.forms.iter().map(|form| {
        let file = FormFile {
            subject: form.subject,
            title: form.title.clone(),
            definition: form.definition.source().clone(),
        };
        let text = serde_json::to_string_pretty(&file)? + "\n";
        Ok((format!("forms/{}.json", form.code), text.into_bytes()))
    });
    written.collect()
}
