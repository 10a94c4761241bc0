//! Opens the checkout: everything that the widget needs, in one answer. And tells where a session stands.

use std::time::Duration;

use paydesk_domain::consent::ConsentText;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Currency;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::billing::{
    BankOfferView, CheckoutView, ConsentView, OrganizationView, PayerView, ProcessorView, SessionView,
    StatusView,
};
use paydesk_domain::wire::error::ErrorCode;
use tracing::Instrument as _;

use crate::app::acting::{self, consent_text, is_by};
use crate::app::authenticate::Payer;
use crate::app::find_try::followed_try;
use crate::app::hold_credit::available;
use crate::app::payer_rules::security_code_policy;
use crate::app::view::{self, session_status};
use crate::app::{App, AppError, own_words, text};
use crate::store::{AccountRow, InvoiceRow, OrgTx, OrganizationRow, SessionRow};

/// How long whoever asks for the status waits for the processor: less than a browser waits for it.
const HINT_WAIT: Duration = Duration::from_secs(8);

impl App {
    /// What a browser needs to have the processor make a token.
    pub(super) fn tokenizer(&self) -> ProcessorView {
        let public = self.processor.public_side();
        ProcessorView {
            kind: public.kind.to_owned(),
            base_url: public.base_url,
            publishable_key: public.publishable_key,
            update_expiry: self.processor.capabilities().update_expiry,
        }
    }

