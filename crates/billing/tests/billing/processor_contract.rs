//! What every adapter must do, run against whoever speaks the dialect: the sandbox in this process, and the
//! independent `localstripe` as a process of its own (`PAYDESK_LOCALSTRIPE_PYTHON` names a Python that has it).

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use paydesk_billing::adapters::stripe::webhook::{WebhookError, verify};
use paydesk_billing::adapters::stripe::{Stripe, StripeSettings, TokenExchange};
use paydesk_billing::clock::{Clock as _, SystemClock};
use paydesk_billing::ports::processor::{
    Attachment, Changed, ChargeOutcome, ChargeRequest, Exchange, Found, FoundRefund, LookUp, MethodChange,
    NewCustomer, Processor as _, ProcessorError, RefundLookUp, RefundOutcome, RefundRequest, StoredMethod,
    Taken,
};
use paydesk_billing::secret::Secret;
use paydesk_domain::address::Address;
use paydesk_domain::card::Brand;
use paydesk_domain::engine::Window;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::{Currency, Money};
use paydesk_domain::refund::RefundKind;
use paydesk_domain::stored_credential::{
    Initiation, MerchantReason, MethodStorage, Sequence, StoredCredential,
};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::support::{PROCESSOR_SECRET, fresh};

/// Somebody who speaks the dialect.
struct Peer {
    base_url: String,
    http: reqwest::Client,
    adapter: Stripe,
    /// Whether it keeps the rules of idempotency keys, single-use tokens and searches.
    whole: bool,
    _process: Option<Child>,
}

impl Peer {
    fn new(base_url: String, token_exchange: TokenExchange, process: Option<Child>) -> Self {
        let settings = StripeSettings {
            base_url: base_url.clone(),
            secret_key: Secret::new(PROCESSOR_SECRET.to_owned()),
            publishable_key: "pk_test_billing0123456789".to_owned(),
            timeout: Duration::from_secs(20),
            visibility_lag: Duration::from_secs(60),
            token_exchange,
            webhook_secrets: Vec::new(),
        };
        let whole = token_exchange == TokenExchange::PaymentMethods;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { base_url, http, adapter: Stripe::new(settings).unwrap(), whole, _process: process }
    }

