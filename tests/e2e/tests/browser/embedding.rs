//! The element on somebody's page: alone, in pairs, in French, in a narrow window, driven by the page's script.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::recorder::Request;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

const PAY: &str = "Pay $184.50";
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn two_elements_do_not_disturb_each_other() -> Result<(), Failure> {
    World::run("two_elements", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let first = world.stack.organization.checkout(&account, "en").await?;
        let second = world.stack.organization.checkout(&account, "en").await?;
        let sessions = vec![first.secret.clone(), second.secret.clone()];
        world.open(&Embed { sessions, ..Embed::default() }).await?;
        let (one, two) = (world.widget(0), world.widget(1));
        one.click(Role::Radio, "Mastercard ending 4444").await?;
        two.click(Role::Button, PAY).await?;
        two.until_text("Payment complete").await?;
        two.until_event("paid").await?;
        assert!(one.events().await?.iter().all(|(kind, _)| kind != "paid"));
        let chosen = one.find(Role::Radio, "Mastercard ending 4444").await?;
        assert_eq!(one.driver().property(&chosen, "checked").await?, json!(true));
        assert!(one.text().await?.contains(PAY));
        world.charged_once(&second).await?;
        assert_eq!(world.stack.organization.payments(&first.invoice).await?.len(), 0);
        Ok(())
    })
    .await
}

/// What the checkout shows comes in the frame's own page, and is asked for no more. Positive control: without `brought` in
/// static/boot.js the session is asked for (tried).
#[tokio::test(flavor = "multi_thread")]
async fn the_session_comes_with_the_page() -> Result<(), Failure> {
    World::run("comes_with_the_page", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        assert_eq!(
            widget.driver().run("return window.name", json!([])).await?,
            json!(""),
            "the secret stays"
        );
        let requests = world.browser.recorder.requests();
        assert!(requests.iter().all(|request| request.path() != "/v1/checkout"), "{requests:?}");
        let frame: Vec<_> = requests.iter().filter(|request| request.path() == "/frame/checkout").collect();
        assert_eq!(frame.len(), 1, "{frame:?}");
        assert_eq!(frame[0].method, "POST");
        assert!(!frame[0].url.contains(&checkout.secret), "never in an address");
        Ok(())
    })
    .await
}

/// Where a page's own policy lets no form go to the pay origin, the frame is opened without one; the session travels beside the program,
/// not after it, and is asked for once. Positive control: without the listener for the policy in static/embed.js nothing comes, and the
/// payer reads that it does not load; without `askAhead` in static/boot.js nothing is asked before the program comes; without
/// handing the answer over in `ask`, it is asked twice (tried).
#[tokio::test(flavor = "multi_thread")]
async fn where_no_form_may_go_the_session_is_asked_for_once_and_beside_the_program() -> Result<(), Failure> {
    World::run("asked_beside_the_program", Options::default(), async |world| {
        world.tolerance.blocked_form = true;
        let checkout = world.saved_checkout().await?;
        let recorder = &world.browser.recorder;
        let asks = |request: &Request| request.path() == "/v1/checkout";
        recorder.hold(&["*.wasm*"]).await;
        let widget = world.visit_formless(&checkout).await?;
        let asked = recorder.until_request("the session to be asked for", asks).await?;
        recorder.hold(&[]).await;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        let all: Vec<Request> = recorder.requests().into_iter().filter(asks).collect();
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(
            widget.driver().run("return window.name", json!([])).await?,
            json!(""),
            "the secret stays"
        );
        // As the program asks: who, for which page, in which language, and nothing of the browser's own.
        let headers = asked.headers.to_lowercase();
        let secret = checkout.secret.to_lowercase();
        assert!(headers.contains(&format!("authorization: bearer {secret}\n")));
        assert!(headers.contains(&format!("paydesk-parent-origin: {}\n", world.stack.host.origin)));
        assert!(!headers.contains("cookie:") && !headers.contains("referer: http"));
        assert_eq!(asked.method, "GET");
        world.charged_once(&checkout).await
    })
    .await
}

