//! Reads the wallet's documents, as [`crate::client::read`] reads the checkout's.

use std::rc::Rc;

use paydesk_domain::card::{Brand, ExpiryState};
use paydesk_domain::wire::billing::{OrganizationView, PayerView, ProcessorView};
use paydesk_domain::wire::wallet::{
    ConfirmationState, ConsentKind, VerificationRefusalView, VerificationStatus, WalletAuthorizationView,
    WalletBackupView, WalletBankUpdateView, WalletConfirmationView, WalletConsentView, WalletFormerCardView,
    WalletMethodView, WalletOrganizationView, WalletPlannedView, WalletSessionView, WalletShelfView,
    WalletVerificationView, WalletView,
};
use wasm_bindgen::JsValue;

use super::Kept;
use crate::client::read::{address, challenge, kind, terms};
use crate::js::{self, Reader, whole};

/// Where the confirmation stands.
pub fn confirmation(value: &JsValue) -> Option<WalletConfirmationView> {
    Reader::read(value, |document| {
        let seconds = |name| document.optional_integer(name).and_then(|seconds| u64::try_from(seconds).ok());
        WalletConfirmationView {
            state: document.meaning(
                &document.text("state"),
                ConfirmationState::parse,
                ConfirmationState::CodeSent,
            ),
            sent_to: document.optional_text("sent_to"),
            resend_after_s: seconds("resend_after_s"),
            expires_in_s: seconds("expires_in_s"),
            access: document.optional_text("access"),
            device: document.optional_text("device"),
        }
    })
}

/// The wallet.
pub fn wallet(value: &JsValue) -> Option<WalletView> {
    Reader::read(value, |document| {
        let session = document.part("session");
        let organization = document.part("organization");
        let processor = document.part("processor");
        WalletView {
            session: WalletSessionView {
                id: session.text("id"),
                expires_at: session.text("expires_at"),
                allowed_origin: session.text("allowed_origin"),
                locale: session.text("locale"),
            },
            organization: OrganizationView {
                name: organization.text("name"),
                country: organization.text("country"),
            },
            client: PayerView { name: document.part("client").text("name") },
            cards: shelf(&document.part("cards")),
            accounts: shelf(&document.part("accounts")),
            organizations: document.list("organizations", |organization| WalletOrganizationView {
                id: organization.text("id"),
                name: organization.text("name"),
                card_consent: terms(&organization.part("card_consent")),
                account_consent: terms(&organization.part("account_consent")),
                backup_card_consent: organization.optional("backup_card_consent", terms),
                backup_account_consent: organization.optional("backup_account_consent", terms),
            }),
            verifications: document.optional_list("verifications", verified),
            processor: ProcessorView {
                kind: processor.text("kind"),
                base_url: processor.text("base_url"),
                publishable_key: processor.text("publishable_key"),
                update_expiry: processor.flag("update_expiry"),
            },
        }
    })
}

/// The answer to a new method, or to a card that is brought up to date.
pub fn kept(value: &JsValue) -> Option<Kept> {
    Reader::read(value, |document| {
        match document.optional("verification", |asked| Box::new(verified(asked))) {
            Some(asked) => Kept::Asked(asked),
            None => Kept::Saved(Box::new(method(&document.part("method"))), document.flag("known")),
        }
    })
}

/// Where a card stands whose bank asks for a proof.
pub fn verification(value: &JsValue) -> Option<WalletVerificationView> {
    Reader::read(value, verified)
}

fn verified(verification: &Reader<'_>) -> WalletVerificationView {
    let status = verification.text("status");
    WalletVerificationView {
        id: verification.text("id"),
        status: verification.meaning(&status, VerificationStatus::parse, VerificationStatus::Processing),
        challenge: verification.optional("challenge", challenge),
        updates: verification.optional_text("updates"),
        method: verification.optional("method", method),
        known: verification.flag("known"),
        refusal: verification.optional("refusal", |refusal| VerificationRefusalView {
            code: refusal.text("code"),
            detail: refusal.text("detail"),
            param: refusal.optional_text("param"),
        }),
    }
}

/// What moved with a replacement: the method that took the place, what is planned on it now, and who may charge it now.
pub fn replaced(value: &JsValue) -> Option<(WalletMethodView, Rc<[WalletPlannedView]>, Vec<String>)> {
    Reader::read(value, |document| {
        let names = document.list("authorizations", |given| given.text("name"));
        (method(&document.part("method")), document.list("planned", payment).into(), names)
    })
}

