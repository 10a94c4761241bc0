//! A client looks after their wallet: enters by the code in their mail, and does everything that can be done there.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::seed::Organization;
use paydesk_e2e::wallet::{Client, manage, narrow, read};
use paydesk_e2e::world::{MASTERCARD, VISA, World};
use paydesk_e2e::{Failure, axe};
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

/// Which element has the focus, by its id.
async fn focused(widget: &Widget<'_>) -> Result<String, Failure> {
    widget.enter().await?;
    let driver = widget.driver();
    let id = driver.run("return document.activeElement?.id ?? ''", json!([])).await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
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

/// Positive control: with the code of the mail before it, or without the check of the digits, this ends in "This is not the code".
#[tokio::test(flavor = "multi_thread")]
async fn a_client_enters_by_the_code_in_their_mail() -> Result<(), Failure> {
    World::run("wallet_enter", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.open(&Embed::of(&secret)).await?;
        widget.until_text("A code is on its way to k•••@example.org").await?;
        clean(world, &widget, "asked for a code").await?;
        picture(world, "enter").await?;
        assert!(widget.text().await?.contains("A new code can be sent in "));
        widget.click(Role::Button, "Continue").await?;
        widget.until_text("Enter the 6 digits of the code.").await?;
        assert_eq!(focused(&widget).await?, "one_time_code");
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
        for wanted in [VISA_CARD, MASTERCARD_CARD, "2 of 10", "0 of 10", "No bank account is saved.", "Riverside Recreation may charge it"] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        assert_eq!(focused(&widget).await?, "title");
        clean(world, &widget, "the wallet").await?;
        widget.until_event("ready").await?;
        picture(world, "wallet").await
    })
    .await
}
