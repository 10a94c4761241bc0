//! Money was taken, or a bank was asked for it: the payment, its receipt, its lines, the books and the news of it.

use paydesk_domain::attempt::ProcessorReference;
use paydesk_domain::id::{
    AllocationId, AuthorizationId, LedgerEntryId, OutboxId, PaymentId, PaymentMethodId, ReceiptId,
};
use paydesk_domain::invoice::allocate_as_meant;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::{Currency, Money};

use crate::app::acting::{ADMIN, PAYER};
use crate::app::add_method::{Saved, save};
use crate::app::keep_with_plan::{Keeping, is_kept_with_plan};
use crate::app::mail_text::{Named, Occasion};
use crate::app::report::{Names, Report};
use crate::app::{App, AppError, event_types, millis, view};
use crate::clock::Mint;
use crate::store::{
    AttemptRow, Booking, LedgerEntryRow, MethodRow, NewAllocation, NewAuthorization, NewPayment, OpenLineRow,
    OrgTx, PaymentEventRow, PaymentRow, Standing,
};

/// What the books call money that a processor holds for us.
pub(super) const PROCESSOR: &str = "processor";
/// What the books call debits that banks were asked for.
pub(super) const IN_TRANSIT: &str = "in_transit";

impl App {
    /// Writes the payment of an attempt that succeeded. A card's pays its lines at once; a debit does so when it
    /// settles.
    pub(super) async fn take_payment(
        &self,
        tx: &mut OrgTx,
        standing: &Standing,
        reference: &ProcessorReference,
        report: &Report,
    ) -> Result<(), AppError> {
        let row = &standing.attempt;
        let now = self.mint.now_ms();
        let kind = view::kind(&row.kind)?;
        let is_card = kind == MethodKind::Card;
        let check_at_ms = (!is_card).then(|| now.saturating_add(millis(self.settings.debit_check_after)));
        let payment = PaymentRow {
            id: self.mint.id(PaymentId::new)?.as_str().to_owned(),
            account_id: row.account_id.clone(),
            invoice_id: row.invoice_id.clone(),
            attempt_id: row.id.clone(),
            kind: kind.as_str().to_owned(),
            status: if is_card { "succeeded" } else { "submitted" }.to_owned(),
            amount: row.amount,
            currency: row.currency.clone(),
            processor_reference: reference.0.clone(),
            brand: row.brand.clone(),
            last4: row.last4.clone(),
            mandate_id: row.mandate_id.clone(),
            paid_at_ms: now,
            receipt_id: self.mint.id(ReceiptId::new)?.as_str().to_owned(),
            receipt_number: tx.next_receipt_number().await?,
            ..PaymentRow::default()
        };
        tx.insert_payment(NewPayment { row: payment.clone(), check_at_ms });
        if is_card {
            let lines = self.apply_credit(tx, row, &standing.lines).await?;
            self.cover(tx, &payment, &lines, PROCESSOR, "payment").await?;
        } else {
            let unsettled = format!("unsettled:{}", row.account_id);
            book(tx, &self.mint, "debit_submitted", &payment.id, amount(&payment)?, [IN_TRANSIT, &unsettled])
                .await?;
        }
        self.announce(tx, &payment).await?;
        if let Some(session) = &row.session_id {
            tx.complete_session(session, &row.id);
        }
        let method = self.keep_facts(tx, row, report).await?;
        if row.initiation == "payer" && standing.plans_wait {
            self.begin_plans(tx, row, method.as_deref()).await?;
        }
        Ok(())
    }

