//! A client looks after their wallet: enters by the code in their mail, and does everything that can be done there.

mod adding;
mod backing;
mod changing;
mod consents;
mod proving;
mod reading;
mod replacing;
mod updating;

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::seed::Organization;
use paydesk_e2e::wallet::{Client, read};
use paydesk_e2e::world::{MASTERCARD, VISA, World};
use paydesk_e2e::{Failure, axe, clock};
use serde_json::{Value, json};

use crate::access::{press, tab_to};

const VISA_CARD: &str = "Visa ending 4242";
const MASTERCARD_CARD: &str = "Mastercard ending 4444";
const OTHER: &str = "Hillside Camp";

/// A client with two cards, and their wallet session.
async fn client(world: &World) -> Result<(Client, String), Failure> {
    let organization = &world.stack.organization;
    let client = organization.signed_in(Some("kim@example.org")).await?;
    for card in [VISA, MASTERCARD] {
        let method = world.stack.sandbox.store_card(&card, false).await?;
        organization.save_card(&client.account, &method).await?;
    }
    let secret = organization.wallet_session(&client.account, "en").await?;
    Ok((client, secret))
}

/// Another organization that knows the client.
async fn other(world: &World, client: &Client) -> Result<Organization, Failure> {
    let stack = &world.stack;
    let other =
        Organization::create_called(OTHER, stack.pay_url(), &stack.config(), &stack.host.origin, &[])?;
    other.knows(client).await?;
    Ok(other)
}

/// No violation of WCAG 2.2 A or AA in the frame, in light and in dark.
async fn clean(world: &World, widget: &Widget<'_>, state: &str) -> Result<(), Failure> {
    for dark in [false, true] {
        world.browser.prefer(dark).await?;
        widget.enter().await?;
        let found = axe::violations(widget.driver()).await?;
        assert!(found.is_empty(), "{state}, dark {dark}: {found:#?}");
    }
    world.browser.prefer(false).await
}

/// Waits until an element whose id begins so has the focus.
async fn until_focused(widget: &Widget<'_>, id: &str) -> Result<(), Failure> {
    let mut last = String::new();
    let what = format!("the focus on {id}");
    let has = clock::until(&what, Duration::from_secs(10), async || {
        widget.enter().await?;
        let focused = widget.driver().run("return document.activeElement?.id ?? ''", json!([])).await?;
        focused.as_str().unwrap_or_default().clone_into(&mut last);
        Ok(last.starts_with(id).then_some(()))
    });
    has.await.map_err(|failure| Failure::new(format!("{failure}; it is on {last:?}")))
}

