//! A card of the wallet is brought up to date in its place.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::wallet::{manage, narrow};
use paydesk_e2e::world::{AMEX, World};
use serde_json::json;

use super::reading::fits;
use super::{VISA_CARD, clean, client, method, picture, plan_on_visa, send, until_focused};
use crate::access::{press, tab_to};

const AMEX_CARD: &str = "American Express ending 0005";
/// Another number.
const DISCOVER: Card = Card { number: "6011111111111117", month: "04", year: "2032", cvc: "737" };
/// One that its bank refuses.
const REFUSED: Card = Card { number: "4000000000000002", ..DISCOVER };

/// Positive control: with the version left out of what is sent in `billing.rs`, the server refuses.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_card_is_updated_by_keyboard_alone() -> Result<(), Failure> {
    World::run("wallet_update", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        let organization = &world.stack.organization;
        let expired = world.stack.sandbox.store_card(&AMEX, true).await?;
        organization.save_card(&kim.account, &expired).await?;
        let before = method(world, &secret, "0005").await?;
        assert_eq!(before["expiry"], "expired");
        let widget = world.enter(&Embed::of(&secret)).await?;
        let enter = keys::ENTER.to_string();
        tab_to(&widget, &[], &format!("Manage {AMEX_CARD}")).await?;
        press(&widget, &enter).await?;
        tab_to(&widget, &[], "Update the card").await?;
        press(&widget, &enter).await?;
        widget.until_text("Enter this card’s new expiry date and security code.").await?;
        until_focused(&widget, "panel-title").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        clean(world, &widget, "updating a card").await?;
        tab_to(&widget, &[], "New expiry date").await?;
        press(&widget, &enter).await?;
        widget.until_text("Required.").await?;
        until_focused(&widget, "renewal").await?;
        clean(world, &widget, "updating a card, with problems").await?;
        press(&widget, "0830").await?;
        tab_to(&widget, &[], "Security code").await?;
        press(&widget, "1618").await?;
        picture(world, "update").await?;
        press(&widget, &enter).await?;
        widget.until_text("American Express ending 0005 is up to date.").await?;
        until_focused(&widget, "toggle:pm_").await?;
        clean(world, &widget, "updated").await?;
        let now = method(world, &secret, "0005").await?;
        let card = |method: &serde_json::Value| {
            (method["id"].clone(), method["authorizations"].clone(), method["planned"].clone())
        };
        assert_eq!(card(&now), card(&before), "all the rest stays");
        assert_eq!((&now["expiry"], &now["exp_year"]), (&json!("valid"), &json!(2030)));
        Ok(())
    })
    .await
}

/// Positive control: with the token sent as that of a security code in `update_by`, the server refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_with_another_number_takes_its_place() -> Result<(), Failure> {
    World::run("wallet_update_number", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (kim, secret) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let before = method(world, &secret, "4242").await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Update the card").await?;
        widget.click(Role::Button, "Its number has changed as well").await?;
        widget.until_text("It takes this one’s place everywhere.").await?;
        until_focused(&widget, "number").await?;
        clean(world, &widget, "another number").await?;
        picture(world, "update-number").await?;
        let card = |card: &Card| {
            let expiry = format!("{}{}", card.month, card.year.trim_start_matches("20"));
            (card.number, expiry, card.cvc)
        };
        for (of, told) in
            [(REFUSED, "It was not accepted."), (DISCOVER, "Discover ending 1117 is up to date.")]
        {
            for name in ["Card number", "Expiry date", "Security code"] {
                widget.empty(name).await?;
            }
            let (number, expiry, cvc) = card(&of);
            let fields = [
                (Role::Textbox, "Card number", number),
                (Role::Textbox, "Expiry date", &*expiry),
                (Role::Textbox, "Security code", cvc),
            ];
            widget.fill(&fields).await?;
            send(&widget).await?;
            widget.until_text(told).await?;
        }
        let now = method(world, &secret, "1117").await?;
        for same in ["id", "authorizations", "planned", "nickname"] {
            assert_eq!(now[same], before[same], "{same}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_updated_in_french_on_a_small_screen() -> Result<(), Failure> {
    World::run("wallet_update_french", Options::default(), async |world| {
        let (kim, _) = client(world).await?;
        let secret = world.stack.organization.wallet_session(&kim.account, "fr").await?;
        narrow(&world.browser, true).await?;
        world.browser.prefer(true).await?;
        let widget = world.enter(&Embed { locale: Some("fr"), ..Embed::of(&secret) }).await?;
        widget.click(Role::Button, "Gérer Visa").await?;
        widget.click(Role::Button, "Mettre la carte à jour").await?;
        widget.find(Role::Textbox, "Code postal").await?;
        fits(&widget).await?;
        picture(world, "french-update").await?;
        clean(world, &widget, "updating a card in French").await
    })
    .await
}
