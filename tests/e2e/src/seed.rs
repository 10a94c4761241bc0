//! Fills a fresh stack through its public doors: the billing program's command line and the billing API.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::sandbox::{answered, client, text};
use crate::{Context, Failure, place};

/// The name that payers see.
pub const ORGANIZATION: &str = "Riverside Recreation";
/// Where an organization that debits bank accounts is reached.
pub const CONTACT: &str = "40 Riverside Drive, Toronto";
/// The client of the tests.
pub const PAYER: &str = "Camille Tremblay";
/// What an invoice of the tests comes to, in cents.
pub const TOTAL: i64 = 18_450;

/// An organization with its key, as its own server would have it.
#[derive(Debug)]
pub struct Organization {
    id: String,
    http: reqwest::Client,
    billing: String,
    key: String,
    origin: String,
    writes: AtomicU64,
}

/// An invoice with a session to pay it.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// `inv_…`.
    pub invoice: String,
    /// `cks_…`.
    pub session: String,
    /// `cs_…`, for the element.
    pub secret: String,
}

impl Organization {
    /// Creates an organization whose pages have this origin, and a key for it.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn create(billing: &str, config: &Path, origin: &str) -> Result<Self, Failure> {
        Self::create_with(billing, config, origin, &[])
    }

    /// The same for one that has said where it is reached, as it must before it may debit bank accounts.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn create_debiting(billing: &str, config: &Path, origin: &str) -> Result<Self, Failure> {
        Self::create_with(billing, config, origin, &["--contact", CONTACT])
    }

    fn create_with(billing: &str, config: &Path, origin: &str, last: &[&str]) -> Result<Self, Failure> {
        Self::create_called(ORGANIZATION, billing, config, origin, last)
    }

    /// Another organization, by its name.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn create_called(
        name: &str,
        billing: &str,
        config: &Path,
        origin: &str,
        last: &[&str],
    ) -> Result<Self, Failure> {
        let program = place::program("paydesk-billing")?;
        let settings = ["--name", name, "--currency", "CAD", "--country", "CA"];
        let more = ["--time-zone", "America/Toronto", "--locale", "en", "--allowed-origin", origin];
        let arguments = [&["org", "create"][..], &settings[..], &more[..], last].concat();
        let organization = text(&said(&program, &arguments, config)?, "/organization")?;
        let created = said(&program, &["key", "create", "--organization", &organization], config)?;
        Ok(Self {
            id: organization,
            http: client()?,
            billing: billing.to_owned(),
            key: text(&created, "/key")?,
            origin: origin.to_owned(),
            writes: AtomicU64::new(0),
        })
    }

    /// Says when saved cards' security codes are asked for again: `never`, `always` or `admin`.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn ask_for_codes(&self, config: &Path, when: &str) -> Result<(), Failure> {
        let arguments = ["org", "security-code", "--organization", &self.id, "--ask", when];
        said(&place::program("paydesk-billing")?, &arguments, config).map(drop)
    }

    /// Lets less than all be paid at once: so much at least, minor units.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn allow_parts(&self, config: &Path, least: &str) -> Result<(), Failure> {
        let arguments = ["org", "set", "--organization", &self.id, "--partial-minimum", least];
        said(&place::program("paydesk-billing")?, &arguments, config).map(drop)
    }

    /// Has the checkout say words of its own, by language and name.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn word(&self, config: &Path, wording: &Value) -> Result<(), Failure> {
        let file = config.with_file_name("wording.json");
        std::fs::write(&file, wording.to_string()).context(file.display())?;
        let file = file.display().to_string();
        let arguments = ["org", "set", "--organization", &self.id, "--wording", &file];
        said(&place::program("paydesk-billing")?, &arguments, config).map(drop)
    }

    /// Gives a client credit, in cents.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn give_credit(&self, account: &str, amount: i64) -> Result<(), Failure> {
        let credit = json!({"client": account, "amount": amount, "currency": "CAD", "reason": "A class that was called off"});
        self.write("/v1/credits", &credit).await.map(drop)
    }

    /// The billing API is somewhere else from now on.
    pub fn moved_to(&mut self, billing: &str) {
        billing.clone_into(&mut self.billing);
    }

    /// `org_…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origin of its pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The organization's secret key: one more thing that must be found nowhere.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Creates a client and returns the account's id.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn client(&self) -> Result<String, Failure> {
        let body = json!({
            "login": {"email": format!("camille.{}@example.org", letters(self.next())), "name": PAYER},
            "account": {"name": PAYER},
            "people": [{"name": PAYER}],
        });
        text(&self.write("/v1/clients", &body).await?, "/id")
    }

    /// Brings a card of the processor's vault into a client's wallet.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn save_card(&self, account: &str, processor_method: &str) -> Result<(), Failure> {
        let body = json!({
            "processor_payment_method": processor_method,
            "billing_address": {
                "line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA",
            },
            "consent": {"version": paydesk_domain::consent::SAVE_CARD_VERSION, "locale": "en", "accepted_at": "2026-01-05T15:00:00Z"},
        });
        self.write(&format!("/v1/clients/{account}/payment_methods"), &body).await.map(drop)
    }

    /// Makes an invoice and a session to pay it.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn checkout(&self, account: &str, locale: &str) -> Result<Checkout, Failure> {
        self.checkout_in("CAD", account, locale).await
    }

    /// The same in another currency.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn checkout_in(
        &self,
        currency: &str,
        account: &str,
        locale: &str,
    ) -> Result<Checkout, Failure> {
        let items = json!([
            {"description": "Swimming, level 3, Tuesdays", "participant": "Noah Tremblay", "amount": 12_000},
            {"description": "Family membership, one month", "amount": TOTAL - 12_000},
        ]);
        self.checkout_of(currency, account, locale, &items).await
    }

    /// The same for other things.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn checkout_of(
        &self,
        currency: &str,
        account: &str,
        locale: &str,
        items: &Value,
    ) -> Result<Checkout, Failure> {
        let body = json!({"account": account, "currency": currency, "items": items});
        let invoice = text(&self.write("/v1/invoices", &body).await?, "/id")?;
        self.session(&invoice, locale).await
    }

    /// The same things, of which the first may be paid in parts: a quarter of it at once and the rest on seven days, or all
    /// of it on two days. The second is due at once in any case.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn checkout_in_parts(&self, account: &str, locale: &str) -> Result<Checkout, Failure> {
        let monthly = |count: u8| json!({"count_max": count, "interval": {"unit": "month", "every": 1}, "first_on": "2029-09-01"});
        let options =
            json!([{"initial_basis_points": 2_500, "recurring": monthly(7)}, {"recurring": monthly(2)}]);
        let body = json!({"name": "Term", "options": options});
        let configuration = text(&self.write("/v1/installment_configurations", &body).await?, "/id")?;
        let items = json!([
            {"description": "Swimming, level 3, Tuesdays", "participant": "Noah Tremblay", "amount": 12_000,
                "installment_configuration": configuration},
            {"description": "Family membership, one month", "amount": TOTAL - 12_000},
        ]);
        self.checkout_of("CAD", account, locale, &items).await
    }

    /// A membership that goes on by the month, of which nothing is due before its first whole period.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn checkout_of_membership(&self, account: &str, locale: &str) -> Result<Checkout, Failure> {
        let terms = json!({"interval": {"unit": "month", "every": 1}, "anchor": "2026-01-31", "first_charge": "later"});
        let items = json!([{"description": "Family membership", "amount": 3_000, "subscription": terms}]);
        self.checkout_of("CAD", account, locale, &items).await
    }

    /// Makes a session to pay an invoice that is there already.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn session(&self, invoice: &str, locale: &str) -> Result<Checkout, Failure> {
        self.session_of(invoice, locale, None).await
    }

    /// The same for an admin who acts for the client with this account.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn session_of(
        &self,
        invoice: &str,
        locale: &str,
        acting: Option<(&str, Value)>,
    ) -> Result<Checkout, Failure> {
        let mut body = json!({"invoice": invoice, "allowed_origin": self.origin, "locale": locale});
        if let Some((account, acting)) = acting {
            body["account"] = json!(account);
            body["acting"] = acting;
        }
        let created = self.write("/v1/checkout_sessions", &body).await?;
        let session = text(&created, "/session/id").or_else(|_| text(&created, "/session"))?;
        Ok(Checkout { invoice: invoice.to_owned(), session, secret: text(&created, "/secret")? })
    }

    /// Has a saved method charged without its payer, and returns the charge's id.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn charge(&self, invoice: &str, method: &str) -> Result<String, Failure> {
        let body = json!({"invoice": invoice, "payment_method": method, "reason": "installment"});
        text(&self.write("/v1/charges", &body).await?, "/id")
    }

    /// The payments of an invoice, as the organization sees them.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn payments(&self, invoice: &str) -> Result<Vec<Value>, Failure> {
        let answer = self.read(&format!("/v1/payments?invoice={invoice}")).await?;
        Ok(answer.pointer("/data").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Reads anything.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn read(&self, path: &str) -> Result<Value, Failure> {
        answered(path, self.http.get(format!("{}{path}", self.billing)).bearer_auth(&self.key)).await
    }

    pub(crate) async fn write(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.http.post(format!("{}{path}", self.billing)).bearer_auth(&self.key);
        let key = format!("write-{}", letters(self.next()));
        answered(path, request.header("idempotency-key", key).json(body)).await
    }

    fn next(&self) -> u64 {
        self.writes.fetch_add(1, Ordering::Relaxed)
    }
}

/// A number without digits.
fn letters(mut number: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// Runs the billing program for one answer.
fn said(program: &PathBuf, arguments: &[&str], config: &Path) -> Result<Value, Failure> {
    let doing = || format!("{} {}", program.display(), arguments.join(" "));
    let output =
        Command::new(program).args(arguments).arg("--config").arg(config).output().context(doing())?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::new(format!("{}: {complaint}", doing())));
    }
    serde_json::from_slice(&output.stdout).context(doing())
}
