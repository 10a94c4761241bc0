//! The name of a device that is remembered: a secret, which stays with the frame's own origin. Browsers keep what a frame stores
//! apart for each embedding page; where one lets it store nothing, a code is asked for each time.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

const NAME: &str = "paydesk-wallet-device";

// With `catch`: where storage is forbidden, its mere name throws.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = localStorage, js_name = getItem, catch)]
    fn item(name: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = setItem, catch)]
    fn set_item(name: &str, value: &str) -> Result<(), JsValue>;
}

/// The device's name, if it is remembered.
pub fn known_device() -> Option<String> {
    item(NAME).ok()?.filter(|name| name.starts_with("wd_"))
}

/// Remembers it, in place of another client's. One that means nothing to the server stays until then: it may mean something in another
/// client's session.
pub fn keep_device(name: &str) {
    let _ = set_item(NAME, name);
}
