//! Which media types come in and go out (GraphQL over HTTP, "Media Types"; RFC 9110 §12.5.1).

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use mime::Mime;

use super::answer::{Media, Refusal};

/// The media type to answer with; without a preference it is `application/json`.
pub fn media(headers: &HeaderMap) -> Result<Media, Refusal> {
    let ranges: Vec<Mime> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .take(64)
        .filter_map(|range| range.trim().parse().ok())
        .collect();
    if !headers.contains_key(ACCEPT) {
        return Ok(Media::Json);
    }
    let response = weight(&ranges, "graphql-response+json");
    let json = weight(&ranges, "json");
    match (response, json) {
        ((0, _), (0, _)) => Err(Refusal::request(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
        )),
        // Of two that are equally welcome: the one that was named, then the newer, unless neither was named.
        (response, json) if response > json || (response == json && response.1 == EXACT) => {
            Ok(Media::Response)
        }
        _ => Ok(Media::Json),
    }
}

const EXACT: u8 = 2;

/// Quality in thousandths and how exactly the best matching range names `application/<subtype>`.
fn weight(ranges: &[Mime], subtype: &str) -> (u16, u8) {
    let matching = ranges.iter().filter_map(|range| {
        let exactness = match range.essence_str() {
            essence if essence.strip_prefix("application/") == Some(subtype) => EXACT,
            "application/*" => 1,
            "*/*" => 0,
            _ => return None,
        };
        let utf8 = range
            .get_param("charset")
            .is_none_or(|charset| charset == "utf-8");
        utf8.then(|| (exactness, quality(range)))
    });
    matching
        .max_by_key(|(exactness, _)| *exactness)
        .map_or((0, 0), |(exactness, quality)| (quality, exactness))
}

/// In thousandths; a quality that cannot be read is none.
fn quality(range: &Mime) -> u16 {
    let Some(q) = range.get_param("q") else {
        return 1000;
    };
    let (whole, fraction) = q.as_str().split_once('.').unwrap_or((q.as_str(), ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    match whole {
        "1" if digits && fraction.bytes().all(|b| b == b'0') => 1000,
        "0" if digits => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// Headers by which a client shows that its own code, and not any page's form, sent the request.
const PREFLIGHT: [&str; 2] = ["graphql-require-preflight", "apollo-require-preflight"];

/// The boundary of a request that brings files; `None` for one that does not, or that any page could send.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let preflight = PREFLIGHT.iter().any(|name| headers.contains_key(*name));
    preflight
        .then(|| multer::parse_boundary(sent).ok())
        .flatten()
}

/// Only plain JSON in UTF-8 comes in: a form, which any page could send across origins, is not read.
pub fn body_is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let first: Option<Mime> = types
        .next()
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let json = first.is_some_and(|mime| {
        mime.essence_str() == "application/json"
            && mime
                .get_param("charset")
                .is_none_or(|charset| charset == "utf-8")
    });
    let plain = headers
        .get(CONTENT_ENCODING)
        .is_none_or(|value| value == "identity");
    if json && plain && types.next().is_none() {
        return Ok(());
    }
    Err(Refusal::request(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("a header value"));
        media(&headers).ok()
    }

    #[test]
    fn the_best_accepted_type_wins() {
        use Media::{Json, Response};
        for (accept, chosen) in [
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(Response)),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(Response),
            ),
            (
                "application/json, application/graphql-response+json",
                Some(Response),
            ),
            (
                "application/json, application/graphql-response+json;q=0.5",
                Some(Json),
            ),
            ("application/graphql-response+json, */*", Some(Response)),
            ("application/json, */*", Some(Json)),
            ("application/json;q=0, */*", Some(Response)),
            ("application/graphql-response+json;q=0.5, */*", Some(Json)),
            ("APPLICATION/JSON; charset=UTF-8", Some(Json)),
            ("application/json; charset=iso-8859-1", None),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;q=2", None),
            ("nonsense", None),
        ] {
            assert_eq!(answer(accept), chosen, "{accept}");
        }
        assert_eq!(media(&HeaderMap::new()).ok(), Some(Json));
    }

    #[test]
    fn only_json_comes_in() {
        for (kind, taken) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("application/json;charset=UTF-8", true),
            ("application/json; charset=utf-16", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("text/plain", false),
            ("application/graphql", false),
            ("application/graphql-response+json", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().expect("a header value"));
            assert_eq!(body_is_json(&headers).is_ok(), taken, "{kind}");
        }
        assert!(body_is_json(&HeaderMap::new()).is_err());
    }
}
