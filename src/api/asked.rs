//! What the query string of a download asks for.

use axum::extract::Query;
use serde_json::Value;

use super::answer::Refusal;
use super::download::{Visit, unfit};
use crate::graphql::limits;
use crate::interop::graphql::worker_list;
use crate::interop::{Format, List, Wanted};
use crate::workforce::WorkerFilter;
use crate::workforce::graphql::worker_filter;

/// The parameters of the query string, in their order.
pub(super) fn parameters(visit: &Visit) -> Result<Vec<(String, String)>, Refusal> {
    let Query(pairs) = Query::try_from_uri(&visit.head.uri)
        .map_err(|_| Refusal::malformed("the query string cannot be read"))?;
    Ok(pairs)
}

/// A filter of workers, read, and as it was asked for.
pub(super) fn filter(visit: &Visit, text: &str) -> Result<(WorkerFilter, Value), Refusal> {
    let asked = json(visit, "filter", text)?;
    let filter = worker_filter(&asked).map_err(|it| unfit(&it))?;
    Ok((filter, asked))
}

/// A list of workers, read, and as it was asked for.
fn list(visit: &Visit, text: &str) -> Result<(List, Value), Refusal> {
    let asked = json(visit, "list", text)?;
    let list = worker_list(&asked).map_err(|it| unfit(&it))?;
    Ok((list, asked))
}

fn json(visit: &Visit, name: &str, text: &str) -> Result<Value, Refusal> {
    let limits = &visit.app.config.graphql.limits;
    limits::json::scan(text.as_bytes(), limits, false)
        .map_err(|it| Refusal::from(it).of_the_request())?;
    let unreadable = |_| Refusal::malformed(format!("{name} is not JSON"));
    serde_json::from_str(text).map_err(unreadable)
}

/// What the query string asks for.
pub(super) fn wanted(visit: &Visit) -> Result<Wanted, Refusal> {
    let mut wanted = Wanted::default();
    for (name, text) in parameters(visit)? {
        match name.as_str() {
            "columns" => {
                let names = text.split(',').map(|it| it.trim().to_owned());
                wanted.columns.get_or_insert_default().extend(names);
            }
            "filter" | "list" if !wanted.asked.is_null() => {
                return Err(Refusal::malformed("list and filter say the same: give one"));
            }
            "filter" => {
                let (those, asked) = filter(visit, &text)?;
                (wanted.list, wanted.asked) = (List::Workers(those), asked);
            }
            "list" => (wanted.list, wanted.asked) = list(visit, &text)?,
            "asOf" => {
                let day = text.parse().ok().filter(|_| text.len() == 10);
                let unreadable = || Refusal::malformed("asOf is no day: write 2012-03-01");
                wanted.as_of = Some(day.ok_or_else(unreadable)?);
            }
            "format" => {
                let unknown = || Refusal::malformed("format is csv, xlsx or ndjson");
                wanted.format = Format::parse(&text).ok_or_else(unknown)?;
            }
            _ => {
                let known = "columns, list or filter, asOf and format can be given";
                return Err(Refusal::malformed(known));
            }
        }
    }
    Ok(wanted)
}
