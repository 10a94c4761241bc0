//! What is done with a method of the wallet.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::wallet::{manage, read};
use paydesk_e2e::world::World;
use serde_json::{Value, json};

use super::{OTHER, VISA_CARD, clean, client, method, other, picture, plan_on_visa, send, until_focused};

/// Positive control (tried): with the name left out of what is sent in `act.rs`, it never shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_method_is_renamed_preferred_and_removed() -> Result<(), Failure> {
    World::run("wallet_change", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        let text = widget.until_text("What is planned").await?;
        assert!(text.contains("since ") && text.contains("120 Rue du Parc"), "{text}");
        clean(world, &widget, "details").await?;
        picture(world, "details").await?;

        widget.click(Role::Button, "Rename").await?;
        until_focused(&widget, "nickname").await?;
        clean(world, &widget, "renaming").await?;
        widget.fill(&[(Role::Textbox, "Name", "Groceries")]).await?;
        widget.click(Role::Button, "Save").await?;
        widget.until_text("Groceries").await?;
        widget.until_event("changed").await?;
        // back where it was begun.
        until_focused(&widget, "toggle:pm_").await?;
        assert_eq!(method(world, &secret, "4242").await?["nickname"], "Groceries");

        widget.click(Role::Button, "Make default").await?;
        widget.until_text("Default").await?;
        assert_eq!(method(world, &secret, "4242").await?["is_default"], true);
        assert_eq!(method(world, &secret, "4444").await?["is_default"], false);

        widget.click(Role::Button, "Remove").await?;
        widget.until_text("Remove Visa ending 4242?").await?;
        until_focused(&widget, "panel-title").await?;
        clean(world, &widget, "removing").await?;
        picture(world, "remove").await?;
        widget.click(Role::Button, "Cancel").await?;
        // where it was begun.
        until_focused(&widget, "remove:pm_").await?;
        widget.click(Role::Button, "Remove").await?;
        send(&widget).await?;
        let text = widget.until_text("Visa ending 4242 was removed.").await?;
        assert!(!text.contains("Groceries"), "{text}");
        widget.until_text("1 of 10").await?;
        until_focused(&widget, "cards").await?;
        clean(world, &widget, "removed").await?;
        assert_eq!(method(world, &secret, "4242").await?, Value::Null);
        Ok(())
    })
    .await
}

/// Positive control (tried): without the consent's version in what is sent, the server refuses and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_let_charge_and_no_more() -> Result<(), Failure> {
    World::run("wallet_authorize", Options::default(), async |world| {
        let (kim, secret) = client(world).await?;
        other(world, &kim).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Let Hillside Camp charge it").await?;
        let wallet = read(world, &secret).await?;
        let known = wallet["organizations"].as_array().cloned().unwrap_or_default();
        let known = known.into_iter().find(|known| known["name"] == OTHER).unwrap_or_default();
        let consent =
            known.pointer("/card_consent/text").and_then(Value::as_str).unwrap_or_default().to_owned();
        let first = consent.lines().next().unwrap_or("?");
        widget.until_text(first).await?;
        clean(world, &widget, "a consent").await?;
        picture(world, "consent").await?;
        widget.click(Role::Button, "Agree").await?;
        widget.until_text("Hillside Camp may charge it now.").await?;
        widget.until_text("2 organizations may charge it").await?;
        let names = |method: &Value| {
            let given = method["authorizations"].as_array().cloned().unwrap_or_default();
            given
                .iter()
                .map(|given| given["name"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(names(&method(world, &secret, "4242").await?).contains(&OTHER.to_owned()));
        widget.click(Role::Button, "Revoke for Hillside Camp").await?;
        widget.until_text("Revoke Hillside Camp’s permission?").await?;
        clean(world, &widget, "revoking").await?;
        send(&widget).await?;
        widget.until_text("Hillside Camp may charge it no more.").await?;
        assert_eq!(names(&method(world, &secret, "4242").await?), ["Riverside Recreation"]);
        Ok(())
    })
    .await
}

/// Positive control (tried): with the list that comes with the refusal left unread in `act.rs`, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_stands_in_the_way_and_is_listed() -> Result<(), Failure> {
    World::run("wallet_planned", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (kim, secret) = client(world).await?;
        plan_on_visa(world, &kim).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        let text = widget.until_text("planned").await?;
        let planned = method(world, &secret, "4242").await?["planned"].as_array().map_or(0, Vec::len);
        assert!(planned > 0 && text.contains("planned"), "{planned}: {text}");
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Remove").await?;
        send(&widget).await?;
        let text = widget.until_text("It cannot be removed yet").await?;
        assert!(text.contains(" to Riverside Recreation"), "{text}");
        clean(world, &widget, "not to be removed").await?;
        picture(world, "in-use").await?;
        widget.click(Role::Button, "Cancel").await?;

        widget.click(Role::Button, "Revoke for Riverside Recreation").await?;
        widget.until_text("You have agreed to these payments:").await?;
        send(&widget).await?;
        widget.until_text("Choose what becomes of these payments.").await?;
        clean(world, &widget, "nothing chosen").await?;
        picture(world, "revoke").await?;
        widget.click(Role::Radio, "They end as well").await?;
        send(&widget).await?;
        widget.until_text("Riverside Recreation may charge it no more.").await?;
        widget.until_text("Nothing is planned on it.").await?;
        let left = method(world, &secret, "4242").await?;
        assert_eq!((left["planned"].clone(), left["authorizations"].clone()), (json!([]), json!([])));
        Ok(())
    })
    .await
}

