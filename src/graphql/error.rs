//! The only translators to GraphQL's `errors`: denials and bad input with a code, faults masked.

use async_graphql::{Context, Error, ErrorExtensions};

use super::messages::message;
use super::request::request;
use crate::kernel::{Denied, Fault, Invalid, ReadError};

/// Translates a failure of a read into an error of the response.
pub fn refuse(ctx: &Context<'_>, error: impl Into<ReadError>) -> Error {
    match error.into() {
        ReadError::Denied(Denied { permission }) => {
            error_with(ctx, "FORBIDDEN", &[("permission", permission)])
                .extend_with(|_, more| more.set("permission", permission))
        }
        ReadError::Invalid(invalid) => bad_input(ctx, &invalid),
        ReadError::Fault(fault) => mask(ctx, &fault),
    }
}

/// A field that may be null: a failure nulls this field, not those beside it.
pub fn nullable<T>(
    ctx: &Context<'_>,
    found: Result<Option<T>, ReadError>,
) -> Option<async_graphql::Result<T>> {
    found.map_err(|error| refuse(ctx, error)).transpose()
}

/// An argument that cannot be read, with the path of the field and the code of the reason.
#[must_use]
pub fn bad_input(ctx: &Context<'_>, invalid: &Invalid) -> Error {
    let (from, to) = invalid.unfit.bounds().unwrap_or_default();
    let (from, to) = (from.to_string(), to.to_string());
    let arguments = [
        ("field", invalid.field.as_str()),
        ("from", &from),
        ("to", &to),
    ];
    let text = message(invalid.unfit.code(), arguments, request(ctx).languages());
    Error::new(text).extend_with(|_, more| {
        more.set("code", "BAD_USER_INPUT");
        more.set("reason", invalid.unfit.code());
        more.set("field", invalid.field.as_str());
    })
}

/// Says nothing of the cause but the id under which the log has it.
fn mask(ctx: &Context<'_>, fault: &Fault) -> Error {
    let trace_id = request(ctx).trace_id();
    tracing::error!(trace_id, %fault, "a request failed");
    let code = if fault.is_unavailable() {
        "UNAVAILABLE"
    } else {
        "INTERNAL"
    };
    error_with(ctx, code, &[]).extend_with(|_, more| more.set("traceId", trace_id))
}

fn error_with(ctx: &Context<'_>, code: &'static str, arguments: &[(&str, &str)]) -> Error {
    let text = message(code, arguments.iter().copied(), request(ctx).languages());
    Error::new(text).extend_with(|_, more| more.set("code", code))
}