    /// Lets a payment pay the lines of its invoice that are open, those that it is meant for and else the top line first, and books it.
    /// What is left over stays the payer's, as a credit.
    pub(super) async fn cover(
        &self,
        tx: &mut OrgTx,
        payment: &PaymentRow,
        lines: &[OpenLineRow],
        from: &str,
        kind: &str,
    ) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let open: Vec<(i64, i64)> =
            lines.iter().map(|line| (line.amount.saturating_sub(line.covered), line.meant)).collect();
        let (parts, left_over) = allocate_as_meant(payment.amount, &open);
        for (line, part) in lines.iter().zip(parts).filter(|(_, part)| *part > 0) {
            self.move_line(tx, payment, &line.id, part, "payment").await?;
        }
        let whole = amount(payment)?;
        let kept = Money::new(payment.amount.saturating_sub(left_over), whole.currency());
        let receivable = format!("receivable:{}", payment.account_id);
        book(tx, &self.mint, kind, &payment.id, kept, [from, &receivable]).await?;
        let credit = format!("credit:{}", payment.account_id);
        let over = Money::new(left_over, whole.currency());
        book(tx, &self.mint, "overpayment", &payment.id, over, [from, &credit]).await?;
        let still_open: i64 = open.iter().map(|(open, _)| open).sum::<i64>().saturating_sub(kept.minor());
        if still_open <= 0 {
            tx.close_paid_items(&payment.invoice_id, now);
        }
        Ok(())
    }

    /// Lets a payment cover more of a line, or less where `amount` is below zero.
    pub(super) async fn move_line(
        &self,
        tx: &mut OrgTx,
        payment: &PaymentRow,
        item: &str,
        amount: i64,
        reason: &'static str,
    ) -> Result<(), AppError> {
        if amount == 0 {
            return Ok(());
        }
        let line = NewAllocation {
            id: self.mint.id(AllocationId::new)?.as_str().to_owned(),
            payment_id: payment.id.clone(),
            invoice_id: payment.invoice_id.clone(),
            item_id: item.to_owned(),
            amount,
            reason,
        };
        tx.insert_allocation(line, self.mint.now_ms());
        Ok(())
    }

    /// Notes what became of a payment, or of so much of it, for its receipt.
    pub(super) async fn note(
        &self,
        tx: &mut OrgTx,
        payment: &str,
        amount: i64,
        kind: &str,
        code: Option<&str>,
    ) -> Result<(), AppError> {
        let (kind, code) = (kind.to_owned(), code.map(str::to_owned));
        let event = PaymentEventRow { kind, code, amount, at_ms: self.mint.now_ms() };
        tx.insert_payment_event(payment, &event).await?;
        Ok(())
    }

    /// Tells of a payment in its present state.
    pub(super) async fn announce(&self, tx: &mut OrgTx, payment: &PaymentRow) -> Result<(), AppError> {
        let id = self.mint.id(OutboxId::new)?;
        let (topic, told) = (event_types::of_payment(payment), event_types::payment(payment));
        tx.insert_outbox(id.as_str(), topic, &payment.id, &told, self.mint.now_ms()).await?;
        Ok(())
    }

    /// Keeps what later charges need: the method itself where the payer wanted it saved or a plan keeps it, the network's name for the
    /// first charge, and the processor's for the mandate. Answers with the method that later charges take.
    pub(super) async fn keep_facts(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        report: &Report,
    ) -> Result<Option<String>, AppError> {
        if let (Some(mandate), Some(reference)) = (&row.mandate_id, &report.names.mandate) {
            tx.name_mandate(mandate, reference).await?;
        }
        match Keeping::of(row) {
            Keeping::Wallet => return self.keep_method(tx, row, report).await,
            Keeping::Plan => return self.keep_with_plan(tx, row, report).await.map(Some),
            Keeping::Nowhere => {}
        }
        // What the attempt knows of, the method does.
        if let (Some(method), None, Some(network)) =
            (&row.method_id, &row.network_transaction_id, &report.names.network_transaction_id)
        {
            let reference = row.processor_method.as_deref().unwrap_or_default();
            if is_kept_with_plan(Some(method)) {
                tx.keep_plan_network_id(&row.vault, reference, network).await?;
            } else {
                tx.act_for_login(&row.login_id).await?;
                tx.keep_network_id(&row.login_id, method, network, reference).await?;
            }
        }
        Ok(row.method_id.clone())
    }

    /// Keeps the names that come after the success itself, where there is none yet.
    pub(super) async fn keep_names(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        names: &Names,
    ) -> Result<(), AppError> {
        if let (Some(mandate), Some(reference)) = (&row.mandate_id, &names.mandate) {
            tx.name_mandate(mandate, reference).await?;
        }
        if let (Some(method), Some(network)) = (&row.processor_method, &names.network_transaction_id) {
            tx.act_for_login(&row.login_id).await?;
            match tx.method_by_reference(&row.login_id, &row.vault, method).await? {
                Some(kept) => tx.keep_network_id(&row.login_id, &kept.id, network, method).await?,
                None => tx.keep_plan_network_id(&row.vault, method, network).await?,
            }
        }
        Ok(())
    }

    /// Keeps the method that the payer wanted saved. Money was taken, so that nothing here may fail the transaction: a
    /// wallet that has become full, or a method that is in another wallet, is left out.
    async fn keep_method(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        report: &Report,
    ) -> Result<Option<String>, AppError> {
        let now = self.mint.now_ms();
        let fact = |fact: &Option<String>| fact.clone().unwrap_or_default();
        let id = self.mint.id(PaymentMethodId::new)?.as_str().to_owned();
        let method = method_of(row, report, id.clone());
        let admin = tx.find_payer(&row.id).await?.and_then(|payer| payer.admin_id);
        let authorization = NewAuthorization {
            id: self.mint.id(AuthorizationId::new)?.as_str().to_owned(),
            login_id: row.login_id.clone(),
            method_id: id,
            consent_version: fact(&row.consent_version),
            consent_hash: fact(&row.consent_hash),
            consent_locale: fact(&row.consent_locale),
            accepted_at_ms: row.consented_at_ms.unwrap_or(now),
            actor: if admin.is_some() { ADMIN } else { PAYER }.to_owned(),
            admin_id: admin.clone(),
            address: row.consent_address.clone(),
            user_agent: row.consent_user_agent.clone(),
        };
        let saved = save(tx, &self.mint, &self.settings, method, authorization).await?;
        if let (Some(mandate), Some(kept)) = (&row.mandate_id, saved.kept())
            && tx.standing_mandate(&kept.id).await?.is_none()
        {
            tx.stand_for(mandate, &kept.id).await?;
        }
        match (&admin, &saved) {
            (Some(admin), Saved::Kept { method, .. }) => {
                let topic = event_types::METHOD_SAVED_BY_ADMIN;
                self.tell_client(tx, topic, &row.account_id, method, admin).await?;
            }
            (None, Saved::Kept { method, is_new_consent: true }) => {
                let occasion = Occasion::ConsentGiven { method: Named::of(method) };
                self.mail_of_organization(tx, &row.login_id, occasion).await?;
            }
            _ => {}
        }
        Ok(saved.kept().map(|kept| kept.id.clone()))
    }
}

