//! What is asked to be changed, as it is sent.

use paydesk_domain::wire::payers::MethodUpdateRequest;
use paydesk_domain::wire::wallet::{
    NewWalletMethod, WalletAuthorizationRequest, WalletMethodChange, WalletMethodView,
    WalletPlanMethodRequest, WalletReplacementRequest,
};
use wasm_bindgen::JsValue;

use crate::client::{plain, spell_address, spell_update, written};
use crate::i18n::decimal;
use crate::js;

/// Something that is asked to be changed. Sent again while the answer is in doubt, it is one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<String>,
}

impl Write {
    fn new(method: &'static str, path: &[&str], body: Option<&JsValue>) -> Self {
        Self { method, path: ["/v1/wallet/", &path.concat()].concat(), body: body.map(written) }
    }

    /// Changes a method.
    pub fn change(method: &str, change: &WalletMethodChange) -> Self {
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str);
        let body = js::object(&[
            ("version", version(change.version)),
            ("nickname", text(&change.nickname)),
            ("is_default", change.is_default.map_or(JsValue::UNDEFINED, JsValue::from_bool)),
            ("billing_address", spell_address(change.billing_address.as_ref())),
        ]);
        Self::new("PATCH", &["methods/", plain(method)], Some(&body))
    }

    /// Saves a new card or bank account.
    pub fn save(new: &NewWalletMethod) -> Self {
        let kind = new.method_kind.map_or(JsValue::UNDEFINED, |kind| JsValue::from_str(kind.as_str()));
        let body = js::object(&[
            ("token", JsValue::from_str(&new.token)),
            ("method_kind", kind),
            ("billing_address", spell_address(new.billing_address.as_ref())),
        ]);
        Self::new("POST", &["methods"], Some(&body))
    }

    /// Brings a saved card up to date.
    pub fn update(method: &WalletMethodView, update: &MethodUpdateRequest) -> Self {
        let body = Some(spell_update(Some(method.version), update));
        Self { body, ..Self::new("POST", &["methods/", plain(&method.id), "/update"], None) }
    }

    /// Lets an organization charge a method.
    pub fn authorize(method: &str, given: &WalletAuthorizationRequest) -> Self {
        Self::agree(method, "/authorizations", given)
    }

    /// Lets an organization charge a method where a planned payment is refused.
    pub fn back_up(method: &str, given: &WalletAuthorizationRequest) -> Self {
        Self::agree(method, "/backups", given)
    }

    fn agree(method: &str, to: &str, given: &WalletAuthorizationRequest) -> Self {
        let body = js::texts(&[
            ("organization", &given.organization),
            ("consent_version", &given.consent_version),
            ("consent_locale", &given.consent_locale),
        ]);
        Self::new("POST", &["methods/", plain(method), to], Some(&body))
    }

    /// Lets an organization charge a method no more; `plans` says what becomes of what was agreed to.
    pub fn revoke(authorization: &str, plans: Option<&str>) -> Self {
        let (with, plans) = plans.map_or(("", ""), |plans| ("?plans=", plans));
        Self::new("DELETE", &["authorizations/", plain(authorization), with, plans], None)
    }

    /// Lets it not charge the method any more where a planned payment is refused.
    pub fn end_backup(backup: &str) -> Self {
        Self::new("DELETE", &["backups/", plain(backup)], None)
    }

    /// Has another method take the place of this one.
    pub fn replace(method: &str, request: &WalletReplacementRequest) -> Self {
        let body =
            js::object(&[("version", version(request.version)), ("by", JsValue::from_str(&request.by))]);
        Self::new("POST", &["methods/", plain(method), "/replacement"], Some(&body))
    }

    /// Has what is planned of one plan charged to a method.
    pub fn move_plan(plan: &str, request: &WalletPlanMethodRequest) -> Self {
        let method = JsValue::from_str(&request.method);
        let body = js::object(&[("version", version(request.version)), ("method", method)]);
        Self::new("POST", &["plans/", plain(plan), "/method"], Some(&body))
    }

    /// Takes a method out of the wallet.
    pub fn remove(method: &str, version: i64) -> Self {
        let version = decimal(usize::try_from(version).unwrap_or_default());
        Self::new("DELETE", &["methods/", plain(method), "?version=", &version], None)
    }

    /// Gives a proof up that a bank asks for.
    pub fn give_up(verification: &str) -> Self {
        Self::new("DELETE", &["verifications/", plain(verification)], None)
    }
}

fn version(version: i64) -> JsValue {
    JsValue::from_f64(js::number(version))
}
