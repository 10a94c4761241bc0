//! A host page that means harm: ten thousand words to the element, to the frame and on their channel change nothing.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::world::World;
use paydesk_e2e::{Failure, clock};
use serde_json::{Value, json};

const PAY: &str = "Pay $184.50";
const SOON: Duration = Duration::from_secs(30);
/// How many words each way gets.
const WORDS: u32 = 2_500;

/// Makes words: most of them nearly right. The same seed makes the same words, so that one that did harm can be found again.
const MAKE: &str = "
    window.wordsOf = (seed) => {
        const random = (limit) => {
            seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
            return Math.floor((seed / 2 ** 32) * limit);
        };
        const one = (list) => list[random(list.length)];
        const TYPES = ['hello', 'refused', 'connect', 'open', 'update', 'submit', 'focus', 'close', 'resize', 'ready', 'paid',
            'submitted', 'declined', 'error', 'change', 'closed', 'HELLO', 'hello ', ''];
        const HOSTILE = ['url(https://evil.example/x)', 'javascript:alert(1)', '<img src=x onerror=alert(1)>', 'cs_forged',
            'https://evil.example', '__proto__', '\\u202e', 'x'.repeat(10000), '-1', '1e309', 'expression(1)', 'var(--x)'];
        const KEYS = ['paydesk', 'type', 'session', 'locale', 'theme', 'variables', 'height', 'code', 'message', 'payment',
            'complete', 'method', 'constructor', 'toString', 'then'];
        const leaf = () => one([null, undefined, 0, 1, -1, 2, NaN, Infinity, 1e9, true, false, '', ...HOSTILE, one(TYPES), [], {},
            new Date(0), new Map([['type', 'hello']]), new Uint8Array(3), /x/, new Error('x')]);
        const object = (depth) => {
            const made = {};
            for (let left = random(5); left > 0; left -= 1) made[one(KEYS)] = depth && random(4) === 0 ? object(depth - 1) : leaf();
            return made;
        };
        const style = () => ({ '--paydesk-accent': one(HOSTILE), '--paydesk-evil': '#000', 'background': 'red', [one(HOSTILE)]: one(HOSTILE) });
        // What the page may say on the channel is the element's own interface: left out here is what would rightly be obeyed.
        const STRANGE = TYPES.filter((type) => !/^(open|update|submit|focus|close)$/.test(type));
        const onChannel = () => one([leaf(), { ...object(2), type: one(STRANGE) }, { ...object(1), type: one([7, null, {}, true]) }, { ...object(2), type: [one(TYPES)] },
            { type: 'open', session: one([7, null, [], {}, undefined]) }, { type: 'update', theme: 'evil', locale: '', variables: style() }]);
        const greeting = () => one([leaf(), object(2), { ...object(1), paydesk: one([1, '1', 2, true, [1]]), type: one(TYPES) }, { paydesk: 1, type: one(TYPES) }]);
        return { greeting, onChannel };
    };";

/// Everything that must stay as it is.
async fn standing(world: &World, widget: &Widget<'_>) -> Result<(String, Value, usize), Failure> {
    let text = widget.text().await?;
    // Colours are the page's to choose; what could load or run something is not, nor is anything else's style.
    let style = "const root = document.documentElement;
        const bad = [...root.style].filter((name) => !name.startsWith('--paydesk-') || /url|script|expression|var|</.test(root.style.getPropertyValue(name)));
        return [bad, root.dataset.theme, root.lang]";
    let style = widget.driver().run(style, json!([])).await?;
    let asked =
        world.browser.recorder.requests().iter().filter(|request| request.url.contains("/v1/")).count();
    Ok((text, style, asked))
}

/// Positive control: without the check of source and origin in `#hear` of static/embed.js the element opens channels for strangers,
/// and this fails (tried).
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_words_change_nothing() -> Result<(), Failure> {
    World::run("ten_thousand_words", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        let embed = Embed { sessions: vec![checkout.secret.clone()], ..Embed::default() };
        let widget = world.open(&embed).await?;
        widget.find(Role::Button, PAY).await?;
        let before = standing(world, &widget).await?;
        let driver = widget.driver();
        driver.leave_frames().await?;
        driver.run(MAKE, json!([])).await?;
        let channels = driver.run("return window.ports.length", json!([])).await?;

        // To the element, by its own page; to the frame, with ports to answer on; and on the channel itself, which a page that
        // wraps `MessageChannel` holds in its hands.
        let speak = "const [seed, words] = arguments;
            const { greeting, onChannel } = wordsOf(seed);
            const frame = document.querySelector('paydesk-checkout').shadowRoot.querySelector('iframe').contentWindow;
            const port = window.ports.at(-1);
            const say = (word, how) => { try { how(word); } catch (error) { if (error.name !== 'DataCloneError') throw error; } };
            for (let word = 0; word < words; word += 1) {
                say(greeting(), (data) => window.postMessage(data, '*'));
                say(greeting(), (data) => frame.postMessage(data, '*', [new MessageChannel().port2]));
                say(onChannel(), (data) => port.postMessage(data));
            }
            return window.ports.length";
        let made = driver.run(speak, json!([0x5eed_u32, WORDS])).await?;
        // A frame of another origin speaks to the element as well.
        let stranger = "const frame = document.createElement('iframe');
            frame.id = 'stranger';
            document.body.append(frame);";
        driver.run(stranger, json!([])).await?;
        let strangers = driver.all("#stranger").await?;
        driver.enter(strangers.first().unwrap()).await?;
        let whisper = format!(
            "{MAKE}
            const {{ greeting }} = wordsOf(arguments[0]);
            for (let word = 0; word < arguments[1]; word += 1) parent.postMessage(greeting(), '*');
            parent.postMessage('the last word', '*');"
        );
        driver.run(&whisper, json!([0xfeed_u32, WORDS])).await?;
        let heard = async || {
            driver.leave_frames().await?;
            let last = "return window.heard.some(({ data }) => data === 'the last word')";
            Ok((driver.run(last, json!([])).await? == json!(true)).then_some(()))
        };
        clock::until("the last word", SOON, heard).await?;

        // The element opened no channel of its own, and what a person sees and what was asked of the server is as it was.
        let opened = driver.run("return window.ports.length", json!([])).await?;
        assert_eq!(opened, made, "a channel was opened for a stranger");
        assert_eq!(made.as_u64(), channels.as_u64().map(|before| before + u64::from(WORDS)));
        let after = standing(world, &widget).await?;
        assert_eq!(after, before);
        assert_eq!(widget.note().await?, "");
        assert!(widget.events().await?.iter().all(|(kind, _)| ["ready", "change"].contains(&kind.as_str())));
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await
    })
    .await
}