/// Positive control (tried): with the panel closed where another tab was quicker, what was typed is lost and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_is_told_and_keeps_what_was_typed() -> Result<(), Failure> {
    World::run("wallet_tabs", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Rename").await?;
        widget.fill(&[(Role::Textbox, "Name", "Mine")]).await?;
        let first = world.browser.driver.current_tab().await?;
        let (_, second) = world.browser.driver.open_tab().await?;
        // The same session opens once more by a code of its own.
        world.browser.driver.use_tab(&second).await?;
        let other = world.enter(&Embed::of(&secret)).await?;
        manage(&other, VISA_CARD).await?;
        other.click(Role::Button, "Rename").await?;
        other.fill(&[(Role::Textbox, "Name", "Theirs")]).await?;
        other.click(Role::Button, "Save").await?;
        other.until_text("Saved.").await?;
        world.browser.driver.use_tab(&first).await?;
        send(&widget).await?;
        widget.until_text("It was changed meanwhile, in another tab").await?;
        assert_eq!(widget.value(Role::Textbox, "Name").await?, "Mine", "what was typed stays");
        widget.until_text("Theirs").await?;
        clean(world, &widget, "overtaken").await?;
        send(&widget).await?;
        widget.until_text("Saved.").await?;
        assert_eq!(method(world, &secret, "4242").await?["nickname"], "Mine");
        Ok(())
    })
    .await
}

/// Positive control (tried): with the address's fields not loaded anew for another country, "ZIP code" never comes.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_corrected_by_the_rules_of_its_country() -> Result<(), Failure> {
    World::run("wallet_address", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Correct the address").await?;
        assert_eq!(widget.value(Role::Textbox, "City").await?, "Montréal");
        widget.empty("Postal code").await?;
        widget.fill(&[(Role::Textbox, "Postal code", "V5K 0A1")]).await?;
        send(&widget).await?;
        widget.until_text("Not a code of this region.").await?;
        until_focused(&widget, "postal_code").await?;
        clean(world, &widget, "an address with a problem").await?;
        picture(world, "address").await?;
        widget.fill(&[(Role::Combobox, "Country", "United States")]).await?;
        widget.find(Role::Textbox, "ZIP code").await?;
        for name in ["Address", "City", "ZIP code"] {
            widget.empty(name).await?;
        }
        let fields = [
            (Role::Textbox, "Address", "5 Main St"),
            (Role::Textbox, "City", "Buffalo"),
            (Role::Combobox, "State", "New York"),
            (Role::Textbox, "ZIP code", "14201"),
        ];
        widget.fill(&fields).await?;
        send(&widget).await?;
        widget.until_text("Saved.").await?;
        widget.until_text("5 Main St, Buffalo, NY, 14201, United States").await?;
        assert_eq!(method(world, &secret, "4242").await?["billing_address"]["postal_code"], "14201");
        Ok(())
    })
    .await
}
