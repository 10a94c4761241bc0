//! Every state of the wallet, drawn natively in both languages.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;

use paydesk::state::State as _;
use paydesk::wallet::flow::Desk;
use paydesk::wallet::state::{
    Action, Barrier, CodeError, Named, New, OfConsents, Panel, Said, Trouble, Wallet, Work,
};
use paydesk::wallet::strings::Strings;
use paydesk::wallet::view::{Initial, WalletApp, WalletProps};
use paydesk_domain::card::ExpiryState;
use paydesk_domain::wire::wallet::{WalletConsentsView, WalletView};
use paydesk_words::wallet::FRENCH;
use yew::{AttrValue, Callback};

fn view() -> WalletView {
    let view = serde_json::from_str(include_str!("data/wallet.json")).unwrap();
    WalletView { verifications: Vec::new(), ..view }
}

async fn draw(state: Wallet, locale: &str) -> String {
    let french = locale.starts_with("fr");
    let state =
        if french { state.after(Action::Words(Strings::english().learn(FRENCH.file()))) } else { state };
    let props = WalletProps {
        desk: Desk::new("ws_x", "https://club.example", ""),
        asked_locale: Some(AttrValue::from(locale.to_owned())),
        browser_locale: AttrValue::from("en"),
        command: None,
        on_event: Callback::noop(),
        initial: Some(Initial(Rc::new(state))),
    };
    let local = tokio::task::LocalSet::new();
    let renderer = yew::LocalServerRenderer::<WalletApp>::with_props(props).hydratable(false);
    local.run_until(renderer.render()).await
}

fn after(actions: impl IntoIterator<Item = Action>) -> Wallet {
    actions.into_iter().fold(Wallet::default(), |state, action| state.after(action))
}

fn open(actions: impl IntoIterator<Item = Action>) -> Wallet {
    after([Action::Loaded(Rc::new(view()))].into_iter().chain(actions))
}

fn doing(method: &str, work: Work) -> Action {
    Action::Open(Box::new(Panel::new(method, "rename:pm_a", work)))
}

fn sent() -> Action {
    Action::CodeSent { sent_to: "k•••@example.org".to_owned(), wait_s: 42, again: false }
}

fn has(html: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(html.contains(wanted), "{wanted} is not in {html}");
    }
}

