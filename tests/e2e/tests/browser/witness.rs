//! The witness must see everything, or its silence proves nothing: a page that does every forbidden thing, in a
//! frame of another site, and the recorder and the checks that must tell of each.

use axum::Router;
use axum::response::Html;
use axum::routing::{any, get};
use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::checks::{Tolerance, faults};
use paydesk_e2e::recorder::Request;
use paydesk_e2e::{Failure, clock};
use serde_json::json;
use tokio::net::TcpListener;

const OUTER: &str = "<!doctype html><title>outer</title><iframe src='%FRAME%/frame'></iframe>";
const INNER: &str = "<!doctype html><title>inner</title>
<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">
<img src='%FRAME%/forbidden.png'>
<script>
  console.error('oh no');
  setTimeout(() => { throw new TypeError('thrown in the frame'); }, 0);
  fetch('%FRAME%/api?early=1', { method: 'POST', body: '{\"note\":\"4242 4242 4242 4242\"}' });
  fetch('%STRANGER%/beacon', { mode: 'no-cors', method: 'POST', body: 'x' });
  navigator.sendBeacon('%FRAME%/sent', 'card=378282246310005');
  const code = \"fetch('%FRAME%/from-a-worker?n=5555555555554444')\";
  new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
</script>";

async fn serve(router: Router) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn every_forbidden_thing_in_a_frame_of_another_site_is_seen() -> Result<(), Failure> {
    let answer = || any(async || ([("access-control-allow-origin", "*")], "4000056655665556"));
    let stranger = serve(Router::new().fallback(answer())).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let frame = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let inner =
        INNER.replace("%FRAME%", &frame).replace("%STRANGER%", &format!("http://127.0.0.1:{stranger}"));
    let router = Router::new().route("/frame", get(async move || Html(inner))).fallback(answer());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let outer = OUTER.replace("%FRAME%", &frame);
    let page = serve(Router::new().route("/", get(async move || Html(outer)))).await;
    let page = format!("http://localhost:{page}");

    let mut browser = Browser::start(Options::default()).await?;
    browser.driver.go(&page).await?;
    let is = |path: &'static str| move |request: &Request| request.path() == path;
    for path in ["/api", "/beacon", "/sent", "/from-a-worker"] {
        browser.recorder.until_request(path, is(path)).await?;
    }
    let patience = std::time::Duration::from_secs(5);
    let said = |what: &'static str| {
        browser.recorder.notes().iter().any(|note| note.text.contains(what)).then_some(())
    };
    for what in ["oh no", "thrown in the frame", "img-src"] {
        clock::until(what, patience, async || Ok(said(what))).await?;
    }
    let answered = |request: &Request| request.path() == "/api" && !request.answer.is_empty();
    let early = browser.recorder.until_request("the answer to /api", answered).await?;
    browser.recorder.settle().await?;
    assert!(early.body.contains("4242 4242"), "{early:?}");
    assert!(early.answer.contains("4000056655665556"), "{early:?}");
    assert_eq!(browser.recorder.until_request("/sent", is("/sent")).await?.body, "card=378282246310005");

    let (requests, notes) = (browser.recorder.requests(), browser.recorder.notes());
    let found = faults(&[&page, &frame, "http://127.0.0.1:1"], &requests, &notes, Tolerance::default());
    for expected in [
        "third party: POST http://127.0.0.1",
        "oh no",
        "thrown in the frame",
        "img-src",
        "number in the body of POST",
        "number in the address of GET",
        "/sent",
    ] {
        assert!(found.iter().any(|fault| fault.contains(expected)), "{expected} is not in {found:#?}");
    }
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_blocked_fails_in_frames_and_scripts_run_first_there() -> Result<(), Failure> {
    let inner = "<!doctype html><title>inner</title><script>
        fetch('/api').then(() => { document.title = 'reached'; }, () => { document.title = 'failed ' + window.early; });
    </script>";
    let router = Router::new().route("/frame", get(async move || Html(inner))).fallback(any(async || "here"));
    let frame = format!("http://127.0.0.1:{}", serve(router).await);
    let outer = OUTER.replace("%FRAME%", &frame);
    let page = serve(Router::new().route("/", get(async move || Html(outer)))).await;

    let mut browser = Browser::start(Options::default()).await?;
    browser.recorder.block(&["*/api*"]).await;
    browser.recorder.run_first("window.early = 'early';").await;
    browser.driver.go(&format!("http://localhost:{page}")).await?;
    let frame = browser.driver.all("iframe").await?;
    browser.driver.enter(frame.first().unwrap()).await?;
    let title = async || {
        let title = browser.driver.run("return document.title", json!([])).await?;
        Ok(title.as_str().filter(|title| *title != "inner").map(str::to_owned))
    };
    let title = clock::until("a result", std::time::Duration::from_secs(5), title).await?;
    assert_eq!(title, "failed early");
    browser.close().await
}

/// What goes beyond this machine goes into the trap, or its silence would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_beyond_this_machine_is_caught() -> Result<(), Failure> {
    let page = serve(Router::new().fallback(any(async || Html("<!doctype html><title>here</title>")))).await;
    let mut browser = Browser::start(Options::default()).await?;
    browser.driver.go(&format!("http://localhost:{page}/")).await?;
    assert_eq!(browser.strayed(), Vec::<String>::new());
    let ask = "for (const scheme of ['http', 'https']) fetch(`${scheme}://beyond.invalid/x`, { mode: 'no-cors' }).catch(() => {})";
    browser.driver.run(ask, json!([])).await?;
    let caught = async || {
        let strayed = browser.strayed();
        let has = |start: &str| strayed.iter().any(|line| line.starts_with(start));
        Ok((has("GET http://beyond.invalid/x ") && has("CONNECT beyond.invalid:443 ")).then_some(()))
    };
    clock::until("both to be caught", std::time::Duration::from_secs(5), caught).await?;
    browser.close().await
}
