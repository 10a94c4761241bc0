//! The billing API as a browser sees it: open, confirm, status, and the address rules beside it.

use paydesk_domain::address::{Address, CountryRules, Part};
use paydesk_domain::mandate::HolderType;
use paydesk_domain::wire::billing::{
    AttemptView, CheckoutView, ConfirmRequest, MandateTextView, MethodView, SessionStatus, StatusView,
};
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::MethodUpdateRequest;
use wasm_bindgen::JsValue;

use super::http::{Answer, NoAnswer, Request, send};
use super::read;
use super::session::{Fault, READ_TIMEOUT_MS, Session};
use crate::js;

/// A checkout session at the billing API. Its secret cannot be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Billing(Session);

/// A refusal that the server spelled out, or silence.
#[derive(Debug)]
pub enum Refusal {
    /// The server answered with a problem.
    Problem {
        /// Its code; `None` for one from which nothing follows here.
        code: Option<ErrorCode>,
        /// Its HTTP status.
        status: u16,
        /// The field at fault.
        param: Option<String>,
        /// The try that stands in the way.
        attempt: Option<Box<AttemptView>>,
    },
    /// No answer that could be read.
    Silence,
}

/// The codes that something follows from here. The browser need not know the others by name.
const HEEDED: [(&str, ErrorCode); 26] = {
    use ErrorCode as E;
    [
        (E::SessionExpired.as_str(), E::SessionExpired),
        (E::SessionInvalid.as_str(), E::SessionInvalid),
        (E::OriginNotAllowed.as_str(), E::OriginNotAllowed),
        (E::AddressInvalid.as_str(), E::AddressInvalid),
        (E::AmountChanged.as_str(), E::AmountChanged),
        (E::PartialTooSmall.as_str(), E::PartialTooSmall),
        (E::NothingToPay.as_str(), E::NothingToPay),
        (E::AlreadyPaid.as_str(), E::AlreadyPaid),
        (E::AttemptInProgress.as_str(), E::AttemptInProgress),
        (E::ScheduleChanged.as_str(), E::ScheduleChanged),
        (E::PlanRequired.as_str(), E::PlanRequired),
        (E::PlanUnavailable.as_str(), E::PlanUnavailable),
        (E::PlanNeedsSavedMethod.as_str(), E::PlanNeedsSavedMethod),
        (E::MethodExpired.as_str(), E::MethodExpired),
        (E::MethodUnknown.as_str(), E::MethodUnknown),
        (E::MethodBlocked.as_str(), E::MethodBlocked),
        (E::MandateRequired.as_str(), E::MandateRequired),
        (E::BankDebitUnavailable.as_str(), E::BankDebitUnavailable),
        (E::TokenUnusable.as_str(), E::TokenUnusable),
        (E::RateLimited.as_str(), E::RateLimited),
        (E::IdempotencyInFlight.as_str(), E::IdempotencyInFlight),
        (E::AddressNeeded.as_str(), E::AddressNeeded),
        (E::SecurityCodeNeeded.as_str(), E::SecurityCodeNeeded),
        (E::CardRefused.as_str(), E::CardRefused),
        (E::UpdateUnavailable.as_str(), E::UpdateUnavailable),
        (E::UpdateInProgress.as_str(), E::UpdateInProgress),
    ]
};

impl Refusal {
    /// True when the server may have acted all the same: the true state has to be asked for.
    pub const fn leaves_doubt(&self) -> bool {
        match self {
            Self::Silence => true,
            Self::Problem { code: Some(ErrorCode::IdempotencyInFlight), .. } => true,
            Self::Problem { status, .. } => *status >= 500,
        }
    }
}

/// What a confirm led to.
#[derive(Debug)]
pub enum Confirmation {
    /// The server knows the try; this is its state.
    Known(Box<AttemptView>),
    /// The server refused to begin one.
    Refused(Refusal),
}

impl Billing {
    /// A session by its secret. Relative addresses: the page and the API are one origin.
    pub fn new(secret: &str, parent_origin: &str) -> Self {
        Self(Session::new(secret, parent_origin))
    }

