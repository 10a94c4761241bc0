//! Saved cards that need something before they pay, and admins who pay for their clients.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::page::Role;
use paydesk_e2e::world::{VISA, World};
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

/// The card is kept with the plan, and the page says what has to be done about it: at once, and when it is opened again.
#[tokio::test(flavor = "multi_thread")]
async fn an_admin_pays_in_parts_for_a_client_who_was_never_there() -> Result<(), Failure> {
    World::run("an_admin_pays_in_parts", Options::default(), async |world| {
        let organization = &world.stack.organization;
        let account = organization.client().await?;
        let invoice = organization.checkout_in_parts(&account, "en").await?.invoice;
        let acting = json!({"kind": "admin", "id": "staff:17", "name": "Lou Chan"});
        let checkout = organization.session_of(&invoice, "en", Some((&account, acting))).await?;
        let widget = world.visit(&checkout).await?;
        widget.until_text("Camille Tremblay has never signed in").await?;
        widget.click(Role::Radio, "8 payments, until March 1, 2030").await?;
        widget.until_text("Camille Tremblay asked me to pay with this card").await?;
        widget.fill_card(&VISA).await?;
        accessible(world, &widget, "a card that a plan keeps").await?;
        widget.click(Role::Button, "Pay $94.50 now").await?;
        widget.until_text("Payment complete").await?;
        let follow_up = "Follow up: Camille Tremblay has to sign in";
        widget.until_text(follow_up).await?;
        accessible(world, &widget, "to be followed up").await?;
        // Opened again, it still says what comes next, and what is to be done.
        let widget = world.visit(&checkout).await?;
        widget.until_text("September 1, 2029").await?;
        widget.until_text(follow_up).await?;
        let open = organization.read("/v1/action_items?kind=plan_to_take_over").await?;
        assert_eq!(open.pointer("/data/0/account"), Some(&json!(account)), "{open}");
        let charges = world.stack.sandbox.charges().await?;
        assert_eq!(charges.iter().map(|charge| &charge["amount"]).collect::<Vec<_>>(), [&json!(9_450)]);
        Ok(())
    })
    .await
}
