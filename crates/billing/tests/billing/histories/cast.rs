//! Clients with a saved method, and their debts, written past HTTP: a test that needs hundreds does not wait for it.

use paydesk_billing::app::App;
use paydesk_billing::store::{
    AttemptRow, MandateRow, MethodRow, NewAccount, NewAttempt, NewAuthorization, NewInvoice, NewItem,
    NewMethod, OrgTx,
};
use paydesk_domain::method_kind::MethodKind;

use crate::support::fresh;

/// What every debt here comes to, in two lines.
pub const AMOUNT: i64 = 6_250;

/// A client with a method in the wallet that the organization may charge, and a mandate where it is a bank account.
#[derive(Clone, Debug)]
pub struct Client {
    pub account: String,
    pub login: String,
    pub kind: MethodKind,
    pub method: String,
    pub reference: String,
    pub mandate: Option<String>,
}

impl Client {
    const fn currency(&self) -> &'static str {
        if matches!(self.kind, MethodKind::Ach) { "USD" } else { "CAD" }
    }

    pub async fn write(app: &App, tx: &mut OrgTx, kind: MethodKind) -> Self {
        let now = app.mint.now_ms();
        let mut client = Self {
            account: fresh("acc_"),
            login: fresh("lgn_"),
            kind,
            method: fresh("pm_"),
            reference: fresh("pm_"),
            mandate: None,
        };
        tx.act_for_login(&client.login).await.unwrap();
        tx.insert_login(&client.login, "Kim Roy", None, now).await.unwrap();
        let account = NewAccount {
            billing_address: None,
            id: client.account.clone(),
            login_id: client.login.clone(),
            name: "Kim Roy".to_owned(),
            email: None,
            reference: None,
        };
        tx.insert_account(account, now).await.unwrap();
        let is_card = kind == MethodKind::Card;
        let method = MethodRow {
            id: client.method.clone(),
            login_id: client.login.clone(),
            vault: "default".to_owned(),
            customer: "cus_1".to_owned(),
            reference: client.reference.clone(),
            kind: kind.as_str().to_owned(),
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            exp_month: is_card.then_some(3),
            exp_year: is_card.then_some(2034),
            billing_address: "{}".to_owned(),
            ..MethodRow::default()
        };
        assert!(tx.insert_method(NewMethod { row: method, created_at_ms: now }).await.unwrap());
        let permission = NewAuthorization {
            admin_id: None,
            id: fresh("aut_"),
            login_id: client.login.clone(),
            method_id: client.method.clone(),
            consent_version: "1".to_owned(),
            consent_hash: "0".to_owned(),
            consent_locale: "en".to_owned(),
            accepted_at_ms: now,
            actor: "payer".to_owned(),
            address: None,
            user_agent: None,
        };
        assert!(tx.insert_authorization(permission, now).await.unwrap());
        if !is_card {
            client.mandate = Some(client.agree(tx, now).await);
        }
        client
    }

    async fn agree(&self, tx: &mut OrgTx, now: i64) -> String {
        let mandate = MandateRow {
            id: fresh("mdt_"),
            login_id: self.login.clone(),
            account_id: self.account.clone(),
            method_id: Some(self.method.clone()),
            kind: self.kind.as_str().to_owned(),
            scope: "standing".to_owned(),
            holder_type: "personal".to_owned(),
            currency: self.currency().to_owned(),
            text_version: "1".to_owned(),
            text_hash: "0".to_owned(),
            text: "I agree.".to_owned(),
            locale: "en".to_owned(),
            accepted_at_ms: now,
            actor: "payer".to_owned(),
            ..MandateRow::default()
        };
        let id = mandate.id.clone();
        tx.insert_mandate(mandate).await.unwrap();
        id
    }

    /// An invoice, and a charge of it that is due now; the invoice's id.
    pub async fn owe(&self, app: &App, tx: &mut OrgTx, attempt: &str) -> String {
        let now = app.mint.now_ms();
        let item = |amount| NewItem {
            id: fresh("itm_"),
            description: "Swimming".to_owned(),
            participant: None,
            amount,
        };
        let id = fresh("inv_");
        let invoice = NewInvoice {
            id: id.clone(),
            account_id: self.account.clone(),
            number: id.clone(),
            currency: self.currency().to_owned(),
            total: AMOUNT,
            items: vec![item(5_000), item(1_250)],
        };
        tx.insert_invoice(invoice, now).await.unwrap();
        let row = AttemptRow {
            id: attempt.to_owned(),
            origin_id: attempt.to_owned(),
            account_id: self.account.clone(),
            login_id: self.login.clone(),
            invoice_id: id.clone(),
            amount: AMOUNT,
            currency: self.currency().to_owned(),
            kind: self.kind.as_str().to_owned(),
            initiation: "recurring".to_owned(),
            method_id: Some(self.method.clone()),
            mandate_id: self.mandate.clone(),
            vault: "default".to_owned(),
            customer: Some("cus_1".to_owned()),
            processor_method: Some(self.reference.clone()),
            request_hash: "0".to_owned(),
            idempotency_key: format!("{attempt}.charge"),
            status: "created".to_owned(),
            due_at_ms: now,
            created_at_ms: now,
            ..AttemptRow::default()
        };
        tx.insert_attempt(NewAttempt { row, claim: None }).await.unwrap();
        id
    }
}
