//! Who may speak on the channel between a page and the frame: both ends check the source, the origin and the form of what
//! they hear before they take it.

use std::time::Duration;

use paydesk_e2e::browser::Options;
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::Role;
use paydesk_e2e::world::World;
use paydesk_e2e::{Failure, clock};
use serde_json::{Value, json};

const PAY: &str = "Pay $184.50";
const SOON: Duration = Duration::from_secs(10);

/// Counts the channels that the element opens from now on.
const COUNT: &str = "window.opened = 0;
    const Known = window.MessageChannel;
    window.MessageChannel = class extends Known { constructor() { super(); window.opened += 1; } };";

/// The element opens a channel for its own frame's greeting alone. Positive control: without the check of the origin and the
/// source, of the source, or of the form, in `#hear` of static/embed.js, one of the counts is too high (tried).
#[tokio::test(flavor = "multi_thread")]
async fn the_element_hears_its_own_frame_alone() -> Result<(), Failure> {
    World::run("the_element_hears", Options::default(), async |world| {
        let (checkout, other) = (world.saved_checkout().await?, world.new_checkout().await?);
        let sessions = vec![checkout.secret.clone(), other.secret.clone()];
        let widget = world.open(&Embed { sessions, ..Embed::default() }).await?;
        for element in [1, 0] {
            world.widget(element).find(Role::Button, PAY).await?;
        }
        let driver = widget.driver();
        driver.leave_frames().await?;
        driver.run(COUNT, json!([])).await?;
        // The page itself: another source. And a frame of another origin, with every word right.
        let greet = "window.postMessage({ paydesk: 1, type: 'hello' }, '*');
            window.postMessage({ paydesk: 1, type: 'refused' }, '*');
            const stranger = document.createElement('iframe');
            stranger.id = 'stranger';
            document.body.append(stranger);";
        driver.run(greet, json!([])).await?;
        let strangers = driver.all("#stranger").await?;
        driver.enter(strangers.first().unwrap()).await?;
        driver.run("parent.postMessage({ paydesk: 1, type: 'hello' }, '*')", json!([])).await?;
        // The right frame, and the wrong words.
        widget.enter().await?;
        let mumble = "for (const data of [null, 'hello', 1, [], { type: 'hello' }, { paydesk: 2, type: 'hello' },
            { paydesk: '1', type: 'hello' }, { paydesk: 1 }, { paydesk: 1, type: 'connect' }]) parent.postMessage(data, '*');";
        driver.run(mumble, json!([])).await?;
        let heard = async || {
            driver.leave_frames().await?;
            let heard = "return window.heard.filter(({ by }) => by === 'window').length";
            // The two first greetings, three by strangers, nine by the frame.
            Ok((driver.run(heard, json!([])).await? == json!(14)).then_some(()))
        };
        clock::until("every word to be heard", SOON, heard).await?;
        let opened = async || driver.run("return window.opened", json!([])).await;
        assert_eq!(opened().await?, json!(0));
        assert_eq!(widget.note().await?, "");
        assert!(widget.events().await?.iter().all(|(kind, _)| kind != "error"));
        // And it still pays.
        widget.click(Role::Button, PAY).await?;
        widget.until_text("Payment complete").await?;
        world.charged_once(&checkout).await?;

        // The right word of the right origin, by the other element's frame: that element answers, and it alone. And the
        // control: this one's own frame.
        for (element, channels) in [(1, 1), (0, 2)] {
            world.widget(element).enter().await?;
            driver.run("parent.postMessage({ paydesk: 1, type: 'hello' }, '*')", json!([])).await?;
            let answered = async || {
                driver.leave_frames().await?;
                let heard = "return window.heard.filter(({ by }) => by === 'window').length";
                let heard = driver.run(heard, json!([])).await? == json!(14 + channels);
                Ok(if heard { Some(opened().await?) } else { None })
            };
            assert_eq!(clock::until("the greeting", SOON, answered).await?, json!(channels));
        }
        Ok(())
    })
    .await
}

