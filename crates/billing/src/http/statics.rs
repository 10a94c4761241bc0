//! Files of the built widget, with the right types and precompressed where there is a `.br` beside them.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::address;
use crate::http::HttpState;
use crate::http::error::Told;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const SHORT: &str = "public, max-age=300";
const DAY: &str = "public, max-age=86400";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A file under `/assets/`: its name holds a hash of what is in it, so that it never changes.
pub async fn asset(
    State(state): State<HttpState>,
    UrlPath(path): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let Some(folder) = &state.settings.static_dir else {
        return missing();
    };
    let Some(path) = safe(&path) else { return missing() };
    if path.to_str().is_some_and(|name| name.starts_with("embed-")) {
        return for_everybody(&state, &Path::new("assets").join(path), &headers, IMMUTABLE).await;
    }
    // The build puts them either in a folder of that name or beside the page.
    for file in [folder.join("assets").join(&path), folder.join(&path)] {
        if let Some(response) = file_response(&file, &headers, IMMUTABLE).await {
            return response;
        }
    }
    missing()
}

/// `embed.js`: the one file that other sites load.
pub async fn embed(State(state): State<HttpState>, headers: HeaderMap) -> Response {
    for_everybody(&state, Path::new("embed.js"), &headers, SHORT).await
}

/// `embed.d.ts`: its types, for whoever writes such a site.
pub async fn embed_types(State(state): State<HttpState>, headers: HeaderMap) -> Response {
    for_everybody(&state, Path::new("embed.d.ts"), &headers, SHORT).await
}

/// What runs in a payer's browser and why, with the hashes of all of it.
pub async fn inventory(State(state): State<HttpState>, headers: HeaderMap) -> Response {
    for_everybody(&state, Path::new("script-inventory.json"), &headers, SHORT).await
}

async fn for_everybody(state: &HttpState, name: &Path, headers: &HeaderMap, cache: &'static str) -> Response {
    let Some(folder) = &state.settings.static_dir else {
        return missing();
    };
    let Some(mut response) = file_response(&folder.join(name), headers, cache).await else {
        return missing();
    };
    let headers = response.headers_mut();
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    // Loaded as a module or with an integrity hash, it is fetched with CORS. There is nothing secret in it.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The address rules of a country.
pub async fn address_rules(
    State(state): State<HttpState>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    if let (Some(folder), Some(path)) = (&state.settings.static_dir, safe(&name))
        && let Some(response) = file_response(&folder.join("address").join(path), &headers, DAY).await
    {
        return response;
    }
    match name.strip_suffix(".json").and_then(address::rules_json) {
        Some(json) => {
            ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, DAY)], json).into_response()
        }
        None => missing(),
    }
}

/// A picture that few payers need, so that it is loaded when it shows: a cheque, the mark of a rarer scheme.
pub async fn picture(
    State(state): State<HttpState>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let (Some(folder), Some(path)) = (&state.settings.static_dir, safe(&name)) else {
        return missing();
    };
    file_response(&folder.join("pictures").join(path), &headers, DAY).await.unwrap_or_else(missing)
}

/// A path made of plain names only: nothing that leads out of the folder.
fn safe(path: &str) -> Option<PathBuf> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    (path.len() <= 200 && path.split('/').all(plain)).then(|| PathBuf::from(path))
}

async fn file_response(file: &Path, request: &HeaderMap, cache: &'static str) -> Option<Response> {
    let kind = content_type(file)?;
    let mut response = packed(file, request).await?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Some(response)
}

/// A file as the browser can take it: what the build packed beside it, or itself.
pub(super) async fn packed(file: &Path, request: &HeaderMap) -> Option<Response> {
    let mut packed = file.as_os_str().to_owned();
    packed.push(".br");
    let (bytes, encoding) = match accepts_brotli(request) {
        true => match tokio::fs::read(&packed).await {
            Ok(bytes) => (bytes, Some("br")),
            Err(_) => (tokio::fs::read(file).await.ok()?, None),
        },
        false => (tokio::fs::read(file).await.ok()?, None),
    };
    Some(encoded(bytes, encoding))
}

/// Whether the browser can take it packed.
pub(super) fn accepts_brotli(request: &HeaderMap) -> bool {
    request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "br"))
    })
}

/// An answer of these bytes, packed in this way.
pub(super) fn encoded(bytes: Vec<u8>, encoding: Option<&'static str>) -> Response {
    let mut response = (StatusCode::OK, Body::from(bytes)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Only these kinds are served at all.
fn content_type(file: &Path) -> Option<&'static str> {
    Some(match file.extension()?.to_str()? {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        // No type is registered for TypeScript, and what the extension is registered for is a video.
        "ts" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

fn missing() -> Response {
    Told::of_status(StatusCode::NOT_FOUND).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for good in ["a.js", "sub/b-1_2.wasm"] {
            assert!(safe(good).is_some(), "{good}");
        }
        for bad in ["", "..", "../a.js", "a/../b.js", "/etc/passwd", "a//b", ".env", "a\\b", "a%2fb", "a b"] {
            assert!(safe(bad).is_none(), "{bad}");
        }
        assert_eq!(content_type(Path::new("x.toml")), None);
    }
}
