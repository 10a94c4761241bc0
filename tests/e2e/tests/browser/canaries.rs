//! The canary sweep: known numbers and codes are typed in every flow and every error path, and afterwards no
//! spelling of them may be found anywhere but in the requests that make tokens at the processor.

use std::time::Duration;

use paydesk_e2e::browser::{Kind, Options};
use paydesk_e2e::canary::{Canary, Finding, Sweep};
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::postgres::Database;
use paydesk_e2e::sandbox::{Card, client};
use paydesk_e2e::seed::{Checkout, PAYER};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::World;
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

const PAY: &str = "Pay $184.50";
/// A code that begins with a zero is no number of anything else.
const CODE: &str = "0739";
const PAID: Card = Card { number: "374291830571686", month: "04", year: "2031", cvc: CODE };
const DECLINED: Card = Card { number: "347182059364719", month: "04", year: "2031", cvc: CODE };
const LOST: Card = Card { number: "379601428573016", month: "04", year: "2031", cvc: CODE };
const ABANDONED: Card = Card { number: "342857196403836", month: "04", year: "2031", cvc: CODE };
/// Its last digit is wrong: a person's mistake, and a card number for everybody who knows which digit.
const MISTYPED: Card = Card { number: "371058293641724", month: "04", year: "2031", cvc: CODE };
/// Sent to the billing API by a program that does not know better.
const MISSENT: &str = "371058293641725";
/// Comes from a wallet, and is not typed here at all.
const SAVED: Card = Card { number: "375820164937250", month: "04", year: "2031", cvc: CODE };
const RELOADED: Card = Card { number: "340916582730467", month: "04", year: "2031", cvc: CODE };
const DESTROYED: Card = Card { number: "378461029357140", month: "04", year: "2031", cvc: CODE };
const TRAPPED: Card = Card { number: "345106928473064", month: "04", year: "2031", cvc: CODE };
const EXPIRED: Card = Card { number: "372960481735061", month: "04", year: "2031", cvc: CODE };

/// A bank account that is debited, and one whose number is never confirmed.
const DEBITED: &str = "918273645546";
const UNCONFIRMED: &str = "647382915508";

fn sweep() -> Result<Sweep, Failure> {
    let cards = [
        ("the paid card", PAID.number),
        ("the declined card", DECLINED.number),
        ("the card of the lost answer", LOST.number),
        ("the abandoned card", ABANDONED.number),
        ("the mistyped card", MISTYPED.number),
        ("the missent card", MISSENT),
        ("the saved card", SAVED.number),
        ("the card of the reload", RELOADED.number),
        ("the card of the form that was taken away", DESTROYED.number),
        ("the card of the program that died", TRAPPED.number),
        ("the card of the session that ended", EXPIRED.number),
        ("the security code", CODE),
        ("the debited account", DEBITED),
        ("the unconfirmed account", UNCONFIRMED),
    ];
    let canaries: Vec<Canary> =
        cards.into_iter().map(|(what, digits)| Canary { what, digits: digits.to_owned() }).collect();
    Sweep::new(&canaries)
}

async fn stored_by_scripts(widget: &Widget<'_>) -> Result<String, Failure> {
    const STORED: &str = "const done = arguments[arguments.length - 1];
        (async () => [
          JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie, location.href,
          JSON.stringify(history.state), document.title, window.name, document.documentElement.outerHTML,
          JSON.stringify(await indexedDB.databases()), JSON.stringify(await caches.keys()),
        ].join('\\n'))().then(done, (error) => done('nothing to see: ' + error));";
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    widget.enter().await?;
    let inside = text(widget.driver().run_and_wait(STORED, json!([])).await?);
    widget.driver().leave_frames().await?;
    let outside = text(widget.driver().run_and_wait(STORED, json!([])).await?);
    let heard =
        widget.driver().run("return JSON.stringify([window.heard, window.happened])", json!([])).await?;
    Ok([inside, outside, text(heard)].join("\n"))
}

