//! The wallet's routes of the billing API, and the name of a device that is remembered.

mod device;
mod read;
mod write;

use std::cell::RefCell;
use std::rc::Rc;

use paydesk_domain::address::Part;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::{
    ConfirmationState, WalletCodeRequest, WalletConfirmationView, WalletMethodView, WalletPlannedView,
    WalletVerificationView,
};
use wasm_bindgen::JsValue;

use crate::client::clock::new_attempt_id;
use crate::client::{Answer, Fault, Session, written};
use crate::js;

pub use device::{keep_device, known_device};
pub use read::{
    consents as read_consents, kept, moved, replaced, verification as read_verification,
    wallet as read_wallet,
};
pub use write::Write;

/// A refusal that the server spelled out, or silence.
#[derive(Debug)]
pub enum Refusal {
    /// The server answered with a problem.
    Problem {
        /// Its code; `None` for one that this version does not know.
        code: Option<ErrorCode>,
        /// Its HTTP status.
        status: u16,
        /// The field at fault.
        param: Option<String>,
        /// How often a code may still be tried.
        tries_left: Option<i64>,
        /// What is planned, and stands in the way.
        planned: Vec<WalletPlannedView>,
    },
    /// No answer that could be read.
    Silence,
}

/// What was saved or brought up to date, or that a bank asks before that.
#[derive(Debug)]
pub enum Kept {
    /// It is in the wallet as this; true for one that was in it already.
    Saved(Box<WalletMethodView>, bool),
    /// The client's bank asks them for a proof.
    Asked(Box<WalletVerificationView>),
}

impl Refusal {
    /// Whether nobody knows what became of the request: the same one may be sent again.
    pub fn in_doubt(&self) -> bool {
        match self {
            Self::Silence => true,
            Self::Problem { status, code, .. } => {
                *status >= 500 || *code == Some(ErrorCode::IdempotencyInFlight)
            }
        }
    }

    /// The part of an address that is at fault, where it is one.
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Problem { param: Some(param), .. } => {
                Part::parse(param.rsplit('.').next().unwrap_or(param))
            }
            _ => None,
        }
    }
}

/// A wallet session at the billing API. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Client {
    session: Session,
    parent_origin: Rc<str>,
    /// What opens the wallet, once the client has confirmed who they are. It lives as long as this page.
    access: Rc<RefCell<Option<Session>>>,
    /// The write that was not answered, and its key: sent again, it is the same write.
    unanswered: Rc<RefCell<Option<(Write, String)>>>,
}

impl Client {
    /// A session by its secret.
    pub fn new(secret: &str, parent_origin: &str) -> Self {
        Self {
            session: Session::new(secret, parent_origin),
            parent_origin: parent_origin.into(),
            access: Rc::default(),
            unanswered: Rc::default(),
        }
    }

    /// Asks to be let in: by the name of a device that is remembered, or else a code is sent.
    ///
    /// # Errors
    /// Why not.
    pub async fn ask(&self, device: Option<&str>) -> Result<WalletConfirmationView, Refusal> {
        let device: Vec<_> = device.map(|device| ("device", device)).into_iter().collect();
        self.confirm("/v1/wallet/confirmation", &js::texts(&device)).await
    }

    /// Asks to be let in by a code.
    ///
    /// # Errors
    /// Why not.
    pub async fn check(&self, request: &WalletCodeRequest) -> Result<WalletConfirmationView, Refusal> {
        let body = js::object(&[
            ("code", JsValue::from_str(&request.code)),
            ("remember", JsValue::from_bool(request.remember)),
        ]);
        self.confirm("/v1/wallet/confirmation/code", &body).await
    }

    async fn confirm(&self, path: &str, body: &JsValue) -> Result<WalletConfirmationView, Refusal> {
        // Neither is kept under a key; one is sent because the documents are JSON.
        let key = new_key()?;
        let answer = self.session.call("POST", path, Some(&key), Some(&written(body))).await;
        let mut view = read::confirmation(&answer.map_err(refusal)?.body).ok_or(Refusal::Silence)?;
        // Kept here and nowhere else.
        if let Some(access) = view.access.take() {
            *self.access.borrow_mut() = Some(Session::new(&access, &self.parent_origin));
        }
        Ok(view)
    }

    /// What opens the wallet; before that the session, which the server answers that it does not.
    fn opened(&self) -> Session {
        self.access.borrow().as_ref().unwrap_or(&self.session).clone()
    }

    /// Reads what is at this path of the wallet's.
    ///
    /// # Errors
    /// Why not.
    pub async fn read(&self, path: &str) -> Result<JsValue, Refusal> {
        let path = ["/v1/wallet", path].concat();
        let answer = self.opened().call("GET", &path, None, None).await;
        answer.map(|answer| answer.body).map_err(refusal)
    }

    /// Asks for a change.
    ///
    /// # Errors
    /// Why not.
    pub async fn send(&self, write: &Write) -> Result<Answer, Refusal> {
        let last = self.unanswered.borrow_mut().take().filter(|(last, _)| last == write);
        let key = match last {
            Some((_, key)) => key,
            None => new_key()?,
        };
        let Write { method, path, body } = write;
        let outcome = self.opened().call(method, path, Some(&key), body.as_deref()).await.map_err(refusal);
        if outcome.as_ref().is_err_and(Refusal::in_doubt) {
            *self.unanswered.borrow_mut() = Some((write.clone(), key));
        }
        outcome
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.unanswered, &other.unanswered)
    }
}

fn new_key() -> Result<String, Refusal> {
    new_attempt_id().map(|id| id.as_str().to_owned()).ok_or(Refusal::Silence)
}

/// Whether the answer opened the wallet.
pub fn is_open(view: &WalletConfirmationView) -> bool {
    view.state == ConfirmationState::Confirmed
}

fn refusal(fault: Fault) -> Refusal {
    match fault {
        Fault::Silence => Refusal::Silence,
        Fault::Problem(answer) => Refusal::Problem {
            code: js::text(&answer.body, "code").and_then(|code| ErrorCode::parse(&code)),
            status: answer.status,
            param: js::text(&answer.body, "param"),
            tries_left: read::tries_left(&answer.body),
            planned: read::planned(&answer.body),
        },
    }
}
