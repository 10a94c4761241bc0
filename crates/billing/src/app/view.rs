//! From stored rows to what callers see. Dates of the business are dates in the organization's time zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use paydesk_domain::attempt::{AttemptState, Challenge, ProcessorReference};
use paydesk_domain::balance::Balance;
use paydesk_domain::card::{Brand, Expiry};
use paydesk_domain::decline::Decline;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{
    AttemptView, BankAccountView, ChallengeView, DeclineView, InvoiceItemView, InvoiceView, MethodView,
    PaymentStatus, ReceiptView, SessionStatus,
};
use paydesk_domain::wire::plans::PlannedView;

use crate::app::find_try::BY_CREDIT;
use crate::app::payer_rules::needs_address;
use crate::app::{AppError, address, text};
use crate::store::{
    AttemptRow, CreditUseRow, InvoiceRow, ItemRow, MethodRow, OrgTx, OrganizationRow, PaymentRow, SessionRow,
};

/// The state of a stored attempt.
///
/// # Errors
/// When what is stored contradicts itself.
pub fn state(row: &AttemptRow) -> Result<AttemptState, AppError> {
    let missing = || AppError::Inconsistent("an attempt without the facts of its state".into());
    let fact = |fact: &Option<String>| fact.clone().ok_or_else(missing);
    match (row.status.as_str(), &row.challenge_url) {
        // A charge is in doubt meanwhile; a verification, which is never in doubt, is still being asked for.
        ("sending" | "in_doubt", Some(url)) => {
            let challenge = Challenge {
                reference: ProcessorReference(fact(&row.processor_reference)?),
                url: url.clone(),
                until_ms: row.challenge_until_ms.ok_or_else(missing)?,
            };
            Ok(match row.challenge_given_up {
                0 => AttemptState::Challenged(challenge),
                _ => AttemptState::GivingUp(challenge),
            })
        }
        ("created", _) => Ok(AttemptState::Created),
        ("sending", None) => Ok(AttemptState::Sending),
        ("in_doubt", None) => Ok(AttemptState::InDoubt),
        ("succeeded", _) => Ok(AttemptState::Succeeded(ProcessorReference(fact(&row.processor_reference)?))),
        ("declined", _) => Ok(AttemptState::Declined(Decline::new(fact(&row.decline_code)?))),
        ("failed_before_send", _) => Ok(AttemptState::FailedBeforeSend(fact(&row.failure)?)),
        _ => Err(missing()),
    }
}

/// What kind of method a row is about.
///
/// # Errors
/// When what is stored is of no kind.
pub fn kind(stored: &str) -> Result<MethodKind, AppError> {
    MethodKind::parse(stored).ok_or(AppError::Inconsistent("a method of an unknown kind".into()))
}

/// An attempt as its payer sees it, with its receipt when it paid, and what comes next of what was agreed to with it.
///
/// # Errors
/// When the database fails or contradicts itself.
pub async fn attempt(tx: &mut OrgTx, row: &AttemptRow) -> Result<AttemptView, AppError> {
    let state = state(row)?;
    let decline = match &state {
        AttemptState::Declined(decline) => Some(DeclineView {
            code: decline.told_code().to_owned(),
            category: decline.category(),
            retryable: decline.category().is_retryable(),
        }),
        _ => None,
    };
    let receipt = match &state {
        AttemptState::Succeeded(_) if row.kind == BY_CREDIT => {
            tx.credit_of_try(&row.id).await?.and_then(receipt_of_credit)
        }
        AttemptState::Succeeded(_) => tx.payment_of_attempt(&row.id).await?.as_ref().map(receipt),
        _ => None,
    };
    let challenge = match &state {
        AttemptState::Challenged(challenge) => {
            Some(ChallengeView { url: challenge.url.clone(), expires_at: text::time(challenge.until_ms) })
        }
        _ => None,
    };
    let next = match &state {
        AttemptState::Succeeded(_) => tx.next_of_attempt(&row.id).await?,
        _ => None,
    };
    Ok(AttemptView {
        follow_up: next.as_ref().is_some_and(|next| next.kept > 0),
        next: next.map(|next| PlannedView { due_on: next.due_on, amount: next.amount }),
        id: row.id.clone(),
        status: state.status(),
        amount: row.amount,
        credit: (row.credit != 0).then_some(row.credit),
        currency: row.currency.clone(),
        decline,
        receipt,
        challenge,
    })
}

/// What stands beside an attempt.
#[derive(Clone, Debug, Default)]
pub struct AttemptSide {
    /// The payment that it led to.
    pub payment: Option<String>,
    /// The admin who acted.
    pub admin: Option<String>,
    /// When it is tried again.
    pub retry_at_ms: Option<i64>,
}

/// Reads what stands beside an attempt.
///
/// # Errors
/// When the database fails.
pub async fn attempt_side(tx: &mut OrgTx, row: &AttemptRow) -> Result<AttemptSide, AppError> {
    Ok(AttemptSide {
        payment: tx.payment_of_attempt(&row.id).await?.map(|payment| payment.id),
        admin: tx.find_payer(&row.id).await?.and_then(|payer| payer.admin_id),
        retry_at_ms: tx.planned_retry(&row.id).await?,
    })
}

