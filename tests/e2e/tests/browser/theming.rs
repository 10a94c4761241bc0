//! What a page may change of the frame's look, and that nothing else gets in; and that the frame's height follows what it
//! shows without jumping.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::world::{VISA, World};
use paydesk_e2e::{Context, Failure, clock};
use serde_json::{Value, json};

const PAY: &str = "Pay $184.50";
const SOON: Duration = Duration::from_secs(10);

/// Sets properties on the element, as a page's style sheet would, and tells the element.
async fn dress(widget: &Widget<'_>, properties: Value) -> Result<(), Failure> {
    let dress = "const element = document.querySelector('paydesk-checkout');
        for (const [name, value] of Object.entries(arguments[0])) element.style.setProperty(name, value);
        element.update();";
    widget.driver().leave_frames().await?;
    widget.driver().run(dress, json!([properties])).await.map(drop)
}

/// What the frame's root has of the page's properties, and how the button looks.
async fn worn(widget: &Widget<'_>) -> Result<Value, Failure> {
    let look = "const root = document.documentElement.style;
        const pay = getComputedStyle(document.getElementById('pay'));
        const names = [...root].filter((name) => name.startsWith('--')).sort();
        return { names, background: pay.backgroundColor, radius: pay.borderRadius, size: getComputedStyle(document.documentElement).fontSize };";
    widget.enter().await?;
    widget.driver().run(look, json!([])).await
}

/// Positive control: without the last condition of `wear` in static/boot.js, `src(red)` is worn (tried).
#[tokio::test(flavor = "multi_thread")]
async fn a_page_dresses_the_frame_and_smuggles_nothing_in() -> Result<(), Failure> {
    World::run("theming", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        let good = json!({"--paydesk-accent": "#0b6e4f", "--paydesk-radius": "4px", "--paydesk-font-size": "18px"});
        dress(&widget, good).await?;
        let names = json!(["--paydesk-accent", "--paydesk-font-size", "--paydesk-radius"]);
        let dressed = async || {
            let worn = worn(&widget).await?;
            Ok((worn.get("names") == Some(&names)).then_some(worn))
        };
        let look = clock::until("the frame to be dressed", SOON, dressed).await?;
        assert_eq!(look.get("background"), Some(&json!("rgb(11, 110, 79)")), "{look}");
        assert_eq!(look.get("radius"), Some(&json!("4px")), "{look}");
        assert_eq!(look.get("size"), Some(&json!("18px")), "{look}");

        // What could load something, hide what it is, or is longer than any colour or font name, and names that are not on
        // the list.
        let stranger = format!("{}/spy.png", world.stack.host.origin);
        let bad = json!({
            "--paydesk-background": format!("url({stranger})"),
            "--paydesk-surface": format!("image-set('{stranger}' 1x)"),
            "--paydesk-line": "red; background: blue",
            "--paydesk-edge": "r\\65 d",
            "--paydesk-font": "x".repeat(201),
            "--paydesk-unheard-of": "red",
            "--other": "red",
            // The last one is good: when it is there, the others had their chance.
            "--paydesk-success": "#123456",
        });
        dress(&widget, bad).await?;
        let names = json!(["--paydesk-accent", "--paydesk-font-size", "--paydesk-radius", "--paydesk-success"]);
        let dressed = async || Ok((worn(&widget).await?.get("names") == Some(&names)).then_some(()));
        clock::until("the good one alone", SOON, dressed).await?;

        // A page that speaks to the frame itself, past the element's own list of names.
        let past = "const root = document.documentElement;
            const worn = () => root.getAttribute('style');
            const before = worn();
            const say = (variables) => window.paydesk.port.dispatchEvent(new MessageEvent('message', { data: { type: 'update', variables } }));
            say({ 'background-image': 'red', '--accent': 'red', '--paydesk-X': 'red', '--paydesk-line': 'src(red)',
                '--paydesk-edge': 'var(--bad)', '--paydesk-text': 'env(x)', '--paydesk-muted': 'red; color: blue', '--paydesk-danger': 'url(x)' });
            const after = worn();
            say({ '--paydesk-line': 'red' });
            return [before === after, worn() !== after];";
        widget.enter().await?;
        assert_eq!(widget.driver().run(past, json!([])).await?, json!([true, true]));
        assert!(world.browser.recorder.requests().iter().all(|request| request.path() != "/spy.png"));
        Ok(())
    })
    .await
}

