//! The wallet in other languages and on small screens.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::wallet::{manage, narrow};
use paydesk_e2e::world::{AMEX, World};
use serde_json::{Value, json};

use super::{VISA_CARD, clean, client, picture};

/// French, on a small phone, in the dark, and magnified four times: nothing is wider than the screen.
/// Positive control (tried): with details that are 420 pixels wide at least, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_read_in_french_on_a_small_screen() -> Result<(), Failure> {
    World::run("wallet_french", Options::default(), async |world| {
        let (kim, _) = client(world).await?;
        let secret = world.stack.organization.wallet_session(&kim.account, "fr").await?;
        narrow(&world.browser, true).await?;
        world.browser.prefer(true).await?;
        let widget = world.enter(&Embed { locale: Some("fr"), ..Embed::of(&secret) }).await?;
        widget.until_text("Vos cartes et comptes bancaires enregistrés").await?;
        manage_french(&widget).await?;
        let text = widget.until_text("Débits autorisés").await?;
        assert!(text.contains("Expire en mars 2030") || text.contains("Expire en novembre 2029"), "{text}");
        fits(&widget).await?;
        picture(world, "french-dark-360").await?;
        clean(world, &widget, "French on a phone").await?;
        // 320 CSS pixels: what 1280 are at 400 %.
        world.browser.resize(320, 700).await?;
        fits(&widget).await?;
        picture(world, "french-320").await
    })
    .await
}

/// In the few colours that a person has chosen, what is chosen is told from what is not.
/// Positive control: without the rule for `forced-colors` in base.css, both buttons have the same edge.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_read_in_forced_colours() -> Result<(), Failure> {
    World::run("wallet_forced", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        let third = world.stack.sandbox.store_card(&AMEX, false).await?;
        world.stack.organization.save_card(&kim.account, &third).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        world.browser.force_colours().await?;
        picture(world, "forced").await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Replace by another one").await?;
        widget.click(Role::Radio, "American Express").await?;
        picture(world, "forced-replace").await?;
        widget.enter().await?;
        let edges = "return ['input:checked', 'input:not(:checked)']
            .map((one) => getComputedStyle(document.querySelector(`.method ${one}`)).borderTopColor)";
        let edges = widget.driver().run(edges, json!([])).await?;
        assert_ne!(edges[0], edges[1], "{edges}");
        widget.click(Role::Button, "Cancel").await?;
        widget.click(Role::Button, "Update the card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        picture(world, "forced-update").await?;
        widget.click(Role::Button, "Cancel").await?;
        widget.click(Role::Button, "What you have agreed to").await?;
        widget.until_text("In force").await?;
        picture(world, "forced-consents").await
    })
    .await
}

/// In a language two fifths longer and in one from right to left, every word comes from the table and nothing is cut off.
/// Positive control (tried): a word written into `view/shelf.rs` by hand stays as it is, and fails here.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_speaks_from_its_table_alone() -> Result<(), Failure> {
    let stack = paydesk_e2e::stack::Stack::start_pseudo().await?;
    World::run_on("wallet_pseudo", Options::default(), stack, async |world| {
        let (kim, _) = client(world).await?;
        narrow(&world.browser, true).await?;
        for (tag, mark) in [(paydesk_e2e::pseudo::LONG, "["), (paydesk_e2e::pseudo::RIGHT_TO_LEFT, "\u{202e}")] {
            let secret = world.stack.organization.wallet_session(&kim.account, "en").await?;
            let widget = world.enter(&Embed { locale: Some(tag), ..Embed::of(&secret) }).await?;
            widget.enter().await?;
            let toggle = widget.driver().all("[aria-expanded]").await?.into_iter().next();
            widget.driver().click(&toggle.unwrap()).await?;
            let said = "return [...document.querySelectorAll('h1, h2, h4, button, .hint, .empty, .badge')].map((one) => one.textContent)";
            let said = widget.driver().run(said, json!([])).await?;
            let said: Vec<&str> = said.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(said.len() > 8, "{said:?}");
            let plain: Vec<_> = said.iter().filter(|text| !text.trim_start().starts_with(mark)).collect();
            assert!(plain.is_empty(), "{tag}: not from the table: {plain:?}");
            fits(&widget).await?;
            picture(world, tag).await?;
        }
        Ok(())
    })
    .await
}

async fn manage_french(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.click(Role::Button, &format!("Gérer {}", "Visa")).await
}

/// Nothing of the frame is cut off at its sides.
pub(super) async fn fits(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.enter().await?;
    let wide = "const width = document.documentElement.clientWidth;
        return [...document.querySelectorAll('main *')].filter((one) => !one.closest('.vh'))
          .filter((one) => one.getBoundingClientRect().right > width + 1 || one.getBoundingClientRect().left < -1)
          .map((one) => one.outerHTML.slice(0, 100))";
    let over = widget.driver().run(wide, json!([])).await?;
    assert_eq!(over, json!([]), "wider than the frame");
    Ok(())
}