/// Searches everything that outlives the keystrokes. Closes the browser, whose profile is searched as well.
async fn search(world: &mut World, mut pages: String) -> Result<Vec<Finding>, Failure> {
    let sweep = sweep()?;
    pages.push_str(&stored_by_scripts(&world.widget(0)).await?);
    let mut finds = sweep.find("what pages keep and hear", pages.as_bytes());
    world.browser.recorder.settle().await?;
    for request in world.browser.recorder.requests() {
        let door = request.origin() == world.stack.sandbox.url
            && matches!(request.path(), "/v1/tokens" | "/v1/payment_methods");
        let body = if door { "" } else { request.body.as_str() };
        let text = [&request.url, &request.headers, body, &request.answer].map(str::to_owned).join("\n");
        finds.extend(sweep.find(&format!("{} {}", request.method, request.path()), text.as_bytes()));
    }
    for note in world.browser.recorder.notes() {
        finds.extend(sweep.find(&note.source, note.text.as_bytes()));
    }
    for path in ["/metrics", "/healthz", "/readyz"] {
        let url = format!("{}{path}", world.stack.pay_url());
        let text = client()?.get(&url).send().await.context(&url)?.text().await.context(&url)?;
        finds.extend(sweep.find(path, text.as_bytes()));
    }
    finds.extend(sweep.find("what billing says", world.stack.pay.words().as_bytes()));
    finds.extend(sweep.find("what the sandbox says", world.stack.sandbox.program.words().as_bytes()));
    // The database, its write-ahead log, the sandbox's vault and journal.
    finds.extend(sweep.find_in_folder(world.stack.folder())?);
    world.browser.close().await?;
    finds.extend(sweep.find_in_folder(world.browser.profile())?);
    Ok(finds)
}

/// Types the cards in every flow; returns what the pages kept on the way.
async fn live(world: &World) -> Result<String, Failure> {
    let recorder = &world.browser.recorder;
    let mut kept = String::new();

    let checkout = world.new_checkout().await?;
    let widget = world.visit(&checkout).await?;
    widget.fill_card(&MISTYPED).await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("a digit is wrong").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);
    // Typed into the field beside it, by somebody in a hurry.
    widget.empty("Security code").await?;
    widget.fill(&[(Role::Textbox, "Security code", ABANDONED.number)]).await?;
    widget.empty("Expiry date").await?;
    widget.fill(&[(Role::Textbox, "Expiry date", ABANDONED.number)]).await?;
    widget.click(Role::Button, PAY).await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let widget = world.visit(&checkout).await?;
    widget.fill_card(&ABANDONED).await?;
    world.browser.driver.leave_frames().await?;
    world.browser.driver.go(&format!("{}/other", world.stack.host.origin)).await?;
    world.browser.driver.back().await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let decline = json!({"type": "decline", "code": "insufficient_funds"});
    world.stack.sandbox.misbehave(json!({"match": {"card": "4719"}, "action": decline})).await?;
    let widget = world.visit(&checkout).await?;
    widget.fill_card(&DECLINED).await?;
    recorder.block(&["*/v1/tokens*"]).await;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Your payment was not sent").await?;
    recorder.block(&[]).await;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Your card was declined").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let lost = json!({"match": {"card": "3016"}, "action": {"type": "drop_answer"}, "times": 1});
    world.stack.sandbox.misbehave(lost).await?;
    widget.empty("Card number").await?;
    widget
        .fill(&[(Role::Textbox, "Card number", LOST.number), (Role::Textbox, "Security code", LOST.cvc)])
        .await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Payment complete").await?;
    world.charged_once(&checkout).await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let other = world.new_checkout().await?;
    let widget = world.visit(&other).await?;
    widget.fill_card(&PAID).await?;
    let save = widget.find(Role::Checkbox, "Save this card").await?;
    if widget.driver().property(&save, "checked").await? != json!(true) {
        widget.driver().click(&save).await?;
    }
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Payment complete").await?;
    missend(world, &other).await?;
    kept.push_str(&debit(world).await?);
    kept.push_str(&live_on(world).await?);
    Ok(kept)
}

/// Types bank accounts: one into a form whose mandate is not agreed to, and one that is debited and saved.
async fn debit(world: &World) -> Result<String, Failure> {
    let organization = world.debiting()?;
    let mut kept = String::new();
    let checkout = organization.checkout(&organization.client().await?, "en").await?;
    let widget = world.visit(&checkout).await?;
    widget.fill_canadian_account(UNCONFIRMED).await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Required.").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);
    let widget = world.visit(&checkout).await?;
    widget.fill_canadian_account(DEBITED).await?;
    widget.click(Role::Checkbox, "Save this account").await?;
    widget.until_text("until I end this permission").await?;
    widget.click(Role::Checkbox, "I have read this agreement").await?;
    world.browser.recorder.block(&["*/v1/payment_methods*"]).await;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Your payment was not sent").await?;
    world.browser.recorder.block(&[]).await;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Your payment is on its way").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);
    Ok(kept)
}

