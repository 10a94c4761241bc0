//! Languages that are files of their own: asked for beside the program, done without where they do not come, and proved by
//! two that nobody speaks.

use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::World;
use paydesk_e2e::{Context, Failure, place, pseudo};
use serde_json::json;

use crate::access::accessible;
use crate::embedding::{fits, sideways};

const WORDS: &str = "*/assets/words-*";

/// Positive control: with the words asked for by the program alone, after it runs, this fails.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_asked_for_beside_the_program_and_once() -> Result<(), Failure> {
    World::run("words_beside", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr-CA"), ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Button, "Payer 184,50").await?;
        let requests = world.browser.recorder.requests();
        let places = |part: &str| {
            let all = requests.iter().enumerate();
            all.filter(|(_, request)| request.path().contains(part))
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
        };
        let (words, program) = (places("/assets/words-fr-"), places(".wasm"));
        assert_eq!(words.len(), 1, "{words:?}");
        assert!(words.first() < program.first(), "before the program is asked for");
        Ok(())
    })
    .await
}

/// The page says nothing of a language, and the browser's is English: the session's own is known when it is open.
#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_own_language_is_spoken_from_the_first_word() -> Result<(), Failure> {
    World::run("words_of_session", Options::default(), async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, "Payer 184,50").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_words_english_is_spoken_and_paid_in() -> Result<(), Failure> {
    World::run("words_missing", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        world.browser.recorder.block(&[WORDS]).await;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Radio, "Visa ending 4242, expires March 2030").await?;
        let lang = widget.driver().run("return document.documentElement.lang", json!([])).await?;
        assert_eq!(lang, "en-CA");
        accessible(world, &widget, "English in place of French").await?;
        widget.click(Role::Button, "Pay").await?;
        widget.until_text("Payment complete").await?;
        assert!(world.browser.recorder.notes().iter().any(|note| note.text.contains("no words: fr")));
        world.charged_once(&checkout).await
    })
    .await
}

/// Positive control: with `words` under another name in the answer that boot.js has asked for, this fails (tried).
#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_own_words_are_read_in_both_languages() -> Result<(), Failure> {
    World::run("own_words", Options::default(), async |world| {
        let wording = json!({
            "en": {"pay": "Donate {0}", "paid": "Thank you, friend"},
            "fr": {"pay": "Verser {0}", "how_to_pay": "Comment verser"},
        });
        world.stack.organization.word(&world.stack.config(), &wording)?;
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, "Donate $184.50").await?;
        let speak = async |language: &str| {
            widget.driver().leave_frames().await?;
            let update = "document.querySelector('paydesk-checkout').update({ locale: arguments[0] })";
            widget.driver().run(update, json!([language])).await
        };
        speak("fr").await?;
        widget.find(Role::Button, "Verser 184,50").await?;
        let text = widget.text().await?;
        assert!(text.contains("Comment verser") && text.contains("Une autre carte"), "{text}");
        accessible(world, &widget, "own words, French").await?;
        speak("en").await?;
        widget.click(Role::Button, "Donate $184.50").await?;
        let text = widget.until_text("Thank you, friend").await?;
        assert!(text.contains("Paid with"), "what is not replaced stays: {text}");
        world.charged_once(&checkout).await?;

        // And from the first word on, where the page begins in French.
        let checkout = world.stack.organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr-CA"), ..Embed::of(&checkout.secret) }).await?;
        widget.find(Role::Button, "Verser 184,50").await.map(drop)
    })
    .await
}

/// What is not in the tables is English here, too.
///
/// Positive control: with one of the words written into a view in place of its name, this fails.
async fn says_nothing_in_english(widget: &Widget<'_>) -> Result<(), Failure> {
    let text = widget.text().await?;
    // A word alone may be a name of a country's, and is turned around with its letters in their places.
    let plain = pseudo::ENGLISH.all().into_iter().map(|(_, word)| word).filter(|word| word.contains(' '));
    let left: Vec<_> = plain.filter(|word| !word.contains('{') && text.contains(word)).collect();
    if left.is_empty() { Ok(()) } else { Err(Failure::new(format!("not translated: {left:?} in\n{text}"))) }
}

async fn picture(widget: &Widget<'_>, name: &str) -> Result<(), Failure> {
    let file = place::evidence().join(format!("{name}.png"));
    std::fs::create_dir_all(place::evidence()).context("a folder")?;
    std::fs::write(&file, widget.driver().screenshot().await?).context(file.display())
}

/// At 360 pixels, with words that are half as long again, or from right to left: nothing is cut off or scrolls sideways.
///
/// Positive control: with `padding-left: 380px` for the consent in checkout.css, or without `dir`, this fails.
async fn bears(tag: &'static str, direction: &str) -> Result<(), Failure> {
    let narrow = Options { width: 360, height: 2100, ..Options::default() };
    World::run_on(&format!("pseudo_{direction}"), narrow, Stack::start_pseudo().await?, async |world| {
        let account = world.client_with_cards().await?;
        let checkout = world.stack.organization.checkout(&account, "en").await?;
        let widget = world.open(&Embed { locale: Some(tag), ..Embed::of(&checkout.secret) }).await?;
        widget.enter().await?;
        widget.find(Role::Button, "").await?;
        let told = "return [document.documentElement.lang, document.documentElement.dir, getComputedStyle(document.querySelector('main')).direction]";
        assert_eq!(widget.driver().run(told, json!([])).await?, json!([tag, direction, direction]));
        says_nothing_in_english(&widget).await?;
        accessible(world, &widget, tag).await?;
        let press = "document.querySelector(arguments[0]).click()";
        widget.enter().await?;
        widget.driver().run(press, json!(["input[value=new]"])).await?;
        widget.find(Role::Textbox, "").await?;
        fits(&widget).await?;
        widget.driver().run(press, json!(["#pay"])).await?;
        fits(&widget).await?;
        assert_eq!(sideways(&widget).await?, [0, 0]);
        says_nothing_in_english(&widget).await?;
        accessible(world, &widget, tag).await?;
        for (field, digits) in [("#number", "4242424242424242"), ("#expiry", "0330")] {
            let field = widget.driver().all(field).await?.pop().context("a field")?;
            widget.driver().type_into(&field, digits).await?;
        }
        picture(&widget, &format!("language-{tag}")).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn long_words_have_room() -> Result<(), Failure> {
    bears(pseudo::LONG, "ltr").await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_right_to_left_everything_changes_sides() -> Result<(), Failure> {
    bears(pseudo::RIGHT_TO_LEFT, "rtl").await
}
