//! What must hold for every run: three origins and no other, no complaint of the browser, and no card number in
//! any request but the one that makes a token.

use crate::canary;
use crate::recorder::{Note, Request};

/// What a test does on purpose, and the browser therefore complains about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// Requests that fail: blocked ones, refused ones, a server that is away.
    pub failed_requests: bool,
    /// Scripts that fail, because the test took away what they need.
    pub broken_scripts: bool,
    /// A sandboxed page that tries to take another one elsewhere: the browser says that it may not.
    pub barred_navigation: bool,
    /// A form that the page's policy lets go nowhere.
    pub blocked_form: bool,
}

/// What is wrong with a run, one line each; empty when nothing is.
pub fn faults(origins: &[&str], requests: &[Request], notes: &[Note], tolerance: Tolerance) -> Vec<String> {
    let strangers = requests.iter().filter(|request| !is_ours(origins, request));
    let mut faults: Vec<String> = strangers
        .map(|request| format!("a request to a third party: {} {}", request.method, request.url))
        .collect();
    faults.extend(
        notes
            .iter()
            .filter(|note| is_fault(note, tolerance))
            .map(|note| format!("the browser complains: {}: {}", note.source, note.text)),
    );
    faults.extend(requests.iter().filter_map(|request| number_in(origins, request)));
    faults
}

fn is_ours(origins: &[&str], request: &Request) -> bool {
    // Made from what is there already, and never sent.
    let inner = ["data:", "blob:", "about:"].iter().any(|scheme| request.url.starts_with(scheme));
    inner || origins.contains(&request.origin())
}

fn is_fault(note: &Note, tolerance: Tolerance) -> bool {
    match note.source.as_str() {
        "exception" | "console.error" | "console.assert" => !tolerance.broken_scripts,
        "console.warning" => false,
        "log.network" => !tolerance.failed_requests && note.text.starts_with("error"),
        "log.javascript" if note.text.contains("Unsafe attempt to initiate navigation") => {
            !tolerance.barred_navigation
        }
        _ if note.text.contains("form-action") => !tolerance.blocked_form,
        source if source.starts_with("log.") => note.text.starts_with("error"),
        "issue.ContentSecurityPolicyIssue" => true,
        _ => false,
    }
}

/// The processor is the third of the origins, and `/v1/tokens` the only door for numbers.
fn number_in(origins: &[&str], request: &Request) -> Option<String> {
    let door = request.path() == "/v1/tokens" && origins.get(2) == Some(&request.origin());
    let parts = [
        ("address", &request.url),
        ("headers", &request.headers),
        ("body", &request.body),
        ("answer", &request.answer),
    ];
    parts
        .into_iter()
        .filter(|(part, _)| !(door && *part == "body"))
        .find(|(_, text)| canary::holds_card_number(text))
        .map(|(part, _)| format!("a card number in the {part} of {} {}", request.method, request.url))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINS: [&str; 3] = ["http://localhost:1", "http://127.0.0.1:2", "http://127.0.0.1:3"];

    fn request(url: &str, body: &str) -> Request {
        let mut request = Request::to(url);
        request.body = body.to_owned();
        request
    }

    fn of(requests: &[Request], notes: &[Note]) -> Vec<String> {
        faults(&ORIGINS, requests, notes, Tolerance::default())
    }

    #[test]
    fn a_good_run_has_no_faults() {
        let requests = [
            request("http://localhost:1/?session=cs_a", ""),
            request("http://127.0.0.1:2/v1/checkout", ""),
            request("http://127.0.0.1:3/v1/tokens", "card[number]=4242424242424242"),
            request("data:image/png;base64,AAAA", ""),
        ];
        let notes = [Note { source: "console.log".to_owned(), text: "hello".to_owned() }];
        assert_eq!(of(&requests, &notes), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        for url in
            ["https://fonts.example.org/a.css", "http://127.0.0.1:4/", "http://localhost:1.evil.example/"]
        {
            assert_eq!(of(&[request(url, "")], &[]).len(), 1, "{url}");
        }
        for (url, body) in [
            ("http://127.0.0.1:2/v1/checkout/confirm", "{\"x\":\"4242 4242-4242 4242\"}"),
            ("http://127.0.0.1:2/v1/tokens", "card%5Bnumber%5D=4242424242424242"),
            ("http://127.0.0.1:3/v1/tokens?number=4242424242424242", ""),
            ("http://127.0.0.1:2/v1/checkout?note=4242%204242%204242%204242", ""),
        ] {
            assert_eq!(of(&[request(url, body)], &[]).len(), 1, "{url}");
        }
        for (source, text) in [
            ("log.security", "error: Refused to load"),
            ("log.network", "error: 404"),
            ("exception", "TypeError"),
            ("console.error", "oh"),
            ("issue.ContentSecurityPolicyIssue", "{}"),
        ] {
            let note = Note { source: source.to_owned(), text: text.to_owned() };
            assert_eq!(of(&[], &[note]).len(), 1, "{source}");
        }
    }
}
