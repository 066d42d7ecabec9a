//! Small verbs for the tests of the establishment.

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, TestCountry};

const POST: &str = "fragment Approved on Post {
    id code version title status validFrom validTo since until facility { code } cadre { code } postingId
}";

const NORM: &str = "fragment Standard on StaffingNorm {
    id version cadre { code } facility { code } facilityType { code } setting orgUnitLevel peoplePerWorker
    minimum maximum validFrom validTo source
}";

/// Whoever keeps the establishment of a country.
pub struct Establishment<'a> {
    pub admin: Caller<'a>,
}

impl<'a> Establishment<'a> {
    pub fn of(country: &TestCountry<'a>) -> Self {
        let admin = country.caller(Role::MinistryAdmin);
        Self { admin }
    }

    /// The payload of a mutation.
    pub async fn ask(&self, mutation: &str, input: Value) -> Value {
        ask(&self.admin, mutation, input).await
    }

    /// The post or the norm of one that nothing refuses.
    pub async fn make(&self, mutation: &str, input: Value) -> Value {
        let payload = self.ask(mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        payload["made"].clone()
    }

    async fn id(&self, kind: &str, code: &str) -> String {
        let query = format!("query($code: String!) {{ {kind}(by: {{code: $code}}) {{ id }} }}");
        let data = self.admin.data(&query, json!({ "code": code })).await;
        data[kind]["id"].as_str().expect("an id").to_owned()
    }

    /// Opens a post of the midwives at F-A1, for the posting that a worker has there.
    pub async fn fill(&self, code: &str, worker: &str) -> Value {
        let open = json!({
            "code": code, "from": "2019-01-01", "facility": self.id("facility", "F-A1").await,
            "cadre": self.id("cadre", "MW").await,
        });
        let post = self.make("openPost", open).await;
        let query = "query($id: ID!) { worker(by: {id: $id}) { posting { id } } }";
        let data = self.admin.data(query, json!({ "id": worker })).await;
        let posting = &data["worker"]["posting"]["id"];
        let input = json!({ "post": post["id"], "posting": posting });
        self.make("assignPost", input).await
    }

    /// Posts on a day as `code STATUS holder`.
    pub async fn listed(&self, caller: &Caller<'_>, filter: Value, day: &str) -> Vec<String> {
        let query = "query($filter: PostFilterInput, $day: Date) {
            posts(first: 100, filter: $filter, asOf: $day) { totalCount nodes {
                code status holder { familyName } } } }";
        let variables = json!({ "filter": filter, "day": day });
        let data = caller.data(query, variables).await;
        let nodes = data["posts"]["nodes"].as_array().expect("posts");
        assert_eq!(data["posts"]["totalCount"], nodes.len());
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let told = nodes.iter().map(|post| {
            let holder = text(&post["holder"]["familyName"]);
            format!("{} {} {holder}", text(&post["code"]), text(&post["status"]))
        });
        told.collect()
    }
}

pub async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let (made, shape) = if mutation.ends_with("Norm") {
        ("made: norm { ...Standard }", NORM)
    } else {
        ("made: post { ...Approved }", POST)
    };
    let conflict = match mutation {
        "openPost" | "assignPost" | "vacatePost" => "",
        _ => "conflict { baseVersion current { version } changed { field base current } }",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {made} {conflict} errors {{ code errorCode message path }} }} }} {shape}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}
