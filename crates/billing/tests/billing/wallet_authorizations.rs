//! Who may charge a method, by its client's word: given with a consent that is kept, and ended with what was agreed to, or without.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Engine, Keeper, Reply, fresh, on_both};

on_both! {
    a_permission_is_given_with_its_consent;
    what_cannot_be_given_is_not;
    a_permission_that_ends_stops_new_charges;
    what_was_agreed_to_goes_on_or_ends;
    what_goes_on_is_ended_later;
    a_permission_stays_as_it_was_agreed_to;
}

const CARD: &str = "4242424242424242";

impl Keeper {
    pub fn permission(&self, method: &str, body: &Value) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/methods/{method}/authorizations");
        let request = self.stack.browser(Method::POST, &self.secret, &path);
        request.header("idempotency-key", fresh("w-")).header("user-agent", "Test/1").json(body)
    }

    /// Lets the sister organization charge a method.
    pub async fn permit(&self, method: &str) -> Reply {
        let body = json!({
            "organization": self.sister.organization.as_str(),
            "consent_version": "authorize-card-1", "consent_locale": "fr-CA",
        });
        self.stack.send(self.permission(method, &body)).await
    }

    pub fn revocation(&self, id: &str, plans: &str) -> reqwest::RequestBuilder {
        let path = format!("/v1/wallet/authorizations/{id}{plans}");
        self.stack.browser(Method::DELETE, &self.secret, &path).header("idempotency-key", fresh("w-"))
    }

    pub async fn revoke(&self, id: &str, plans: &str) -> Reply {
        self.stack.send(self.revocation(id, plans)).await
    }

    /// A session of the sister's for an invoice of hers over 1.00.
    async fn at_the_sisters(&self) -> String {
        let write = async |path: &str, body: Value| {
            self.stack.write_as(&self.sister.key, &fresh("k-"), path, &body).await.expect(201)
        };
        let items = json!([{"description": "Judo", "amount": 100}]);
        let invoice =
            write("/v1/invoices", json!({"account": self.sister.account, "items": items})).await.at("/id");
        let body = json!({"invoice": invoice, "allowed_origin": crate::support::STORE});
        write("/v1/checkout_sessions", body).await.at("/secret")
    }
}

async fn a_permission_is_given_with_its_consent(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let wallet = stack.send(stack.browser(Method::GET, &keeper.secret, "/v1/wallet?locale=fr")).await.json();
    let known = wallet["organizations"].as_array().unwrap();
    let names: Vec<&str> = known.iter().map(|known| known["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Riverside Recreation", "Sister club"]);
    let shown = &known[1]["card_consent"];
    assert_eq!((&shown["version"], &shown["locale"]), (&json!("authorize-card-1"), &json!("fr")));
    assert!(shown["text"].as_str().unwrap().contains("J’autorise Sister club à débiter"), "{shown}");
    assert_eq!(known[1]["account_consent"]["version"], "authorize-bank-1");
    assert_eq!(keeper.method(&card).await["can_be_authorized"], json!([sister.organization.as_str()]));
    let secret = keeper.at_the_sisters().await;
    assert_eq!(stack.view(&secret).await.json()["methods"], json!([]), "nobody but whom the client lets");

    let given = keeper.permit(&card).await.expect(201);
    assert_eq!(given.at("/name"), "Sister club");
    let method = keeper.method(&card).await;
    assert_eq!(method["authorizations"][1], given.json());
    assert_eq!(method["can_be_authorized"], json!([]));
    assert_eq!(keeper.permit(&card).await.expect(201).json(), given.json(), "there is one");
    let paid = stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect(200);
    assert_eq!(paid.at("/status"), "succeeded");

    // The consent is kept as it was shown; the organization is told, and nobody else.
    let kept = "SELECT consent_version || ' ' || consent_locale || ' ' || consent_hash || ' ' || actor || ' ' || address || ' ' \
        || user_agent FROM authorizations WHERE consent_version = 'authorize-card-1'";
    let kept = stack.database.read_past_everybody(kept).await.unwrap();
    let hash = paydesk_billing::secret::sha256_hex(shown["text"].as_str().unwrap().as_bytes());
    assert_eq!(kept, [format!("authorize-card-1 fr {hash} payer 127.0.0.1 Test/1")]);
    let events = async |key: &str| {
        let reply = stack.read_as(key, "/v1/events?type=authorization.given").await.expect(200).json();
        reply["data"].as_array().unwrap().clone()
    };
    let told = events(&sister.key).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["data"]["payment_method"], &told[0]["data"]["last4"]),
        (&json!(card), &json!("4242"))
    );
    assert!(events(&stack.key).await.is_empty());
    let noted = stack.read_as(&sister.key, "/v1/audit_entries?action=authorization.given").await.expect(200);
    assert_eq!(
        (noted.at("/data/0/subject"), noted.at("/data/0/actor_kind")),
        (given.at("/id"), "client".into())
    );
}

