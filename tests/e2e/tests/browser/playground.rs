//! The playground of the demo: every state that it offers, for everybody, and what is copied from it.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::Widget;
use paydesk_e2e::world::World;
use paydesk_e2e::{Failure, clock};
use serde_json::json;

use crate::access::accessible;
use crate::store::start;

/// A state, and what the checkout says in it in both languages.
type Scene = (&'static str, &'static str, &'static str);

const SCENES: [Scene; 8] = [
    ("saved", "Pay $389.50", "Payer 389,50"),
    ("new", "Pay $131.75", "Payer 131,75"),
    ("expired", "Update", "Mettre à jour"),
    ("plans", "How would you like to pay?", "Comment voulez-vous payer"),
    ("admin", "Camille Tremblay", "Camille Tremblay"),
    ("us_dollars", "Pay US$131.75", "Payer 131,75"),
    ("paid", "Payment complete", "Paiement effectué"),
    ("unknown", "cannot be opened", "Impossible d’ouvrir"),
];

/// What a script of the page finds.
async fn on_the_page(widget: &Widget<'_>, script: &str) -> Result<serde_json::Value, Failure> {
    widget.driver().leave_frames().await?;
    widget.driver().run(script, json!([])).await
}

/// Shows every state in one language.
async fn every_state(name: &str, locale: &str, words: fn(Scene) -> &'static str) -> Result<(), Failure> {
    World::run(name, Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let store = start(world)?;
        for described in SCENES {
            let (scene, ..) = described;
            let page = format!("{}/playground?scene={scene}&locale={locale}&theme=light", store.ready);
            world.browser.driver.go(&page).await?;
            let widget = world.widget(0);
            widget.until_text(words(described)).await?;
            let event = match scene {
                "unknown" => "session_invalid",
                "paid" => "paid {",
                _ => "ready {}",
            };
            clock::until(&format!("{event} in {scene}"), Duration::from_secs(10), async || {
                let said = "return document.getElementById('events').textContent";
                let said = on_the_page(&widget, said).await?;
                Ok(said.as_str().is_some_and(|said| said.contains(event)).then_some(()))
            })
            .await?;
            accessible(world, &widget, &format!("{scene} {locale}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_shown_in_english() -> Result<(), Failure> {
    every_state("playground_english", "en", |(_, english, _)| english).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_shown_in_french() -> Result<(), Failure> {
    every_state("playground_french", "fr", |(_, _, french)| french).await
}

/// What is below 7:1 (WCAG 2.2, 1.4.6) in the frame, in which axe has been put already.
const BELOW_SEVEN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['color-contrast-enhanced'], iframes: false }).then(
      ({ passes, violations }) => done([passes.length, violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))]),
      (error) => done(String(error)));";

/// Positive control: `var(--paydesk-accent, #00008f)` in the theme's rule lets the page's colour in, and `--muted: #767676` there is
/// below 7:1 (both tried).
#[tokio::test(flavor = "multi_thread")]
async fn high_contrast_keeps_to_its_own_colours() -> Result<(), Failure> {
    World::run("playground_contrast", Options::default(), async |world| {
        let store = start(world)?;
        let property = "--paydesk-accent=%2388ccaa";
        let mut seen = Vec::new();
        for theme in ["light", "high-contrast"] {
            let page = format!("{}/playground?scene=expired&theme={theme}&{property}", store.ready);
            world.browser.driver.go(&page).await?;
            let widget = world.widget(0);
            widget.until_text("Update").await?;
            if theme == "high-contrast" {
                accessible(world, &widget, "in high contrast").await?;
                widget.enter().await?;
                let below = widget.driver().run_and_wait(BELOW_SEVEN, json!([])).await?;
                assert_eq!(below, json!([1, []]), "every text is 7:1 at least");
            }
            let copied =
                on_the_page(&widget, "return document.getElementById('snippet').textContent").await?;
            let copied = copied.as_str().unwrap_or_default().to_owned();
            assert!(copied.contains("--paydesk-accent: #88ccaa;"), "{copied}");
            assert!(copied.contains(&format!("theme=\"{theme}\"")), "{copied}");
            widget.enter().await?;
            let colour = "return getComputedStyle(document.getElementById('pay')).backgroundColor";
            seen.push(widget.driver().run(colour, json!([])).await?);
        }
        assert_eq!(seen, [json!("rgb(136, 204, 170)"), json!("rgb(0, 0, 143)")]);
        Ok(())
    })
    .await
}
