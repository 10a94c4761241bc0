//! The outer surface: what is described is served and the other way round, headers, pages, files and limits.

use std::path::Path;

use paydesk_billing::http::{HttpSettings, openapi};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Engine, STORE, Stack, StackOptions, fresh};

/// Positive control: a `.routes(…)` line taken out of `router.rs` is found by the first half (the description is made of
/// the same lines, so that this is about paths that are spelled differently); an extra `.route(…)` by the second (tried).
#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_described_and_every_description_is_served() {
    let stack = Stack::start(Engine::Sqlite).await;
    let served: Value =
        stack.send(stack.http.get(format!("{}/openapi.json", stack.billing))).await.expect(200).json();
    let mut described = 0;
    for (path, item) in served["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let url = format!("{}{}", stack.billing, path.replace("{id}", "inv_x"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let reply = stack.send(stack.http.request(method.clone(), url)).await;
            // Without a credential every one of them says so; the operations answer.
            let wanted = if path.starts_with("/v1/") { 401 } else { 200 };
            assert_eq!(reply.status, wanted, "{method} {path}: {}", reply.text);
            described += 1;
        }
    }
    assert!(described >= 60, "{described}");

    // Routes that are not described are pages and files, by name.
    let mut undescribed = Vec::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http")) {
        let text = std::fs::read_to_string(file).unwrap();
        undescribed
            .extend(text.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        assert!(!text.contains(".nest(") && !text.contains("route_service("), "another way to add routes");
    }
    undescribed.sort();
    let pages = [
        "/address/{name}",
        "/assets/{*path}",
        "/challenge-done",
        "/challenge-done.css",
        "/challenge-done.js",
        "/docs",
        "/docs/style.css",
        "/embed.d.ts",
        "/embed.js",
        "/frame/checkout",
        "/frame/refused.js",
        "/frame/wallet",
        "/openapi.json",
        "/pictures/{name}",
        "/script-inventory.json",
    ];
    assert_eq!(undescribed, pages);
    assert_eq!(serde_json::to_value(openapi()).unwrap(), served);
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.into_iter().flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_that_is_referred_to_exists() {
    let document = serde_json::to_value(openapi()).unwrap();
    let text = document.to_string();
    let mut names: Vec<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 20);
    for name in names {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    // What travels under another name than in the code is described under the one that travels.
    assert!(document["components"]["schemas"]["Problem"]["properties"]["type"].is_object());
    assert!(document["components"]["schemas"]["Problem"]["properties"]["kind"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers() {
    let stack = Stack::start(Engine::Sqlite).await;
    for path in ["/healthz", "/v1/checkout", "/nothing", "/docs", "/openapi.json"] {
        let reply = stack.send(stack.http.get(format!("{}{path}", stack.billing))).await;
        let header =
            |name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin-allow-popups", "{path}");
        assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(header("permissions-policy").contains("camera=()"), "{path}");
        assert!(header("x-request-id").starts_with("req_"), "{path}");
        assert!(reply.headers.get("strict-transport-security").is_none(), "not without TLS");
        assert!(reply.headers.get("access-control-allow-origin").is_none(), "{path}");
        assert!(reply.headers.get("server").is_none() && reply.headers.get("x-powered-by").is_none());
        if path.starts_with("/v1") {
            assert_eq!(header("cache-control"), "no-store");
        }
    }
}

async fn with_widget() -> (Stack, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("index.html", b"<!doctype html><title>frame</title><template id=\"session\"></template>");
    write("embed.js", b"export {}");
    write("embed.d.ts", b"export interface PaydeskChange {}");
    write("paydesk-1f.wasm", b"\0asm");
    write("paydesk-1f.wasm.br", b"packed");
    write("paydesk-1f.js", b"1");
    write("secret.toml", b"key = 1");
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    write("assets/other-2e.css", b"a{}");
    write("assets/embed-3d.js", b"export {}");
    let http = HttpSettings { static_dir: Some(folder.path().to_owned()), ..HttpSettings::default() };
    let stack = Stack::start_with(Engine::Sqlite, StackOptions { http, ..StackOptions::default() }).await;
    (stack, folder)
}

/// The page that is asked for with a session brings what `GET /v1/checkout` would answer; with one that is not of this page, or of
/// none, it comes as if asked for without. Positive control: a handler that takes any parent for the session's own fails here.
#[tokio::test(flavor = "multi_thread")]
async fn the_frame_brings_the_answer_of_its_own_session() {
    let (stack, _folder) = with_widget().await;
    let (_, secret) = stack.open().await;
    let asked = |parent: &str, form: &[(&str, &str)]| {
        let request = stack.http.post(format!("{}/frame/checkout", stack.billing));
        stack.send(request.query(&[("parent", parent)]).form(form))
    };
    let room = |page: &str| {
        let (_, rest) = page.split_once("<template id=\"session\">").unwrap();
        rest.split_once("</template>").unwrap().0.replace("&lt;", "<").replace("&amp;", "&")
    };
    for locale in ["", "fr"] {
        let page = asked(STORE, &[("session", &secret), ("locale", locale)]).await.expect(200);
        assert_eq!(page.headers["cache-control"], "no-store");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(&format!("frame-ancestors {STORE};")), "{policy}");
        let path = format!("/v1/checkout?locale={}", if locale.is_empty() { "en" } else { locale });
        let answer = stack.send(stack.browser(Method::GET, &secret, &path)).await.expect(200);
        let mut brought: Value = serde_json::from_str(&room(&page.text)).unwrap();
        let mut answer = answer.json();
        // It slides with every use.
        for view in [&mut brought, &mut answer] {
            view["session"]["expires_at"].take();
        }
        assert_eq!(brought, answer, "{locale}");
    }

    let packed = stack.http.post(format!("{}/frame/checkout?parent={STORE}", stack.billing));
    let packed = packed.form(&[("session", &secret)]).header("accept-encoding", "gzip, br");
    let packed = packed.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "br");
    let mut page = String::new();
    let bytes = packed.bytes().await.unwrap();
    std::io::Read::read_to_string(&mut brotli::Decompressor::new(&bytes[..], 4096), &mut page).unwrap();
    assert!(room(&page).contains("\"invoice\""), "{page}");

    let other = "https://other.example";
    let mut tx = stack.app.store.organization(stack.organization.clone()).write().await.unwrap();
    tx.insert_origin(other).await.unwrap();
    tx.commit().await.unwrap();
    let wrong = format!("{secret}x");
    for (parent, form) in
        [(other, vec![("session", &*secret)]), (STORE, vec![("session", &*wrong)]), (STORE, vec![])]
    {
        let page = asked(parent, &form).await.expect(200);
        assert_eq!(room(&page.text), "", "{parent} {form:?}");
    }
    let page = asked("https://evil.example", &[("session", &secret)]).await.expect(403);
    assert!(!page.text.contains("template"), "{}", page.text);
}

/// The wallet's page has the same policy, brings nobody's answer, and opens for registered pages only.
#[tokio::test(flavor = "multi_thread")]
async fn the_wallets_page_brings_no_answer() {
    let (stack, folder) = with_widget().await;
    let page = "<!doctype html><title>wallet</title><script>boot</script>";
    std::fs::write(folder.path().join("wallet.html"), page).unwrap();
    let url = format!("{}/frame/wallet", stack.billing);
    let own = [("parent", STORE)];
    let got = stack.send(stack.http.get(&url).query(&own)).await.expect(200);
    let form = [("session", "ws_secret"), ("locale", "fr")];
    let sent = stack.send(stack.http.post(&url).query(&own).form(&form)).await.expect(200);
    for answer in [&got, &sent] {
        assert_eq!(answer.text, page);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains(&format!("frame-ancestors {STORE};")) && policy.contains("sha384-"),
            "{policy}"
        );
    }
    let stranger = [("parent", "https://evil.example")];
    stack.send(stack.http.get(&url).query(&stranger)).await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_frame_opens_for_registered_pages_only() {
    let (stack, _folder) = with_widget().await;
    let frame = |parent: &str| {
        let query = [("parent", parent.to_owned())];
        stack.send(stack.http.get(format!("{}/frame/checkout", stack.billing)).query(&query))
    };
    let page = frame(STORE).await.expect(200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers["cache-control"], "no-store");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for directive in [
        "default-src 'none'".to_owned(),
        "script-src 'self' 'wasm-unsafe-eval'".to_owned(),
        "style-src 'self'".to_owned(),
        format!("connect-src 'self' {}", stack.processor),
        format!("frame-ancestors {STORE}"),
        format!("frame-src 'self' {}", stack.processor),
        "form-action 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        "trusted-types 'none'".to_owned(),
    ] {
        assert!(policy.split("; ").any(|part| part == directive), "{directive} in {policy}");
    }
    for other in
        ["https://evil.example", "null", "", "http://localhost:4000/x", "http://localhost:4000; script-src *"]
    {
        let page = frame(other).await.expect(403);
        assert!(page.text.contains("not registered"), "{other}");
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self';") && !policy.contains("connect-src"), "{policy}");
        assert!(page.text.contains("src=\"/frame/refused.js\""), "{other}");
    }
    // What tells the embedding page.
    let script = stack.send(stack.http.get(format!("{}/frame/refused.js", stack.billing))).await.expect(200);
    assert!(script.headers["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert!(script.text.contains("type: \"refused\""));
}

/// A browser asks every page above a frame whether it may be shown: the embedding page must be named beside our own.
#[tokio::test(flavor = "multi_thread")]
async fn payers_come_back_to_a_page_that_says_nothing() {
    let stack = Stack::start(Engine::Sqlite).await;
    let page = |parent: &str, language: &str| {
        let query = [
            ("parent", parent),
            ("payment_intent", "pi_1"),
            ("payment_intent_client_secret", "pi_1_secret_x"),
        ];
        let request = stack.http.get(format!("{}/challenge-done", stack.billing)).query(&query);
        stack.send(request.header("accept-language", language.to_owned()))
    };
    let shown = page(STORE, "fr-CA,fr").await.expect(200);
    let policy = shown.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("frame-ancestors 'self' {STORE};")), "{policy}");
    for directive in ["default-src 'none'", "script-src 'self'", "form-action 'none'", "trusted-types 'none'"]
    {
        assert!(policy.split("; ").any(|part| part == directive), "{directive} in {policy}");
    }
    assert_eq!(shown.headers["referrer-policy"], "no-referrer");
    assert_eq!(shown.headers["cross-origin-opener-policy"], "unsafe-none");
    assert!(shown.text.contains("lang=\"fr\"") && shown.text.contains("fermer cette fenêtre"));
    assert!(!shown.text.contains("pi_1"), "nothing of the query is repeated");
    for other in ["https://evil.example", "http://localhost:4000; script-src *", ""] {
        let shown = page(other, "en").await.expect(200);
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'self';") && !policy.contains("evil"), "{policy}");
    }
    let script = stack.send(stack.http.get(format!("{}/challenge-done.js", stack.billing))).await.expect(200);
    assert!(script.text.contains("location.origin") && !script.text.contains("\"*\""), "{}", script.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_have_their_types_and_nothing_else_is_served() {
    let (stack, _folder) = with_widget().await;
    let get = |path: &str, coding: &str| {
        let request =
            stack.http.get(format!("{}{path}", stack.billing)).header("accept-encoding", coding.to_owned());
        stack.send(request)
    };
    let wasm = get("/assets/paydesk-1f.wasm", "gzip, br").await.expect(200);
    assert_eq!(
        (wasm.headers["content-type"].as_bytes(), wasm.headers["content-encoding"].as_bytes()),
        (&b"application/wasm"[..], &b"br"[..])
    );
    assert!(wasm.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(wasm.text, "packed");
    let plain = get("/assets/paydesk-1f.wasm", "gzip").await.expect(200);
    assert!(plain.headers.get("content-encoding").is_none());
    assert_eq!(
        get("/assets/other-2e.css", "br").await.expect(200).headers["content-type"],
        "text/css; charset=utf-8"
    );
    assert_eq!(
        get("/assets/paydesk-1f.js", "br").await.expect(200).headers["cross-origin-resource-policy"],
        "same-origin"
    );
    let embed = get("/embed.js", "br").await.expect(200);
    assert_eq!(embed.headers["cross-origin-resource-policy"], "cross-origin");
    assert!(!embed.headers["cache-control"].to_str().unwrap().contains("immutable"));
    let kept = get("/assets/embed-3d.js", "br").await.expect(200);
    assert_eq!(kept.headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(kept.headers["access-control-allow-origin"], "*", "or no page can name its hash");
    assert!(kept.headers["cache-control"].to_str().unwrap().contains("immutable"));
    let types = get("/embed.d.ts", "br").await.expect(200);
    assert_eq!(types.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(types.headers["cross-origin-resource-policy"], "cross-origin");
    let france = get("/address/FR.json", "br").await.expect(200);
    assert_eq!(
        (france.at("/country"), france.headers["content-type"].as_bytes()),
        ("FR".into(), &b"application/json"[..])
    );
    for bad in [
        "/assets/secret.toml",
        "/assets/../secret.toml",
        "/assets/%2e%2e/index.html",
        "/assets/index.html",
        "/address/..%2f..%2fx.json",
        "/address/XX.json",
        "/index.html",
    ] {
        get(bad, "br").await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_refused_with_a_time_to_come_back() {
    let http = HttpSettings {
        per_session_per_minute: 5,
        per_address_per_minute: 12,
        per_key_per_minute: 40,
        ..HttpSettings::default()
    };
    let stack = Stack::start_with(Engine::Sqlite, StackOptions { http, ..StackOptions::default() }).await;
    let (_, first) = stack.open().await;
    let (_, second) = stack.open().await;
    for _ in 0..5 {
        stack.view(&first).await.expect(200);
    }
    let reply = stack.view(&first).await.expect_problem(429, "rate_limited");
    let seconds: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    stack.view(&second).await.expect(200);
    stack.clock.advance(std::time::Duration::from_secs(seconds));
    stack.view(&first).await.expect(200);
    // Everybody behind one address shares its bucket.
    let mut refused = 0;
    for _ in 0..15 {
        refused +=
            usize::from(stack.send(stack.http.get(format!("{}/healthz", stack.billing))).await.status == 429);
    }
    assert!(refused > 0);
    stack.read("/v1/clients").await.expect(200);
}

/// Guessing keys and secrets is as limited as anything else that comes from one address, and takes nothing away from
/// those who are known. Positive control: with a bucket for every bearer that looks like a key, as it was once, no guess
/// is ever told 429.
#[tokio::test(flavor = "multi_thread")]
async fn made_up_credentials_share_the_bucket_of_their_address() {
    for prefix in ["sk_paydesk_", "cs_"] {
        let http = HttpSettings { per_address_per_minute: 20, ..HttpSettings::default() };
        let stack = Stack::start_with(Engine::Sqlite, StackOptions { http, ..StackOptions::default() }).await;
        stack.read("/v1/clients").await.expect(200);
        let mut answers = Vec::new();
        for _ in 0..30 {
            answers.push(stack.read_as(&fresh(prefix), "/v1/clients").await.status);
        }
        assert_eq!(answers[..20], [401; 20], "{prefix}");
        assert_eq!(answers[20..], [429; 10], "{prefix}");
        stack.read("/v1/clients").await.expect(200);
        // Where nobody asks for a credential, a made-up one does not become known either.
        let made_up = fresh(prefix);
        stack.clock.advance(std::time::Duration::from_secs(60));
        let mut refused = 0;
        for _ in 0..30 {
            refused += usize::from(stack.read_as(&made_up, "/healthz").await.status == 429);
        }
        assert_eq!(refused, 10, "{prefix}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_ended() {
    let http =
        HttpSettings { request_timeout: std::time::Duration::from_millis(300), ..HttpSettings::default() };
    let stack = Stack::start_with(Engine::Sqlite, StackOptions { http, ..StackOptions::default() }).await;
    let (_, secret) = stack.open().await;
    let body = stack.with_card("4242424242424242", 6_250).await;
    let slow = serde_json::json!({"type": "delay", "ms": 900});
    stack.scenario(serde_json::json!({"match": "every", "on": ["payment_intents.create"], "action": slow, "times": 1})).await;
    stack.confirm(&secret, &body).await.expect_problem(503, "unavailable");
    stack.app.charges.close();
    stack.app.charges.wait().await;
    assert_eq!(stack.status(&secret).await.at("/attempt/status"), "succeeded", "the charge went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_follows_the_database() {
    let stack = Stack::start(Engine::Sqlite).await;
    let get = |path: &str| stack.send(stack.http.get(format!("{}{path}", stack.billing)));
    get("/readyz").await.expect(200);
    stack.app.store.close().await;
    get("/readyz").await.expect_problem(503, "unavailable");
    get("/healthz").await.expect(200);
    assert!(get("/metrics").await.expect(200).text.contains("route=\"/readyz\",status=\"503\"} 1"));
}