    /// Everything that the checkout needs, in one answer; what is agreed to is in `language`, or in the session's own
    /// where that is empty.
    ///
    /// # Errors
    /// Why not.
    pub async fn checkout(&self, language: &str) -> Result<CheckoutView, Refusal> {
        let path = ["/v1/checkout?locale=", plain(language)].concat();
        let answer = self.call("GET", &path, None, None).await?;
        read::checkout(&answer.body).ok_or(Refusal::Silence)
    }

    /// The text that the payer agrees to before a bank account is debited, by an amount in digits; by all that is payable where that
    /// is empty.
    ///
    /// # Errors
    /// Why not.
    pub async fn mandate(
        &self,
        holder: HolderType,
        save: bool,
        amount: &str,
        language: &str,
    ) -> Result<MandateTextView, Refusal> {
        let by = if amount.is_empty() { "" } else { "&amount=" };
        let save = if save { "&save=true" } else { "" };
        // Without a language, the session's own: an empty one would be English.
        let (with, language) = if language.is_empty() { ("", "") } else { ("&locale=", plain(language)) };
        let path =
            ["/v1/checkout/mandate?holder=", holder.as_str(), save, by, amount, with, language].concat();
        let answer = self.call("GET", &path, None, None).await?;
        read::mandate(&answer.body).ok_or(Refusal::Silence)
    }

    /// Where the session stands, and its newest try or the one that is `followed`. One that is called off meanwhile, because its payer
    /// does not want to prove who they are, is given up by the question; asked more than once, that is the same.
    ///
    /// # Errors
    /// Why not.
    pub async fn status(&self, followed: Option<&str>, calls_off: bool) -> Result<StatusView, Refusal> {
        if let (Some(attempt), true) = (followed, calls_off) {
            let body = written(&js::texts(&[("attempt_id", attempt)]));
            let answer = self.call("POST", "/v1/checkout/attempt/cancel", followed, Some(&body)).await?;
            let told = read::attempt(&answer.body);
            return told.map(of_a_try).ok_or(Refusal::Silence);
        }
        let path = ["/v1/checkout/status?attempt=", plain(followed.unwrap_or_default())].concat();
        let answer = self.call("GET", &path, None, None).await?;
        read::status(&answer.body).ok_or(Refusal::Silence)
    }

    /// Asks to charge. The same attempt id again asks for the same try's state, and never charges twice.
    pub async fn confirm(&self, request: &ConfirmRequest) -> Confirmation {
        let body = spell(request);
        match self.call("POST", "/v1/checkout/confirm", Some(&request.attempt_id), Some(&body)).await {
            Ok(answer) => match read::attempt(&answer.body) {
                Some(attempt) => Confirmation::Known(Box::new(attempt)),
                None => Confirmation::Refused(Refusal::Silence),
            },
            Err(refusal) => Confirmation::Refused(refusal),
        }
    }

    /// Brings a saved card up to date. It moves no money; the same key asks for the same update's outcome.
    ///
    /// # Errors
    /// Why not.
    pub async fn update(
        &self,
        method: &str,
        key: &str,
        request: &MethodUpdateRequest,
    ) -> Result<MethodView, Refusal> {
        let path = ["/v1/checkout/methods/", method, "/update"].concat();
        let answer = self.call("POST", &path, Some(key), Some(&spell_update(None, request))).await?;
        read::updated(&answer.body).ok_or(Refusal::Silence)
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let Answer { status, body } = match self.0.call(method, path, key, body).await {
            Ok(answer) => return Ok(answer),
            Err(Fault::Silence) => return Err(Refusal::Silence),
            Err(Fault::Problem(answer)) => answer,
        };
        Err(Refusal::Problem {
            code: js::text(&body, "code")
                .and_then(|code| HEEDED.into_iter().find(|(name, _)| *name == code).map(|(_, code)| code)),
            status,
            param: js::text(&body, "param"),
            attempt: js::object_at(&body, "attempt")
                .and_then(|attempt| read::attempt(&attempt))
                .map(Box::new),
        })
    }
}