/// Positive control (tried): another `autocomplete` or `inputmode` of the field fails here.
#[tokio::test]
async fn the_field_for_the_code_helps_to_fill_it_in() {
    let html = draw(after([sent()]), "en").await;
    has(&html, &["k•••@example.org", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", "in 42 s."]);
    assert!(!html.contains("checked"), "no device is remembered unasked");
    let html = draw(after([sent()]), "fr").await;
    has(&html, &["Un code est en route vers k•••@example.org"]);
    for (error, words) in [
        (CodeError::Wrong(4), "4 tries are left."),
        (CodeError::Wrong(1), "1 try is left."),
        (CodeError::Over, "can no longer be used"),
        (CodeError::Incomplete, "Enter the 6 digits"),
    ] {
        let html = draw(after([sent(), Action::CodeRefused(error)]), "en").await;
        has(&html, &[words, "aria-invalid=\"true\""]);
    }
}

#[tokio::test]
async fn what_keeps_a_client_out_is_said_with_a_remedy() {
    for (barrier, words, passes) in [
        (Barrier::NoEmail, "Ask the organization whose page this is", false),
        (Barrier::TooManyCodes, "Wait an hour", true),
        (Barrier::NoMail, "No code can be sent right now", true),
        (Barrier::Expired, "Reload it to go on.", false),
        (Barrier::Invalid, "Go back to the page", false),
        (Barrier::Unreachable, "Check your connection", true),
    ] {
        let html = draw(after([Action::Barred(barrier)]), "en").await;
        has(&html, &[words, "role=\"alert\""]);
        assert_eq!(html.contains("Try again"), passes, "{barrier:?}");
    }
}

#[tokio::test]
async fn cards_and_accounts_stand_apart_with_all_that_is_known_at_a_glance() {
    let html = draw(open([]), "en").await;
    let (cards, accounts) = html.split_once("id=\"accounts\"").unwrap();
    has(
        cards,
        &[
            "2 of 10",
            "Groceries",
            "Visa ending 4242",
            "Default",
            "Expires March 2030",
            "Riverside Recreation may charge it · 1 payment planned",
        ],
    );
    has(cards, &["Mastercard ending 4444", "Expired November 2024", "Nobody may charge it"]);
    has(
        accounts,
        &[
            "1 of 10",
            "Bank of the River ending 6789",
            "sent a payment back (905)",
            "2 organizations may charge it",
        ],
    );
    let html = draw(open([]), "fr-CA").await;
    has(&html, &["2 sur 10", "Expire en mars 2030", "1 paiement prévu"]);
    let mut none = view();
    none.accounts.methods.clear();
    none.cards.methods.clear();
    let html = draw(after([Action::Loaded(Rc::new(none))]), "en").await;
    has(&html, &["No card is saved.", "No bank account is saved."]);
}

#[tokio::test]
async fn a_method_says_who_may_charge_it_and_what_is_planned() {
    let html = draw(open([Action::Toggle("pm_a".to_owned())]), "en").await;
    has(
        &html,
        &[
            "since 2026-01-05",
            "$50.00 to Riverside Recreation",
            "120 Rue du Parc, Montréal",
            "Let Hillside Camp charge it",
            "Revoke for Riverside Recreation",
        ],
    );
    assert!(!html.contains("Make default"), "it is");
    let html = draw(open([Action::Toggle("pm_b".to_owned())]), "en").await;
    has(&html, &["Make default", "No billing address that can be used", "Nothing is planned on it."]);
}

/// Positive control (tried): with the card's consent for both kinds in `panel.rs`, the second fails.
#[tokio::test]
async fn a_consent_is_shown_in_full_and_agreed_to_by_a_button() {
    let authorize = || Work::Authorize { organization: "org_2".to_owned() };
    let html = draw(open([doing("pm_a", authorize())]), "en").await;
    has(&html, &["Hillside Camp may charge this card.", "Agree"]);
    let html = draw(open([doing("pm_c", authorize())]), "en").await;
    has(&html, &["Hillside Camp may debit this account."]);
}

#[tokio::test]
async fn what_is_planned_is_listed_where_it_stands_in_the_way() {
    let planned: Rc<[_]> = view().cards.methods[0].planned.clone().into();
    let remove = doing("pm_a", Work::Remove { planned: None });
    let html = draw(open([remove.clone()]), "en").await;
    has(&html, &["Remove Visa ending 4242?"]);
    let html = draw(open([remove, Action::Blocked(planned.clone())]), "en").await;
    has(&html, &["It cannot be removed yet", "2026-12-31", "$50.00 to Riverside Recreation"]);
    assert!(!html.contains("id=\"send\""), "there is nothing to send");
    let revoke = Work::Revoke {
        authorization: "aut_1".to_owned(),
        organization: "Riverside Recreation".to_owned(),
        agreed: Some(planned),
        plans: None,
    };
    let html = draw(open([doing("pm_a", revoke), Action::Complain]), "en").await;
    has(&html, &["They go on to be charged", "They end as well", "Choose what becomes of these payments."]);
}

#[tokio::test]
async fn what_was_typed_stays_beside_what_went_wrong() {
    let actions =
        [doing("pm_a", Work::Rename("Mine".to_owned())), Action::Begin, Action::Refused(Trouble::Changed)];
    let html = draw(open(actions), "en").await;
    has(&html, &["value=\"Mine\"", "in another tab or on another device"]);
    let work = Work::Address(Box::new(New::address(&view().cards.methods[0], "CA")));
    let html = draw(open([doing("pm_a", work)]), "en").await;
    has(&html, &["Loading the address fields", "Country or region"]);
    let html =
        draw(open([Action::Done(Rc::new(Said::Removed(Named::of(&view().cards.methods[0]))))]), "en").await;
    has(&html, &["Visa ending 4242 was removed."]);
}

/// Positive control (tried): without the condition on `max` in `new.rs`, a full shelf offers a button that leads to a refusal.
#[tokio::test]
async fn a_shelf_that_is_full_says_so() {
    let html = draw(open([]), "en").await;
    has(&html, &["id=\"add-card\"", "id=\"add-account\""]);
    let mut full = view();
    full.cards.count = 10;
    let html = draw(after([Action::Loaded(Rc::new(full))]), "en").await;
    has(&html, &["There is no room for another one.", "id=\"add-account\""]);
    assert!(!html.contains("id=\"add-card\""));
    let mut elsewhere = view();
    elsewhere.organization.country = "FR".to_owned();
    let html = draw(after([Action::Loaded(Rc::new(elsewhere))]), "en").await;
    assert!(!html.contains("id=\"add-account\""), "nobody debits accounts there");
}

/// Positive control (tried): with the permissions left out in `other.rs`, the client does not read who may charge the other one.
#[tokio::test]
async fn what_moves_is_said_before_and_after() {
    let mut more = view();
    more.cards.methods[1].expiry = Some(ExpiryState::Valid);
    let open = || after([Action::Loaded(Rc::new(more.clone()))]);
    let html = draw(open().after(Action::Toggle("pm_a".to_owned())), "en").await;
    has(
        &html,
        &[
            "Replace by another one",
            "aria-label=\"Charge to another one: Riverside Recreation, from 2026-12-31\"",
        ],
    );
    let replacing = open().after(doing("pm_a", Work::Replace { by: Some("pm_b".to_owned()), stuck: None }));
    let html = draw(replacing, "en").await;
    has(
        &html,
        &[
            "Replace Visa ending 4242",
            "These payments move to it:",
            "Who may charge it then: Riverside Recreation.",
            "Visa ending 4242 is removed then",
        ],
    );
    let [_, account] = html.split("value=\"pm_b\"").collect::<Vec<_>>()[..] else { panic!("{html}") };
    has(account, &["checked", "disabled", "sent a payment back (905)"]);
    // The card's organization may not charge the other card: its plan cannot move there.
    let html =
        draw(open().after(doing("pm_a", Work::Move { plan: "pln_1".to_owned(), to: None })), "en").await;
    has(&html, &["Riverside Recreation may not charge it yet", "What are they charged to?"]);
    let said = Rc::new(Said::Replaced {
        old: Named::of(&more.cards.methods[0]),
        new: Named::of(&more.cards.methods[1]),
        planned: more.cards.methods[0].planned.clone().into(),
        who: vec!["Riverside Recreation".to_owned()],
    });
    let html = draw(open().after(Action::Done(said)), "en").await;
    has(
        &html,
        &[
            "Mastercard ending 4444 has taken the place of Visa ending 4242, which was removed.",
            "Who may charge it now: Riverside Recreation.",
            "Charged to it from now on:",
            "$50.00 to Riverside Recreation",
        ],
    );
}

/// Positive control (tried): with every consent said to be in force in `consents.rs`, this fails.
#[tokio::test]
async fn what_was_agreed_to_is_listed_with_all_that_is_known_of_it() {
    let html = draw(open([]), "en").await;
    has(&html, &["id=\"consents\"", "What you have agreed to"]);
    let read: WalletConsentsView = serde_json::from_str(include_str!("data/wallet_consents.json")).unwrap();
    let show = |actions: Vec<OfConsents>| open(actions.into_iter().map(Action::Consents));
    let first =
        || OfConsents::Read(read.consents.iter().cloned().map(Rc::new).collect(), Some("next".to_owned()));
    let html = draw(show(vec![OfConsents::Show, OfConsents::Ask, first()]), "en").await;
    let (debit, charge) = html.split_once("id=\"aut_2\"").unwrap();
    has(
        debit,
        &[
            "In force",
            "May debit Bank of the River",
            "Agreed to on 2026-03-05",
            "You may end this agreement.",
            "aria-label=\"Download: Riverside Recreation, 2026-03-05\"",
        ],
    );
    has(
        charge,
        &[
            "Ended",
            "May charge Visa ending 4242",
            "Agreed to on 2026-02-05 by staff, for you · ended on 2026-02-06 · what was planned goes on",
            "The text was not kept.",
            "Show more",
        ],
    );
    let html = draw(show(vec![OfConsents::Show, OfConsents::Ask]), "en").await;
    has(&html, &["Loading…", "Back to your cards and accounts"]);
    let html = draw(show(vec![OfConsents::Show, OfConsents::Fail(Trouble::Lost)]), "fr").await;
    has(&html, &["Réessayer", "id=\"more-consents\""]);
    let html = draw(show(vec![OfConsents::Show, OfConsents::Read(Vec::new(), None)]), "en").await;
    has(&html, &["Nothing was agreed to yet."]);
    assert!(!html.contains("Show more"));
}

/// Positive control (tried): with the form in the place of the bank's page left out of `shelf.rs`, what was typed is gone.
#[tokio::test]
async fn a_card_is_updated_and_its_bank_may_ask() {
    let html = draw(open([Action::Toggle("pm_b".to_owned())]), "en").await;
    has(&html, &["id=\"update:pm_b\"", "Update the card"]);
    let account = draw(open([Action::Toggle("pm_c".to_owned())]), "en").await;
    assert!(!account.contains("Update the card"), "an account has no expiry");
    let update = |can| {
        let state = open([]);
        let new = New::update(state.method("pm_a").unwrap(), can, "Kim", "CA");
        state.after(doing("pm_a", Work::Update(Box::new(new))))
    };
    let html = draw(update(true), "en").await;
    has(
        &html,
        &[
            "Update Visa ending 4242",
            "new expiry date and security code",
            "id=\"renewal\"",
            "id=\"code\"",
            "Its number has changed as well",
        ],
    );
    assert!(!html.contains("id=\"number\""));
    let html = draw(update(false), "fr").await;
    has(&html, &["Mettre à jour Visa", "Elle remplace celle-ci partout.", "id=\"number\""]);
    let all: WalletView = serde_json::from_str(include_str!("data/wallet.json")).unwrap();
    let asked = Action::Verify(Box::new(all.verifications[0].clone()));
    let html = draw(update(true).after(Action::Begin).after(asked.clone()), "en").await;
    has(
        &html,
        &[
            "class=\"wallet\" hidden",
            "id=\"renewal\"",
            "role=\"dialog\"",
            "src=\"https://processor.example/challenge/1\"",
            "Nothing is charged.",
            "Cancel, and save nothing",
        ],
    );
    let over = update(true).after(asked).after(Action::Refused(Trouble::NotProven));
    let html = draw(over, "en").await;
    has(&html, &["Your bank did not confirm that it is you."]);
    assert!(!html.contains("role=\"dialog\""));
}

/// Positive control (tried): with a closed card said to expire in `shelf.rs`, this fails.
#[tokio::test]
async fn what_a_bank_told_is_said() {
    let html = draw(open([Action::Toggle("pm_a".to_owned())]), "en").await;
    has(
        &html,
        &[
            "Its bank brought it up to date on 2026-07-05. Before, it was Visa ending 1881, good until September 2026.",
        ],
    );
    let mut closed = view();
    closed.cards.methods[0].closed_at = Some("2026-11-05T15:00:00Z".to_owned());
    let shown = Action::Toggle("pm_a".to_owned());
    let html = draw(after([Action::Loaded(Rc::new(closed)), shown]), "en").await;
    has(&html, &["Closed by its bank on 2026-11-05."]);
    assert!(!html.contains("Expires March 2030") && !html.contains("id=\"update:pm_a\""));
}

#[tokio::test]
async fn a_backup_is_offered_agreed_to_and_ended() {
    let html = draw(open([Action::Toggle("pm_a".to_owned())]), "en").await;
    has(
        &html,
        &["Backup", "aria-label=\"End for Hillside Camp\"", "Back up payments to Riverside Recreation"],
    );
    let back_up = |organization: &str| Work::BackUp { organization: organization.to_owned() };
    let html = draw(open([doing("pm_b", back_up("org_2"))]), "en").await;
    has(
        &html,
        &[
            "Hillside Camp may charge this card as a backup.",
            "It takes the place of Visa ending 4242.",
            "Agree",
        ],
    );
    let html = draw(open([doing("pm_b", back_up("org_1"))]), "en").await;
    assert!(!html.contains("It takes the place of"), "there is none");
    let (backup, organization) = ("bup_1".to_owned(), "Hillside Camp".to_owned());
    let html = draw(open([doing("pm_a", Work::EndBackup { backup, organization })]), "fr").await;
    has(&html, &["Mettre fin au secours pour Hillside Camp"]);
    let html = draw(open([Action::Done(Rc::new(Said::BackedUp("Hillside Camp".to_owned())))]), "en").await;
    has(&html, &["It backs up payments to Hillside Camp now."]);
}
