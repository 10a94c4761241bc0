//! Account credit and partial payment, from what is shown to what the server keeps.

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::Role;
use paydesk_e2e::world::World;
use paydesk_e2e::{Context, Failure};
use serde_json::{Value, json};

use super::access::accessible;
use super::plans::plain;

/// What the invoice of the client says now: paid, and payable.
async fn figures(world: &World, account: &str) -> Result<(Value, Value), Failure> {
    let list = world.stack.organization.read(&format!("/v1/invoices?account={account}")).await?;
    let invoice = list.pointer("/data/0").context("the invoice")?;
    Ok((invoice["paid"].clone(), invoice["payable_now"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_and_a_part_are_paid_and_the_rest_is_left() -> Result<(), Failure> {
    World::run("credit_part", Options::default(), async |world| {
        let organization = &world.stack.organization;
        organization.allow_parts(&world.stack.config(), "2500")?;
        let account = world.client_with_cards().await?;
        organization.give_credit(&account, 4_000).await?;
        let widget = world.visit(&organization.checkout(&account, "en").await?).await?;
        widget.find(Role::Checkbox, "Use account credit").await?;
        accessible(world, &widget, "credit offered").await?;
        widget.click(Role::Checkbox, "Pay only a part now").await?;
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Enter an amount from $25.00").await?;
        accessible(world, &widget, "a part without its amount").await?;
        widget.fill(&[(Role::Textbox, "Amount to pay now", "60")]).await?;
        widget.click(Role::Checkbox, "Use account credit").await?;
        widget.find(Role::Button, "Pay $20.00").await?;
        accessible(world, &widget, "credit and a part").await?;
        widget.click(Role::Button, "Pay $20.00").await?;
        widget.until_text("Payment complete").await?;
        let text = plain(&widget).await?;
        let (paid, left) = figures(world, &account).await?;
        assert_eq!(paid, json!(6_000));
        let left = left.as_i64().context("what is left")?;
        assert!(
            left > 0 && text.contains(&format!("Left to pay\n${}.{:02}", left / 100, left % 100)),
            "{text}"
        );
        assert!(text.contains("Account credit\n$40.00"), "{text}");
        accessible(world, &widget, "paid with credit and in part").await?;
        let charges = world.stack.sandbox.charges().await?;
        assert_eq!(charges.iter().map(|charge| &charge["amount"]).collect::<Vec<_>>(), [&json!(2_000)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_that_covers_all_charges_nothing() -> Result<(), Failure> {
    let options = Options { width: 360, dark: true, ..Options::default() };
    World::run("credit_alone", options, async |world| {
        let organization = &world.stack.organization;
        let account = organization.client().await?;
        organization.give_credit(&account, 50_000).await?;
        let widget = world.visit(&organization.checkout(&account, "fr").await?).await?;
        widget.click(Role::Checkbox, "Utiliser le crédit au compte").await?;
        widget.find(Role::Button, "Payer 184,50").await?;
        accessible(world, &widget, "credit covers all, in French").await?;
        widget.click(Role::Button, "Payer 184,50").await?;
        widget.until_text("Paiement effectué").await?;
        accessible(world, &widget, "paid with credit, in French").await?;
        assert_eq!(figures(world, &account).await?.1, json!(0));
        world.charged_nothing().await
    })
    .await
}