/// The address rules of a country, from the file beside the page.
///
/// # Errors
/// When they could not be loaded or read.
pub async fn address_rules(country: &str) -> Result<CountryRules, NoAnswer> {
    let url = ["/address/", country, ".json"].concat();
    let answer =
        send(Request { method: "GET", url: &url, headers: &[], body: None, timeout_ms: READ_TIMEOUT_MS })
            .await?;
    if answer.status == 200 { read::country_rules(&answer.body).ok_or(NoAnswer) } else { Err(NoAnswer) }
}

/// Whatever a page calls a language, or a server a try: nothing else gets into an address.
pub fn plain(word: &str) -> &str {
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if plain { word } else { "" }
}

/// What is known of a try that is under way.
fn of_a_try(attempt: AttemptView) -> StatusView {
    StatusView { session_status: SessionStatus::Processing, attempt: Some(attempt) }
}

/// A text; left out where there is none.
fn text(text: Option<&String>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, |text| JsValue::from_str(text))
}

/// A number; left out where there is none.
fn number(number: Option<impl Into<f64>>) -> JsValue {
    number.map_or(JsValue::UNDEFINED, |number| JsValue::from_f64(number.into()))
}

/// An address; left out where there is none.
#[inline(never)]
pub fn spell_address(address: Option<&Address>) -> JsValue {
    address.map_or(JsValue::UNDEFINED, |address| {
        let parts = Part::ALL.into_iter().filter(|part| !address.part(*part).is_empty());
        let mut texts: Vec<_> = parts.map(|part| (part.as_str(), address.part(part))).collect();
        texts.push(("country", &address.country));
        js::texts(&texts)
    })
}

pub fn written(document: &JsValue) -> String {
    js_sys::JSON::stringify(document).map(String::from).unwrap_or_default()
}

fn spell(request: &ConfirmRequest) -> String {
    let mandate = request.mandate.as_ref().map_or(JsValue::UNDEFINED, |mandate| {
        let holder = mandate.holder.as_str();
        js::texts(&[("version", &mandate.version), ("locale", &mandate.locale), ("holder", holder)])
    });
    let plan = request.plan.as_ref().map_or(JsValue::UNDEFINED, |plan| {
        js::texts(&[("option", &plan.option), ("schedule_hash", &plan.schedule_hash)])
    });
    let kind = request.method_kind.map_or(JsValue::UNDEFINED, |kind| JsValue::from_str(kind.as_str()));
    written(&js::object(&[
        ("method_kind", kind),
        ("mandate", mandate),
        ("plan", plan),
        ("amount", JsValue::from_f64(js::number(request.amount))),
        ("credit", request.credit.map_or(JsValue::UNDEFINED, |credit| JsValue::from_f64(js::number(credit)))),
        ("attempt_id", JsValue::from_str(&request.attempt_id)),
        ("currency", JsValue::from_str(&request.currency)),
        ("saved_method", text(request.saved_method.as_ref())),
        ("token", text(request.token.as_ref())),
        ("cvc_token", text(request.cvc_token.as_ref())),
        ("billing_address", spell_address(request.billing_address.as_ref())),
        ("save", JsValue::from_bool(request.save)),
        ("consent_version", text(request.consent_version.as_ref())),
        ("consent_locale", text(request.consent_locale.as_ref())),
    ]))
}

/// An update of a saved card, of the `version` that was shown where one is asked for.
pub fn spell_update(version: Option<i64>, request: &MethodUpdateRequest) -> String {
    written(&js::object(&[
        ("version", version.map_or(JsValue::UNDEFINED, |version| JsValue::from_f64(js::number(version)))),
        ("exp_month", number(request.exp_month)),
        ("exp_year", number(request.exp_year)),
        ("cvc_token", text(request.cvc_token.as_ref())),
        ("token", text(request.token.as_ref())),
        ("billing_address", spell_address(request.billing_address.as_ref())),
    ]))
}
