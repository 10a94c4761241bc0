//! What was agreed to, on a page of its own.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::wallet::{manage, narrow};
use paydesk_e2e::world::World;
use serde_json::json;

use super::reading::fits;
use super::{OTHER, VISA_CARD, clean, client, method, other, picture, send, until_focused};
use crate::access::{press, tab_to};

/// Positive controls: without `allow-downloads` in embed.js no file is saved; with a list that grows in `view/consents.rs`, the title
/// is made anew and loses the focus (seen).
#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_is_listed_and_saved_as_a_file() -> Result<(), Failure> {
    World::run("wallet_consents", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        other(world, &kim).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Let Hillside Camp charge it").await?;
        widget.click(Role::Button, "Agree").await?;
        widget.until_text("Hillside Camp may charge it now.").await?;
        widget.click(Role::Button, "Revoke for Hillside Camp").await?;
        send(&widget).await?;
        widget.until_text("Hillside Camp may charge it no more.").await?;
        let asked = || world.browser.recorder.requests().iter().any(|one| one.path().ends_with("/consents"));
        assert!(!asked(), "on demand");
        let enter = keys::ENTER.to_string();
        tab_to(&widget, &[], "What you have agreed to").await?;
        press(&widget, &enter).await?;
        let text = widget.until_text("ended on ").await?;
        until_focused(&widget, "title").await?;
        assert!(asked(), "{text}");
        let first = text.find(OTHER).zip(text.find("Riverside Recreation"));
        assert!(first.is_some_and(|(newest, older)| newest < older), "the newest first: {text}");
        for wanted in ["In force", "Ended", "May charge Visa ending 4242", "Agreed to on "] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        clean(world, &widget, "what was agreed to").await?;
        widget.enter().await?;
        let summary = widget.driver().all("summary").await?.into_iter().next();
        widget.driver().click(&summary.unwrap()).await?;
        widget.until_text("I authorize Hillside Camp to charge").await?;
        clean(world, &widget, "a text as it was shown").await?;
        picture(world, "consents").await?;
        widget.enter().await?;
        let id = widget
            .driver()
            .run("return document.querySelector('[id^=\"download:aut_\"]').id.slice(9)", json!([]))
            .await?;
        let id = id.as_str().unwrap_or_default();
        tab_to(&widget, &[keys::SHIFT], "Download: Hillside Camp, ").await?;
        press(&widget, &enter).await?;
        let file = world.browser.downloaded(&format!("consent-{id}.html")).await?;
        assert!(file.contains("I authorize Hillside Camp to charge") && file.contains(id), "{file}");
        tab_to(&widget, &[keys::SHIFT], "Back to your cards and accounts").await?;
        press(&widget, &enter).await?;
        widget.until_text("2 of 10").await?;
        until_focused(&widget, "consents").await
    })
    .await
}

/// Positive control: with what a failure says left out of `Consents::take`, nothing is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_does_not_come_is_asked_for_again() -> Result<(), Failure> {
    World::run("wallet_consents_lost", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        world.browser.recorder.block(&["*/v1/wallet/consents*"]).await;
        widget.click(Role::Button, "What you have agreed to").await?;
        widget.until_text("The answer did not arrive.").await?;
        until_focused(&widget, "panel-trouble").await?;
        clean(world, &widget, "a list that did not come").await?;
        world.browser.recorder.block(&[]).await;
        widget.click(Role::Button, "Try again").await?;
        widget.until_text("May charge Visa ending 4242").await?;
        world.browser.recorder.block(&["*/document"]).await;
        widget.click(Role::Button, "Download: Riverside Recreation").await?;
        widget.until_text("The answer did not arrive.").await?;
        assert!(widget.text().await?.contains("May charge Visa"), "the list stays");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_is_read_in_french_on_a_small_screen() -> Result<(), Failure> {
    World::run("wallet_consents_french", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        assert_ne!(method(world, &secret, "4242").await?, json!(null));
        let secret = world.stack.organization.wallet_session(&kim.account, "fr").await?;
        narrow(&world.browser, true).await?;
        world.browser.prefer(true).await?;
        let widget = world.enter(&Embed { locale: Some("fr"), ..Embed::of(&secret) }).await?;
        widget.click(Role::Button, "Ce que vous avez accepté").await?;
        widget.until_text("En vigueur").await?;
        widget.find(Role::Button, "Télécharger").await?;
        fits(&widget).await?;
        clean(world, &widget, "what was agreed to, in French").await?;
        world.browser.prefer(true).await?;
        picture(world, "french-consents").await
    })
    .await
}
