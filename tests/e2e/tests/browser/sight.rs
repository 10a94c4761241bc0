//! For eyes that need more: at 400 %, where the page is 320 pixels wide and scrolls one way only, and in forced colours, where
//! none of ours is left.

use paydesk_e2e::browser::Options;
use paydesk_e2e::driver::keys;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Failure, axe};
use serde_json::{Value, json};

use crate::access::{accessible, press};
use crate::embedding::{fits, sideways};

const PAY: &str = "Pay $184.50";

/// A window of 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
const AT_400_PERCENT: Options = Options { width: 320, height: 256, dark: false };

/// What is not whole: text beyond the edges of what holds it, and boxes that hide a part of theirs.
const CUT_OFF: &str = "const card = document.querySelector('main').getBoundingClientRect();
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.vh, select, svg');
    const found = [];
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!text.data.trim() || !shown(text.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const block = ((element) => { while (getComputedStyle(element).display.startsWith('inline')) element = element.parentElement; return element; })(text.parentElement);
        const edges = block.getBoundingClientRect();
        for (const line of range.getClientRects()) {
            const [left, right] = [Math.max(card.left, edges.left), Math.min(card.right, edges.right)];
            if (line.left < left - 1 || line.right > right + 1) found.push(`beyond its edges: ${text.data.trim().slice(0, 60)}`);
        }
    }
    for (const element of document.querySelectorAll('main, main *')) {
        if (!shown(element)) continue;
        const style = getComputedStyle(element);
        const hides = style.overflowX !== 'visible' || element.tagName === 'INPUT';
        if (hides && element.scrollWidth > element.clientWidth + 1) found.push(`hides a part: ${element.outerHTML.slice(0, 80)}`);
        const box = element.getBoundingClientRect();
        if (box.width && (box.left < -1 || box.right > innerWidth + 1)) found.push(`beyond the window: ${element.outerHTML.slice(0, 80)}`);
    }
    return found;";

async fn cut_off(widget: &Widget<'_>) -> Result<Value, Failure> {
    widget.enter().await?;
    widget.driver().run(CUT_OFF, json!([])).await
}

/// Demands that everything is there at 400 %: whole, with nothing to scroll sideways, and without violations.
async fn whole(world: &World, widget: &Widget<'_>, state: &str) -> Result<(), Failure> {
    fits(widget).await?;
    assert_eq!(sideways(widget).await?, [0, 0], "{state}");
    assert_eq!(cut_off(widget).await?, json!([]), "{state}");
    accessible(world, widget, state).await
}