/// The heights that the frame has asked for, in order.
async fn heights(widget: &Widget<'_>) -> Result<Vec<i64>, Failure> {
    widget.driver().leave_frames().await?;
    let asked = "return window.heard.map(({ data }) => data).filter((data) => data?.type === 'resize').map((data) => data.height)";
    let asked = widget.driver().run(asked, json!([])).await?;
    Ok(asked.as_array().context("heights")?.iter().filter_map(Value::as_i64).collect())
}

/// The heights that come while something is done, once the frame is as high as what it shows.
async fn meanwhile(
    widget: &Widget<'_>,
    act: impl AsyncFnOnce() -> Result<(), Failure>,
) -> Result<Vec<i64>, Failure> {
    let before = heights(widget).await?.len();
    act().await?;
    // Nothing moves for half a second: the frame's own measure of rest (static/boot.js).
    let rests = async || {
        widget.enter().await?;
        let measure = "return [document.documentElement.scrollHeight - innerHeight,
            Math.ceil(document.getElementById('app').getBoundingClientRect().height) - innerHeight]";
        let fits = widget.driver().run(measure, json!([])).await? == json!([0, 0]);
        Ok((fits && widget.driver().all("html[data-moving]").await?.is_empty()).then_some(()))
    };
    clock::until("the frame to rest, as high as what it shows", SOON, rests).await?;
    Ok(heights(widget).await?.split_off(before))
}

/// Positive control: with `main { min-height: calc(100vh + 1px) }` in static/checkout.css the frame never comes to rest.
#[tokio::test(flavor = "multi_thread")]
async fn the_height_follows_without_jumps() -> Result<(), Failure> {
    World::run("heights", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let widget = world.visit(&checkout).await?;
        widget.find(Role::Button, PAY).await?;
        meanwhile(&widget, async || Ok(())).await?;
        let opening = meanwhile(&widget, async || {
            widget.click(Role::Radio, "Another card").await?;
            widget.find(Role::Textbox, "Postal code").await.map(drop)
        })
        .await?;
        assert!(!opening.is_empty() && opening.is_sorted(), "it only grows while it opens: {opening:?}");
        let typing = meanwhile(&widget, async || widget.fill_card(&VISA).await).await?;
        assert_eq!(typing, [0_i64; 0], "typing moves nothing");
        let erring = meanwhile(&widget, async || {
            widget.empty("Security code").await?;
            widget.fill(&[(Role::Textbox, "Security code", "1")]).await?;
            // Left, it tells its error.
            let name = widget.find(Role::Textbox, "Name on card").await?;
            widget.driver().click(&name).await?;
            widget.until_text("Enter 3 digits").await.map(drop)
        })
        .await?;
        assert_eq!(erring, [0_i64; 0], "an error beside its field moves nothing");
        let closing =
            meanwhile(&widget, async || widget.click(Role::Radio, "Visa ending 4242").await).await?;
        assert!(!closing.is_empty() && closing.is_sorted_by(|a, b| a >= b), "it only shrinks: {closing:?}");
        let paying = meanwhile(&widget, async || {
            widget.click(Role::Button, PAY).await?;
            widget.until_text("Payment complete").await.map(drop)
        })
        .await?;
        assert!(paying.len() <= 3, "the way to the receipt is short: {paying:?}");
        world.charged_once(&checkout).await
    })
    .await
}
