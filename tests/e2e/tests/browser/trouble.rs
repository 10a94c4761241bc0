//! What can be missing: each gives a sentence that can be read, within three seconds, and a way on.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::clock::Stopwatch;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::sandbox::client;
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Context, Failure, clock};
use serde_json::json;

use crate::access::accessible;

const PAY: &str = "Pay $184.50";
/// What the project promises, from when the page is there.
const PROMISE: Duration = Duration::from_secs(3);

/// Who has to speak.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The element on the page, where the frame cannot.
    Element,
    Frame,
    /// The frame, which has to ask for its session by itself.
    AskingFrame,
}

/// Opens the page of a fresh checkout, and demands that a sentence can be read in time.
async fn read_in_time(world: &World, place: Place, sentence: &str) -> Result<(), Failure> {
    let checkout = world.saved_checkout().await?;
    let formless = matches!(place, Place::AskingFrame);
    let embed = Embed { formless, ..Embed::of(&checkout.secret) };
    let widget = world.open(&embed).await?;
    let watch = Stopwatch::start();
    let look = async || {
        let text = match place {
            Place::Element => widget.note().await?,
            Place::Frame | Place::AskingFrame => widget.text().await.unwrap_or_default(),
        };
        Ok(text.contains(sentence).then_some(text))
    };
    let text = clock::until(sentence, Duration::from_secs(10), look).await?;
    let took = watch.elapsed();
    assert!(took < PROMISE, "{took:?} until {text:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_api_is_told_and_can_be_tried_again() -> Result<(), Failure> {
    World::run("an_unreachable_api", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.blocked_form = true;
        world.browser.recorder.block(&["*/v1/checkout*"]).await;
        read_in_time(world, Place::AskingFrame, "The payment page could not be loaded").await?;
        world.browser.recorder.block(&[]).await;
        let widget = world.widget(0);
        widget.click(Role::Button, "Try again").await?;
        widget.find(Role::Button, PAY).await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_never_answers_is_told() -> Result<(), Failure> {
    World::run("an_api_that_never_answers", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.blocked_form = true;
        world.browser.recorder.hold(&["*/v1/checkout*"]).await;
        read_in_time(world, Place::AskingFrame, "This takes longer than usual").await?;
        world.browser.recorder.hold(&[]).await;
        world.widget(0).find(Role::Button, PAY).await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_does_not_come_is_told_until_it_comes() -> Result<(), Failure> {
    World::run("a_frame_that_does_not_come", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.browser.recorder.hold(&["*/frame/checkout*"]).await;
        read_in_time(world, Place::Element, "The payment form is not loading").await?;
        world.browser.recorder.hold(&[]).await;
        let widget = world.widget(0);
        widget.find(Role::Button, PAY).await?;
        assert_eq!(widget.note().await?, "");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_told_and_can_be_tried_again() -> Result<(), Failure> {
    World::run("a_server_that_is_away", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        // The script came from the server while it was there; the element comes later.
        world.open(&Embed::default()).await?;
        let driver = &world.browser.driver;
        let loaded = async || {
            let loaded = "return Boolean(customElements.get('paydesk-checkout'))";
            Ok((driver.run(loaded, json!([])).await? == json!(true)).then_some(()))
        };
        clock::until("the script", Duration::from_secs(10), loaded).await?;
        world.stack.stop_billing();
        let insert = "const element = document.createElement('paydesk-checkout');
            element.setAttribute('session', arguments[0]);
            document.querySelector('main').append(element);";
        world.browser.driver.run(insert, json!([checkout.secret])).await?;
        let watch = Stopwatch::start();
        let widget = world.widget(0);
        let told =
            async || Ok(widget.note().await?.contains("The payment form is not loading").then_some(()));
        clock::until("a word of the element", Duration::from_secs(10), told).await?;
        assert!(watch.elapsed() < PROMISE, "{:?}", watch.elapsed());

        world.stack.start_billing()?;
        let widget = world.widget(0);
        let driver = widget.driver();
        let hosts = driver.all("paydesk-checkout").await?;
        let buttons = driver.all_in_shadow(hosts.first().unwrap(), "button").await?;
        driver.click(buttons.first().unwrap()).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_web_assembly_there_is_a_sentence() -> Result<(), Failure> {
    World::run("without_web_assembly", Options::default(), async |world| {
        world.browser.recorder.run_first("delete globalThis.WebAssembly;").await;
        world.tolerance.broken_scripts = true;
        read_in_time(world, Place::Frame, "The payment form could not start").await?;
        let told = world.widget(0).until_event("error").await?;
        assert_eq!(told.get("code"), Some(&json!("wasm_missing")), "{told}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_old_web_assembly_there_is_a_sentence() -> Result<(), Failure> {
    World::run("with_an_old_web_assembly", Options::default(), async |world| {
        world.tolerance.broken_scripts = true;
        let old = "WebAssembly.instantiate = WebAssembly.instantiateStreaming = async () => {
            throw new WebAssembly.CompileError('unknown opcode'); };";
        world.browser.recorder.run_first(old).await;
        read_in_time(world, Place::Frame, "The payment form could not start").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_program_or_its_script_the_frame_says_so() -> Result<(), Failure> {
    World::run("without_its_program", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.broken_scripts = true;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        let assets: Vec<String> =
            world.browser.recorder.requests().into_iter().map(|request| request.url).collect();
        let named = |end: &'static str| {
            assets.iter().find(move |url| url.contains("127.0.0.1") && url.ends_with(end))
        };
        let wasm = named(".wasm").context("the program's address")?;
        let scripts: Vec<&String> = assets
            .iter()
            .filter(|url| {
                url.ends_with(".js") && url.starts_with(world.stack.pay_url()) && !url.ends_with("/embed.js")
            })
            .collect();
        assert!(!scripts.is_empty(), "{assets:?}");
        for missing in scripts.into_iter().chain([wasm]) {
            world
                .browser
                .recorder
                .block(&[&format!("*{}*", missing.trim_start_matches(world.stack.pay_url()))])
                .await;
            // Until something of the frame runs, the element outside is the one to speak.
            let (inside, outside) = ("The payment form could not start", "The payment form is not loading");
            world.visit(&checkout).await?;
            let watch = Stopwatch::start();
            let told = async || {
                let (note, text) = (widget.note().await?, widget.text().await.unwrap_or_default());
                Ok((note.contains(outside) || text.contains(inside)).then_some(()))
            };
            clock::until(&format!("a word about {missing}"), Duration::from_secs(10), told).await?;
            assert!(watch.elapsed() < PROMISE, "{:?} for {missing}", watch.elapsed());
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_processor_is_told_and_nothing_is_lost() -> Result<(), Failure> {
    World::run("an_unreachable_processor", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.fill_card(&VISA).await?;
        world.browser.recorder.block(&["*/v1/tokens*"]).await;
        widget.click(Role::Button, PAY).await?;
        let text = widget.until_text("Your payment was not sent").await?;
        assert!(text.contains("You have not been charged"), "{text}");
        world.browser.recorder.block(&[]).await;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// Long enough for a slow machine to open the page in, its browser's first one, and short enough to wait for.
const SHORT_LIVED: &str = "session_slide_ms = 8000";

/// Waits until a session is over by its own clock, without touching it: every use makes it live longer.
async fn until_over(world: &World, session: &str) -> Result<(), Failure> {
    let path = format!("/v1/checkout_sessions/{session}");
    clock::until("the session to be over", Duration::from_secs(20), async || {
        let session = world.stack.organization.read(&path).await?;
        Ok((session.get("status") == Some(&json!("expired"))).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_told_when_it_is_opened() -> Result<(), Failure> {
    let stack = Stack::start_with(SHORT_LIVED).await?;
    World::run_on("an_expired_session", Options::default(), stack, async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        until_over(world, &checkout.session).await?;
        let widget = world.visit(&checkout).await?;
        let text = widget.until_text("This payment page has expired").await?;
        assert!(text.contains("Reload the page to continue"), "{text}");
        let told = widget.until_event("error").await?;
        assert_eq!(told.get("code"), Some(&json!("session_expired")), "{told}");
        accessible(world, &widget, "expired session").await?;
        world.charged_nothing().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_while_it_is_open_pays_nothing_and_says_so() -> Result<(), Failure> {
    let stack = Stack::start_with(SHORT_LIVED).await?;
    World::run_on("a_session_that_expires", Options::default(), stack, async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        until_over(world, &checkout.session).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("This payment page has expired").await?;
        world.charged_nothing().await?;
        // The organization's page makes another session for the same invoice, gives it to the same element, and that one pays.
        let told = widget.until_event("error").await?;
        assert_eq!(told.get("code"), Some(&json!("session_expired")), "{told}");
        let fresh = world.stack.organization.session(&checkout.invoice, "en").await?;
        let update = "document.querySelector('paydesk-checkout').update({ session: arguments[0] })";
        widget.driver().leave_frames().await?;
        widget.driver().run(update, json!([fresh.secret])).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_known_is_called_unknown() -> Result<(), Failure> {
    let stack = Stack::start_with(SHORT_LIVED).await?;
    World::run_on("a_result_that_cannot_be_known", Options::default(), stack, async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        // Sent into the void, and when the server is back, the session is over.
        world.browser.recorder.block(&["*/v1/checkout/*"]).await;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Checking your payment").await?;
        until_over(world, &checkout.session).await?;
        world.browser.recorder.block(&[]).await;
        widget.until_text("We don’t know the result yet").await?;
        widget.find(Role::Button, "Check again").await?;
        assert!(widget.seek(Role::Button, "Pay").await?.is_none());
        accessible(world, &widget, "unknown result").await?;
        world.charged_nothing().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_session_is_told() -> Result<(), Failure> {
    World::run("an_unknown_session", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let checkout = world.new_checkout().await?;
        let wrong: String = checkout.secret.chars().rev().take(45).collect();
        let widget = world.open(&Embed::of(&format!("cs_{wrong}"))).await?;
        widget.until_text("This payment page cannot be opened").await?;
        let told = widget.until_event("error").await?;
        assert!(told.get("code").is_some(), "{told}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_registered_pages_may_embed_the_frame() -> Result<(), Failure> {
    World::run("only_registered_pages", Options::default(), async |world| {
        world.visit(&world.new_checkout().await?).await?.find(Role::Button, PAY).await?;
        let page = |parent: &str| format!("{}/frame/checkout?parent={parent}", world.stack.pay_url());
        let http = client()?;
        let ours = http.get(page(&world.stack.host.origin)).send().await.context("the frame page")?;
        let policy = ours
            .headers()
            .get("content-security-policy")
            .context("a policy")?
            .to_str()
            .context("a policy")?;
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            &format!("frame-ancestors {}", world.stack.host.origin),
            &world.stack.sandbox.url,
        ] {
            assert!(policy.contains(part), "{part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        let strangers = http.get(page("https://shop.example")).send().await.context("the frame page")?;
        assert_eq!(strangers.status().as_u16(), 403);
        assert!(strangers.text().await.context("a page")?.contains("<h1"));
        Ok(())
    })
    .await
}

/// A page that nobody has registered, in a real browser: the same page under another name.
///
/// Positive control: without `refused.js` the element says after two seconds that the connection is to blame (tried).
#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_page_is_told_that_it_is_not_registered() -> Result<(), Failure> {
    World::run("an_unregistered_page", Options::default(), async |world| {
        // The frame's page is answered with 403, which a browser calls an error.
        world.tolerance.failed_requests = true;
        let checkout = world.saved_checkout().await?;
        let stranger = world.stack.host.origin.replace("localhost", "127.0.0.1");
        world.more_origins.push(stranger.clone());
        let page = world.stack.host.page(&Embed::of(&checkout.secret));
        world.browser.driver.go(&page.replace(&world.stack.host.origin, &stranger)).await?;
        let watch = Stopwatch::start();
        let widget = world.widget(0);
        let told = async || Ok(widget.note().await?.contains("not registered").then_some(()));
        clock::until("a word of the element", Duration::from_secs(10), told).await?;
        assert!(watch.elapsed() < PROMISE, "{:?}", watch.elapsed());
        accessible(world, &widget, "unregistered").await?;
        let errors: Vec<_> = widget.events().await?.into_iter().filter(|(kind, _)| kind == "error").collect();
        assert_eq!(errors.len(), 1, "{errors:?}");
        let (_, told) = errors.first().context("an error")?;
        assert_eq!(told.get("code"), Some(&json!("not_embedded")), "{told}");
        assert!(
            told.get("message").is_some_and(|message| message.as_str().unwrap().contains("not registered"))
        );
        world.charged_nothing().await
    })
    .await
}
