//! Fills an account with many objects, for measuring.

use serde_json::Value;

use super::answer::Exchange;
use super::{Engine, SandboxError};
use crate::form::Form;
use crate::keys::Key;
use crate::model::{Charge, Customer, Errand, Operation, Ownership, PaymentIntent, PaymentMethod};
use crate::ops::{Call, Verb, customers, payment_intents, payment_methods};
use crate::scenario::Plan;
use crate::store::{Acknowledgement, Change, Context, Entry, Tx};

const CARDS_OF_CUSTOMER: usize = 10;
/// Later than any measuring takes: 400 days, in milliseconds.
const FAR_MS: i64 = 400 * 24 * 60 * 60 * 1_000;

/// One customer with a card that was charged once: what all others are copies of.
struct Pattern {
    customer: Customer,
    method: PaymentMethod,
    intent: PaymentIntent,
    charge: Charge,
}

impl Engine {
    /// Makes the first card by the verbs that callers use, and the others as copies with ids, owners and
    /// journal rows of their own. (By verbs, a hundred thousand cards would take minutes.)
    pub async fn fill(&self, secret_key: &str, count: usize) -> Result<Vec<String>, SandboxError> {
        let key = Key::parse(secret_key).and_then(|key| key.require_secret().map(|()| key));
        let key = key.map_err(|error| SandboxError::Filling(error.body().to_string()))?;
        let pattern = self.pattern(&key)?;
        let mut customers = vec![pattern.customer.id.clone()];
        let mut written = Acknowledgement::nothing();
        let mut made = 1;
        while made < count {
            let cards = made..count.min(made + CARDS_OF_CUSTOMER);
            made = cards.end;
            let (customer, acknowledged) = self.copy(&key, &pattern, cards)?;
            customers.push(customer);
            written = acknowledged;
            // A breath, for whoever shares the thread.
            tokio::task::yield_now().await;
        }
        written.wait().await?;
        Ok(customers)
    }

    fn pattern(&self, key: &Key) -> Result<Pattern, SandboxError> {
        let customer = self.call(key, customers::CREATE, None, "name=Somebody")?;
        let card =
            "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
        let method = self.call(key, payment_methods::CREATE, None, card)?;
        self.call(key, payment_methods::ATTACH, Some(&method), &format!("customer={customer}"))?;
        let charge = format!(
            "amount=1000&currency=cad&customer={customer}&payment_method={method}&off_session=true&confirm=true\
             &metadata[number]=0"
        );
        let intent = self.call(key, payment_intents::CREATE, None, &charge)?;
        let account = self.account(&key.account);
        let book = account.book();
        let missing = || SandboxError::Filling("the pattern is gone".to_owned());
        let intent = book.payment_intents.row(&intent).cloned().ok_or_else(missing)?;
        let charge = intent.latest_charge.as_deref().and_then(|id| book.charges.row(id));
        Ok(Pattern {
            customer: book.customers.row(&customer).cloned().ok_or_else(missing)?,
            method: book.payment_methods.row(&method).cloned().ok_or_else(missing)?,
            charge: charge.cloned().ok_or_else(missing)?,
            intent,
        })
    }

    /// One more customer with these cards, in one line of the log.
    fn copy(
        &self,
        key: &Key,
        pattern: &Pattern,
        cards: std::ops::Range<usize>,
    ) -> Result<(String, Acknowledgement), SandboxError> {
        let account = self.account(&key.account);
        let now = self.config.clock.now();
        let context = Context {
            account: &account.id,
            now,
            ids: &self.ids,
            vault: self.vault(),
            request: None,
            idempotency_key: None,
            origin: None,
            search_lag_ms: 0,
            times: self.config.debits,
        };
        let far_ms = now.as_millisecond() + FAR_MS;
        let mut book = account.book();
        let mut tx = Tx::new(&mut book, context);
        let customer = Customer { id: tx.id("cus"), created: now.as_second(), ..pattern.customer.clone() };
        let customer_id = customer.id.clone();
        tx.put(Change::Customer(customer));
        for number in cards {
            let (method_id, intent_id, charge_id) = (tx.id("pm"), tx.id("pi"), tx.id("ch"));
            let metadata = [("number".to_owned(), number.to_string())].into_iter().collect();
            let mut method = pattern.method.clone();
            method.id = method_id.clone();
            method.ownership = Ownership::Customer(customer_id.clone());
            *method.instrument.known_as_mut() = vec![method_id.clone()];
            let mut charge = pattern.charge.clone();
            charge.id = charge_id.clone();
            charge.customer = Some(customer_id.clone());
            charge.payment_intent = intent_id.clone();
            charge.payment_method = method_id.clone();
            let intent = PaymentIntent {
                id: intent_id,
                customer: Some(customer_id.clone()),
                payment_method: Some(method_id),
                latest_charge: Some(charge_id),
                metadata,
                ..pattern.intent.clone()
            };
            tx.put(Change::PaymentMethod(method));
            tx.put(Change::Charge(Box::new(charge.clone())));
            tx.journal(Entry::new(Operation::Charge, &charge, charge.amount, &intent.metadata));
            // Something that waits for its time, and finds nothing to do then.
            tx.later(far_ms, &intent.id, Errand::Expire);
            tx.put(Change::PaymentIntent(intent));
        }
        let written = self.log().append(&account.id, &tx.finish())?;
        Ok((customer_id, written))
    }

    fn call(&self, key: &Key, verb: Verb, id: Option<&str>, form: &str) -> Result<String, SandboxError> {
        let form = Form::decode(form.as_bytes()).map_err(|why| SandboxError::Filling(why.to_string()))?;
        let exchange = Exchange {
            verb,
            call: Call { path_ids: id.map(str::to_owned).into_iter().collect(), form, key: key.clone() },
            target: String::new(),
            is_write: true,
            idempotency_key: None,
            request: self.ids.id("req"),
            origin: None,
        };
        let (answer, _) = self.work(&self.account(&key.account), &exchange, None, &mut Plan::default())?;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        match body.get("id").and_then(Value::as_str) {
            Some(id) if answer.status == 200 => Ok(id.to_owned()),
            _ => Err(SandboxError::Filling(answer.body)),
        }
    }
}