/// Another form of the page that its policy stops takes nothing away. Positive control: without `#opened` in `#unformed` of
/// static/embed.js the frame is opened anew, and empty (tried).
#[tokio::test(flavor = "multi_thread")]
async fn another_form_that_is_stopped_leaves_the_frame_alone() -> Result<(), Failure> {
    const STOPPED: &str = "const done = arguments[0];
        document.addEventListener('securitypolicyviolation', () => setTimeout(() => done(true)), { once: true });
        const form = Object.assign(document.createElement('form'), { action: 'http://127.0.0.1:9/search', method: 'post' });
        document.body.append(form);
        try { form.submit(); } catch {}";
    World::run("another_form", Options::default(), async |world| {
        world.tolerance.blocked_form = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill(&[(Role::Textbox, "Card number", "4242")]).await?;
        widget.driver().leave_frames().await?;
        widget.driver().run_and_wait(STOPPED, json!([])).await?;
        assert_eq!(widget.value(Role::Textbox, "Card number").await?, "4242");
        let frames = world.browser.recorder.requests();
        assert_eq!(frames.iter().filter(|request| request.path() == "/frame/checkout").count(), 1);
        Ok(())
    })
    .await
}

/// Nothing moves by itself once it can be seen, not even when the address rules come late. Positive control: without the room for
/// them in static/checkout.css, Pay moves (tried).
#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_once_it_can_be_seen() -> Result<(), Failure> {
    const WATCH: &str = "window.moved = [];
        new PerformanceObserver((list) => {
            for (const { value, sources } of list.getEntries()) window.moved.push([value, ...sources.map(({ node }) => node?.outerHTML)]);
        }).observe({ type: 'layout-shift', buffered: true });";
    World::run("nothing_moves", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let recorder = &world.browser.recorder;
        recorder.run_first(WATCH).await;
        recorder.hold(&["*/address/*"]).await;
        let widget = world.visit(&checkout).await?;
        widget.until_text("Loading the address fields").await?;
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(window.moved)))";
        widget.driver().run_and_wait(painted, json!([])).await?;
        recorder.hold(&[]).await;
        widget.find(Role::Textbox, "Postal code").await?;
        let moved = widget.driver().run_and_wait(painted, json!([])).await?;
        assert_eq!(moved, json!([]), "in the frame");
        widget.driver().leave_frames().await?;
        assert_eq!(widget.driver().run("return window.moved", json!([])).await?, json!([]), "in the page");
        Ok(())
    })
    .await
}

/// A key is told to what it concerns: whatever is set on the root, even to what it was, has a browser style every element anew, which took
/// half of a key's time. Positive control: with `lang` set at every drawing in src/view/dom.rs this fails (tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_key_leaves_the_document_as_it_is() -> Result<(), Failure> {
    const WATCH: &str = "window.set = [];
        new MutationObserver((changes) => window.set.push(...changes.map(({ attributeName }) => attributeName)))
            .observe(document.documentElement, { attributes: true });";
    World::run("a_key", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Textbox, "Postal code").await?;
        widget.driver().run(WATCH, json!([])).await?;
        widget.fill(&[(Role::Textbox, "Card number", "42424242")]).await?;
        assert_eq!(widget.value(Role::Textbox, "Card number").await?, "4242 4242");
        assert_eq!(widget.driver().run("return window.set", json!([])).await?, json!([]));
        Ok(())
    })
    .await
}