    /// Everything that the widget needs; what the payer agrees to is in `locale`, else in the session's own language.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_checkout(&self, payer: &Payer, locale: Option<&str>) -> Result<CheckoutView, AppError> {
        let Payer { tenant, organization, session, on_behalf } = payer;
        let now = self.mint.now();
        let today = view::today(organization, now)?;
        let lost = || AppError::Inconsistent("a session without its invoice or account".into());
        let mut tx = tenant.read().await?;
        let invoice = tx.find_invoice(&session.invoice_id).await?.ok_or_else(lost)?;
        let items = tx.list_items(&invoice.id).await?;
        let account = tx.find_account(&session.account_id).await?.ok_or_else(lost)?;
        let saved = tx.list_methods(&[&session.login_id], &organization.vault).await?;
        let (cards, banks): (Vec<_>, Vec<_>) =
            saved.into_iter().partition(|row| row.kind == MethodKind::Card.as_str());
        // What its bank has closed is nothing to pay with, nor to bring up to date.
        let open = cards.into_iter().filter(|row| row.closed_at_ms.is_none());
        let mut methods: Vec<_> = open.map(|row| view::method(row, today)).collect();
        let mut accounts = Vec::with_capacity(banks.len());
        for row in banks {
            let has_mandate = tx.standing_mandate(&row.id).await?.is_some();
            accounts.push(view::bank_account(row, has_mandate));
        }
        // Best choice first: those that can be charged, newest first.
        methods.sort_by_key(|method| method.expired);
        // What cannot be paid now needs none.
        let credits = match view::payable_now(&invoice) {
            0 => Vec::new(),
            _ => tx.credits_of(&account.id, &invoice.currency).await?,
        };
        let credit_available = Some(available(&credits)).filter(|available| *available > 0);
        let plans = self.show_plans(&mut tx, organization, &invoice, &methods).await?;
        let StatusView { session_status, attempt } = self.status(&mut tx, session, None).await?;
        let locale = locale.filter(|locale| !locale.is_empty()).unwrap_or(&session.locale);
        let consent = |kind| shown(consent_text(payer, kind, locale));
        let never_logged_in = on_behalf.as_ref().is_some_and(|on_behalf| on_behalf.never_logged_in);
        // An admin sees it where the client has let the organization in.
        let sees_address = on_behalf.is_none() || !methods.is_empty() || !accounts.is_empty();
        // A mandate is the client's own to give: an admin has no wording to enter a new bank account with.
        let bank = if on_behalf.is_none() { bank_offer(organization, &invoice, &account)? } else { None };
        let bank = bank.map(|(kind, email)| BankOfferView { kind, email, consent: consent(kind) });
        let account_address = account.billing_address.filter(|_| sees_address);
        Ok(CheckoutView {
            session: SessionView {
                id: session.id.clone(),
                status: session_status,
                expires_at: text::time(session.expires_at_ms.min(session.ends_at_ms)),
                allowed_origin: session.allowed_origin.clone(),
                locale: session.locale.clone(),
                may_save: session.may_save == 1 && !never_logged_in,
            },
            organization: OrganizationView {
                name: organization.name.clone(),
                country: organization.country.clone(),
            },
            acting: Some(acting::view(session, &account.name)),
            save_refused_because: never_logged_in.then(|| ErrorCode::NeverLoggedIn.as_str().to_owned()),
            account_address: account_address.and_then(|json| serde_json::from_str(&json).ok()),
            security_code_above: security_code_policy(organization)?.above(on_behalf.is_some()),
            payer: PayerView { name: account.name },
            invoice: view::invoice(&invoice, items),
            methods,
            accounts,
            bank,
            processor: self.tokenizer(),
            consent: consent(MethodKind::Card),
            attempt,
            plans,
            credit_available,
            partial_minimum: organization.partial_minimum,
            words: own_words::files(&mut tx).await?,
        })
    }

    /// Where a session stands, and its newest try; or the one that is followed, which another page may have begun to pay the same
    /// invoice. Whoever asks while their bank asks them has come back from there, or wants to know: then the processor is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkout_status(
        &self,
        payer: &Payer,
        followed: Option<&str>,
    ) -> Result<StatusView, AppError> {
        let row = followed_try(&mut payer.tenant.read().await?, &payer.session, followed).await?;
        if let Some(row) = row.filter(|row| row.challenge_url.is_some()) {
            let (app, tenant) = (self.clone(), payer.tenant.clone());
            let hearing = async move {
                match row.amount {
                    0 => app.hear_of_verification(&tenant, &row.id).await,
                    _ => app.hear_hint(&tenant, &row.id).await,
                }
            }
            .in_current_span();
            let heard = tokio::time::timeout(HINT_WAIT, self.charges.spawn(hearing)).await;
            if let Ok(Ok(Err(error))) = heard {
                tracing::error!(%error, "a challenge could not be looked up");
            }
        }
        let mut tx = payer.tenant.read().await?;
        // Read again: who is calling was read in a transaction before this one.
        let session = tx.find_session(&payer.session.id).await?.unwrap_or_else(|| payer.session.clone());
        self.status(&mut tx, &session, followed).await
    }

    async fn status(
        &self,
        tx: &mut OrgTx,
        session: &SessionRow,
        followed: Option<&str>,
    ) -> Result<StatusView, AppError> {
        let attempt = match followed_try(tx, session, followed).await? {
            Some(row) => {
                let mut view = self.tell_attempt(tx, &row).await?;
                if !is_by(tx, &row, session).await? {
                    view.challenge = None;
                }
                Some(view)
            }
            None => None,
        };
        let live = attempt.as_ref().is_some_and(|attempt| !attempt.status.is_final());
        Ok(StatusView { session_status: session_status(session, live, self.mint.now_ms()), attempt })
    }
}

fn shown(text: ConsentText) -> ConsentView {
    ConsentView { version: text.version.to_owned(), locale: text.locale.to_owned(), text: text.text }
}

/// Which network can debit a new bank account for this invoice, and where its payer is told of it; `None` where none can.
///
/// The currency decides the network. A mandate must state where the organization is reached; and of a Canadian debit the
/// processor writes to its payer, so that it asks for an e-mail address.
fn bank_offer(
    organization: &OrganizationRow,
    invoice: &InvoiceRow,
    account: &AccountRow,
) -> Result<Option<(MethodKind, Option<String>)>, AppError> {
    let currency: Currency =
        invoice.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
    let rail = Rail::of_currency(currency).filter(|_| organization.contact.is_some());
    Ok(match rail {
        Some(Rail::Ach) => Some((MethodKind::Ach, None)),
        Some(Rail::Pad) => account.email.clone().map(|email| (MethodKind::Pad, Some(email))),
        None => None,
    })
}
