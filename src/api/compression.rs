//! Answers as few bytes as the client can read: gzip, brotli or zstd, by `Accept-Encoding` (RFC 9110 §12.5.3).

use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, NotForContentType, Predicate, SizeAbove};

use crate::interop::Format;

/// What fits in one packet anyhow is sent as it is.
const ONE_PACKET: u64 = 1_024;

type Worthwhile = And<And<And<SizeAbove, NotForContentType>, NotForContentType>, NotForContentType>;

/// Pictures, documents and workbooks are packed as they are.
pub fn layer() -> CompressionLayer<Worthwhile> {
    let worthwhile = SizeAbove::new(ONE_PACKET)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new(Format::Xlsx.media_type()));
    CompressionLayer::new().compress_when(worthwhile)
}