async fn what_cannot_be_given_is_not(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let (stranger, _) = crate::support::organization(&stack.app, "Stranger").await;
    let body = |organization: &str, version: &str| json!({"organization": organization, "consent_version": version, "consent_locale": "en"});
    // An organization that does not know the client is told apart from none at all to nobody.
    for organization in [stranger.as_str(), "org_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ""] {
        let request = keeper.permission(&card, &body(organization, "authorize-card-1"));
        stack.send(request).await.expect_problem(404, "not_found");
    }
    for version in ["save-card-1", "authorize-bank-1", ""] {
        let request = keeper.permission(&card, &body(sister.organization.as_str(), version));
        let refused = stack.send(request).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), "consent_version");
    }
    let elsewhere = format!(
        "UPDATE organizations SET vault = 'elsewhere' WHERE org_id = '{}'",
        sister.organization.as_str()
    );
    stack.database.execute_past_everybody(elsewhere).await;
    assert_eq!(keeper.method(&card).await["can_be_authorized"], json!([]));
    let refused = keeper.permit(&card).await.expect_problem(422, "method_unknown");
    assert_eq!(refused.at("/param"), "organization");
    assert_eq!(keeper.method(&card).await["authorizations"].as_array().unwrap().len(), 1);
}

async fn a_permission_that_ends_stops_new_charges(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, .. } = &keeper;
    let card = stack.saved_card(account, CARD).await;
    let given = keeper.permit(&card).await.expect(201).at("/id");
    let secret = keeper.at_the_sisters().await;
    // Written while it was permitted, and not sent yet.
    let items = json!([{"description": "Judo", "amount": 700}]);
    let body = json!({"account": sister.account, "items": items});
    let invoice =
        stack.write_as(&sister.key, &fresh("k-"), "/v1/invoices", &body).await.expect(201).at("/id");
    let body = json!({"invoice": invoice, "payment_method": card, "reason": "unscheduled"});
    let waiting = stack.write_as(&sister.key, &fresh("k-"), "/v1/charges", &body).await.expect(201).at("/id");

    let ended = keeper.revoke(&given, "").await.expect(200);
    assert_eq!((ended.at("/id"), ended.at("/plans_continue")), (given.clone(), "false".into()));
    assert_eq!(keeper.revoke(&given, "").await.expect(200).json(), ended.json(), "it has ended");
    stack.confirm(&secret, &stack.with_saved(&card, 100)).await.expect_problem(422, "method_unknown");
    let items = json!({"account": sister.account, "items": [{"description": "Judo", "amount": 700}]});
    let another =
        stack.write_as(&sister.key, &fresh("k-"), "/v1/invoices", &items).await.expect(201).at("/id");
    let body = json!({"invoice": another, "payment_method": card, "reason": "unscheduled"});
    let again = stack.write_as(&sister.key, &fresh("k-"), "/v1/charges", &body).await;
    again.expect_problem(422, "method_unknown");
    stack.work().await;
    let waiting = stack.read_as(&sister.key, &format!("/v1/charges/{waiting}")).await.expect(200);
    assert_eq!(
        (waiting.at("/status"), waiting.at("/failure")),
        ("failed_before_send".into(), "not_authorized".into())
    );
    assert_eq!(stack.charges().await.len(), 0);
    let told = stack.read_as(&sister.key, "/v1/events?type=authorization.revoked").await.expect(200);
    assert_eq!(told.at("/data/0/data/because"), "client");
    // The other organization's stands.
    assert_eq!(keeper.method(&card).await["authorizations"][0]["name"], "Riverside Recreation");
}

