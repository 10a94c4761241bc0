//! One request, one answer, with a time limit. No retries: whether to ask again is the caller's to know.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::js;

/// An answer that came whole.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, parsed.
    pub body: JsValue,
}

/// No answer, or one that could not be read. What the server did is not known.
#[derive(Debug)]
pub struct NoAnswer;

/// A request.
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Where to.
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// What is sent.
    pub body: Option<&'a str>,
    /// How long to wait for the whole answer.
    pub timeout_ms: u32,
}

/// Sends a request, without cookies, cache, referrer or redirects (static/frame.js sees to that).
///
/// # Errors
/// [`NoAnswer`] when the network failed, the time was over, or the body was not JSON.
pub async fn send(request: Request<'_>) -> Result<Answer, NoAnswer> {
    let promise = begin(&request).map_err(|_| NoAnswer)?;
    let response: Response = JsFuture::from(promise).await.map_err(|_| NoAnswer)?.unchecked_into();
    if response.status() == 204 {
        return Ok(Answer { status: 204, body: JsValue::UNDEFINED });
    }
    let body = response.json().map_err(|_| NoAnswer)?;
    let body = JsFuture::from(body).await.map_err(|_| NoAnswer)?;
    Ok(Answer { status: response.status(), body })
}

fn begin(request: &Request<'_>) -> Result<js_sys::Promise, JsValue> {
    let text = JsValue::from_str;
    let options = js::object(&[
        ("method", text(request.method)),
        ("headers", js::texts(request.headers)),
        ("body", request.body.map_or(JsValue::UNDEFINED, text)),
    ]);
    ask(request.url, &options, request.timeout_ms)
}

// Bound by hand: the typed options of web-sys are a function each, here and in the glue.
#[wasm_bindgen]
extern "C" {
    /// The boot script's: it knows how everything is asked, has the session's answer already or has asked for it, and hands over
    /// that answer to who asks for the same, once.
    #[wasm_bindgen(js_namespace = paydesk, catch)]
    fn ask(url: &str, options: &JsValue, timeout_ms: u32) -> Result<js_sys::Promise, JsValue>;

    type Response;
    #[wasm_bindgen(method, catch)]
    fn json(this: &Response) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Response) -> u16;
}
