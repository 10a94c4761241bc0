//! The frame pages: the checkout's, alone or with a session's answer in it, and the wallet's. Each may be embedded by the page that it
//! was asked for, if an organization registered that page.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paydesk_domain::wire::billing::CheckoutView;
use serde::Deserialize;
use sha2::{Digest as _, Sha384};

use crate::app::AppError;
use crate::app::text::normal_origin;
use crate::http::auth::CallerOrigin;
use crate::http::body::Params;
use crate::http::error::{ApiError, Told};
use crate::http::{HttpState, statics};
use crate::secret::Secret;

/// Where the page of the build has room for a session's answer.
const ROOM: &str = "<template id=\"session\">";
/// The checkout's page in the build.
const CHECKOUT: &str = "index.html";
/// The wallet's.
const WALLET: &str = "wallet.html";

/// How long the page waits for a session's answer before it comes without.
const WAIT: Duration = Duration::from_secs(1);

/// Which page embeds the frame.
#[derive(Debug, Deserialize)]
pub struct FrameQuery {
    /// The embedding page's origin.
    parent: Option<String>,
}

/// Whose answer the page brings.
#[derive(Debug, Deserialize)]
pub struct Brought {
    /// The session's secret, `cs_…`.
    session: Secret,
    /// The language of the page, where it is another than the session's.
    #[serde(default)]
    locale: String,
}

/// A page that may embed the frame, and the one that it may embed.
struct Allowed {
    parent: String,
    file: PathBuf,
    page: String,
}

/// `GET /frame/checkout?parent=…`: the page asks for its session by itself.
///
/// # Errors
/// When the database fails.
pub async fn checkout(
    State(state): State<HttpState>,
    Params(query): Params<FrameQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let allowed = match allowed(&state, query, CHECKOUT).await? {
        Ok(allowed) => allowed,
        Err(answer) => return Ok(answer),
    };
    Ok(alone(&state, &allowed, &headers).await)
}

/// `POST /frame/checkout?parent=…`, a form with `session` and `locale`: one answer in place of two, one after the other. A session that cannot
/// be shown, or not soon, is left out: the page asks by itself, and says what is wrong.
///
/// # Errors
/// When the database fails.
pub async fn checkout_of_session(
    State(state): State<HttpState>,
    Params(query): Params<FrameQuery>,
    CallerOrigin(origin): CallerOrigin,
    headers: HeaderMap,
    brought: Result<Form<Brought>, FormRejection>,
) -> Result<Response, ApiError> {
    let allowed = match allowed(&state, query, CHECKOUT).await? {
        Ok(allowed) => allowed,
        Err(answer) => return Ok(answer),
    };
    if let Ok(Form(brought)) = brought
        && let Ok(Ok(view)) =
            tokio::time::timeout(WAIT, view(&state, brought, &allowed.parent, origin.address)).await
        && let Some(bytes) = with(&allowed.page, &view)
    {
        let answer = match statics::accepts_brotli(&headers) {
            true => packed(&bytes).map(|packed| statics::encoded(packed, Some("br"))),
            false => None,
        };
        let answer = answer.unwrap_or_else(|| statics::encoded(bytes, None));
        return Ok(framed(&state, &allowed, answer));
    }
    Ok(alone(&state, &allowed, &headers).await)
}

/// `GET /frame/wallet?parent=…`, or the same by a form, of which nothing is read: no answer is brought in this page, as none is given
/// before the client has confirmed who they are.
///
/// # Errors
/// When the database fails.
pub async fn wallet(
    State(state): State<HttpState>,
    Params(query): Params<FrameQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    match allowed(&state, query, WALLET).await? {
        Ok(allowed) => Ok(alone(&state, &allowed, &headers).await),
        Err(answer) => Ok(answer),
    }
}

/// What `GET /v1/checkout` would answer.
async fn view(
    state: &HttpState,
    brought: Brought,
    parent: &str,
    address: Option<String>,
) -> Result<CheckoutView, AppError> {
    let Brought { session, locale } = brought;
    let payer = state.app.payer_of(&session, Some(parent), address).await?;
    state.app.open_checkout(&payer, Some(locale.as_str()).filter(|locale| !locale.is_empty())).await
}

/// The page with this answer in its room; `None` where a build has none.
fn with(page: &str, view: &CheckoutView) -> Option<Vec<u8>> {
    let (before, after) = page.split_once(ROOM)?;
    let view = serde_json::to_string(view).ok()?.replace('&', "&amp;").replace('<', "&lt;");
    Some([before, ROOM, &view, after].concat().into_bytes())
}

/// Packed while somebody waits: as small as the best of it within a twelfth, in a hundredth of the time.
fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    writer.write_all(bytes).ok()?;
    Some(writer.into_inner())
}