/// Pays with a card of the wallet, reloads while a new one is charged, takes a filled form away, and has its program die.
async fn live_on(world: &World) -> Result<String, Failure> {
    let organization = &world.stack.organization;
    let mut kept = String::new();
    let account = organization.client().await?;
    organization.save_card(&account, &world.stack.sandbox.store_card(&SAVED, false).await?).await?;
    let widget = world.visit(&organization.checkout(&account, "en").await?).await?;
    widget.click(Role::Button, PAY).await?;
    widget.until_text("Payment complete").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let slow = json!({"match": {"card": "0467"}, "action": {"type": "delay", "ms": 1_500}, "times": 1});
    world.stack.sandbox.misbehave(slow).await?;
    let widget = world.visit(&world.new_checkout().await?).await?;
    widget.fill_card(&RELOADED).await?;
    widget.click(Role::Button, PAY).await?;
    // Reloaded while the processor thinks. Before that, the browser may not have sent what it says it sends.
    clock::until("the charge", Duration::from_secs(10), async || {
        let left = world.stack.sandbox.faults_left().await?;
        Ok(left.iter().all(|times| *times == 0).then_some(()))
    })
    .await?;
    kept.push_str(&stored_by_scripts(&widget).await?);
    world.browser.driver.leave_frames().await?;
    world.browser.driver.reload().await?;
    widget.until_text("Payment complete").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let widget = world.visit(&world.new_checkout().await?).await?;
    widget.fill_card(&TRAPPED).await?;
    // What static/boot.js hears when the program traps. The page's own kind of error: a script of the driver's has another.
    let die = "dispatchEvent(new ErrorEvent('error', { error: new window.WebAssembly.RuntimeError('unreachable') }))";
    widget.driver().run(die, json!([])).await?;
    widget.until_text("The payment form could not start").await?;
    kept.push_str(&stored_by_scripts(&widget).await?);

    let checkout = world.new_checkout().await?;
    let widget = world.visit(&checkout).await?;
    widget.fill_card(&DESTROYED).await?;
    widget.driver().leave_frames().await?;
    widget.driver().run("document.querySelector('paydesk-checkout').destroy()", json!([])).await?;
    widget.until_event("closed").await?;
    // There is no frame any more to look into: the page has what it heard.
    let heard = "return JSON.stringify([window.heard, window.happened, document.documentElement.outerHTML])";
    kept.push_str(widget.driver().run(heard, json!([])).await?.as_str().unwrap_or_default());
    // A form to look into at the end.
    world.visit(&checkout).await?.find(Role::Button, PAY).await?;
    Ok(kept)
}