/// Positive control (tried): without `Ground::Plan` in `take_planned` nothing goes on, and with it in `create_charge` the organization may
/// charge what it likes.
async fn what_was_agreed_to_goes_on_or_ends(engine: Engine) {
    for plans in ["?plans=continue", "?plans=end"] {
        let keeper = Keeper::start(engine).await;
        let Keeper { stack, account, .. } = &keeper;
        let card = stack.saved_card(account, CARD).await;
        stack.installments_with(account, &card).await;
        let before = keeper.method(&card).await;
        let given = before["authorizations"][0]["id"].as_str().unwrap().to_owned();
        let refused = keeper.revoke(&given, "").await.expect_problem(409, "method_in_use");
        assert_eq!(refused.json()["planned"], before["planned"], "listed first");
        assert_eq!(keeper.method(&card).await, before, "and nothing is done");
        keeper.revoke(&given, "?plans=perhaps").await.expect_problem(400, "invalid_request");
        let ended = keeper.revoke(&given, plans).await.expect(200);
        let continues = plans.ends_with("continue");
        assert_eq!(ended.json()["plans_continue"], json!(continues));
        let planned = keeper.method(&card).await["planned"].clone();
        assert_eq!(planned.as_array().unwrap().len(), if continues { 3 } else { 0 });
        let plan = stack.plans_of(account).await[0].clone();
        assert_eq!(plan["status"], if continues { "active" } else { "ended" });

        // Nothing new in either case, not by its name either.
        let invoice = stack.invoice(account, &[100]).await;
        for reason in ["installment", "recurring", "unscheduled"] {
            let body = json!({"invoice": invoice, "payment_method": card, "reason": reason});
            stack.write("/v1/charges", body).await.expect_problem(422, "method_unknown");
        }
        let secret = stack.session(&invoice).await;
        assert_eq!(stack.view(&secret).await.json()["methods"], json!([]));
        stack.days_pass(45).await;
        assert_eq!(stack.charges().await.len(), if continues { 4 } else { 1 });
        assert!(stack.action_items().await.is_empty());
        // While it goes on, the card stays; afterwards it may go.
        assert_eq!(
            keeper.stack.plans_of(account).await[0]["status"],
            if continues { "completed" } else { "ended" }
        );
    }
}

/// By the permission that had ended itself, or by one that was given anew and ends with everything. Positive control (tried): without
/// `end_continuing` in `end_permission` the second leaves something that goes on.
async fn what_goes_on_is_ended_later(engine: Engine) {
    for given_anew in [false, true] {
        let keeper = Keeper::start(engine).await;
        let Keeper { stack, account, .. } = &keeper;
        let card = stack.saved_card(account, CARD).await;
        stack.installments_with(account, &card).await;
        let first = keeper.method(&card).await["authorizations"][0]["id"].as_str().unwrap().to_owned();
        keeper.revoke(&first, "?plans=continue").await.expect(200);
        let again = keeper.revoke(&first, "").await.expect(200);
        assert_eq!(again.json()["plans_continue"], json!(true), "answered as it is");
        let last = match given_anew {
            true => {
                let body = json!({"organization": stack.organization.as_str(), "consent_version": "authorize-card-1", "consent_locale": "en"});
                stack.send(keeper.permission(&card, &body)).await.expect(201).at("/id")
            }
            false => first,
        };
        let ended = keeper.revoke(&last, "?plans=end").await.expect(200);
        assert_eq!(ended.json()["plans_continue"], json!(false));
        assert_eq!(stack.plans_of(account).await[0]["status"], "ended");
        let going_on = "SELECT id FROM authorizations WHERE plans_continue = 1 OR revoked_at_ms IS NULL";
        assert_eq!(stack.database.read_past_everybody(going_on).await.unwrap(), Vec::<String>::new());
        stack.days_pass(45).await;
        assert_eq!(stack.charges().await.len(), 1, "that of the purchase itself");
    }
}

async fn a_permission_stays_as_it_was_agreed_to(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    keeper.stack.saved_card(&keeper.account, CARD).await;
    let database = &keeper.stack.database;
    for sql in [
        "UPDATE authorizations SET consent_hash = 'x' RETURNING id",
        "UPDATE authorizations SET accepted_at_ms = 1 RETURNING id",
        "UPDATE authorizations SET method_id = method_id RETURNING id",
        "DELETE FROM authorizations RETURNING id",
    ] {
        let refused = database.read_past_everybody(sql).await.unwrap_err().to_string();
        assert!(refused.contains("what is written stays"), "{sql}: {refused}");
    }
    // The positive control: what may be added can be.
    let ended =
        database.read_past_everybody("UPDATE authorizations SET revoked_at_ms = 1 RETURNING id").await;
    assert_eq!(ended.unwrap().len(), 1);
}
