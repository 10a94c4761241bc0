//! Fills an empty stack: an organization, its key, its clients, the cards in their wallets, and their credit.
//!
//! Everything goes through the doors that anybody has: the billing program's command line, the billing API with
//! the organization's key, and the processor. For the cards of a wallet this program plays the client's browser.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::billing::{Api, text};
use crate::personas::{Card, PERSONAS, Persona};
use crate::{DemoError, Stack};

/// Cards of earlier years are meant to have expired.
const EXPIRED_BEFORE: &str = "2026";

/// The least that a client pays at once, cents: so that the demo shows partial payment.
const PARTIAL_MINIMUM: &str = "2500";

/// What the store must remember between starts.
#[derive(Serialize, Deserialize)]
pub struct Seeded {
    /// `org_…`.
    pub organization: String,
    /// The organization's secret key.
    key: String,
    /// The account of each persona.
    pub accounts: BTreeMap<String, String>,
}

impl Seeded {
    /// The billing API with the organization's key.
    pub fn billing(&self, stack: &Stack) -> Result<Api, DemoError> {
        Api::new("billing API", &stack.billing, &self.key)
    }
}

/// The processor with the organization's secret key.
pub fn sandbox(stack: &Stack) -> Result<Api, DemoError> {
    Api::new("sandbox", &stack.sandbox, &stack.sandbox_secret_key)
}

/// Takes up what an earlier start has seeded, or seeds.
pub async fn ensure(stack: &Stack, origin: &str) -> Result<Seeded, DemoError> {
    let file = stack.data.join("store.json");
    if let Ok(known) = std::fs::read(&file)
        && let Ok(seeded) = serde_json::from_slice::<Seeded>(&known)
        && seeded.billing(stack)?.read("/v1/clients?limit=1").await.is_ok()
        && PERSONAS.iter().all(|persona| seeded.accounts.contains_key(persona.id))
    {
        return Ok(seeded);
    }
    let seeded = seed(stack, origin).await?;
    let bytes = serde_json::to_vec_pretty(&seeded).unwrap_or_default();
    let io = |source| DemoError::Io { what: file.display().to_string(), source };
    std::fs::create_dir_all(&stack.data).and_then(|()| std::fs::write(&file, bytes)).map_err(io)?;
    Ok(seeded)
}

async fn seed(stack: &Stack, origin: &str) -> Result<Seeded, DemoError> {
    let organization =
        ["org", "create", "--name", "Riverside Recreation", "--currency", "CAD", "--country", "CA"];
    let contact = "40 Riverside Drive, Toronto, 416 555-0140";
    let settings = [
        "--time-zone",
        "America/Toronto",
        "--locale",
        "en",
        "--contact",
        contact,
        "--allowed-origin",
        origin,
    ];
    let created = run_billing(stack, &[&organization[..], &settings[..]].concat()).await?;
    let organization = text(&created, "/organization")?;
    let parts = ["org", "set", "--organization", &organization, "--partial-minimum", PARTIAL_MINIMUM];
    run_billing(stack, &parts).await?;
    let created = run_billing(stack, &["key", "create", "--organization", &organization]).await?;
    let mut seeded = Seeded { organization, key: text(&created, "/key")?, accounts: BTreeMap::new() };
    let billing = seeded.billing(stack)?;
    for persona in &PERSONAS {
        let account = enroll(stack, &billing, persona).await?;
        seeded.accounts.insert(persona.id.to_owned(), account);
    }
    Ok(seeded)
}

/// Makes a client with the cards of their wallet and their credit, once; their account.
async fn enroll(stack: &Stack, billing: &Api, persona: &Persona) -> Result<String, DemoError> {
    // What they owe for is what they take part in.
    let enrolments: Vec<Value> = persona
        .items
        .iter()
        .map(|item| json!({"program": "Winter season", "activity": item.description}))
        .collect();
    let memberships = json!([{"membership": "Season pass", "from": "2026-01-01"}]);
    let client = json!({
        "login": {"email": persona.email, "name": persona.name, "last_login_at": "2026-01-05T15:00:00Z"},
        "account": {"name": persona.name, "billing_address": billing_address()},
        "people": [{"name": persona.name, "enrolments": enrolments, "memberships": memberships}],
    });
    let created = billing.write("/v1/clients", &format!("seed-{}", persona.id), &client).await?;
    let account = text(&created, "/id")?;
    for card in persona.cards {
        save_card(stack, billing, persona, &account, card).await?;
    }
    if persona.credit > 0 {
        let reason = "A class that was called off";
        let credit =
            json!({"client": account, "amount": persona.credit, "currency": "CAD", "reason": reason});
        billing.write("/v1/credits", &format!("seed-{}-credit", persona.id), &credit).await?;
    }
    Ok(account)
}

