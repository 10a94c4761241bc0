//! A payer agrees to be debited: the text as it was shown, and the proof of it. And whether an agreement permits a debit.

use jiff::Timestamp;
use paydesk_domain::id::{MandateId, OutboxId};
use paydesk_domain::mandate::{
    AmountRule, DateRule, HolderType, Mandate, MandateKind, MandateScope, MandateTerms, MandateText,
    NotCovered, Presentment, mandate_text,
};
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::billing::{MandateAcceptance, MandateTextView};
use paydesk_domain::wire::error::ErrorCode;

use crate::app::acting::PAYER;
use crate::app::authenticate::Payer;
use crate::app::read_confirmation::Origin;
use crate::app::{App, AppError, event_types, view};
use crate::secret::sha256_hex;
use crate::store::{AttemptRow, MandateRow, OrgTx, OrganizationRow};

/// How many calendar days before a debit its payer is told of it. A debit on the day of the agreement needs the payer's
/// waiver of the ten days that Rule H1 sets; the text states it prominently.
const NOTICE_DAYS: u8 = 0;
/// How many days before a debit a cancellation must arrive.
const CANCEL_DAYS: u8 = 3;

impl App {
    /// The text that a payer must agree to before a bank account of theirs is debited for this session.
    ///
    /// # Errors
    /// A refusal when this organization cannot debit bank accounts; when the database fails.
    pub async fn show_mandate(
        &self,
        payer: &Payer,
        holder: HolderType,
        save: bool,
        amount: Option<i64>,
        locale: Option<&str>,
    ) -> Result<MandateTextView, AppError> {
        let invoice = payer.tenant.read().await?.find_invoice(&payer.session.invoice_id).await?;
        let invoice = invoice.ok_or(AppError::Inconsistent("a session without its invoice".into()))?;
        let locale = locale.unwrap_or(&payer.session.locale);
        let payable = view::payable_now(&invoice);
        let amount = amount.unwrap_or(payable);
        if amount != payable && !(1..payable).contains(&amount) {
            return Err(AppError::invalid("amount", format!("Minor units, 1 to {payable}.")));
        }
        let terms = Terms { holder, save, amount, currency: invoice.currency };
        let (rail, text) = terms.text(&payer.organization, locale)?;
        Ok(MandateTextView {
            kind: rail.into(),
            version: text.version.to_owned(),
            locale: text.locale.to_owned(),
            text: text.text,
        })
    }

    /// The mandate that a payer gave with a try to pay, not written yet.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub(super) fn accept_mandate(
        &self,
        payer: &Payer,
        row: &AttemptRow,
        accepted: &MandateAcceptance,
        origin: &Origin,
    ) -> Result<MandateRow, AppError> {
        if payer.on_behalf.is_some() {
            let detail =
                "A mandate is the client's own to give: only an account with a standing one is debited here.";
            return Err(AppError::param(ErrorCode::MandateRequired, "mandate", detail));
        }
        let needed = || {
            let detail =
                "Debiting a bank account needs the version and locale of the mandate that was shown.";
            AppError::param(ErrorCode::MandateRequired, "mandate", detail)
        };
        let is_saved = row.method_id.is_some() || row.save == 1;
        let terms = Terms {
            holder: accepted.holder,
            save: is_saved,
            amount: row.amount,
            currency: row.currency.clone(),
        };
        let (_, text) = terms.text(&payer.organization, &accepted.locale)?;
        if text.version != accepted.version {
            return Err(needed());
        }
        Ok(MandateRow {
            id: self.mint.id(MandateId::new)?.as_str().to_owned(),
            login_id: row.login_id.clone(),
            account_id: row.account_id.clone(),
            method_id: row.method_id.clone(),
            kind: row.kind.clone(),
            scope: terms.scope().as_str().to_owned(),
            holder_type: accepted.holder.as_str().to_owned(),
            currency: row.currency.clone(),
            amount_max: (!is_saved).then_some(row.amount),
            text_version: text.version.to_owned(),
            text_hash: sha256_hex(text.text.as_bytes()),
            text: text.text,
            locale: text.locale.to_owned(),
            accepted_at_ms: self.mint.now_ms(),
            actor: PAYER.to_owned(),
            address: origin.address.clone(),
            user_agent: origin.user_agent.clone(),
            ..MandateRow::default()
        })
    }

    /// Puts news of a mandate into the outbox: its payer gets a copy.
    pub(super) async fn announce_mandate(
        &self,
        tx: &mut OrgTx,
        topic: &str,
        mandate: &str,
        account: &str,
    ) -> Result<(), AppError> {
        let id = self.mint.id(OutboxId::new)?;
        let data = event_types::mandate(mandate, account);
        tx.insert_outbox(id.as_str(), topic, mandate, &data, self.mint.now_ms()).await?;
        Ok(())
    }
}

