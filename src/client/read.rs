//! Reads the billing API's documents. What is missing or of another kind makes the whole document unreadable,
//! save where the document may leave it out.

use paydesk_domain::address::{Address, CityLabel, CountryRules, Part, PostalLabel, Region, RegionLabel};
use paydesk_domain::attempt::AttemptStatus;
use paydesk_domain::card::Brand;
use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{
    AttemptView, BankAccountView, BankOfferView, ChallengeView, CheckoutView, ConsentView, DeclineView,
    InvoiceItemView, InvoiceView, MandateTextView, MethodView, OrganizationView, PayerView, PaymentStatus,
    ProcessorView, ReceiptView, SessionStatus, SessionView, StatusView,
};
use paydesk_domain::wire::payers::{ActingView, ActorKind};
use paydesk_domain::wire::plans::{
    ExpiringView, PlanOptionView, PlannedView, PlansView, SavedMethodReason, SubscriptionOfferView,
};
use wasm_bindgen::JsValue;

use crate::js::Reader;

/// `GET /v1/checkout`.
pub fn checkout(value: &JsValue) -> Option<CheckoutView> {
    Reader::read(value, |document| {
        let session = document.part("session");
        let organization = document.part("organization");
        let processor = document.part("processor");
        CheckoutView {
            session: SessionView {
                id: session.text("id"),
                status: session_status(&session, "status"),
                expires_at: session.text("expires_at"),
                allowed_origin: session.text("allowed_origin"),
                locale: session.text("locale"),
                may_save: session.flag("may_save"),
            },
            organization: OrganizationView {
                name: organization.text("name"),
                country: organization.text("country"),
            },
            payer: PayerView { name: document.part("payer").text("name") },
            invoice: invoice(&document.part("invoice")),
            methods: document.list("methods", method),
            accounts: document.optional_list("accounts", account),
            bank: document.optional("bank", |bank| BankOfferView {
                kind: kind(bank),
                email: bank.optional_text("email"),
                consent: consent(bank),
            }),
            processor: ProcessorView {
                kind: processor.text("kind"),
                base_url: processor.text("base_url"),
                publishable_key: processor.text("publishable_key"),
                update_expiry: processor.flag("update_expiry"),
            },
            consent: consent(document),
            attempt: document.optional("attempt", attempt_part),
            plans: document
                .optional("plans", |plans| PlansView { options: plans.list("options", plan_option) }),
            acting: document.optional("acting", |acting| ActingView {
                kind: acting.meaning(&acting.text("kind"), ActorKind::parse, ActorKind::Client),
                admin: acting.optional_text("admin"),
                client: acting.text("client"),
            }),
            save_refused_because: document.optional_text("save_refused_because"),
            account_address: document.optional("account_address", address),
            security_code_above: document.optional_integer("security_code_above"),
            credit_available: document.optional_integer("credit_available"),
            partial_minimum: document.optional_integer("partial_minimum"),
            words: document.optional_text("words"),
        }
    })
}

/// `GET /v1/checkout/status`.
pub fn status(value: &JsValue) -> Option<StatusView> {
    Reader::read(value, |document| StatusView {
        session_status: session_status(document, "session_status"),
        attempt: document.optional("attempt", attempt_part),
    })
}

/// `GET /v1/checkout/mandate`.
pub fn mandate(value: &JsValue) -> Option<MandateTextView> {
    Reader::read(value, |text| {
        let ConsentView { version, locale, text: words } = terms(text);
        MandateTextView { kind: kind(text), version, locale, text: words }
    })
}

/// `POST /v1/checkout/methods/{id}/update`.
pub fn updated(value: &JsValue) -> Option<MethodView> {
    Reader::read(value, method)
}

/// A try to pay.
pub fn attempt(value: &JsValue) -> Option<AttemptView> {
    Reader::read(value, attempt_part)
}

/// The rules of a country.
pub fn country_rules(value: &JsValue) -> Option<CountryRules> {
    Reader::read(value, |document| {
        let part = |part: &Reader<'_>| part.meaning(&part.itself(), Part::parse, Part::Line1);
        CountryRules {
            country: document.text("country"),
            parts: document.list("parts", part),
            required: document.list("required", part),
            region_label: document.meaning(
                &document.text("region_label"),
                RegionLabel::parse,
                RegionLabel::Area,
            ),
            city_label: document.meaning(&document.text("city_label"), CityLabel::parse, CityLabel::City),
            postal_label: document.meaning(
                &document.text("postal_label"),
                PostalLabel::parse,
                PostalLabel::Postal,
            ),
            regions: document.optional_list("regions", |region| Region {
                code: region.text("code"),
                name: region.text("name"),
                name_fr: region.optional_text("name_fr"),
                prefixes: region.optional_text("prefixes"),
            }),
            postal: document.optional_list("postal", Reader::itself),
            postal_example: document.optional_text("postal_example").unwrap_or_default(),
        }
    })
}

fn session_status(part: &Reader<'_>, name: &str) -> SessionStatus {
    part.meaning(&part.text(name), SessionStatus::parse, SessionStatus::Open)
}