    async fn form(&self, path: &str, key: Option<&str>, form: &[(&str, &str)]) -> Value {
        let request = self.http.post(format!("{}{path}", self.base_url)).form(form);
        let request = match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// As a browser: the publishable key in the body, no header of our own.
    async fn token(&self, number: &str) -> String {
        let form = [
            ("key", "pk_test_billing0123456789"),
            ("card[number]", number),
            ("card[exp_month]", "3"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", "123"),
        ];
        self.form("/v1/tokens", None, &form).await["id"].as_str().unwrap().to_owned()
    }

    async fn exchanged(&self, number: &str) -> StoredMethod {
        let token = self.token(number).await;
        match self.adapter.exchange_token(&fresh("x-"), MethodKind::Card, &token, &address()).await.unwrap() {
            Exchange::Method(method) => method,
            other => panic!("{other:?}"),
        }
    }

    async fn charge(
        &self,
        attempt: &str,
        amount: i64,
        method: &StoredMethod,
        customer: Option<&str>,
        initiation: Initiation,
    ) -> Result<ChargeOutcome, ProcessorError> {
        let charge = ChargeRequest {
            key: &format!("{attempt}.charge"),
            organization: "org_x",
            attempt,
            amount: Money::new(amount, Currency::CAD),
            method: &method.reference,
            kind: MethodKind::Card,
            customer: customer.or(method.customer.as_deref()),
            credential: &credential(initiation),
            mandate: None,
            keep: false,
            security_code: None,
            return_url: None,
        };
        self.adapter.charge(charge).await
    }
}

fn credential(initiation: Initiation) -> StoredCredential {
    let sequence = match initiation {
        Initiation::Payer => Sequence::Initial,
        Initiation::Merchant(_) => Sequence::Subsequent,
    };
    StoredCredential::new(initiation, sequence, MethodStorage::Stored, None).unwrap()
}

impl Peer {
    async fn refund(&self, refund: &str, charge: &str, amount: i64) -> RefundOutcome {
        let request = RefundRequest {
            key: &format!("{refund}.refund"),
            organization: "org_1",
            refund,
            charge,
            amount: Money::new(amount, Currency::CAD),
            kind: RefundKind::Refund,
        };
        self.adapter.refund(request).await.unwrap()
    }

    /// Steps until there is an end.
    async fn look_up(&self, attempt: &str, windows: &[Window]) -> Found {
        let mut after: Option<String> = None;
        loop {
            let step = LookUp { attempt, windows, after: after.as_deref() };
            match self.adapter.look_up(step).await.unwrap() {
                Found::More(next) => after = Some(next),
                found => return found,
            }
        }
    }

    async fn found(&self, refund: &str, charge: &str, kind: RefundKind) -> FoundRefund {
        let now = SystemClock.now();
        self.adapter.look_up_refund(RefundLookUp { refund, charge, kind, sent_at: now, now }).await.unwrap()
    }
}

fn address() -> Address {
    Address {
        line1: "120 Rue du Parc".into(),
        city: Some("Montréal".into()),
        region: Some("QC".into()),
        postal_code: Some("H2X 1Y4".into()),
        country: "CA".into(),
        ..Address::default()
    }
}

async fn contract(peer: Peer) {
    // A token becomes a method, and the method is charged.
    let method = peer.exchanged("4242424242424242").await;
    assert_eq!(
        (method.brand(), method.last4.as_str(), method.expiry()),
        (Brand::Visa.as_str(), "4242", Some((3, 2034)))
    );
    let attempt = fresh("att_");
    let ChargeOutcome::Succeeded(Taken { reference, .. }) =
        peer.charge(&attempt, 1_250, &method, None, Initiation::Payer).await.unwrap()
    else {
        panic!("a good card is charged");
    };

    // A method is kept under a customer, and charged while the payer is away.
    let customer = NewCustomer { login: "log_1", name: "Kim Roy" };
    let customer = peer.adapter.create_customer(&fresh("x-"), customer).await.unwrap();
    let kept = if peer.whole {
        peer.exchanged("5555555555554444").await
    } else {
        raw_method(&peer, "5555555555554444").await
    };
    let attached = peer.adapter.attach(&fresh("x-"), &kept.reference, &customer).await.unwrap();
    assert_eq!(attached, Attachment::Attached);
    let seen = peer.adapter.method(&kept.reference).await.unwrap().expect("it can be read");
    assert_eq!((seen.customer.as_deref(), seen.last4.as_str()), (Some(customer.as_str()), "4444"));
    let away = peer
        .charge(
            &fresh("att_"),
            800,
            &seen,
            Some(&customer),
            Initiation::Merchant(MerchantReason::Unscheduled),
        )
        .await
        .unwrap();
    assert!(matches!(away, ChargeOutcome::Succeeded(_)), "{away:?}");
    assert_eq!(peer.adapter.method("pm_nothing").await.unwrap(), None);
    assert_eq!(peer.adapter.method("x/../customers").await.unwrap(), None, "not a name: never sent");

    // Refusals: when it is kept, and when it is charged.
    let token = peer.token("4000000000000341").await;
    let Exchange::Method(refused) =
        peer.adapter.exchange_token(&fresh("x-"), MethodKind::Card, &token, &address()).await.unwrap()
    else {
        panic!("this card can be kept")
    };
    let declined = if refused.customer.is_some() {
        peer.charge(&fresh("att_"), 900, &refused, None, Initiation::Merchant(MerchantReason::Unscheduled))
            .await
            .unwrap()
    } else {
        peer.adapter.attach(&fresh("x-"), &refused.reference, &customer).await.unwrap();
        peer.charge(
            &fresh("att_"),
            900,
            &refused,
            Some(&customer),
            Initiation::Merchant(MerchantReason::Unscheduled),
        )
        .await
        .unwrap()
    };
    assert!(matches!(declined, ChargeOutcome::Declined(_)), "{declined:?}");

    // Refunds: a part, then the rest, then no more.
    let refund = fresh("ref_");
    let part = peer.refund(&refund, &reference, 250).await;
    assert!(matches!(part, RefundOutcome::Succeeded(_)), "{part:?}");
    if peer.whole {
        assert_eq!(peer.refund(&refund, &reference, 250).await, part, "the same key is the same refund");
        let rest = peer.refund(&fresh("ref_"), &reference, 1_000).await;
        assert!(matches!(rest, RefundOutcome::Succeeded(_)), "{rest:?}");
        let more = peer.refund(&fresh("ref_"), &reference, 1).await;
        assert!(matches!(more, RefundOutcome::Refused(_)), "{more:?}");
        assert_eq!(peer.found(&refund, &reference, RefundKind::Refund).await, FoundRefund::Outcome(part));
        let nothing = peer.found(&fresh("ref_"), &reference, RefundKind::Refund).await;
        assert_eq!(nothing, FoundRefund::Nothing);
        // A charge that was taken cannot be called back any more, and the look-up says so.
        let called_back = peer.found(&fresh("ref_"), &reference, RefundKind::CancelDebit).await;
        assert!(matches!(called_back, FoundRefund::Outcome(RefundOutcome::TooLate(_))), "{called_back:?}");
        keys_tokens_and_look_ups(&peer, &attempt, &method, &reference).await;
    }
    webhooks(&peer, &kept, &customer).await;
}

/// What only a peer can show that keeps the rules.
async fn keys_tokens_and_look_ups(peer: &Peer, attempt: &str, method: &StoredMethod, reference: &str) {
    let again = peer.charge(attempt, 1_250, method, None, Initiation::Payer).await.unwrap();
    let ChargeOutcome::Succeeded(taken) = &again else { panic!("{again:?}") };
    assert_eq!(taken.reference, reference, "the same key is the same charge");
    assert!(taken.network_transaction_id.is_some(), "the network's name for it is kept for later charges");
    let other = peer.charge(attempt, 1_251, method, None, Initiation::Payer).await;
    assert!(matches!(other, Err(ProcessorError::Unknown(_))), "the key stands for another charge: {other:?}");

    let token = peer.token("4242424242424242").await;
    let exchange = async |key: &str| {
        peer.adapter.exchange_token(key, MethodKind::Card, &token, &address()).await.unwrap()
    };
    let key = fresh("x-");
    let first = exchange(&key).await;
    assert_eq!(exchange(&key).await, first, "the same exchange");
    assert_eq!(exchange(&fresh("x-")).await, Exchange::Unusable, "a token is good for one");

    let look = async |attempt: &str| {
        let now_ms = SystemClock.now().as_millisecond();
        peer.look_up(attempt, &[Window { from_ms: now_ms - 60_000, until_ms: now_ms + 60_000 }]).await
    };
    assert_eq!(look(attempt).await, Found::Outcome(again), "the look-up tells the same");
    assert_eq!(look(&fresh("att_")).await, Found::Nothing);
    let poor = peer.exchanged("4000000000009995").await;
    let attempt = fresh("att_");
    let declined = peer.charge(&attempt, 100, &poor, None, Initiation::Payer).await.unwrap();
    let ChargeOutcome::Declined(decline) = &declined else { panic!("{declined:?}") };
    assert_eq!(decline.code(), "insufficient_funds");
    assert_eq!(look(&attempt).await, Found::Outcome(declined.clone()));

    // The bank wants to see the payer, whom this mode cannot show: refused, and never to go through later.
    let careful = peer.exchanged("4000002500003155").await;
    let attempt = fresh("att_");
    let refused = peer.charge(&attempt, 100, &careful, None, Initiation::Payer).await.unwrap();
    let ChargeOutcome::Declined(decline) = &refused else { panic!("{refused:?}") };
    assert_eq!(decline.code(), "authentication_required");
    assert!(matches!(look(&attempt).await, Found::Outcome(ChargeOutcome::Declined(_))));
}

/// A method made with the secret key, where the dialect takes no token for it.
async fn raw_method(peer: &Peer, number: &str) -> StoredMethod {
    let form = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "3"),
        ("card[exp_year]", "2034"),
        ("card[cvc]", "123"),
    ];
    let made = peer.form("/v1/payment_methods", Some(PROCESSOR_SECRET), &form).await;
    peer.adapter.method(made["id"].as_str().unwrap()).await.unwrap().unwrap()
}

