//! Another method in the place of one, for all of it or for one plan.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::wallet::{manage, narrow, read};
use paydesk_e2e::world::World;
use serde_json::Value;

use super::adding::add_account;
use super::reading::fits;
use super::{MASTERCARD_CARD, VISA_CARD, clean, client, method, picture, plan_on_visa, send, until_focused};
use crate::access::{press, tab_to};

fn planned(method: &Value) -> usize {
    method["planned"].as_array().map_or(0, Vec::len)
}

/// Positive control: with the answer's `planned` left out in `read.rs`, what moved is not told and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_cannot_be_removed_is_replaced() -> Result<(), Failure> {
    World::run("wallet_replace", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (kim, secret) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let count = planned(&method(world, &secret, "4242").await?);
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Remove").await?;
        send(&widget).await?;
        widget.until_text("It cannot be removed yet").await?;
        clean(world, &widget, "another one offered").await?;
        picture(world, "in-use-replace").await?;
        // The one in the panel: its own button says the same.
        widget.click_at_rest(".panel [id^='replace:']").await?;
        let text = widget.until_text("Replace Visa ending 4242").await?;
        until_focused(&widget, "panel-title").await?;
        for wanted in [
            "These payments move to it:",
            " to Riverside Recreation",
            "Who may charge it then: Riverside Recreation.",
            "Visa ending 4242 is removed then",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        send(&widget).await?;
        widget.until_text("Choose one first.").await?;
        until_focused(&widget, "panel-trouble").await?;
        clean(world, &widget, "nothing chosen").await?;
        widget.click(Role::Radio, MASTERCARD_CARD).await?;
        picture(world, "replace").await?;
        send(&widget).await?;
        let told = "Mastercard ending 4444 has taken the place of Visa ending 4242, which was removed. \
                    Who may charge it now: ";
        let text = widget.until_text(told.split(" Who").next().unwrap()).await?;
        assert!(text.contains(" to Riverside Recreation"), "what moved: {text}");
        until_focused(&widget, "title").await?;
        widget.until_text("1 of 10").await?;
        clean(world, &widget, "replaced").await?;
        picture(world, "replaced").await?;
        assert_eq!(method(world, &secret, "4242").await?, Value::Null);
        assert_eq!(planned(&method(world, &secret, "4444").await?), count, "all of it");
        Ok(())
    })
    .await
}

/// Positive control: with the panel closed by a refusal in `Panel::stuck`, the choice is gone and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_one_cannot_take_stays_where_it_is() -> Result<(), Failure> {
    World::run("wallet_cannot_take", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (kim, secret) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let before = method(world, &secret, "4242").await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        let account = add_account(world, &widget, &secret).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Replace by another one").await?;
        widget.click(Role::Radio, &account).await?;
        send(&widget).await?;
        widget.until_text("Nothing has moved, as this one cannot take everything.").await?;
        until_focused(&widget, "panel-trouble").await?;
        clean(world, &widget, "cannot take").await?;
        picture(world, "cannot-take").await?;
        let now = method(world, &secret, "4242").await?;
        assert_eq!(
            (&now["planned"], &now["authorizations"]),
            (&before["planned"], &before["authorizations"])
        );
        // What was open stays open: another choice, and it goes through.
        widget.click(Role::Radio, MASTERCARD_CARD).await?;
        send(&widget).await?;
        widget.until_text("has taken the place of").await?;
        Ok(())
    })
    .await
}

/// Positive control: with the other method's version left out of what is sent in `client.rs`, the server refuses.
#[tokio::test(flavor = "multi_thread")]
async fn one_plan_is_moved_by_keyboard_alone() -> Result<(), Failure> {
    World::run("wallet_move", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        let enter = keys::ENTER.to_string();
        tab_to(&widget, &[], &format!("Manage {VISA_CARD}")).await?;
        press(&widget, &enter).await?;
        tab_to(&widget, &[], "Charge to another one: Riverside Recreation, from ").await?;
        press(&widget, &enter).await?;
        widget.until_text("What are they charged to?").await?;
        until_focused(&widget, "panel-title").await?;
        clean(world, &widget, "moving a plan").await?;
        picture(world, "move").await?;
        tab_to(&widget, &[], MASTERCARD_CARD).await?;
        press(&widget, " ").await?;
        press(&widget, &enter).await?;
        widget.until_text("The payments have moved to Mastercard ending 4444.").await?;
        let wallet = read(world, &secret).await?;
        let methods = wallet.pointer("/cards/methods").and_then(Value::as_array).cloned().unwrap_or_default();
        let of = |last4: &str| methods.iter().find(|one| one["last4"] == last4).map(planned);
        assert_eq!(of("4242"), Some(0));
        assert!(of("4444") > Some(0), "{methods:?}");
        Ok(())
    })
    .await
}

/// Positive control: with `min-width: 420px` on a row of the list, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn another_one_is_chosen_in_french_on_a_small_screen() -> Result<(), Failure> {
    World::run("wallet_replace_french", Options::default(), async |world| {
        let (kim, _) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let secret = world.stack.organization.wallet_session(&kim.account, "fr").await?;
        narrow(&world.browser, true).await?;
        world.browser.prefer(true).await?;
        let widget = world.enter(&Embed { locale: Some("fr"), ..Embed::of(&secret) }).await?;
        widget.click(Role::Button, "Gérer Visa").await?;
        widget.click(Role::Button, "Débiter d’un autre moyen").await?;
        widget.until_text("D’où seront-ils débités").await?;
        fits(&widget).await?;
        clean(world, &widget, "moving a plan in French").await?;
        world.browser.prefer(true).await?;
        picture(world, "french-move").await?;
        widget.click(Role::Button, "Annuler").await?;
        widget.click(Role::Button, "Remplacer par un autre moyen").await?;
        widget.until_text("prend sa place").await?;
        widget.click(Role::Radio, "Mastercard").await?;
        fits(&widget).await?;
        picture(world, "french-replace").await?;
        send(&widget).await?;
        widget.until_text("remplace désormais Visa").await?;
        fits(&widget).await?;
        picture(world, "french-replaced").await
    })
    .await
}