/// The parent, if it is registered, and the page; else what is answered in its place.
async fn allowed(
    state: &HttpState,
    query: FrameQuery,
    page: &str,
) -> Result<Result<Allowed, Response>, ApiError> {
    let Some(parent) = query.parent.as_deref().and_then(normal_origin) else {
        return Ok(Err(refused()));
    };
    if !state.app.store.origin_is_registered(&parent).await? {
        return Ok(Err(refused()));
    }
    let Some(folder) = &state.settings.static_dir else {
        return Ok(Err(Told::of_status(StatusCode::NOT_FOUND).into_response()));
    };
    let file = folder.join(page);
    let Ok(page) = tokio::fs::read_to_string(&file).await else {
        tracing::error!(page, "a page is missing in static_dir: build the widget first");
        return Ok(Err(Told::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response()));
    };
    Ok(Ok(Allowed { parent, file, page }))
}

/// The page as the build packed it.
async fn alone(state: &HttpState, allowed: &Allowed, headers: &HeaderMap) -> Response {
    match statics::packed(&allowed.file, headers).await {
        Some(answer) => framed(state, allowed, answer),
        None => Told::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response(),
    }
}

/// An answer that holds the page, with the policy of what it may do and where.
fn framed(state: &HttpState, allowed: &Allowed, mut answer: Response) -> Response {
    let processor = state.app.processor.public_side();
    let asks = processor.challenge_origins.join(" ");
    let policy = policy(&allowed.page, &allowed.parent, &processor.base_url, &asks);
    let Ok(policy) = HeaderValue::from_str(&policy) else {
        return refused();
    };
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// All values are origins in their normal spelling: nothing in them can end a directive. A payer's bank asks on a page of the
/// processor's, and they come back to one of ours. What is written into the page is allowed by its hash, and nothing else of
/// that kind.
fn policy(page: &str, parent: &str, processor: &str, asks: &str) -> String {
    let (script, style) = (hashes(page, "script"), hashes(page, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{script}; style-src 'self'{style}; img-src 'self' data:; \
         connect-src 'self' {processor}; frame-src 'self' {asks}; base-uri 'none'; object-src 'none'; form-action 'none'; \
         frame-ancestors {parent}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// The sources of a policy for every element of this name that is written into the page without attributes, as the build does.
fn hashes(page: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inside = page.split(open.as_str()).skip(1).filter_map(|rest| rest.split(close.as_str()).next());
    inside.map(|text| format!(" 'sha384-{}'", STANDARD.encode(Sha384::digest(text)))).collect()
}

/// `GET /frame/refused.js`: the script of the page that says that there is nothing.
pub async fn refused_script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("refused.js")).into_response()
}

fn refused() -> Response {
    // Readable inside any page: it holds nothing, and says why that is so; its script tells the page.
    let policy =
        "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not available</title>\
                <script src=\"/frame/refused.js\" defer></script>\
                <h1>Not available</h1>\
                <p>This page is not registered to show what belongs here. Its owner can register it with the organization.</p>\
                <p lang=\"fr\">Cette page n’est pas inscrite pour afficher ce qui vient ici. Son propriétaire peut l’inscrire \
                auprès de l’organisation.</p></html>";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy)];
    (StatusCode::FORBIDDEN, headers, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an organization or a payer wrote ends nothing in the page. Positive control: without either replacement this fails.
    #[test]
    fn what_the_session_says_stays_in_its_room() {
        let json = include_str!("../../../../tests/data/checkout_open.json");
        let mut view: CheckoutView = serde_json::from_str(json).unwrap();
        view.organization.name = "</template><script>A&lt;B</script>".to_owned();
        let page = format!("<main>{ROOM}</template></main><script>boot</script>");
        let page = String::from_utf8(with(&page, &view).unwrap()).unwrap();
        let (_, rest) = page.split_once(ROOM).unwrap();
        let (room, rest) = rest.split_once('<').unwrap();
        assert_eq!(rest, "/template></main><script>boot</script>");
        let read = room.replace("&lt;", "<").replace("&amp;", "&");
        assert_eq!(serde_json::from_str::<CheckoutView>(&read).unwrap(), view);
        assert!(with("<main></main>", &view).is_none());
    }

    #[test]
    fn what_is_in_the_page_is_allowed_by_its_hash() {
        // The hash is that of the example in the specification of subresource integrity.
        let hash = "'sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO'";
        let page = "<style>a{}</style><script src=\"x.js\"></script><script>alert('Hello, world.');</script>";
        let policy = policy(page, "https://shop.example", "https://processor.example", "");
        assert!(
            policy
                .contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash}; style-src 'self' 'sha384-"))
        );
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(hashes("<!doctype html><title>frame</title>", "script"), "");
    }
}