#[inline(never)]
fn attempt_part(attempt: &Reader<'_>) -> AttemptView {
    AttemptView {
        id: attempt.text("id"),
        status: attempt.meaning(&attempt.text("status"), AttemptStatus::parse, AttemptStatus::Checking),
        amount: attempt.integer("amount"),
        credit: attempt.optional_integer("credit"),
        currency: attempt.text("currency"),
        decline: attempt.optional("decline", |decline| DeclineView {
            code: decline.text("code"),
            category: DeclineCategory::parse(&decline.text("category")),
            retryable: decline.flag("retryable"),
        }),
        receipt: attempt.optional("receipt", |receipt| ReceiptView {
            id: receipt.text("id"),
            number: receipt.text("number"),
            payment: receipt.text("payment"),
            amount: receipt.integer("amount"),
            currency: receipt.text("currency"),
            paid_at: receipt.text("paid_at"),
            brand: receipt.optional_text("brand").map(|brand| Brand::parse(&brand)),
            last4: receipt.optional_text("last4"),
            kind: receipt.meaning(&receipt.text_or("kind", "card"), MethodKind::parse, MethodKind::Card),
            status: receipt.meaning(
                &receipt.text_or("status", "succeeded"),
                PaymentStatus::parse,
                PaymentStatus::Succeeded,
            ),
        }),
        challenge: attempt.optional("challenge", challenge),
        next: attempt.optional("next", planned),
        follow_up: attempt.flag("follow_up"),
    }
}

#[inline(never)]
fn planned(payment: &Reader<'_>) -> PlannedView {
    PlannedView { due_on: payment.text("due_on"), amount: payment.integer("amount") }
}

#[inline(never)]
pub(crate) fn challenge(challenge: &Reader<'_>) -> ChallengeView {
    ChallengeView { url: challenge.text("url"), expires_at: challenge.text("expires_at") }
}

fn invoice(invoice: &Reader<'_>) -> InvoiceView {
    InvoiceView {
        id: invoice.text("id"),
        number: invoice.text("number"),
        currency: invoice.text("currency"),
        items: invoice.list("items", |item| InvoiceItemView {
            description: item.text("description"),
            participant: item.optional_text("participant"),
            amount: item.integer("amount"),
        }),
        total: invoice.integer("total"),
        paid: invoice.integer("paid"),
        pending: invoice.optional_integer("pending").unwrap_or_default(),
        payable_now: invoice.integer("payable_now"),
    }
}

fn method(method: &Reader<'_>) -> MethodView {
    MethodView {
        id: method.text("id"),
        brand: Brand::parse(&method.text("brand")),
        last4: method.text("last4"),
        exp_month: method.known(u8::try_from(method.integer("exp_month")).ok()),
        exp_year: method.known(u16::try_from(method.integer("exp_year")).ok()),
        expired: method.flag("expired"),
        nickname: method.optional_text("nickname"),
        address_needed: method.flag("address_needed"),
        billing_address: method.optional("billing_address", address),
    }
}

fn account(account: &Reader<'_>) -> BankAccountView {
    BankAccountView {
        id: account.text("id"),
        kind: kind(account),
        bank: account.text("bank"),
        last4: account.text("last4"),
        nickname: account.optional_text("nickname"),
        blocked_by: account.optional_text("blocked_by"),
        has_mandate: account.flag("has_mandate"),
        address_needed: account.flag("address_needed"),
    }
}

fn plan_option(option: &Reader<'_>) -> PlanOptionView {
    let reason = option.optional_text("needs_saved_method");
    PlanOptionView {
        id: option.text("id"),
        due_now: option.integer("due_now"),
        payments: option.list("payments", planned),
        subscriptions: option.list("subscriptions", |begins| SubscriptionOfferView {
            description: begins.text("description"),
            amount: begins.integer("amount"),
            interval_unit: begins.text("interval_unit"),
            interval_count: begins.known(u8::try_from(begins.integer("interval_count")).ok()),
            first_amount: begins.integer("first_amount"),
            first_on: begins.optional_text("first_on"),
            next_on: begins.optional_text("next_on"),
            ends_on: begins.optional_text("ends_on"),
        }),
        total: option.integer("total"),
        needs_saved_method: reason
            .map(|reason| option.meaning(&reason, SavedMethodReason::parse, SavedMethodReason::Installments)),
        expiring: option.list("expiring", |card| ExpiringView {
            method: card.text("method"),
            missed_on: card.text("missed_on"),
        }),
        schedule_hash: option.text("schedule_hash"),
    }
}

#[inline(never)]
pub(crate) fn address(part: &Reader<'_>) -> Address {
    let country = Address { country: part.text("country"), ..Address::default() };
    Part::ALL.into_iter().fold(country, |address, name| {
        address.with_part(name, &part.optional_text(name.as_str()).unwrap_or_default())
    })
}

#[inline(never)]
pub(crate) fn kind(part: &Reader<'_>) -> MethodKind {
    part.meaning(&part.text("kind"), MethodKind::parse, MethodKind::Card)
}

fn consent(holder: &Reader<'_>) -> ConsentView {
    terms(&holder.part("consent"))
}

#[inline(never)]
pub(crate) fn terms(terms: &Reader<'_>) -> ConsentView {
    ConsentView { version: terms.text("version"), locale: terms.text("locale"), text: terms.text("text") }
}
