//! A new card or bank account in the wallet.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::sandbox::Card;
use paydesk_e2e::wallet::read;
use paydesk_e2e::world::{AMEX, World};
use serde_json::json;

use super::{clean, client, method, picture, send, until_focused};

/// The number goes to the processor alone (the checks of every run see to that), and nobody may charge what is saved.
/// Positive control (tried): with `known` left unread in `add.rs`, the same card is said to be saved once more, and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_added_and_lets_nobody_charge_it() -> Result<(), Failure> {
    World::run("wallet_add_card", Options::default(), async |world| {
        // A number that the processor does not take is tried on purpose.
        world.tolerance.failed_requests = true;
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        widget.click(Role::Button, "Add a card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        until_focused(&widget, "panel-title").await?;
        clean(world, &widget, "a new card").await?;
        picture(world, "add").await?;
        send(&widget).await?;
        widget.until_text("Required.").await?;
        until_focused(&widget, "number").await?;
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
        widget.until_text("American Express ending 0005 was saved.").await?;
        widget.until_text("Nobody may charge it").await?;
        widget.until_text("3 of 10").await?;
        until_focused(&widget, "cards").await?;
        assert_eq!(method(world, &secret, "0005").await?["authorizations"], json!([]));
        // The same once more is recognised.
        widget.click(Role::Button, "Add a card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        widget.fill_card(&AMEX).await?;
        send(&widget).await?;
        widget.until_text("It was saved already").await?;
        assert_eq!(read(world, &secret).await?["cards"]["count"], json!(3));
        Ok(())
    })
    .await
}

/// Everything that is asked of a new bank account.
async fn begin_account(widget: &Widget<'_>) -> Result<(), Failure> {
    widget.click(Role::Button, "Add a bank account").await?;
    widget.find(Role::Textbox, "Postal code").await?;
    let fields = [
        (Role::Textbox, "Institution number", "000"),
        (Role::Textbox, "Transit number", "11000"),
        (Role::Textbox, "Account number", "000123456789"),
        (Role::Textbox, "E-mail address", "kim@example.org"),
    ];
    widget.fill(&fields).await?;
    widget.fill_address().await
}

/// Saves a bank account; says what it is called.
pub(super) async fn add_account(world: &World, widget: &Widget<'_>, secret: &str) -> Result<String, Failure> {
    begin_account(widget).await?;
    send(widget).await?;
    widget.until_text("ending 6789 was saved.").await?;
    let wallet = read(world, secret).await?;
    let bank = wallet["accounts"]["methods"][0]["bank"].as_str().unwrap_or("Bank account").to_owned();
    Ok(format!("{bank} ending 6789"))
}

/// Positive control (tried): without the e-mail address in what is sent to the processor, it refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_bank_account_is_added_without_a_mandate() -> Result<(), Failure> {
    World::run("wallet_add_account", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        begin_account(&widget).await?;
        clean(world, &widget, "a new account").await?;
        picture(world, "add-account").await?;
        send(&widget).await?;
        widget.until_text("ending 6789 was saved.").await?;
        widget.until_text("1 of 10").await?;
        let wallet = read(world, &secret).await?;
        assert_eq!(wallet["accounts"]["methods"][0]["authorizations"], json!([]));
        Ok(())
    })
    .await
}