/// The script written into the page, as docs/EMBEDDING.md shows: allowed by the hash in the list of scripts, and nothing is asked for it.
/// Positive control: without `base` it looks for the frame on the page's own origin (tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_the_script_in_it_pays() -> Result<(), Failure> {
    World::run("script_in_page", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.open(&Embed { inline: true, ..Embed::of(&checkout.secret) }).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        assert!(world.browser.recorder.requests().iter().all(|request| !request.path().contains("embed")));
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_load_of_the_script_changes_nothing() -> Result<(), Failure> {
    World::run("a_second_load", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.open(&Embed { twice: true, ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Button, PAY).await?;
        // Once more, and late.
        widget.driver().leave_frames().await?;
        let again = "const script = document.createElement('script');
            script.src = document.querySelector('script[src$=\"/embed.js\"]').src;
            script.onload = () => { window.again = true; };
            document.head.append(script);";
        widget.driver().run(again, json!([])).await?;
        let loaded = async || {
            let loaded = widget.driver().run("return window.again === true", json!([])).await?;
            Ok((loaded == json!(true)).then_some(()))
        };
        clock::until("the script, once more", SOON, loaded).await?;
        let hosts = widget.driver().all("paydesk-checkout").await?;
        assert_eq!(widget.driver().all_in_shadow(hosts.first().unwrap(), "iframe").await?.len(), 1);
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        let paid = widget.events().await?.into_iter().filter(|(kind, _)| kind == "paid").count();
        assert_eq!(paid, 1);
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_french_everything_is_french() -> Result<(), Failure> {
    World::run("in_french", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Radio, "Visa se terminant par 4242, expire en mars 2030").await?;
        widget.find(Role::Button, "Payer 184,50").await?;
        widget.click(Role::Radio, "Une autre carte").await?;
        widget.find(Role::Textbox, "Numéro de carte").await?;
        widget.find(Role::Textbox, "Date d’expiration").await?;
        widget.find(Role::Textbox, "Code postal").await?;
        let lang = widget.driver().run("return document.documentElement.lang", json!([])).await?;
        assert!(lang.as_str().is_some_and(|lang| lang.starts_with("fr")), "{lang}");
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("champs à corriger").await?;
        widget.click(Role::Radio, "Visa se terminant par 4242").await?;
        widget.click(Role::Button, "Payer").await?;
        let text = widget.until_text("Paiement effectué").await?;
        for english in ["Receipt", "Paid with", "Payment"] {
            assert!(!text.contains(english), "{text}");
        }
        world.charged_once(&checkout).await
    })
    .await
}

/// How far the page, or the frame, could be scrolled sideways.
pub(crate) async fn sideways(widget: &Widget<'_>) -> Result<Vec<i64>, Failure> {
    let measure = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    widget.driver().leave_frames().await?;
    let outside = widget.driver().run(measure, json!([])).await?;
    widget.enter().await?;
    let inside = widget.driver().run(measure, json!([])).await?;
    Ok([outside, inside].iter().map(|width| width.as_i64().unwrap_or(i64::MAX)).collect())
}

/// How far the frame could be scrolled up and down inside itself.
pub(crate) async fn fits(widget: &Widget<'_>) -> Result<(), Failure> {
    let measure = "return document.documentElement.scrollHeight - window.innerHeight";
    let fitted = async || {
        widget.enter().await?;
        let over = widget.driver().run(measure, json!([])).await?;
        Ok(over.as_i64().is_some_and(|over| over <= 0).then_some(()))
    };
    clock::until("the frame to be as high as what it shows", SOON, fitted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_320_pixels_nothing_scrolls_sideways() -> Result<(), Failure> {
    let narrow = Options { width: 320, height: 640, ..Options::default() };
    World::run("on_320_pixels", narrow, async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Button, "Payer").await?;
        assert_eq!(sideways(&widget).await?, [0, 0]);
        fits(&widget).await?;
        widget.click(Role::Radio, "Une autre carte").await?;
        widget.find(Role::Textbox, "Code postal").await?;
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("obligatoire").await?;
        assert_eq!(sideways(&widget).await?, [0, 0]);
        fits(&widget).await?;
        widget.click(Role::Radio, "Visa se terminant par 4242").await?;
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("Paiement effectué").await?;
        assert_eq!(sideways(&widget).await?, [0, 0]);
        fits(&widget).await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_script_can_focus_submit_update_and_destroy() -> Result<(), Failure> {
    World::run("the_pages_script", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.until_event("ready").await?;
        let driver = widget.driver();
        let call = async |call: &str| {
            driver.leave_frames().await?;
            driver.run(&format!("document.querySelector('paydesk-checkout').{call}"), json!([])).await
        };
        // Once: without the second look in static/boot.js, a third of the runs on a busy machine lost it.
        call("focus()").await?;
        let focused = async || {
            widget.enter().await?;
            let element = driver.focused().await?;
            Ok((driver.name(&element).await.unwrap_or_default() == "Card number").then_some(()))
        };
        clock::until("the focus in the number", SOON, focused).await?;

        call("submit()").await?;
        widget.until_text("fields need attention").await?;
        call("update({ locale: 'fr', theme: 'dark' })").await?;
        widget.find(Role::Textbox, "Numéro de carte").await?;
        // What is agreed to and the frame's own name change with the rest, although the session is English.
        widget.until_text("J’enregistre cette carte dans mon portefeuille").await?;
        let title = "shadowRoot.querySelector('iframe').title";
        let read = async || {
            driver.run(&format!("return document.querySelector('paydesk-checkout').{title}"), json!([])).await
        };
        driver.leave_frames().await?;
        assert_eq!(read().await?, json!("Paiement sécurisé"));
        call("update({ locale: 'en' })").await?;
        assert_eq!(read().await?, json!("Secure payment"));
        widget.until_text("I save this card to my wallet").await?;
        widget.fill_card(&VISA).await?;
        let complete = async || {
            let events = widget.events().await?;
            let mut changes = events.iter().filter(|(kind, _)| kind == "change");
            Ok(changes
                .next_back()
                .filter(|(_, detail)| detail == &json!({"complete": true, "method": "card"}))
                .map(drop))
        };
        clock::until("the change to a complete card", SOON, complete).await?;
        call("submit()").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await?;

        call("destroy()").await?;
        widget.until_event("closed").await?;
        let hosts = driver.all("paydesk-checkout").await?;
        assert_eq!(driver.all_in_shadow(hosts.first().unwrap(), "iframe").await?.len(), 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_hears_the_closed_set_of_messages_and_no_secret() -> Result<(), Failure> {
    World::run("the_page_hears", Options::default(), async |world| {
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        widget.until_event("paid").await?;
        let heard = widget.driver().run("return window.heard", json!([])).await?;
        let heard = heard.as_array().context("what was heard")?;
        let data = |message: &Value| message.get("data").cloned().unwrap_or_default();
        let allowed = |data: &Value| -> bool {
            let keys: Vec<&str> =
                data.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            let expected: &[&str] = match data.get("type").and_then(Value::as_str).unwrap_or_default() {
                "hello" => &["paydesk", "type"],
                "ready" | "closed" => &["type"],
                "resize" => &["type", "height"],
                "change" => &["type", "complete", "method"],
                "paid" => &["type", "payment", "receipt", "receipt_number", "amount", "currency"],
                "declined" => &["type", "code", "retryable"],
                "error" => &["type", "code", "message"],
                _ => &[],
            };
            !keys.is_empty() && keys.iter().all(|key| expected.contains(key))
        };
        for message in heard {
            assert!(allowed(&data(message)), "{message}");
        }
        // The ear is good: it has heard both ways of speaking.
        let by = |way: &str| heard.iter().any(|message| message.get("by") == Some(&json!(way)));
        assert!(by("window") && by("port"), "{heard:?}");
        let said = Value::Array(heard.clone()).to_string();
        assert!(
            !said.contains("4242") && !said.contains(&checkout.secret) && !said.contains("tok_"),
            "{said}"
        );
        Ok(())
    })
    .await
}
