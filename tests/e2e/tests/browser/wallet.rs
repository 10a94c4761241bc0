//! A client looks after their wallet: enters by the code in their mail, and does everything that can be done there.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::seed::Organization;
use paydesk_e2e::wallet::{Client, manage, narrow, read};
use paydesk_e2e::world::{AMEX, MASTERCARD, VISA, World};
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
        assert_eq!(focused(&widget).await?, "title");
        clean(world, &widget, "the wallet").await?;
        widget.until_event("ready").await?;
        picture(world, "wallet").await
    })
    .await
}

/// Positive control: with the removal's question left out of the panel, or the name not sent, the server's word differs.
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
        assert_eq!(focused(&widget).await?, "nickname");
        clean(world, &widget, "renaming").await?;
        widget.fill(&[(Role::Textbox, "Name", "Groceries")]).await?;
        widget.click(Role::Button, "Save").await?;
        widget.until_text("Groceries").await?;
        widget.until_event("changed").await?;
        assert!(focused(&widget).await?.starts_with("toggle:pm_"), "back where it was begun");
        assert_eq!(method(world, &secret, "4242").await?["nickname"], "Groceries");

        widget.click(Role::Button, "Make default").await?;
        widget.until_text("Default").await?;
        assert_eq!(method(world, &secret, "4242").await?["is_default"], true);
        assert_eq!(method(world, &secret, "4444").await?["is_default"], false);

        widget.click(Role::Button, "Remove").await?;
        widget.until_text("Remove Visa ending 4242?").await?;
        assert_eq!(focused(&widget).await?, "panel-title");
        clean(world, &widget, "removing").await?;
        picture(world, "remove").await?;
        widget.click(Role::Button, "Cancel").await?;
        assert!(focused(&widget).await?.starts_with("remove:pm_"), "where it was begun");
        widget.click(Role::Button, "Remove").await?;
        send(&widget).await?;
        let text = widget.until_text("Visa ending 4242 was removed.").await?;
        assert!(!text.contains("Groceries"), "{text}");
        widget.until_text("1 of 10").await?;
        assert_eq!(focused(&widget).await?, "cards");
        clean(world, &widget, "removed").await?;
        assert_eq!(method(world, &secret, "4242").await?, Value::Null);
        Ok(())
    })
    .await
}

/// Positive control: without the consent's version in what is sent, the server refuses and this fails.
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

/// Positive control: with the list of what is planned left out, or the choice not demanded, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_stands_in_the_way_and_is_listed() -> Result<(), Failure> {
    World::run("wallet_planned", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let (kim, secret) = client(world).await?;
        let checkout = world.stack.organization.checkout_in_parts(&kim.account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, crate::plans::IN_PARTS).await?;
        widget.click(Role::Radio, VISA_CARD).await?;
        let pay = widget.find(Role::Button, "Pay $").await?;
        widget.driver().click(&pay).await?;
        widget.until_text("Payment complete").await?;
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

/// The number goes to the processor alone (the checks of every run see to that), and nobody may charge what is saved.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_added_and_lets_nobody_charge_it() -> Result<(), Failure> {
    World::run("wallet_add_card", Options::default(), async |world| {
        // A number that the processor does not take is tried on purpose.
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        widget.click(Role::Button, "Add a card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        assert_eq!(focused(&widget).await?, "panel-title");
        clean(world, &widget, "a new card").await?;
        picture(world, "add").await?;
        send(&widget).await?;
        widget.until_text("Required.").await?;
        assert_eq!(focused(&widget).await?, "number");
        clean(world, &widget, "a new card with problems").await?;
        let refused = Card { number: "4000000000000002", ..AMEX };
        let refused = Card { cvc: "314", ..refused };
        widget.fill_card(&refused).await?;
        send(&widget).await?;
        widget.until_text("It was not accepted.").await?;
        clean(world, &widget, "a card that is refused").await?;
        for name in ["Card number", "Expiry date", "Security code"] {
            widget.empty(name).await?;
        }
        let fields = [
            (Role::Textbox, "Card number", AMEX.number),
            (Role::Textbox, "Expiry date", "0831"),
            (Role::Textbox, "Security code", AMEX.cvc),
        ];
        widget.fill(&fields).await?;
        send(&widget).await?;
        let text = widget.until_text("American Express ending 0005 was saved.").await?;
        assert!(text.contains("Nobody may charge it"), "{text}");
        widget.until_text("3 of 10").await?;
        assert_eq!(focused(&widget).await?, "cards");
        assert_eq!(method(world, &secret, "0005").await?["authorizations"], json!([]));
        // The same once more is recognised.
        widget.click(Role::Button, "Add a card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        widget.fill_card(&AMEX).await?;
        send(&widget).await?;
        widget.until_text("It was saved already").await?;
        widget.until_text("3 of 10").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_account_is_added_without_a_mandate() -> Result<(), Failure> {
    World::run("wallet_add_account", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        widget.click(Role::Button, "Add a bank account").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        clean(world, &widget, "a new account").await?;
        let fields = [
            (Role::Textbox, "Institution number", "000"),
            (Role::Textbox, "Transit number", "11000"),
            (Role::Textbox, "Account number", "000123456789"),
            (Role::Textbox, "E-mail address", "kim@example.org"),
        ];
        widget.fill(&fields).await?;
        widget.fill_address().await?;
        picture(world, "add-account").await?;
        send(&widget).await?;
        let text = widget.until_text("ending 6789 was saved.").await?;
        assert!(text.contains("1 of 10"), "{text}");
        let wallet = read(world, &secret).await?;
        assert_eq!(wallet["accounts"]["methods"][0]["authorizations"], json!([]));
        Ok(())
    })
    .await
}

/// Positive control: with the version read anew before it is sent, the second tab overwrites the first and this fails.
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

/// Positive control: with the address's fields not loaded anew for another country, "ZIP code" never comes.
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
        assert_eq!(focused(&widget).await?, "postal_code");
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

/// The code is asked for once on a device that is remembered. Positive control: with the name not kept, it is asked for again.
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

/// What keeps a client out is said, with what to do. Positive control: with one sentence for all, the second fails.
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

/// French, on a small phone, in the dark, and magnified four times: nothing is wider than the screen.
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
        let text = widget.until_text("Qui peut débiter").await?;
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

/// In a language two fifths longer and in one from right to left, every word comes from the table and nothing is cut off.
/// Positive control: a word written into `view/shelf.rs` by hand stays as it is, and fails here.
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
async fn fits(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.enter().await?;
    let wide = "const width = document.documentElement.clientWidth;
        return [...document.querySelectorAll('main *')].filter((one) => !one.closest('.vh'))
          .filter((one) => one.getBoundingClientRect().right > width + 1 || one.getBoundingClientRect().left < -1)
          .map((one) => one.outerHTML.slice(0, 100))";
    let over = widget.driver().run(wide, json!([])).await?;
    assert_eq!(over, json!([]), "wider than the frame");
    Ok(())
}

/// Presses the button that sends what is open, whatever it says.
async fn send(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.enter().await?;
    let found =
        paydesk_e2e::clock::until("a button that sends", std::time::Duration::from_secs(20), async || {
            if !widget.driver().all("html[data-moving]").await?.is_empty() {
                return Ok(None);
            }
            Ok(widget.driver().all("#send").await?.into_iter().next())
        })
        .await?;
    widget.driver().click(&found).await
}