/// What a mandate is about.
struct Terms {
    holder: HolderType,
    save: bool,
    amount: i64,
    currency: String,
}

impl Terms {
    const fn scope(&self) -> MandateScope {
        if self.save { MandateScope::Standing } else { MandateScope::OneTime }
    }

    /// The text, in the payer's language.
    fn text(&self, organization: &OrganizationRow, locale: &str) -> Result<(Rail, MandateText), AppError> {
        let unavailable = |detail: &'static str| AppError::refused(ErrorCode::BankDebitUnavailable, detail);
        let currency: Currency =
            self.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        let rail = Rail::of_currency(currency)
            .ok_or_else(|| unavailable("Bank accounts pay in CAD and USD only: pay with a card."))?;
        let contact = organization.contact.clone().ok_or_else(|| {
            unavailable(
                "The organization has not said where its payers reach it, which a mandate must state.",
            )
        })?;
        let terms = MandateTerms {
            organization: organization.name.clone(),
            contact,
            scope: self.scope(),
            holder: self.holder,
            currency,
            amount: if self.save {
                AmountRule::AsAgreed
            } else {
                AmountRule::Fixed(Money::new(self.amount, currency))
            },
            date: if self.save { DateRule::AsAgreed } else { DateRule::OnAgreement },
            notice_days: NOTICE_DAYS,
            cancel_days: CANCEL_DAYS,
        };
        let kind = match rail {
            Rail::Ach => MandateKind::AchWeb,
            Rail::Pad => MandateKind::Pad,
        };
        Ok((rail, mandate_text(kind, locale, &terms)))
    }
}

/// Whether a mandate permits the debit of an attempt.
///
/// # Errors
/// When what is stored contradicts itself.
pub(super) fn covers(
    mandate: &MandateRow,
    row: &AttemptRow,
    now: Timestamp,
) -> Result<Result<(), NotCovered>, AppError> {
    let odd = || AppError::Inconsistent("a mandate that cannot be read".into());
    let currency: Currency = row.currency.parse().map_err(|_| odd())?;
    let at = |ms: i64| Timestamp::from_millisecond(ms).map_err(|_| odd());
    let facts = Mandate {
        kind: if mandate.kind == Rail::Ach.as_str() { MandateKind::AchWeb } else { MandateKind::Pad },
        scope: MandateScope::parse(&mandate.scope).ok_or_else(odd)?,
        currency: mandate.currency.parse().map_err(|_| odd())?,
        amount_max: mandate.amount_max,
        accepted_at: at(mandate.accepted_at_ms)?,
        ended_at: mandate.ended_at_ms.map(at).transpose()?,
        // The debt that it was used for may be sent again: that is the same debit.
        used: mandate.used_by.as_ref().is_some_and(|origin| *origin != row.origin_id),
    };
    let presentment = if row.id == row.origin_id { Presentment::First } else { Presentment::Again };
    Ok(facts.covers_presentment(Money::new(row.amount, currency), now, presentment))
}
