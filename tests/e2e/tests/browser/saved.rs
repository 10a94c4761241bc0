//! Saved cards that need something before they pay, and admins who pay for their clients.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::page::Role;
use paydesk_e2e::world::World;
use serde_json::json;

use crate::access::accessible;

/// How a card that has expired is called.
const EXPIRED: &str = "American Express ending 0005, expired August 2024";

/// Positive control: with the choice of an expired card taken for one that works, the confirm is refused and this fails.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_card_is_updated_in_its_place_and_pays() -> Result<(), Failure> {
    World::run("an_expired_card_is_updated", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.until_text("Expired 08/24 · Update").await?;
        widget.click(Role::Radio, EXPIRED).await?;
        widget.find(Role::Textbox, "Postal code").await?;
        accessible(world, &widget, "an expired card").await?;
        // What its owner once said of the address is there, to be corrected.
        assert_eq!(widget.value(Role::Textbox, "Address").await?, "120 Rue du Parc");
        widget.click(Role::Button, "Update card and pay $184.50").await?;
        widget.until_text("2 fields need attention").await?;
        accessible(world, &widget, "an expired card with problems").await?;
        widget
            .fill(&[(Role::Textbox, "New expiry date", "0931"), (Role::Textbox, "Security code", "1618")])
            .await?;
        widget.click(Role::Button, "Update card and pay $184.50").await?;
        let text = widget.until_text("Payment complete").await?;
        assert!(text.contains("American Express ending 0005"), "{text}");
        world.charged_once(&checkout).await?;
        // The next time it is a card like any other.
        let again = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&again).await?;
        widget.click(Role::Radio, "American Express ending 0005, expires September 2031").await?;
        widget.find(Role::Button, "Pay $184.50").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_pays_for_a_client_and_the_page_says_so() -> Result<(), Failure> {
    World::run("an_admin_pays", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let organization = &world.stack.organization;
        organization.ask_for_codes(&world.stack.config(), "admin")?;
        let invoice = organization.checkout(&account, "en").await?.invoice;
        let acting = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
        let checkout = organization.session_of(&invoice, "en", Some((&account, acting))).await?;
        let widget = world.visit(&checkout).await?;
        widget.until_text("Lou Chan pays for Camille Tremblay").await?;
        widget.until_text("Confirm this card with its security code").await?;
        accessible(world, &widget, "an admin, asked for a code").await?;
        widget.fill(&[(Role::Textbox, "Security code", "271")]).await?;
        widget.click(Role::Button, "Pay $184.50").await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}