/// Brings a card that is already in the processor's vault into a client's wallet.
async fn save_card(
    stack: &Stack,
    billing: &Api,
    persona: &Persona,
    account: &str,
    card: &Card,
) -> Result<(), DemoError> {
    let processor = sandbox(stack)?;
    let publishable_key = stack.sandbox_secret_key.replacen("sk_", "pk_", 1);
    let token = tokenize(&stack.sandbox, &publishable_key, persona.name, card).await?;
    let stored =
        processor.post_form("/v1/payment_methods", &[("type", "card"), ("card[token]", &token)]).await?;
    let stored = text(&stored, "/id")?;
    if card.exp_year < EXPIRED_BEFORE {
        age(&processor, persona, card, &stored).await?;
    }
    let consent = paydesk_domain::consent::save_card("en", "Riverside Recreation");
    let body = json!({
        "processor_payment_method": stored,
        "nickname": card.nickname,
        "billing_address": billing_address(),
        "consent": {"version": consent.version, "locale": consent.locale, "accepted_at": "2026-01-05T15:00:00Z"},
    });
    let key = format!("seed-{}-{}-{}", persona.id, card.exp_month, card.exp_year);
    billing.write(&format!("/v1/clients/{account}/payment_methods"), &key, &body).await?;
    Ok(())
}

/// Lets a stored card expire. It is attached while it is good: no processor attaches a card that has expired.
async fn age(processor: &Api, persona: &Persona, card: &Card, stored: &str) -> Result<(), DemoError> {
    let customer = processor.post_form("/v1/customers", &[("name", persona.name)]).await?;
    let customer = text(&customer, "/id")?;
    processor.post_form(&format!("/v1/payment_methods/{stored}/attach"), &[("customer", &customer)]).await?;
    let form = [("exp_month", card.exp_month), ("exp_year", card.exp_year)];
    processor.post_form(&format!("/sandbox/payment_methods/{stored}/expiry"), &form).await?;
    Ok(())
}

/// Gets a token as a browser does: straight from the processor, with the publishable key in the body.
pub async fn tokenize(
    base_url: &str,
    publishable_key: &str,
    name: &str,
    card: &Card,
) -> Result<String, DemoError> {
    // The sandbox refuses a card that has expired, as every processor does: stored first, aged afterwards.
    let exp_year = if card.exp_year < "2026" { "2034" } else { card.exp_year };
    let form = [
        ("key", publishable_key),
        ("card[number]", card.number),
        ("card[exp_month]", card.exp_month),
        ("card[exp_year]", exp_year),
        ("card[cvc]", card.cvc),
        ("card[name]", name),
        ("card[address_line1]", "120 Rue du Parc"),
        ("card[address_city]", "Montréal"),
        ("card[address_state]", "QC"),
        ("card[address_zip]", "H2X 1Y4"),
        ("card[address_country]", "CA"),
    ];
    text(&Api::new("processor", base_url, publishable_key)?.post_form("/v1/tokens", &form).await?, "/id")
}

/// Where the personas live.
pub fn billing_address() -> Value {
    json!({"line1": "120 Rue du Parc", "city": "Montréal", "region": "QC", "postal_code": "H2X 1Y4", "country": "CA"})
}

async fn run_billing(stack: &Stack, arguments: &[&str]) -> Result<Value, DemoError> {
    let program = stack.billing_program.display().to_string();
    let mut command = Command::new(&stack.billing_program);
    command.args(arguments).arg("--config").arg(absolute(&stack.billing_config));
    let output = command.output().await.map_err(|source| DemoError::Io { what: program.clone(), source })?;
    let failed = |message: String| DemoError::Program {
        program: format!("{program} {}", arguments.join(" ")),
        message,
    };
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
