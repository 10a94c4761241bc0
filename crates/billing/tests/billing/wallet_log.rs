//! What a client does in their wallet leaves routes, states and our own ids in the log, and nothing that a person typed or could use.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::program::{PROGRAM, config, organization, run, serve_by};
use crate::support::{Engine, Letter, STORE, Stack, address, fresh};

/// A log of everything that there is to log. Positive control (tried): a line in `check_code` that tells the code, or one in `send_mails`
/// that tells to whom a mail goes, fails this.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_leaves_nothing_in_the_log() {
    let stack = Stack::start(Engine::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let mails = folder.path().join("mails");
    let seal = "c2VhbHMgZm9yIG1haWxzIG9mIDMyIGJ5dGVzIGxvbmc=";
    let mail = format!(
        "[mail]\nurl = \"file:{}\"\nfrom = \"no-reply@pay.example\"\nsecret_key = \"{seal}\"",
        mails.display()
    );
    let config = config(folder.path(), &stack.processor, &mail);
    assert!(run(&config, &["migrate"]).await.0);
    let (_, key) = organization(&config).await;
    let mut command = Command::new(PROGRAM);
    command.env("PAYDESK_LOG", "paydesk_billing=trace,info");
    let server = serve_by(command, &config).await.expect("a ready line");

    let call = async |method: &str, bearer: &str, path: &str, body: Option<Value>| {
        let request = stack.http.request(method.parse().unwrap(), format!("{}{path}", server.origin));
        let request = request.bearer_auth(bearer).header("paydesk-parent-origin", STORE);
        let request = request.header("idempotency-key", fresh("w-")).header("user-agent", "Netscape/4");
        stack.send(body.iter().fold(request, |request, body| request.json(body))).await
    };
    let login =
        json!({"name": "Kim Roy", "email": "kim@secret.example", "last_login_at": "2026-01-05T15:00:00Z"});
    let account =
        call("POST", &key, "/v1/clients", Some(json!({"login": login}))).await.expect(201).at("/id");
    let opens = json!({"client": account, "allowed_origin": STORE});
    let session = call("POST", &key, "/v1/wallet_sessions", Some(opens)).await.expect(201).at("/secret");
    call("POST", &session, "/v1/wallet/confirmation", Some(json!({}))).await.expect(200);
    let letter = async || loop {
        let found = std::fs::read_dir(&mails).ok().and_then(|mut files| files.next());
        let found = found.map(|file| file.unwrap().path());
        if let Some(path) = found.filter(|path| path.extension().is_some_and(|kind| kind == "eml")) {
            return Letter::read(&std::fs::read_to_string(path).unwrap());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let letter = tokio::time::timeout(std::time::Duration::from_secs(20), letter()).await.unwrap();
    let code = letter.code().unwrap();
    let given = json!({"code": code, "remember": true});
    let told = call("POST", &session, "/v1/wallet/confirmation/code", Some(given)).await.expect(200);
    let (access, device) = (told.at("/access"), told.at("/device"));
    let token = stack.token("4242424242424242").await;
    let new = json!({"token": token, "billing_address": address(), "nickname": "Groceries"});
    let card = call("POST", &access, "/v1/wallet/methods", Some(new)).await.expect(201).at("/method/id");
    let renamed = json!({"version": 1, "nickname": "Holidays"});
    call("PATCH", &access, &format!("/v1/wallet/methods/{card}"), Some(renamed)).await.expect(200);
    for path in ["/v1/wallet", "/v1/wallet/consents", "/v1/wallet/devices"] {
        call("GET", &access, path, None).await.expect(200);
    }
    let wrong = json!({"code": "000000"});
    call("POST", &session, "/v1/wallet/confirmation/code", Some(wrong))
        .await
        .expect_problem(422, "code_over");
    let removal = format!("/v1/wallet/methods/{card}?version=2");
    call("DELETE", &access, &removal, None).await.expect(200);
    let figures = call("GET", &key, "/metrics", None).await.expect(200).text;
    assert!(figures.contains("paydesk_mail_tries_total{outcome=\"sent\"} 1"), "{figures}");

    // Without the times, in which six digits may stand that are a code as well.
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("every line is JSON");
        line["timestamp"] = Value::Null;
        format!("{line}\n")
    };
    let log: String = server.stop().await.lines().map(line).collect();
    let bare = |secret: &str| secret.split_once('_').map_or(secret.to_owned(), |(_, bare)| bare.to_owned());
    let secrets = [&session, &access, &device, &key, &token].map(|secret| bare(secret));
    let typed =
        ["Kim", "kim@", "secret.example", "Groceries", "Holidays", "120 Rue", "Netscape", STORE, seal];
    let mailed = [code.as_str(), letter.subject.as_str()];
    for private in secrets.iter().map(String::as_str).chain(typed).chain(mailed) {
        assert!(!log.contains(private), "the log holds {private}");
        assert!(!figures.contains(private), "the metrics hold {private}");
    }
    // It was all of it: each route, and the mail by its id.
    for route in ["/confirmation", "/confirmation/code", "/methods", "/methods/{id}", "/consents", "/devices"]
    {
        assert!(log.contains(&format!("\"route\":\"/v1/wallet{route}\"")), "{route}: {log}");
    }
    assert!(log.contains("\"mail\":\"mai_"), "{log}");
}
