//! Messages of the embedding page, protocol 1. What is malformed or unknown is ignored.

use wasm_bindgen::JsValue;

use crate::js::text;

/// A message of the embedding page. Theme and colours are the boot script's.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum FromHost {
    /// Opens a session.
    Open {
        /// Its secret.
        session: String,
        /// The language asked for.
        locale: Option<String>,
    },
    /// Another language.
    Update {
        /// The language asked for.
        locale: Option<String>,
    },
    /// Pay.
    Submit,
    /// Take the focus.
    Focus,
    /// Something happened at the payer's bank.
    Look,
    /// The element is going.
    Close,
}

/// Reads a message; `kind` is how the secrets of this page's sessions begin.
pub(super) fn read(data: &JsValue, kind: &str) -> Option<FromHost> {
    let locale = || text(data, "locale").filter(|locale| !locale.is_empty());
    match text(data, "type")?.as_str() {
        "open" => {
            let session = text(data, "session")?;
            // The header takes printable ASCII only, and a secret is nothing else.
            let plain = session.starts_with(kind)
                && session.len() <= 200
                && session.bytes().all(|byte| byte.is_ascii_graphic());
            // An odd secret is opened all the same: the server refuses it, and the payer reads why.
            Some(FromHost::Open { session: if plain { session } else { kind.to_owned() }, locale: locale() })
        }
        "update" => Some(FromHost::Update { locale: locale() }),
        "submit" => Some(FromHost::Submit),
        "focus" => Some(FromHost::Focus),
        "look" => Some(FromHost::Look),
        "close" => Some(FromHost::Close),
        _ => None,
    }
}
