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

/// What tells this build's files from those of any other.
pub static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for name in Site::iter() {
        if let Some(file) = Site::get(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    crate::store::journal::hex(&hash.finalize())
});

/// Serves one of them.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let accepts_brotli = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("br")));
    let compressed = if accepts_brotli { Site::get(&format!("{path}.br")) } else { None };
    let encoding = compressed.is_some().then_some("br");
    match compressed.or_else(|| Site::get(&path)) {
        Some(file) => answer(&path, file, encoding, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", crate::store::journal::hex(&file.metadata.sha256_hash()));
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