/// A page that speaks to the frame without the element, word by word.
const PAGE: &str = "const frame = document.createElement('iframe');
    frame.id = 'bare';
    frame.src = arguments[0];
    window.told = [];
    window.speak = (data, ports) => frame.contentWindow.postMessage(data, '*', ports);
    window.offer = (data) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = ({ data }) => window.told.push(data.type);
        speak(data, [channel.port2]);
        return channel.port1;
    };
    document.querySelector('main').append(frame);";

/// The frame takes one well-formed offer of its parent, and of what comes then only what it knows. Positive control: without
/// the check of source and origin, or of the form, in `take` of static/boot.js, the frame speaks before the last offer (tried).
#[tokio::test(flavor = "multi_thread")]
async fn the_frame_takes_well_formed_words_of_its_parent_alone() -> Result<(), Failure> {
    World::run("the_frame_takes", Options::default(), async |world| {
        let checkout = world.saved_checkout().await?;
        world.open(&Embed::default()).await?;
        let driver = &world.browser.driver;
        let parent = world.stack.host.origin.replace(':', "%3A").replace('/', "%2F");
        let address = format!("{}/frame/checkout?parent={parent}", world.stack.pay_url());
        driver.run(PAGE, json!([address])).await?;
        let greeted = async || {
            let heard = "return window.heard.some(({ data }) => data?.type === 'hello')";
            Ok((driver.run(heard, json!([])).await? == json!(true)).then_some(()))
        };
        clock::until("the greeting", SOON, greeted).await?;

        // The right source with the wrong words; the right words from the wrong source.
        let mumble = "for (const data of [null, 'connect', { type: 'connect' }, { paydesk: 2, type: 'connect' },
            { paydesk: 1, type: 'open' }, { paydesk: 1 }]) offer(data);";
        driver.run(mumble, json!([])).await?;
        let frames = driver.all("#bare").await?;
        driver.enter(frames.first().unwrap()).await?;
        let whisper = "const channel = new MessageChannel();
            window.spoken = 0;
            channel.port1.onmessage = () => { window.spoken += 1; };
            postMessage({ paydesk: 1, type: 'connect' }, '*', [channel.port2]);
            window.after = new Promise((resolve) => setTimeout(resolve, 0));";
        driver.run(whisper, json!([])).await?;
        let done = "const done = arguments[arguments.length - 1];
            // One more word through the same queue: what was said before has been heard.
            addEventListener('message', ({ data }) => data === 'last' && setTimeout(() => done([window.spoken, typeof window.paydesk]), 200));
            postMessage('last', '*');";
        assert_eq!(driver.run_and_wait(done, json!([])).await?, json!([0, "undefined"]));
        driver.leave_frames().await?;
        assert_eq!(driver.run("return window.told", json!([])).await?, json!([]));

        // The control: well-formed, from the parent. The frame tells its height, and starts its program.
        driver.run("window.port = offer({ paydesk: 1, type: 'connect' })", json!([])).await?;
        let told = async |kind: &str| {
            let what = format!("the frame to tell {kind}");
            clock::until(&what, SOON, async || {
                let told = driver.run("return window.told", json!([])).await?;
                Ok(told.as_array().is_some_and(|told| told.contains(&json!(kind))).then_some(()))
            })
            .await
        };
        told("resize").await?;
        // A second offer finds nobody listening, and what is malformed on the channel is ignored.
        let more = "window.second = window.told.length;
            window.late = [];
            const late = offer({ paydesk: 1, type: 'connect' });
            late.onmessage = ({ data }) => window.late.push(data.type);
            for (const data of [null, 7, 'open', [], {}, { type: 7 }, { type: 'open' }, { type: 'open', session: 7 }, { type: 'paid' },
                { type: 'update', variables: 7, locale: {} }, { type: '__proto__' }]) port.postMessage(data);
            port.postMessage({ type: 'open', session: arguments[0], locale: 'en', theme: 'light', variables: {} });";
        driver.run(more, json!([checkout.secret])).await?;
        told("ready").await?;
        let told: Value = driver.run("return [window.told.includes('error'), window.late]", json!([])).await?;
        assert_eq!(told, json!([false, []]));
        Ok(())
    })
    .await
}