/// Positive control: with `min-width: 300px` for `.field` in static/checkout.css the form is not whole, here and for a bank account;
/// with `white-space: nowrap` for `.fine`, neither is the list (tried).
#[tokio::test(flavor = "multi_thread")]
async fn at_400_percent_a_card_pays() -> Result<(), Failure> {
    World::run("zoom_card", AT_400_PERCENT, async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        whole(world, &widget, "saved cards at 400 %").await?;
        widget.click(Role::Radio, "Another card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        whole(world, &widget, "another card at 400 %").await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("fields need attention").await?;
        whole(world, &widget, "form with errors at 400 %").await?;
        widget.fill_card(&VISA).await?;
        whole(world, &widget, "form filled in at 400 %").await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        whole(world, &widget, "paid at 400 %").await?;
        world.charged_once(&checkout).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn at_400_percent_a_bank_account_is_entered_in_french() -> Result<(), Failure> {
    World::run("zoom_bank", AT_400_PERCENT, async |world| {
        let organization = world.debiting()?;
        let account = organization.client().await?;
        let checkout = organization.checkout(&account, "fr").await?;
        let widget = world.open(&Embed { locale: Some("fr"), ..Embed::of(&checkout.secret) }).await?;
        widget.click(Role::Radio, "Compte bancaire").await?;
        widget.find(Role::Textbox, "Code postal").await?;
        widget.until_text("débit").await?;
        whole(world, &widget, "bank account at 400 %, French").await?;
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("champs à corriger").await?;
        whole(world, &widget, "bank account with errors at 400 %, French").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn at_400_percent_a_plan_is_chosen() -> Result<(), Failure> {
    World::run("zoom_plan", AT_400_PERCENT, async |world| {
        let organization = &world.stack.organization;
        organization.allow_parts(&world.stack.config(), "2500")?;
        let account = world.client_with_cards().await?;
        let checkout = organization.checkout_in_parts(&account, "en").await?;
        let widget = world.visit(&checkout).await?;
        widget.click(Role::Radio, "8 payments, until March 1, 2030").await?;
        widget.find(Role::Button, "Pay $94.50 now").await?;
        whole(world, &widget, "a plan at 400 %").await?;
        widget.click(Role::Button, "Pay $94.50 now").await?;
        widget.until_text("Payment complete").await?;
        whole(world, &widget, "a plan paid at 400 %").await?;

        organization.give_credit(&account, 4_000).await?;
        let widget = world.visit(&organization.checkout(&account, "en").await?).await?;
        widget.click(Role::Checkbox, "Use account credit").await?;
        widget.click(Role::Checkbox, "Pay only a part now").await?;
        widget.find(Role::Textbox, "Amount to pay now").await?;
        whole(world, &widget, "credit and a part at 400 %").await
    })
    .await
}

/// What is to be seen is seen: the measure finds a planted fault of each kind.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_off_is_found() -> Result<(), Failure> {
    World::run("zoom_control", AT_400_PERCENT, async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        for (rule, found) in [
            (".what { white-space: nowrap; width: 40px; flex: none !important }", "beyond its edges"),
            (".method { width: 30px; overflow: hidden }", "hides a part"),
            (".amount { margin-left: 300px; width: 90px }", "beyond the window"),
        ] {
            widget.enter().await?;
            let plant = "const sheet = new CSSStyleSheet(); sheet.replaceSync(arguments[0]);
                document.adoptedStyleSheets = [sheet];";
            widget.driver().run(plant, json!([rule])).await?;
            let said = cut_off(&widget).await?.to_string();
            assert!(said.contains(found), "{rule}: {said}");
        }
        Ok(())
    })
    .await
}

/// What cannot be told from what is around it, or from what it is not, without any colour of ours.
const UNSEEN: &str = "if (!matchMedia('(forced-colors: active)').matches) return ['colours are not forced'];
    const unseen = [];
    const canvas = getComputedStyle(document.querySelector('main')).backgroundColor;
    const of = (element, pseudo) => getComputedStyle(element, pseudo);
    const shown = (css) => [...document.querySelectorAll(css)].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    const edge = (style) => parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== 'none' && style.borderTopColor !== canvas;
    for (const element of shown('main, .group, .control, .notice, .pay, .again, .bar, input[type=radio], input[type=checkbox]')) {
        if (!edge(of(element))) unseen.push(`no edge: ${element.outerHTML.slice(0, 80)}`);
    }
    // What is chosen is another shape, in a colour that says so.
    const [on, off] = [shown('input[type=radio]:checked')[0], shown('input[type=radio]:not(:checked)')[0]].map((element) => element && of(element));
    if (on && off && (parseFloat(on.borderTopWidth) < 2 * parseFloat(off.borderTopWidth) || on.borderTopColor === off.borderTopColor)) unseen.push('the chosen one');
    for (const element of shown('input[type=checkbox]:checked')) {
        const [box, tick] = [of(element), of(element, '::after')];
        if (box.backgroundColor === canvas || tick.borderRightColor === box.backgroundColor || tick.borderRightWidth === '0px') unseen.push('a tick');
        if (tick.borderRightColor !== arguments[0]) unseen.push(`a tick that is ${tick.borderRightColor} on ${box.backgroundColor}`);
    }
    // What is wrong: its edge is thicker, and its words heavier than a hint.
    const right = shown('.control:not([aria-invalid])')[0];
    for (const element of shown('.control[aria-invalid]')) {
        if (right && parseFloat(of(element).borderTopWidth) <= parseFloat(of(right).borderTopWidth)) unseen.push(`a fault: ${element.id}`);
    }
    for (const element of shown('.note.error')) {
        if (!element.textContent.trim() || +of(element).fontWeight < 600) unseen.push(`an error: ${element.textContent}`);
    }
    // The focus.
    const focused = document.activeElement;
    for (const element of shown('button, input, select, summary')) {
        element.focus({ preventScroll: true });
        const ring = of(element.matches('.method input') ? element.closest('.method') : element);
        if (ring.outlineStyle === 'none' || parseFloat(ring.outlineWidth) < 2 || ring.outlineColor === canvas) unseen.push(`the focus: ${element.outerHTML.slice(0, 80)}`);
    }
    focused.focus();
    return unseen;";

/// Demands that everything can be told apart in forced colours, and that the checker finds nothing.
async fn seen(world: &World, widget: &Widget<'_>, state: &str) -> Result<(), Failure> {
    // Whoever uses the keyboard is shown where the focus is.
    press(widget, &keys::TAB.to_string()).await?;
    widget.enter().await?;
    world.browser.force_colours().await?;
    let highlighted = "const probe = document.createElement('p'); probe.style.color = 'HighlightText'; document.body.append(probe);
        const colour = getComputedStyle(probe).color; probe.remove(); return colour;";
    let highlighted = widget.driver().run(highlighted, json!([])).await?;
    assert_eq!(widget.driver().run(UNSEEN, json!([highlighted])).await?, json!([]), "{state}");
    assert_eq!(axe::violations(widget.driver()).await?, Vec::<String>::new(), "{state}");
    Ok(())
}

/// Positive control: without any one of the rules for forced colours in static/checkout.css (what is chosen, the tick and what it
/// stands on, the edge of a wrong field, the weight of its words, the bars) this fails and names it; with `outline: 0` for
/// `.method:has(:focus-visible)`, it names the focus (tried).
#[tokio::test(flavor = "multi_thread")]
async fn in_forced_colours_everything_is_told_apart() -> Result<(), Failure> {
    World::run("forced_colours", Options::default(), async |world| {
        world.tolerance.failed_requests = true;
        world.tolerance.blocked_form = true;
        let checkout = world.saved_checkout().await?;
        let recorder = &world.browser.recorder;
        recorder.hold(&["*/v1/checkout*"]).await;
        let widget = world.visit_formless(&checkout).await?;
        widget.until_text("This takes longer than usual").await?;
        seen(world, &widget, "loading").await?;
        recorder.hold(&[]).await;
        widget.find(Role::Button, PAY).await?;
        seen(world, &widget, "saved cards").await?;
        widget.click(Role::Radio, "Another card").await?;
        widget.click(Role::Checkbox, "Save this card").await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("fields need attention").await?;
        seen(world, &widget, "form with errors").await?;
        widget.fill_card(&VISA).await?;
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        seen(world, &widget, "paid").await?;
        world.charged_once(&checkout).await
    })
    .await
}

/// The measure is for forced colours alone: in others it says that they are others.
#[tokio::test(flavor = "multi_thread")]
async fn colours_that_are_not_forced_are_noticed() -> Result<(), Failure> {
    World::run("forced_colours_control", Options::default(), async |world| {
        let widget = world.visit(&world.saved_checkout().await?).await?;
        widget.find(Role::Button, PAY).await?;
        assert_eq!(widget.driver().run(UNSEEN, json!([""])).await?, json!(["colours are not forced"]));
        Ok(())
    })
    .await
}
