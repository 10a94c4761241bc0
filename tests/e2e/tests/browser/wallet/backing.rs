//! A method that is charged where a planned payment is refused.

use paydesk_e2e::Failure;
use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::wallet::manage;
use paydesk_e2e::world::World;
use serde_json::json;

use super::{MASTERCARD_CARD, VISA_CARD, clean, client, method, picture, send, until_focused};

/// Positive control: with the consent to charge sent in the place of a backup's, the server refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_set_replaced_and_ended() -> Result<(), Failure> {
    World::run("wallet_backup", Options::default(), async |world| {
        let (_, secret) = client(world).await?;
        let widget = world.enter(&Embed::of(&secret)).await?;
        manage(&widget, MASTERCARD_CARD).await?;
        widget.click(Role::Button, "Back up payments to Riverside Recreation").await?;
        until_focused(&widget, "panel-title").await?;
        clean(world, &widget, "a backup's consent").await?;
        picture(world, "backup").await?;
        widget.click(Role::Button, "Agree").await?;
        widget.until_text("It backs up payments to Riverside Recreation now.").await?;
        clean(world, &widget, "a backup").await?;
        let backups = async |last4| {
            let method = method(world, &secret, last4).await?;
            Ok::<_, Failure>(method["backups"].as_array().map_or(0, Vec::len))
        };
        assert_eq!((backups("4444").await?, backups("4242").await?), (1, 0));
        // Another one takes its place, which is said before.
        manage(&widget, VISA_CARD).await?;
        widget.click(Role::Button, "Back up payments to Riverside Recreation").await?;
        widget.until_text("It takes the place of Mastercard ending 4444.").await?;
        picture(world, "backup-instead").await?;
        widget.click(Role::Button, "Agree").await?;
        widget.until_text("It backs up payments to Riverside Recreation now.").await?;
        assert_eq!((backups("4444").await?, backups("4242").await?), (0, 1));
        widget.click(Role::Button, "End for Riverside Recreation").await?;
        widget.until_text("End the backup for Riverside Recreation?").await?;
        clean(world, &widget, "ending a backup").await?;
        send(&widget).await?;
        widget.until_text("It backs up payments to Riverside Recreation no more.").await?;
        assert_eq!(method(world, &secret, "4242").await?["backups"], json!([]));
        Ok(())
    })
    .await
}