/// What a careless program would send to the billing API: each is refused, and must leave no trace.
async fn missend(world: &World, checkout: &Checkout) -> Result<(), Failure> {
    let (http, pay) = (client()?, world.stack.pay_url());
    let spaced = "3710 582936 41725";
    let confirm = |body: Value| {
        http.post(format!("{pay}/v1/checkout/confirm"))
            .bearer_auth(&checkout.secret)
            .header("paydesk-parent-origin", &world.stack.host.origin)
            .header("idempotency-key", "write-missent")
            .json(&body)
    };
    let line = json!({"line1": spaced, "country": "CA"});
    let token = json!({"attempt_id": "att_x", "amount": 1, "currency": "CAD", "token": MISSENT, "cvc": CODE});
    let address = json!({"attempt_id": "att_x", "amount": 1, "currency": "CAD", "token": "tok_x", "billing_address": line});
    let invoice =
        json!({"account": "acc_x", "currency": "CAD", "items": [{"description": spaced, "amount": 100}]});
    let organization = http.post(format!("{pay}/v1/invoices")).bearer_auth(world.stack.organization.key());
    let requests = [
        confirm(token),
        confirm(address),
        confirm(json!({MISSENT: "a key"})),
        organization.header("idempotency-key", "write-missent-invoice").json(&invoice),
        http.get(format!("{pay}/v1/invoices?number={MISSENT}")).bearer_auth(world.stack.organization.key()),
        http.get(format!("{pay}/v1/invoices/{MISSENT}")).bearer_auth(world.stack.organization.key()),
    ];
    for request in requests {
        let answer = request.send().await.context("a careless request")?;
        let (status, text) = (answer.status().as_u16(), answer.text().await.context("its answer")?);
        assert!(status == 400 && text.contains("pan_not_accepted"), "{status}: {text}");
        let echoed = sweep()?.find("the answer", text.as_bytes());
        assert_eq!(echoed, Vec::new());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_and_no_code_is_found_anywhere() -> Result<(), Failure> {
    World::run("canaries", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let kept = live(world).await?;
        // The sweep closes the browser: what every run is checked for comes first.
        world.check().await?;
        let finds = search(world, kept).await?;
        assert!(finds.is_empty(), "{finds:#?}");
        Ok(())
    })
    .await
}

/// The same with the billing API at its most talkative, and on PostgreSQL where one is named, as `cargo xtask test` does.
#[tokio::test(flavor = "multi_thread")]
async fn a_talkative_server_says_no_number_either() -> Result<(), Failure> {
    let database = Database::fresh()?;
    let mut stack = match &database {
        Some(database) => {
            let folder = tempfile::tempdir().context("a folder")?;
            Stack::start_on(folder, &database.url, "").await?
        }
        None => Stack::start().await?,
    };
    stack.make_talkative()?;
    World::run_on("canaries_talkative", Options::default(), stack, async |world| {
        world.tolerance.failed_requests = true;
        let mut kept = live(world).await?;
        if let Some(database) = &database {
            let rows = database.read_out()?;
            assert!(
                rows.contains(PAYER) && rows.contains("<attempts"),
                "all rows are read out: {rows:.2000}"
            );
            kept.push_str(&rows);
        }
        let said = world.stack.pay.words();
        assert!(said.contains("DEBUG") && said.contains("SELECT"), "it is not talkative: {said:.2000}");
        world.check().await?;
        let finds = search(world, kept).await?;
        assert!(finds.is_empty(), "{finds:#?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_under_a_typed_card_keeps_nothing() -> Result<(), Failure> {
    let stack = Stack::start_with("session_slide_ms = 10000").await?;
    World::run_on("canary_expiry", Options::default(), stack, async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&EXPIRED).await?;
        let path = format!("/v1/checkout_sessions/{}", checkout.session);
        clock::until("the session to be over", Duration::from_secs(20), async || {
            let session = world.stack.organization.read(&path).await?;
            Ok((session.get("status") == Some(&json!("expired"))).then_some(()))
        })
        .await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("This payment page has expired").await?;
        world.check().await?;
        let finds = search(world, String::new()).await?;
        assert!(finds.is_empty(), "{finds:#?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_finds_every_planted_leak() -> Result<(), Failure> {
    World::run("canary_control", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        // What a careless widget would do.
        let leaks = "localStorage.setItem('draft', '3742 918305 71686');
            console.log({ card: '374291830571686', account: '918273645546' });
            parent.postMessage({ code: '0739' }, '*');
            fetch('/v1/checkout/status', { headers: { 'x-debug': btoa('n=374291830571686;') } });";
        widget.driver().run(leaks, json!([])).await?;
        let asked = "the leaking request";
        world.browser.recorder.until_request(asked, |request| request.headers.contains("x-debug")).await?;
        let heard = async || {
            widget.driver().leave_frames().await?;
            let heard = widget.driver().run("return JSON.stringify(window.heard)", json!([])).await?;
            Ok(heard.as_str().is_some_and(|heard| heard.contains(CODE)).then_some(()))
        };
        clock::until("the leaking message", Duration::from_secs(5), heard).await?;
        // What a careless server would do.
        std::fs::write(
            world.stack.folder().join("billing.log"),
            "confirm failed: card 3742-918305-71686, cvc=0739\n",
        )
        .context("a log")?;

        let database = match world.browser.kind() {
            Kind::Chromium => "leveldb",
            Kind::Firefox => "ls/data.sqlite",
        };
        let finds = search(world, String::new()).await?;
        for (place, what) in [
            ("what pages keep", "the paid card (spaced)"),
            ("what pages keep", "the security code (plain)"),
            ("console.log", "the paid card (plain)"),
            ("console.log", "the debited account (plain)"),
            ("GET /v1/checkout/status", "the paid card (base64)"),
            ("billing.log", "the paid card (dashed)"),
            ("billing.log", "the security code (plain)"),
            // The browser's own files: local storage is kept as UTF-16 or Latin-1, in a database of its own.
            (database, "the paid card (spaced)"),
        ] {
            let found = finds.iter().any(|find| find.place.contains(place) && find.what == what);
            assert!(found, "{what} in {place} is not in {finds:#?}");
        }
        Ok(())
    })
    .await
}