/// A payment's amount.
pub(super) fn amount(payment: &PaymentRow) -> Result<Money, AppError> {
    let currency: Currency =
        payment.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
    Ok(Money::new(payment.amount, currency))
}

/// The new method of a try, as it is kept for later charges under this id.
pub(super) fn method_of(row: &AttemptRow, report: &Report, id: String) -> MethodRow {
    let fact = |fact: &Option<String>| fact.clone().unwrap_or_default();
    MethodRow {
        id,
        login_id: row.login_id.clone(),
        vault: row.vault.clone(),
        customer: fact(&row.customer),
        reference: fact(&row.processor_method),
        kind: row.kind.clone(),
        brand: fact(&row.brand),
        last4: fact(&row.last4),
        exp_month: row.exp_month,
        exp_year: row.exp_year,
        billing_address: fact(&row.billing_address),
        network_transaction_id: report.names.network_transaction_id.clone(),
        ..MethodRow::default()
    }
}

/// Books an amount from one account to another: two lines that sum to zero. Nothing is booked for nothing.
pub(super) async fn book(
    tx: &mut OrgTx,
    mint: &Mint,
    kind: &str,
    subject: &str,
    amount: Money,
    [debit, credit]: [&str; 2],
) -> Result<(), AppError> {
    if amount.minor() == 0 {
        return Ok(());
    }
    let transaction = mint.id(LedgerEntryId::new)?;
    let entry = |account: &str, minor| LedgerEntryRow {
        transaction_id: transaction.as_str().to_owned(),
        account: account.to_owned(),
        amount: minor,
        currency: amount.currency().code().to_owned(),
    };
    let mut lines = Vec::new();
    for (account, minor) in [(debit, amount.minor()), (credit, -amount.minor())] {
        lines.push((mint.id(LedgerEntryId::new)?.as_str().to_owned(), entry(account, minor)));
    }
    tx.book(Booking {
        id: transaction.as_str().to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        at_ms: mint.now_ms(),
        lines,
    });
    Ok(())
}
