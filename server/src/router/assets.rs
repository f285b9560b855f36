//! The script, the style and the WebAssembly that are built into the binary.
//!
//! Each is embedded as it is and compressed with brotli. They are revalidated by entity tag at every load,
//! so that a page never runs the script of another build.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

/// `target/site/pkg`, or wherever `CONSOLE_SITE` pointed when this was built.
#[derive(RustEmbed)]
#[folder = "$CONSOLE_SITE/pkg"]
#[allow_missing = true]
struct Site;

/// Distinguishes this build's files from those of any other.
pub static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for name in Site::iter() {
        if let Some(file) = Site::get(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    hex::encode(hash.finalize())
});

/// Serves one of them.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let compressed = if accepts_brotli(&headers) { Site::get(&format!("{path}.br")) } else { None };
    let encoding = compressed.is_some().then_some("br");
    match compressed.or_else(|| Site::get(&path)) {
        Some(file) => answer(&path, file, encoding, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether brotli is among the accepted codings, and not with a weight of nothing (RFC 9110, section 12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = lists.flat_map(|list| list.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("br") && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn answer(path: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let is_known =
        headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let content_type = mime_guess::from_path(path).first_or_octet_stream();
        let content_type = [(header::CONTENT_TYPE, content_type.to_string())];
        (content_type, file.data.into_owned()).into_response()
    };
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::ETAG, &etag);
    set(header::CACHE_CONTROL, "no-cache");
    set(header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_where_accepted() {
        for (accepted, is_taken) in [
            ("br", true),
            ("gzip, br", true),
            ("gzip;q=1.0, BR;q=0.5", true),
            ("br; q=1", true),
            ("br;q=0", false),
            ("br;q=0.0, gzip", false),
            ("br ; q=0.000", false),
            ("brotli", false),
            ("gzip", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted.parse().unwrap())]);
            assert_eq!(accepts_brotli(&headers), is_taken, "{accepted}");
        }
    }
}
