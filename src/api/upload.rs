//! Requests that bring files (GraphQL multipart request specification): `operations`, `map`, then the files.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::answer::Refusal;
use super::call::Calls;
use crate::platform::config::Config;

/// Files of one request.
const FILES: usize = 10;

/// # Errors
/// For what is too large, too slow, or not of that form.
pub async fn read(config: &Config, body: Body, boundary: String) -> Result<Calls, Refusal> {
    let read = parts(config, body, boundary);
    tokio::time::timeout(config.http.upload_timeout(), read)
        .await
        .unwrap_or_else(|_| {
            let status = StatusCode::REQUEST_TIMEOUT;
            Err(Refusal::request(status, "BODY_TOO_SLOW"))
        })
}

async fn parts(config: &Config, body: Body, boundary: String) -> Result<Calls, Refusal> {
    let limit = config.http.upload_limit_bytes;
    let small = config.http.body_limit_bytes as u64;
    let sizes = SizeLimit::new()
        .whole_stream(limit as u64)
        .for_field("operations", small)
        .for_field("map", small);
    let constraints = Constraints::new().size_limit(sizes);
    let stream = body.into_data_stream();
    let mut parts = Multipart::with_constraints(stream, boundary, constraints);
    let operations = next(&mut parts, limit, "operations").await?;
    let Calls::One(mut call) = Calls::from_body(&operations, &config.graphql.limits)? else {
        return Err(Refusal::malformed("a batch brings no files"));
    };
    let map = next(&mut parts, limit, "map").await?;
    let map: BTreeMap<String, Vec<String>> = serde_json::from_slice(&map)
        .map_err(|_| Refusal::malformed("map is no map from parts to lists of paths"))?;
    if map.len() > FILES {
        return Err(Refusal::malformed("too many files"));
    }
    let mut missing: Vec<&String> = map.keys().collect();
    while let Some(part) = part(&mut parts, limit).await? {
        let name = part.name().unwrap_or_default().to_owned();
        let paths = map.get(&name).ok_or_else(|| {
            Refusal::malformed(format!("the part {name} is named nowhere in map"))
        })?;
        let file = part.bytes().await.map_err(|why| refused(&why, limit))?;
        for path in paths {
            call.attach(path, file.clone())?;
        }
        missing.retain(|it| **it != name);
    }
    match missing.first() {
        None => Ok(Calls::One(call)),
        Some(name) => Err(Refusal::malformed(format!("the part {name} is missing"))),
    }
}

async fn part<'a>(parts: &mut Multipart<'a>, limit: usize) -> Result<Option<Field<'a>>, Refusal> {
    (parts.next_field().await).map_err(|why| refused(&why, limit))
}

/// The next part, which the specification wants to be this one.
async fn next(parts: &mut Multipart<'_>, limit: usize, name: &str) -> Result<Bytes, Refusal> {
    match part(parts, limit).await? {
        Some(found) if found.name() == Some(name) => {
            found.bytes().await.map_err(|why| refused(&why, limit))
        }
        _ => Err(Refusal::malformed(format!("the part {name} is missing"))),
    }
}

fn refused(why: &multer::Error, limit: usize) -> Refusal {
    match why {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Refusal::request(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE").over(limit)
        }
        _ => Refusal::malformed("the body is no multipart/form-data, or is cut off"),
    }
}
