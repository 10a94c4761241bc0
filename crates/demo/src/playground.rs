//! The playground: a page on which whoever embeds the checkout sees its states, languages and themes live, and copies the lines
//! for a page of their own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::DemoError;
use crate::billing::{Api, number, text};
use crate::personas::Persona;
use crate::site::{Store, fresh_key, unavailable};

/// A session as no server has ever made one: what a checkout shows that cannot be opened.
const UNKNOWN_SESSION: &str = "cs_bbwfmsxymfnpnwwtyfzjxdntwtccpt_bbwfmsxymfnpnwwtyfzjxdntwtccpt";

/// What the checkout can be looked at in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scene {
    /// A client with saved cards, one of which has expired.
    Saved,
    /// A client without any.
    New,
    /// A client whose only card has expired.
    Expired,
    /// Installments and a subscription.
    Plans,
    /// An admin who pays for a client.
    Admin,
    /// An invoice in the currency of the other country's banks.
    UsDollars,
    /// An invoice that is paid.
    Paid,
    /// A session that nobody knows.
    Unknown,
}

/// What the page asks for.
#[derive(Deserialize)]
pub struct SceneRequest {
    scene: Scene,
    locale: String,
}

/// Makes a session to look at. Each time another invoice: whoever looks may pay it.
pub async fn scene(State(store): State<Arc<Store>>, Json(request): Json<SceneRequest>) -> Response {
    if !["en", "fr"].contains(&request.locale.as_str()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match session(&store, request.scene, &request.locale).await {
        Ok(secret) => Json(json!({"session": secret})).into_response(),
        Err(error) => unavailable(&error),
    }
}

async fn session(store: &Store, scene: Scene, locale: &str) -> Result<String, DemoError> {
    let persona = match scene {
        Scene::Unknown => return Ok(UNKNOWN_SESSION.to_owned()),
        Scene::Plans | Scene::Saved | Scene::Admin | Scene::Paid => "camille",
        Scene::New | Scene::UsDollars => "jordan",
        Scene::Expired => "alex",
    };
    let items = match scene {
        Scene::Plans => in_parts(store).await?,
        _ => Persona::find(persona).map(Persona::items_json).unwrap_or_default(),
    };
    let currency = if matches!(scene, Scene::UsDollars) { "USD" } else { "CAD" };
    let body = json!({"account": store.accounts.get(persona), "currency": currency, "items": items});
    let invoice = store.billing.write("/v1/invoices", &fresh_key(), &body).await?;
    let invoice = text(&invoice, "/id")?;
    let mut body = json!({"invoice": invoice, "allowed_origin": store.origin, "locale": locale});
    if matches!(scene, Scene::Admin) {
        body["acting"] = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
    }
    let created = store.billing.write("/v1/checkout_sessions", &fresh_key(), &body).await?;
    let secret = text(&created, "/secret")?;
    if matches!(scene, Scene::Paid) {
        pay(store, &secret).await?;
    }
    Ok(secret)
}

/// A camp that can be paid in parts, and a membership that is charged every month.
async fn in_parts(store: &Store) -> Result<Vec<Value>, DemoError> {
    let every_month = json!({"unit": "month", "every": 1});
    let options = json!([
        {"initial_basis_points": 2_500, "recurring": {"count_max": 3, "interval": every_month}},
        {"initial_basis_points": 5_000, "recurring": {"count_max": 1, "interval": every_month}},
    ]);
    let body = json!({"name": "Camps", "options": options});
    // Once for as long as the store's data lives.
    let made = store.billing.write("/v1/installment_configurations", "playground-camps", &body).await?;
    Ok(vec![
        json!({"description": "Summer camp, two weeks", "participant": "Léa Tremblay", "amount": 64_000,
            "installment_configuration": text(&made, "/id")?}),
        json!({"description": "Family membership", "amount": 4_500, "subscription": {"interval": every_month}}),
    ])
}

/// Pays with the first of the cards that a session offers, as a browser does.
async fn pay(store: &Store, secret: &str) -> Result<(), DemoError> {
    let browser = Api::new("checkout", &store.stack.billing, secret)?.embedded_by(&store.origin);
    let view = browser.read("/v1/checkout").await?;
    let id = format!("att_{}", fresh_key());
    let body = json!({
        "attempt_id": id, "amount": number(&view, "/invoice/payable_now")?, "currency": "CAD",
        "saved_method": text(&view, "/methods/0/id")?,
    });
    browser.write("/v1/checkout/confirm", &id, &body).await?;
    Ok(())
}
