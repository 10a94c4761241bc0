//! A bank that asks the client for a proof while a card is saved, or brought up to date.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::wallet::narrow;
use paydesk_e2e::world::World;
use serde_json::{Value, json};

use super::reading::fits;
use super::{clean, client, method, picture, send, until_focused};
use crate::access::{press, tab_to};
use crate::challenges::{ASKED, answer};

const ASKS: &str = "Your bank asks for this before the card is saved. Nothing is charged.";

/// Saves a card, until its bank asks.
async fn asked(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.click(Role::Button, "Add a card").await?;
    widget.find(Role::Textbox, "Postal code").await?;
    widget.fill_card(&ASKED).await?;
    send(widget).await?;
    widget.until_text(ASKS).await?;
    until_focused(widget, "challenge").await
}

/// Positive control: with the answer 202 read as a card that is saved in `read.rs`, the wallet says so and nothing asks.
#[tokio::test(flavor = "multi_thread")]
async fn who_passes_has_saved_the_card() -> Result<(), Failure> {
    World::run("wallet_proof", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        asked(&widget).await?;
        fits(&widget).await?;
        clean(world, &widget, "asked by the bank").await?;
        picture(world, "proof").await?;
        assert!(!widget.text().await?.contains("Add a bank account"), "nothing else can be reached");
        assert_eq!(method(world, &secret, "3184").await?, Value::Null);
        answer(&widget, "complete").await?;
        widget.until_text("Visa ending 3184 was saved.").await?;
        widget.until_text("Nobody may charge it").await?;
        until_focused(&widget, "cards").await?;
        assert_eq!(method(world, &secret, "3184").await?["authorizations"], json!([]));
        Ok(())
    })
    .await
}

/// Positive control (seen): without the place that is held for the bank's page in `view/shelf.rs`, the fields are made anew, and the
/// second try finds them empty.
#[tokio::test(flavor = "multi_thread")]
async fn who_fails_or_gives_up_has_saved_nothing_and_lost_nothing() -> Result<(), Failure> {
    World::run("wallet_proof_failed", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        asked(&widget).await?;
        answer(&widget, "fail").await?;
        widget.until_text("Your bank did not confirm that it is you. Nothing was saved.").await?;
        until_focused(&widget, "panel-trouble").await?;
        assert_eq!(widget.value(Role::Textbox, "City").await?, "Montréal", "what was typed stays");
        clean(world, &widget, "not proven").await?;
        send(&widget).await?;
        widget.until_text(ASKS).await?;
        tab_to(&widget, &[], "Cancel, and save nothing").await?;
        press(&widget, &keys::ENTER.to_string()).await?;
        widget.until_text("It was stopped before your bank had confirmed that it is you.").await?;
        until_focused(&widget, "panel-trouble").await?;
        picture(world, "proof-given-up").await?;
        assert_eq!(method(world, &secret, "3184").await?, Value::Null);
        Ok(())
    })
    .await
}

/// Positive control: without `verifications` in `read.rs`, nothing asks again.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_loaded_anew_asks_again() -> Result<(), Failure> {
    World::run("wallet_proof_again", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        asked(&widget).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        widget.until_text(ASKS).await?;
        until_focused(&widget, "challenge").await?;
        answer(&widget, "complete").await?;
        widget.until_text("Visa ending 3184 was saved.").await?;
        until_focused(&widget, "title").await?;
        assert_eq!(method(world, &secret, "3184").await?["last4"], "3184");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_asks_before_a_card_is_updated_in_french_on_a_small_screen() -> Result<(), Failure> {
    World::run("wallet_proof_update", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        let saved = world.stack.sandbox.store_card(&ASKED, false).await?;
        world.stack.organization.save_card(&kim.account, &saved).await?;
        let secret_french = world.stack.organization.wallet_session(&kim.account, "fr").await?;
        narrow(&world.browser, true).await?;
        world.browser.prefer(true).await?;
        let widget = world.enter(&Embed { locale: Some("fr"), ..Embed::of(&secret_french) }).await?;
        widget.click(Role::Button, "Gérer Visa se terminant par 3184").await?;
        widget.click(Role::Button, "Mettre la carte à jour").await?;
        let fields = [
            (Role::Textbox, "Nouvelle date d’expiration", "0734"),
            (Role::Textbox, "Code de sécurité", ASKED.cvc),
        ];
        widget.fill(&fields).await?;
        send(&widget).await?;
        widget.until_text("avant que la carte soit enregistrée").await?;
        fits(&widget).await?;
        picture(world, "french-proof").await?;
        clean(world, &widget, "asked by the bank in French").await?;
        answer(&widget, "complete").await?;
        widget.until_text("Carte à jour").await?;
        assert_eq!(method(world, &secret, "3184").await?["exp_year"], 2034);
        widget.until_text("Expire en juillet 2034").await.map(drop)
    })
    .await
}