/// A picture for whoever looks at it, where a folder is named for it.
async fn picture(world: &World, name: &str) -> Result<(), Failure> {
    if let Ok(folder) = std::env::var("PAYDESK_WALLET_PICTURES") {
        let bytes = world.browser.driver.screenshot().await?;
        std::fs::write(format!("{folder}/{name}.png"), bytes)
            .map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(())
}

/// The method of the wallet with these last digits.
async fn method(world: &World, secret: &str, last4: &str) -> Result<Value, Failure> {
    let wallet = read(world, secret).await?;
    let methods = wallet.pointer("/cards/methods").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(methods.into_iter().find(|method| method["last4"] == last4).unwrap_or_default())
}

/// Positive control (tried): with another number of tries told than the server's in `check_code.rs`, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_enters_by_the_code_in_their_mail() -> Result<(), Failure> {
    World::run("wallet_enter", Options::default(), async |world| {
        // A code that is not the right one is refused on purpose.
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.until_text("A code is on its way to k•••@example.org").await?;
        clean(world, &widget, "asked for a code").await?;
        picture(world, "enter").await?;
        assert!(widget.text().await?.contains("A new code can be sent in "));
        widget.click(Role::Button, "Continue").await?;
        widget.until_text("Enter the 6 digits of the code.").await?;
        until_focused(&widget, "one_time_code").await?;
        clean(world, &widget, "too few digits").await?;
        let code = world.code(1).await?;
        let wrong = if code == "123456" { "654321" } else { "123456" };
        widget.fill(&[(Role::Textbox, "Code", wrong)]).await?;
        widget.click(Role::Button, "Continue").await?;
        widget.until_text("This is not the code. 4 tries are left.").await?;
        widget.empty("Code").await?;
        widget.fill(&[(Role::Textbox, "Code", &code)]).await?;
        let text = {
            widget.click(Role::Button, "Continue").await?;
            widget.until_text("Your saved cards and bank accounts").await?
        };
        for wanted in [
            VISA_CARD,
            MASTERCARD_CARD,
            "2 of 10",
            "0 of 10",
            "No bank account is saved.",
            "Riverside Recreation may charge it",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        until_focused(&widget, "title").await?;
        clean(world, &widget, "the wallet").await?;
        widget.until_event("ready").await?;
        picture(world, "wallet").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_kept_by_keyboard_alone() -> Result<(), Failure> {
    World::run("wallet_keyboard", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.find(Role::Button, "Continue").await?;
        let code = world.code(1).await?;
        let enter = keys::ENTER.to_string();
        tab_to(&widget, &[], "Code").await?;
        press(&widget, &code).await?;
        press(&widget, &enter).await?;
        widget.until_text("2 of 10").await?;
        tab_to(&widget, &[], &format!("Manage {VISA_CARD}")).await?;
        press(&widget, &enter).await?;
        tab_to(&widget, &[], "Rename").await?;
        press(&widget, &enter).await?;
        widget.find(Role::Textbox, "Name").await?;
        press(&widget, "By keys").await?;
        press(&widget, &enter).await?;
        widget.until_text("Saved.").await?;
        tab_to(&widget, &[], "Remove").await?;
        press(&widget, &enter).await?;
        widget.until_text("Remove Visa ending 4242?").await?;
        tab_to(&widget, &[], "Cancel").await?;
        press(&widget, &enter).await?;
        assert_eq!(method(world, &secret, "4242").await?["nickname"], "By keys");
        Ok(())
    })
    .await
}

/// The code is asked for once on a device that is remembered. Positive control (tried): with the name
/// not kept in `device.rs`, it is asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_remembered_is_asked_no_more() -> Result<(), Failure> {
    World::run("wallet_device", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.click(Role::Checkbox, "Remember this device").await?;
        let code = world.code(1).await?;
        widget.fill(&[(Role::Textbox, "Code", &code)]).await?;
        widget.click(Role::Button, "Continue").await?;
        widget.until_text("2 of 10").await?;
        let again = world.stack.organization.wallet_session(&kim.account, "en").await?;
        let widget = world.open(&Embed::of(&again)).await?;
        let text = widget.until_any_text(&["2 of 10", "Confirm that it is you"]).await?;
        assert!(text.contains("2 of 10"), "{text}");
        Ok(())
    })
    .await
}

/// What keeps a client out is said, with what to do. Positive control (tried): with another barrier's sentence for
/// who has no address, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_enter_reads_why() -> Result<(), Failure> {
    World::run("wallet_barred", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let organization = &world.stack.organization;
        let nobody = organization.signed_in(None).await?;
        let secret = organization.wallet_session(&nobody.account, "en").await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.until_text("Your e-mail address is not known").await?;
        clean(world, &widget, "no address").await?;
        let told = widget.until_event("error").await?;
        assert_eq!(told["code"], "no_email");
        let widget = world.open(&Embed::of("ws_nobody")).await?;
        widget.until_text("This page cannot be opened").await?;
        clean(world, &widget, "no session").await?;
        let (kim, _) = client(world).await?;
        world.stack.without_mail()?;
        world.stack.restart_billing()?;
        let secret = world.stack.organization.wallet_session(&kim.account, "en").await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.until_text("No code can be sent right now").await?;
        widget.find(Role::Button, "Try again").await?;
        clean(world, &widget, "no mail").await
    })
    .await
}

/// A purchase of the client's in installments, the later ones planned on their Visa.
async fn plan_on_visa(world: &World, client: &Client) -> Result<(), Failure> {
    let checkout = world.stack.organization.checkout_in_parts(&client.account, "en").await?;
    let widget = world.visit(&checkout).await?;
    widget.click(Role::Radio, crate::plans::IN_PARTS).await?;
    widget.click(Role::Radio, VISA_CARD).await?;
    widget.click(Role::Button, "Pay $").await?;
    widget.until_text("Payment complete").await.map(drop)
}

/// Presses the button that sends what is open, whatever it says.
async fn send(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.click_at_rest("#send").await
}
