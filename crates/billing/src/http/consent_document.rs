//! What a client agreed to, as a document to keep: plain HTML that every browser shows and prints, with no script and no style.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use paydesk_domain::consent::is_french;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{ConsentKind, WalletConsentView};

use crate::app::AppError;
use crate::http::docs::escape;

const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// The document as it is downloaded.
///
/// # Errors
/// When the id is none of ours.
pub fn response(consent: &WalletConsentView) -> Result<Response, AppError> {
    let name = format!("attachment; filename=\"consent-{}.html\"", consent.id);
    let odd = |_| AppError::Inconsistent("an id that is no file's name".into());
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(odd)?),
    ];
    Ok((headers, Bytes::from(page(consent))).into_response())
}

/// The document's words, English and French.
struct Words {
    language: &'static str,
    authorization: &'static str,
    mandate: &'static str,
    backup: &'static str,
    card: &'static str,
    account: &'static str,
    not_kept: &'static str,
    /// Of each row what it is, in the order of [`page`].
    rows: [&'static str; 12],
}

const ENGLISH: Words = Words {
    language: "en",
    authorization: "Authorization to charge a saved method",
    mandate: "Agreement to debit a bank account",
    backup: "Authorization to charge a backup method",
    card: "Card",
    account: "Bank account",
    not_kept: "The text was not kept; this hash is.",
    rows: [
        "Organization",
        "Method",
        "Agreed to on",
        "By",
        "Network address",
        "Browser",
        "Ended on",
        "Number",
        "Version of the text",
        "Language",
        "SHA-256 of the text",
        "Text as it was shown",
    ],
};

const FRENCH: Words = Words {
    language: "fr",
    authorization: "Autorisation de débiter un mode de paiement enregistré",
    mandate: "Accord de prélèvement sur un compte bancaire",
    backup: "Autorisation de débiter un mode de paiement de secours",
    card: "Carte",
    account: "Compte bancaire",
    not_kept: "Le texte n’a pas été conservé\u{a0}; cette empreinte l’a été.",
    rows: [
        "Organisme",
        "Mode de paiement",
        "Accepté le",
        "Par",
        "Adresse réseau",
        "Navigateur",
        "Terminé le",
        "Numéro",
        "Version du texte",
        "Langue",
        "SHA-256 du texte",
        "Texte tel qu’il a été montré",
    ],
};

fn page(consent: &WalletConsentView) -> String {
    let words = if is_french(&consent.locale) { &FRENCH } else { &ENGLISH };
    let title = match consent.what {
        ConsentKind::Authorization => words.authorization,
        ConsentKind::Mandate => words.mandate,
        ConsentKind::Backup => words.backup,
    };
    let kind = if consent.kind == MethodKind::Card { words.card } else { words.account };
    let brand = consent.brand.map(|brand| brand.as_str().to_owned()).or_else(|| consent.bank.clone());
    let digits = consent.last4.as_ref().map(|last4| format!("•••• {last4}"));
    let method: Vec<_> = [Some(kind.to_owned()), brand, digits].into_iter().flatten().collect();
    let values = [
        consent.name.clone(),
        method.join(" "),
        consent.given_at.clone(),
        consent.given_by.clone(),
        consent.address.clone().unwrap_or_default(),
        consent.user_agent.clone().unwrap_or_default(),
        consent.ended_at.clone().unwrap_or_default(),
        consent.id.clone(),
        consent.version.clone(),
        consent.locale.clone(),
        consent.hash.clone(),
        consent.text.clone().unwrap_or_else(|| words.not_kept.to_owned()),
    ];
    let rows: String = words
        .rows
        .iter()
        .zip(&values)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let value = escape(value).replace('\n', "<br>");
            format!("<tr><th align=\"left\" valign=\"top\">{name}</th><td>{value}</td></tr>\n")
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head><body>\n\
         <h1>{title}</h1>\n<table cellpadding=\"6\">\n{rows}</table>\n</body></html>\n",
        words.language
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control (tried): without `escape`, the name's element is there.
    #[test]
    fn what_others_wrote_is_text() {
        let consent = WalletConsentView {
            id: "aut_b".to_owned(),
            what: ConsentKind::Authorization,
            organization: "org_b".to_owned(),
            name: "<script>alert(1)</script>".to_owned(),
            kind: MethodKind::Card,
            brand: None,
            bank: None,
            last4: Some("4242".to_owned()),
            text: Some("One & <b>two</b>\n\nthree".to_owned()),
            version: "authorize-card-1".to_owned(),
            hash: "00".to_owned(),
            locale: "fr-CA".to_owned(),
            given_at: "2026-01-05T15:00:00Z".to_owned(),
            given_by: "payer".to_owned(),
            ended_at: None,
            plans_continue: false,
            address: None,
            user_agent: Some("\"><img src=x>".to_owned()),
        };
        let page = page(&consent);
        assert!(page.contains("&lt;script&gt;") && page.contains("lang=\"fr\""), "{page}");
        assert!(page.contains("One &amp; &lt;b&gt;two&lt;/b&gt;<br><br>three") && page.contains("•••• 4242"));
        for element in ["<script", "<img", "<b>", "<style", "<link"] {
            assert!(!page.contains(element), "{element}");
        }
        assert!(!page.contains("Terminé le"), "what is not so has no row");
    }
}