/// What was agreed to, and where the next ones are.
pub fn consents(value: &JsValue) -> Option<(Vec<Rc<WalletConsentView>>, Option<String>)> {
    Reader::read(value, |document| {
        (document.list("consents", |one| Rc::new(consent(one))), document.optional_text("next_cursor"))
    })
}

fn consent(consent: &Reader<'_>) -> WalletConsentView {
    WalletConsentView {
        id: consent.text("id"),
        what: consent.meaning(&consent.text("what"), ConsentKind::parse, ConsentKind::Authorization),
        organization: consent.text("organization"),
        name: consent.text("name"),
        kind: kind(consent),
        brand: consent.optional_text("brand").map(|brand| Brand::parse(&brand)),
        bank: consent.optional_text("bank"),
        last4: consent.optional_text("last4"),
        text: consent.optional_text("text"),
        version: consent.text("version"),
        hash: consent.text("hash"),
        locale: consent.text("locale"),
        given_at: consent.text("given_at"),
        given_by: consent.text("given_by"),
        ended_at: consent.optional_text("ended_at"),
        plans_continue: consent.flag("plans_continue"),
        address: consent.optional_text("address"),
        user_agent: consent.optional_text("user_agent"),
    }
}

/// How often a code may still be tried, in a problem.
pub fn tries_left(problem: &JsValue) -> Option<i64> {
    js::get(problem, "tries_left").as_f64().and_then(whole)
}

/// What is charged to another method, in an answer.
pub fn moved(answer: &JsValue) -> Rc<[WalletPlannedView]> {
    planned(answer).into()
}

/// What is planned, in a problem.
pub fn planned(problem: &JsValue) -> Vec<WalletPlannedView> {
    Reader::read(problem, |document| document.optional_list("planned", payment)).unwrap_or_default()
}

fn shelf(shelf: &Reader<'_>) -> WalletShelfView {
    WalletShelfView {
        count: shelf.integer("count"),
        max: shelf.integer("max"),
        methods: shelf.list("methods", method),
    }
}

fn method(method: &Reader<'_>) -> WalletMethodView {
    let expiry = method.optional_text("expiry");
    WalletMethodView {
        id: method.text("id"),
        kind: kind(method),
        version: method.integer("version"),
        brand: method.optional_text("brand").map(|brand| Brand::parse(&brand)),
        bank: method.optional_text("bank"),
        last4: method.text("last4"),
        exp_month: method.optional_integer("exp_month").and_then(|month| u8::try_from(month).ok()),
        exp_year: method.optional_integer("exp_year").and_then(|year| u16::try_from(year).ok()),
        expiry: expiry.map(|expiry| method.meaning(&expiry, ExpiryState::parse, ExpiryState::Valid)),
        blocked_by: method.optional_text("blocked_by"),
        nickname: method.optional_text("nickname"),
        is_default: method.flag("is_default"),
        billing_address: method.optional("billing_address", address),
        address_needed: method.flag("address_needed"),
        authorizations: method.list("authorizations", |given| WalletAuthorizationView {
            id: given.text("id"),
            organization: given.text("organization"),
            name: given.text("name"),
            since: given.text("since"),
        }),
        can_be_authorized: method.list("can_be_authorized", Reader::itself),
        planned: method.list("planned", payment),
        backups: method.optional_list("backups", |backup| WalletBackupView {
            id: backup.text("id"),
            organization: backup.text("organization"),
            since: backup.text("since"),
        }),
        can_back_up: method.optional_list("can_back_up", Reader::itself),
        updated_by_bank: method.optional("updated_by_bank", |update| {
            let was = update.part("was");
            WalletBankUpdateView {
                at: update.text("at"),
                was: WalletFormerCardView {
                    last4: was.text("last4"),
                    exp_month: was.known(u8::try_from(was.integer("exp_month")).ok()),
                    exp_year: was.known(u16::try_from(was.integer("exp_year")).ok()),
                },
            }
        }),
        closed_at: method.optional_text("closed_at"),
    }
}

fn payment(payment: &Reader<'_>) -> WalletPlannedView {
    WalletPlannedView {
        organization: payment.text("organization"),
        plan: payment.text("plan"),
        name: payment.text("name"),
        due_on: payment.text("due_on"),
        amount: payment.integer("amount"),
        currency: payment.text("currency"),
    }
}
