//! The words of other languages, from their files. The boot script knows where these are, and has asked already for the
//! one that is likely, together with the program.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = paydesk, catch)]
    fn words(language: &str) -> Result<js_sys::Promise, JsValue>;
}

/// The file of a language; `None` where there is none, or it does not come.
pub async fn words_of(language: &str) -> Option<String> {
    JsFuture::from(words(language).ok()?).await.ok()?.as_string()
}
