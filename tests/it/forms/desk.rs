//! Small verbs for the tests of forms: a desk that writes them, publishes them and answers them.

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, TestCountry};
use crate::workforce::office::refusals;

const FORM: &str = "fragment F on Form { id code version subject title
    draft { number } published { number } versions { number stage changeClass } }";

pub struct Desk<'a> {
    pub admin: Caller<'a>,
}

impl<'a> Desk<'a> {
    pub fn of(country: &TestCountry<'a>) -> Self {
        Self {
            admin: country.caller(Role::MinistryAdmin),
        }
    }

    /// The payload of a mutation that answers with a form.
    pub async fn ask(&self, mutation: &str, input: Value) -> Value {
        ask(&self.admin, mutation, input).await
    }

    /// The form after a mutation that nothing refuses.
    pub async fn change(&self, mutation: &str, input: Value) -> Value {
        let payload = self.ask(mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        payload["form"].clone()
    }

    pub async fn form(&self, code: &str) -> Value {
        let query =
            format!("query($code: String!) {{ form(by: {{code: $code}}) {{ ...F }} }} {FORM}");
        let mut data = self.admin.data(&query, json!({ "code": code })).await;
        data["form"].take()
    }

    /// Writes the next draft of a form.
    pub async fn draft(&self, code: &str, subject: &str, definition: &Value) -> Value {
        let standing = self.form(code).await;
        let input = json!({
            "code": code, "subject": subject, "definition": definition,
            "title": [{ "language": "en", "text": "A form" }],
            "baseVersion": standing.get("version"),
        });
        self.change("saveFormDraft", input).await
    }

    /// Writes a form and publishes it.
    pub async fn publish(&self, code: &str, subject: &str, definition: &Value) -> Value {
        self.publish_mapped(code, subject, definition, json!([]))
            .await
    }

    pub async fn publish_mapped(
        &self,
        code: &str,
        subject: &str,
        definition: &Value,
        mapping: Value,
    ) -> Value {
        let draft = self.draft(code, subject, definition).await;
        let input =
            json!({ "form": draft["id"], "baseVersion": draft["version"], "mapping": mapping });
        self.change("publishForm", input).await
    }

    /// Answers a form with a ward; the answer as it was taken.
    pub async fn answer(&self, form: &Value, about: &Value) -> Value {
        let input = json!({ "form": form, "about": about, "answers": { "ward": "Kariakoo" } });
        let payload = submit(&self.admin, "submitForm", input).await;
        assert_eq!(payload["errors"], json!([]));
        payload["submission"].clone()
    }

    /// What is refused of a draft, as `CODE place.in.the.definition`.
    pub async fn flaws(&self, definition: &Value) -> Vec<String> {
        let input = json!({
            "code": "flawed", "subject": "ALONE", "definition": definition,
            "title": [{ "language": "en", "text": "A form" }],
        });
        refusals(&self.ask("saveFormDraft", input).await)
    }
}

pub async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            form {{ ...F }} errors {{ code errorCode message path }} }} }} {FORM}"
    );
    let mut data = caller.data(&document, json!({ "input": input })).await;
    data["answer"].take()
}

/// The payload of a mutation that answers with a submission.
pub async fn submit(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let conflict = if mutation == "submitForm" {
        ""
    } else {
        "conflict { version }"
    };
    let document = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            submission {{ id version status formVersion {{ number }} answers personalAnswers comment }}
            {conflict} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&document, json!({ "input": input })).await;
    data["answer"].take()
}

/// A definition with these fields.
pub fn fields(properties: Value) -> Value {
    json!({ "schema": { "type": "object", "properties": properties } })
}