/// A receipt as its payer sees it.
pub fn receipt(row: &PaymentRow) -> ReceiptView {
    ReceiptView {
        id: row.receipt_id.clone(),
        number: receipt_number(row.receipt_number),
        payment: row.id.clone(),
        amount: row.amount,
        currency: row.currency.clone(),
        paid_at: text::time(row.paid_at_ms),
        brand: brand(&row.kind, row.brand.as_deref()),
        last4: row.last4.clone(),
        kind: MethodKind::parse(&row.kind).unwrap_or_default(),
        status: payment_status(row),
    }
}

/// The receipt of what credit alone paid: nothing was charged, and no method paid.
fn receipt_of_credit(row: CreditUseRow) -> Option<ReceiptView> {
    Some(ReceiptView {
        id: row.receipt_id?,
        number: receipt_number(row.receipt_number?),
        payment: row.id,
        amount: 0,
        currency: row.currency,
        paid_at: text::time(row.created_at_ms),
        brand: None,
        last4: None,
        kind: MethodKind::default(),
        status: PaymentStatus::Succeeded,
    })
}

/// A card's scheme; a bank account has none.
pub fn brand(kind: &str, brand: Option<&str>) -> Option<Brand> {
    brand.filter(|_| kind == MethodKind::Card.as_str()).map(Brand::parse)
}

/// Where a payment stands.
pub fn payment_status(row: &PaymentRow) -> PaymentStatus {
    PaymentStatus::parse(&row.status).unwrap_or_default()
}

/// A saved bank account as its payer sees it.
pub fn bank_account(row: MethodRow, has_mandate: bool) -> BankAccountView {
    BankAccountView {
        address_needed: needs_address(&row),
        kind: MethodKind::parse(&row.kind).unwrap_or_default(),
        id: row.id,
        bank: row.brand,
        last4: row.last4,
        nickname: row.nickname,
        blocked_by: row.blocked_by,
        has_mandate,
    }
}

/// A receipt's number as it is printed.
pub fn receipt_number(number: i64) -> String {
    format!("{number:06}")
}

/// The three figures of an invoice.
pub const fn balance(row: &InvoiceRow) -> Balance {
    Balance { total: row.total, paid: row.paid, pending: row.pending }
}

/// What can be paid now: the balance less what is on its way, never below zero.
pub fn payable_now(row: &InvoiceRow) -> i64 {
    balance(row).payable_now()
}

/// An invoice as its payer sees it.
pub fn invoice(row: &InvoiceRow, items: Vec<ItemRow>) -> InvoiceView {
    let item = |item: ItemRow| InvoiceItemView {
        description: item.description,
        participant: item.participant,
        amount: item.amount,
    };
    InvoiceView {
        id: row.id.clone(),
        number: row.number.clone(),
        currency: row.currency.clone(),
        items: items.into_iter().map(item).collect(),
        total: row.total,
        paid: row.paid,
        pending: row.pending,
        payable_now: payable_now(row),
    }
}

/// The day of a moment, where the organization is.
///
/// # Errors
/// When its time zone is unknown to this program.
pub fn day_of(organization: &OrganizationRow, at_ms: i64) -> Result<Date, AppError> {
    today(organization, Timestamp::from_millisecond(at_ms).unwrap_or_default())
}

/// Today, where the organization is.
///
/// # Errors
/// When its time zone is unknown to this program.
pub fn today(organization: &OrganizationRow, now: Timestamp) -> Result<Date, AppError> {
    let zone = TimeZone::get(&organization.time_zone)
        .map_err(|_| AppError::Inconsistent("an organization in an unknown time zone".into()))?;
    Ok(now.to_zoned(zone).date())
}

/// Whether a card's month is over. A stored expiry that cannot be read counts as over. A bank account has none.
pub fn is_expired(row: &MethodRow, today: Date) -> bool {
    let (month, year) = expiry_parts(row);
    row.kind == MethodKind::Card.as_str()
        && Expiry::new(year, month).map_or(true, |expiry| expiry.is_past(today))
}

/// A saved card as its payer sees it.
pub fn method(row: MethodRow, today: Date) -> MethodView {
    let expired = is_expired(&row, today);
    let (exp_month, exp_year) = expiry_parts(&row);
    let address_needed = needs_address(&row);
    // What nobody has to correct here is nobody's business here.
    let is_corrected = expired || address_needed;
    MethodView {
        address_needed,
        billing_address: is_corrected.then(|| address::read(&row.billing_address).ok()).flatten(),
        brand: Brand::parse(&row.brand),
        id: row.id,
        last4: row.last4,
        exp_month,
        exp_year,
        expired,
        nickname: row.nickname,
    }
}

/// A card's month and year, as far as they can be read.
pub fn expiry_parts(row: &MethodRow) -> (u8, u16) {
    let part = |part: Option<i64>| part.unwrap_or_default();
    (
        u8::try_from(part(row.exp_month)).unwrap_or_default(),
        u16::try_from(part(row.exp_year)).unwrap_or_default(),
    )
}

/// Where a session stands.
pub fn session_status(row: &SessionRow, live: bool, now_ms: i64) -> SessionStatus {
    if row.completed_by.is_some() {
        SessionStatus::Complete
    } else if live {
        SessionStatus::Processing
    } else if now_ms >= row.expires_at_ms.min(row.ends_at_ms) {
        SessionStatus::Expired
    } else {
        SessionStatus::Open
    }
}
