//! The document around a page: its elements, the focus, its language.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

/// The element that an event happened at.
pub(crate) fn target(event: &Event) -> Option<HtmlInputElement> {
    // Selects and boxes are read by the same getters: `id`, `value`, `type`, `checked`.
    event.target().map(JsCast::unchecked_into)
}

/// Finds an element.
pub(crate) fn by_id(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// Puts the focus on an element.
pub(crate) fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Whether any element has the focus.
pub(crate) fn has_focus() -> bool {
    let focused =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.active_element());
    focused.is_some_and(|focused| focused.tag_name() != "BODY")
}

/// Tells the document's language and direction to screen readers and the browser.
pub(crate) fn speak(tag: &str, direction: &str) {
    if let Some(root) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element())
    {
        // A browser styles the whole document anew when one of them is set, also to what it was.
        for (name, value) in [("lang", tag), ("dir", direction)] {
            if root.get_attribute(name).as_deref() != Some(value) {
                let _ = root.set_attribute(name, value);
            }
        }
    }
}