/// A delivery is signed so that we believe it, and nobody else's is.
async fn webhooks(peer: &Peer, method: &StoredMethod, customer: &str) {
    let (sender, mut deliveries) = mpsc::unbounded_channel::<(String, Bytes)>();
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let receive = post(move |headers: HeaderMap, body: Bytes| {
        let sender = sender.clone();
        async move {
            let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
            let _ = sender.send((signature, body));
        }
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", receive)).await });
    let secret = if peer.whole {
        let form = [("url", url.as_str()), ("enabled_events[]", "payment_intent.succeeded")];
        let made = peer.form("/v1/webhook_endpoints", Some(PROCESSOR_SECRET), &form).await;
        made["secret"].as_str().unwrap().to_owned()
    } else {
        let form =
            [("url", url.as_str()), ("secret", "whsec_ours"), ("events[]", "payment_intent.succeeded")];
        peer.form("/_config/webhooks/ours", None, &form).await;
        "whsec_ours".to_owned()
    };
    let attempt = fresh("att_");
    peer.charge(&attempt, 700, method, Some(customer), Initiation::Merchant(MerchantReason::Unscheduled))
        .await
        .unwrap();
    // An earlier event may still be on its way to whoever listens now.
    let ours = async {
        loop {
            let (signature, body) = deliveries.recv().await.unwrap();
            let event: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(event["type"], "payment_intent.succeeded");
            if event["data"]["object"]["metadata"]["attempt"] == attempt.as_str() {
                return (signature, body);
            }
        }
    };
    let (signature, body) = tokio::time::timeout(Duration::from_secs(20), ours).await.unwrap();
    let secrets = [Secret::new("whsec_new".to_owned()), Secret::new(secret)];
    let now = SystemClock.now();
    assert_eq!(verify(&secrets, &signature, &body, now), Ok(()));
    assert_eq!(verify(&secrets[..1], &signature, &body, now), Err(WebhookError::Forged));
    let late = now.checked_add(jiff::SignedDuration::from_secs(400)).unwrap();
    assert_eq!(verify(&secrets, &signature, &body, late), Err(WebhookError::Stale));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_keeps_the_contract() {
    let (peer, _data) = sandbox(TokenExchange::PaymentMethods).await;
    contract(peer).await;
}

async fn sandbox(token_exchange: TokenExchange) -> (Peer, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(paydesk_sandbox::serve(
        paydesk_sandbox::Config::new(data.path()),
        listener,
        std::future::pending(),
    ));
    (Peer::new(base_url, token_exchange, None), data)
}

/// A saved card gets a new expiry and address, and is let go, in both ways in which one is kept.
#[tokio::test(flavor = "multi_thread")]
async fn saved_cards_are_changed_and_let_go() {
    for token_exchange in [TokenExchange::PaymentMethods, TokenExchange::CustomerSources] {
        let (peer, _data) = sandbox(token_exchange).await;
        let card = peer.exchanged("4242424242424242").await;
        let customer = match card.customer.clone() {
            Some(customer) => customer,
            None => {
                let new = NewCustomer { login: "log_x", name: "Kim Roy" };
                let customer = peer.adapter.create_customer(&fresh("x-"), new).await.unwrap();
                peer.adapter.attach(&fresh("x-"), &card.reference, &customer).await.unwrap();
                customer
            }
        };
        let address = address();
        let key = fresh("x-");
        let change = MethodChange {
            key: &key,
            method: &card.reference,
            customer: &customer,
            expiry: Some((7, 2035)),
            address: Some(&address),
        };
        for _ in 0..2 {
            let Changed::Method(changed) = peer.adapter.change_method(change).await.unwrap() else {
                panic!("{token_exchange:?}")
            };
            assert_eq!(
                (changed.reference.as_str(), changed.expiry()),
                (card.reference.as_str(), Some((7, 2035)))
            );
        }
        let unknown = MethodChange { key: &fresh("x-"), method: "pm_nosuch", ..change };
        assert_eq!(peer.adapter.change_method(unknown).await, Ok(Changed::Unknown), "{token_exchange:?}");
        // Twice: that it is gone already is no error.
        for _ in 0..2 {
            peer.adapter.detach(&fresh("x-"), &card.reference, &customer).await.unwrap();
        }
        let kept = peer.adapter.method(&card.reference).await.unwrap();
        assert_eq!(kept.and_then(|card| card.customer), None, "{token_exchange:?}");
    }
}

/// By configuration alone: another base URL, and the older way to exchange a token.
#[tokio::test(flavor = "multi_thread")]
async fn localstripe_keeps_the_contract() {
    let Ok(python) = std::env::var("PAYDESK_LOCALSTRIPE_PYTHON") else {
        assert!(
            std::env::var("PAYDESK_TEST_SKIP_LOCALSTRIPE").as_deref() == Ok("1"),
            "set PAYDESK_LOCALSTRIPE_PYTHON to a Python that has the package `localstripe` (`cargo xtask test` does), or \
             set PAYDESK_TEST_SKIP_LOCALSTRIPE=1"
        );
        return;
    };
    // Its own command listens on every interface; this listens on this machine only.
    let port =
        TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap().local_addr().unwrap().port();
    let program = format!(
        "from aiohttp import web; from localstripe.server import app; web.run_app(app, host='127.0.0.1', port={port})"
    );
    let folder = tempfile::tempdir().unwrap();
    let process = Command::new(python)
        .args(["-c", &program])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let base_url = format!("http://127.0.0.1:{port}");
    let answers = async {
        while reqwest::get(&base_url).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answers).await.expect("localstripe starts");
    contract(Peer::new(base_url, TokenExchange::CustomerSources, Some(process))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_certain_and_silence_is_not() {
    let nobody = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = nobody.local_addr().unwrap();
    let settings = StripeSettings {
        base_url: format!("http://{address}"),
        secret_key: Secret::new(PROCESSOR_SECRET.to_owned()),
        publishable_key: String::new(),
        timeout: Duration::from_millis(200),
        visibility_lag: Duration::ZERO,
        token_exchange: TokenExchange::PaymentMethods,
        webhook_secrets: Vec::new(),
    };
    let adapter = Arc::new(Stripe::new(settings).unwrap());
    let charge = async || {
        let charge = ChargeRequest {
            key: "k",
            organization: "org_x",
            attempt: "att_1",
            amount: Money::new(100, Currency::CAD),
            method: "pm_1",
            kind: MethodKind::Card,
            customer: None,
            credential: &credential(Initiation::Payer),
            mandate: None,
            keep: false,
            security_code: None,
            return_url: None,
        };
        adapter.charge(charge).await
    };
    // It listens but never answers.
    assert!(matches!(charge().await, Err(ProcessorError::Unknown(_))));
    drop(nobody);
    assert!(matches!(charge().await, Err(ProcessorError::NotSent(_))));
}
