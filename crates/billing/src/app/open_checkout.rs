//! Opens the checkout: everything that the widget needs, in one answer. And tells where a session stands.

use paydesk_domain::consent;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{
    CheckoutView, ConsentView, OrganizationView, PayerView, ProcessorView, SessionView, StatusView,
};

use crate::app::authenticate::Payer;
use crate::app::verify_method::newest_try;
use crate::app::view::{self, session_status};
use crate::app::{App, AppError, text};
use crate::store::{OrgTx, SessionRow};

impl App {
    /// Everything that the widget needs; what the payer agrees to is in `locale`, else in the session's own language.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_checkout(&self, payer: &Payer, locale: Option<&str>) -> Result<CheckoutView, AppError> {
        let Payer { tenant, organization, session } = payer;
        let now = self.mint.now();
        let today = view::today(organization, now)?;
        let lost = || AppError::Inconsistent("a session without its invoice or account".into());
        let mut tx = tenant.read().await?;
        let invoice = tx.find_invoice(&session.invoice_id).await?.ok_or_else(lost)?;
        let items = tx.list_items(&invoice.id).await?;
        let account = tx.find_account(&session.account_id).await?.ok_or_else(lost)?;
        let saved = tx.list_methods(&session.login_id, &organization.vault).await?;
        let (cards, banks): (Vec<_>, Vec<_>) =
            saved.into_iter().partition(|row| row.kind == MethodKind::Card.as_str());
        let mut methods: Vec<_> = cards.into_iter().map(|row| view::method(row, today)).collect();
        let mut accounts = Vec::with_capacity(banks.len());
        for row in banks {
            let has_mandate = tx.standing_mandate(&row.id).await?.is_some();
            accounts.push(view::bank_account(row, has_mandate));
        }
        // Best choice first: those that can be charged, newest first.
        methods.sort_by_key(|method| method.expired);
        let plans = self.show_plans(&mut tx, organization, &invoice, &methods).await?;
        let StatusView { session_status, attempt } = self.status(&mut tx, session).await?;
        let locale = locale.filter(|locale| !locale.is_empty()).unwrap_or(&session.locale);
        let consent = consent::save_card(locale, &organization.name);
        let public = self.processor.public_side();
        Ok(CheckoutView {
            session: SessionView {
                id: session.id.clone(),
                status: session_status,
                expires_at: text::time(session.expires_at_ms.min(session.ends_at_ms)),
                allowed_origin: session.allowed_origin.clone(),
                locale: session.locale.clone(),
                may_save: session.may_save == 1,
            },
            organization: OrganizationView {
                name: organization.name.clone(),
                country: organization.country.clone(),
            },
            payer: PayerView { name: account.name },
            invoice: view::invoice(&invoice, items),
            methods,
            accounts,
            processor: ProcessorView {
                kind: public.kind.to_owned(),
                base_url: public.base_url,
                publishable_key: public.publishable_key,
            },
            consent: ConsentView {
                version: consent.version.to_owned(),
                locale: consent.locale.to_owned(),
                text: consent.text,
            },
            attempt,
            plans,
        })
    }

    /// Where a session stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkout_status(&self, payer: &Payer) -> Result<StatusView, AppError> {
        let mut tx = payer.tenant.read().await?;
        // Read again: who is calling was read in a transaction before this one.
        let session = tx.find_session(&payer.session.id).await?.unwrap_or_else(|| payer.session.clone());
        self.status(&mut tx, &session).await
    }

    async fn status(&self, tx: &mut OrgTx, session: &SessionRow) -> Result<StatusView, AppError> {
        let newest = newest_try(tx, &session.id).await?;
        let live = newest
            .as_ref()
            .is_some_and(|attempt| matches!(attempt.status.as_str(), "created" | "sending" | "in_doubt"));
        let attempt = match newest {
            Some(row) => Some(view::attempt(tx, &row).await?),
            None => None,
        };
        Ok(StatusView { session_status: session_status(session, live, self.mint.now_ms()), attempt })
    }
}
