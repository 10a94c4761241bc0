//! What a bug leaves behind: a place in the program, and nothing that was in its hands.

use wasm_bindgen::JsValue;

/// Tells where a panic happened, never its text: that may hold what somebody typed. The trap that follows is seen
/// by the page's boot script, which shows a way on.
pub(super) fn install() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        web_sys::console::error_1(&JsValue::from_str(&format!("paydesk: internal error at {place}")));
    }));
}
