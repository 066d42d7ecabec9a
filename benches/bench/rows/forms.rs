//! Forms: a page of the people who answered so beside a page by a column, and what a hostile definition costs.

use std::time::Instant;

use anyhow::ensure;
use kada::auth::Role;
use kada::forms::Definition;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::{Bench, Bound, Seen, same};
use crate::data::Content;
use crate::drive::{Ask, Asker};
use crate::rounds::{Rounds, Side, Spread};

#[path = "../../../tests/it/forms/hostile.rs"]
mod hostile;

/// The answers repeat the terms of each posting, so that both filters choose the same people.
const TERMS: &str = "state_contract";
const BY_ANSWER: &str = "query($terms: [String!]) {
    workers(first: 50, filter: {status: ACTIVE, answers: [{form: \"terms\", field: \"terms\", anyOf: $terms}]}) {
        totalCount nodes { id name } } }";
const BY_COLUMN: &str = "query($terms: [String!]) {
    workers(first: 50, filter: {status: ACTIVE, employmentTypes: $terms}) { totalCount nodes { id name } } }";
const SAVE: &str = "mutation($definition: JSON!) { saveFormDraft(input: {
    code: \"terms\", subject: WORKER, title: [{language: \"fr\", text: \"Statut\"}], definition: $definition }) {
    form { id version } errors { errorCode } } }";
const PUBLISH: &str = "mutation($form: ID!, $version: Int!) {
    publishForm(input: { form: $form, baseVersion: $version }) { errors { errorCode } } }";
const CONNECTIONS: usize = 8;

pub async fn filter(bench: &Bench) -> anyhow::Result<Seen> {
    let data = &bench.data;
    let tenant = &data.scratch[0];
    data.refill(tenant, Content::Whole).await?;
    answer(bench).await?;
    let token = data.token(tenant)?;
    let variables = json!({ "terms": [TERMS] });
    let ask = |query| Ask::graphql(&token, query, &variables);
    let (by_answer, by_column) = (ask(BY_ANSWER), ask(BY_COLUMN));
    let mut asker = Asker::connect(bench.server.address).await?;
    let ours: Value = serde_json::from_slice(&asker.ask(&by_answer).await?)?;
    let limit: Value = serde_json::from_slice(&asker.ask(&by_column).await?)?;
    same(&ours, &limit)?;
    let postmaster = data.postmaster()?;
    let side = |asks| Side {
        address: bench.server.address,
        pid: bench.server.pid,
        postmaster,
        asks,
        connections: CONNECTIONS,
    };
    let (by_answer, by_column) = ([by_answer], [by_column]);
    let rounds = Rounds::of(data.scale, &side(&by_answer), &side(&by_column)).await?;
    let chosen = &ours["data"]["workers"]["totalCount"];
    let besides = format!("{chosen} of {} people", data.scale.workers);
    Ok(Seen::of_cpu(&rounds, 2.0).besides(besides, true))
}

/// Publishes a form, and lets everybody in post answer it.
async fn answer(bench: &Bench) -> anyhow::Result<()> {
    let (data, server) = (&bench.data, &bench.server);
    let tenant = &data.scratch[0];
    let admin = data.token_of(tenant, Role::MinistryAdmin)?;
    let definition = json!({ "schema": { "type": "object", "properties": {
        "terms": { "type": "string", "x-codeList": "employment_type" } } } });
    let variables = json!({ "definition": definition });
    let saved = server.data(&admin, SAVE, variables).await?;
    let form = &saved["saveFormDraft"]["form"];
    ensure!(!form.is_null(), "the form was refused: {saved}");
    let variables = json!({ "form": form["id"], "version": form["version"] });
    let published = server.data(&admin, PUBLISH, variables).await?;
    let errors = published["publishForm"]["errors"].as_array();
    ensure!(
        errors.is_some_and(Vec::is_empty),
        "the form was refused: {published}"
    );
    let sql = format!(
        "insert into {schema}.answer_value (form_id, field, subject_id, ordinal, text)
         select f.form_id, 'terms', p.worker_id, 0, p.employment_type
         from {schema}.form f, {schema}.posting p
         where f.code = 'terms' and p.is_primary
           and p.starts_on <= current_date and (p.ends_on is null or p.ends_on >= current_date)",
        schema = tenant.schema()
    );
    let mut superuser = data.superuser().await?;
    superuser.execute(AssertSqlSafe(sql)).await?;
    let sql = format!("vacuum analyze {}.answer_value", tenant.schema());
    superuser.execute(AssertSqlSafe(sql)).await?;
    superuser.close().await?;
    Ok(())
}

/// The definition that takes longest to be refused, of all that are made for it.
pub fn hostile(bench: &Bench) -> anyhow::Result<Seen> {
    let mut told = Vec::new();
    let mut dearest: Option<Spread> = None;
    for (name, definition) in hostile::definitions() {
        let mut took = Vec::new();
        for _ in 0..bench.data.scale.rounds {
            let began = Instant::now();
            let read = Definition::read(&definition);
            took.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(read.is_err(), "{name} was not refused");
        }
        let took = Spread::new(took.into_iter());
        told.push(format!("{name} {:.1}", took.median));
        if dearest.is_none_or(|it| it.median < took.median) {
            dearest = Some(took);
        }
    }
    let figure = dearest.ok_or_else(|| anyhow::anyhow!("there are no such definitions"))?;
    Ok(Seen {
        figure,
        bound: Bound::AtMost(10.0),
        unit: " ms",
        ours: told.join(", "),
        limit: "10 ms".to_owned(),
        besides: None,
    })
}
