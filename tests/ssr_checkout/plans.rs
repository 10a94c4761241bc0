//! The ways to pay, drawn: every payment with its day, why a saved method is needed, and what comes next.

use std::rc::Rc;

use paydesk::state::{Action, Checkout, Choice};
use paydesk_domain::wire::billing::CheckoutView;

use super::support::{after, attempt, rules, view};
use super::{begin, draw, row};
use paydesk::state::Stage;

const PARTS: &str = "icf_bbwfmsxymfnpnwwtyfzjxdntwtccpt/1";
const LATER: &str = "icf_bbwfmsxymfnpnwwtyfzjxdntwtccpt/2";

fn chosen(id: &str, actions: impl IntoIterator<Item = Action>) -> Checkout {
    after("checkout_plans", [Action::ChoosePlan(id.into())].into_iter().chain(actions))
}

/// The form for a new card, in a session that may save it or not.
fn new_card(id: &str, may_save: bool) -> Checkout {
    let mut view = view("checkout_plans");
    view.session.may_save = may_save;
    let actions = [Action::ChoosePlan(id.into()), Action::Choose(Choice::NewCard), rules("CA")];
    opened(view, actions)
}

fn opened(view: CheckoutView, actions: impl IntoIterator<Item = Action>) -> Checkout {
    let open = Checkout::default().apply(Action::Loaded(Rc::new(view)));
    actions.into_iter().fold(open, |state, action| state.apply(action))
}

/// An admin pays for a client who has never signed in.
fn never_there(id: &str, actions: impl IntoIterator<Item = Action>) -> Checkout {
    let mut view = view("checkout_plans");
    let admin = super::support::view("checkout_admin");
    view.session.may_save = false;
    view.acting = admin.acting;
    view.save_refused_because = admin.save_refused_because;
    let first = [Action::ChoosePlan(id.into()), Action::Choose(Choice::NewCard), rules("CA")];
    opened(view, first.into_iter().chain(actions))
}

fn off_sale() -> Checkout {
    let mut view = view("checkout_plans");
    view.plans.as_mut().unwrap().options.clear();
    opened(view, [])
}

fn subscribed() -> Checkout {
    let agreed = Action::Attempt(Box::new(attempt("attempt_agreed")));
    let id = attempt("attempt_agreed").id;
    after("checkout_subscription", [Action::Begin { attempt: id, stage: Stage::Confirming }, agreed])
}

fn paid_in_parts() -> Action {
    Action::Attempt(Box::new(attempt("attempt_plan")))
}

fn credit_and_part() -> [Action; 3] {
    [Action::Credit(true), Action::Part(true), Action::Amount("50".into())]
}

fn paid_with_credit() -> Action {
    Action::Attempt(Box::new(attempt("attempt_credit")))
}

/// Every state of these that a person can see.
pub fn states() -> Vec<(String, Checkout)> {
    let missed = [Action::Choose(Choice::NewCard), Action::Missed(Some("2028-12-05".into()))];
    [
        ("ways to pay", after("checkout_plans", [])),
        ("in parts", chosen(PARTS, [])),
        ("in parts, paying", chosen(PARTS, begin(Stage::Confirming))),
        ("all later", chosen(LATER, [])),
        ("in parts, a new card", new_card(PARTS, true)),
        ("in parts, nothing can be saved", new_card(PARTS, false)),
        ("in parts, a new card that expires", chosen(PARTS, missed)),
        ("in parts, for somebody who was never there", never_there(PARTS, [])),
        ("in parts, to be followed up", never_there(PARTS, [paid_in_parts()])),
        ("a subscription", after("checkout_subscription", [])),
        ("a subscription, agreed to", subscribed()),
        ("no longer sold", off_sale()),
        ("credit and a part offered", after("checkout_credit", [])),
        ("a part without its amount", after("checkout_credit", [Action::Part(true), Action::Complain])),
        ("credit and a part", after("checkout_credit", credit_and_part())),
        (
            "credit and a part, paid",
            after("checkout_credit", credit_and_part().into_iter().chain([paid_with_credit()])),
        ),
    ]
    .map(|(name, state)| (name.to_owned(), state))
    .into()
}

#[tokio::test]
async fn each_way_to_pay_says_what_it_comes_to() {
    let html = draw(after("checkout_plans", []), "en").await;
    assert!(html.contains("<legend>How would you like to pay?</legend>"), "{html}");
    for text in [
        "Pay in full<span class=\"when\">$132.50 today<",
        "7 payments, until 2027-06-05<span class=\"when\">$50.00 today, then 6\u{a0}×\u{a0}$13.75<",
        "3 payments, until 2029-02-05<span class=\"when\">$0.00 today, then $44.16 + 2\u{a0}×\u{a0}$44.17<",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(
        !html.contains("class=\"plan\"") && html.contains("Pay $132.50<"),
        "the full price is its own schedule"
    );
    let french = draw(after("checkout_plans", []), "fr").await;
    assert!(french.contains("50,00\u{a0}$ aujourd’hui, puis 6\u{a0}×\u{a0}13,75\u{a0}$"), "{french}");
}

/// Positive control: listing the payments without the rest of them (`more`) loses the last three days.
#[tokio::test]
async fn the_chosen_one_shows_every_payment_with_its_day() {
    let html = draw(chosen(PARTS, []), "en").await;
    let plan = html.split("class=\"plan\"").nth(1).unwrap().split("</fieldset>").next().unwrap();
    assert!(plan.contains("Today</dt><dd>$50.00"), "{plan}");
    for month in 1..=6 {
        let line = format!("2027-0{month}-05</dt><dd>$13.75");
        assert_eq!(plan.matches(&line).count(), 1, "{line}: {plan}");
    }
    assert!(plan.contains("3 more payments</summary>") && plan.contains("Total</dt><dd>$132.50"), "{plan}");
    assert!(plan.contains("charged to a saved method"), "{plan}");
    assert!(html.contains("Pay $50.00 now<") && html.contains("class=\"amount\">$50.00<"), "{html}");
    let spoken = html.split("</p>").next().unwrap();
    assert!(spoken.contains("Pay $50.00 now. Later payments are charged"), "{spoken}");
}

#[tokio::test]
async fn saving_is_needed_and_the_box_says_so() {
    let save = |html: &str| {
        let tag = html.split("<input").find(|tag| tag.contains("id=\"save\"")).map(str::to_owned);
        tag.map(|tag| tag.split('>').next().unwrap().to_owned())
    };
    let forced = draw(new_card(PARTS, true), "en").await;
    let tag = save(&forced).unwrap();
    assert!(
        tag.contains("checked") && tag.contains("aria-readonly=\"true\"") && !tag.contains("disabled"),
        "{tag}"
    );
    assert!(
        tag.contains("aria-describedby=\"why consent\"")
            && forced.contains("id=\"why\">Needed for the payments")
    );
    let free = draw(new_card("full", true), "en").await;
    let tag = save(&free).unwrap();
    assert!(!tag.contains("checked") && !tag.contains("readonly") && !free.contains("Needed for"), "{tag}");
    let refused = draw(new_card(PARTS, false), "en").await;
    assert!(save(&refused).is_none() && refused.contains("nothing can be saved here"), "{refused}");
    assert!(draw(chosen(PARTS, []), "fr").await.contains("sera enregistré"));
}

#[tokio::test]
async fn a_card_that_expires_too_early_is_marked_and_warned_about() {
    let joint = Action::Choose(Choice::Saved("pm_bbwfmsxymfnpnwwtyfzjxdntwtccpv".into()));
    let html = draw(chosen(LATER, [joint.clone()]), "en").await;
    let card = row(&html, "pv");
    assert!(card.contains("expires November 2028. Expires before the payment of 2028-12-05\""), "{card}");
    assert!(card.contains("· Expires before the payment of 2028-12-05</span>"), "{card}");
    let warning = "This card expires before your payment of 2028-12-05:";
    assert!(html.contains(&format!("<p class=\"notice\">{warning}")), "{html}");
    // Another card, and another way to pay, are not warned about.
    assert!(!draw(chosen(LATER, []), "en").await.contains(warning));
    let full = draw(after("checkout_plans", [joint]), "en").await;
    assert!(!full.contains(warning) && !row(&full, "pv").contains("Expires before"));
}

#[tokio::test]
async fn a_subscription_says_what_it_costs_and_until_when() {
    let html = draw(after("checkout_subscription", []), "en").await;
    assert!(html.contains("<legend>Your payments</legend>") && !html.contains("name=\"plan\""), "{html}");
    for text in [
        "Today</dt><dd>$0.00",
        "2026-12-01</dt><dd>$20.30",
        "Family membership<span>First charge: 2026-12-01 · $20.30, for a part of the period</span>",
        "<span>Next charge: 2027-01-01</span><span>Until you end it</span></dt><dd>$42.00 every month",
        "Later payments are charged to a saved method",
        "Agree, nothing charged today<",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let plan = html.split("class=\"plan\"").nth(1).unwrap();
    assert!(!plan.contains("Total<"), "nobody knows what it comes to: {plan}");
    let mut view = view("checkout_subscription");
    let option = &mut view.plans.as_mut().unwrap().options[0];
    let begins = &mut option.subscriptions[0];
    begins.interval_unit = "week".into();
    begins.interval_count = 2;
    begins.first_amount = begins.amount;
    begins.ends_on = Some("2027-06-30".into());
    let french = draw(opened(view, []), "fr").await;
    assert!(
        french.contains("42,00\u{a0}$ toutes les 2 semaines") && french.contains("Jusqu’au 2027-06-30"),
        "{french}"
    );
    assert!(!french.contains("pour une partie"), "{french}");
}

#[tokio::test]
async fn the_end_tells_what_comes_next() {
    let html = draw(subscribed(), "en").await;
    assert!(
        html.contains("Your payments are set up") && html.contains("Nothing was charged today"),
        "{html}"
    );
    assert!(html.contains("Next payment</dt><dd>2026-12-01 · $20.30"), "{html}");
    assert!(!html.contains("Payment complete"), "{html}");
    let html = draw(chosen(PARTS, [paid_in_parts()]), "en").await;
    assert!(
        html.contains("Payment complete") && html.contains("Next payment</dt><dd>2027-01-05 · $13.75"),
        "{html}"
    );
    // Loaded again, the page knows nothing of what was chosen before.
    let mut again = view("checkout_complete");
    again.attempt = Some(attempt("attempt_plan"));
    let html = draw(opened(again, []), "en").await;
    assert!(html.contains("Next payment</dt><dd>2027-01-05 · $13.75"), "{html}");
    let html = draw(off_sale(), "en").await;
    assert!(html.contains("This cannot be paid here now") && !html.contains("id=\"pay\""), "{html}");
}

/// Positive control: without `keeps` in the form the text that is agreed to is not there; without `follow_up` on the result nobody is
/// asked to follow the client up (tried).
#[tokio::test]
async fn a_card_is_kept_for_a_client_who_was_never_there() {
    let html = draw(never_there(PARTS, []), "en").await;
    for said in [
        "Amélie Tremblay has never signed in",
        "a new card that is kept for them alone",
        "id=\"consent\"",
        "Pay $50.00 now<",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(!html.contains("id=\"save\"") && !html.contains("nothing can be saved here"), "{html}");
    let full = draw(never_there("full", []), "en").await;
    assert!(full.contains("has never signed in") && !full.contains("id=\"consent\""), "{full}");
    let asked = "Follow up: Amélie Tremblay has to sign in";
    let html = draw(never_there(PARTS, [paid_in_parts()]), "en").await;
    assert!(html.contains(asked) && html.contains("Next payment</dt><dd>2027-01-05"), "{html}");
    assert!(
        draw(never_there(PARTS, [paid_in_parts()]), "fr").await.contains("Suivi à faire : Amélie Tremblay")
    );
    let plain =
        draw(never_there("full", [Action::Attempt(Box::new(attempt("attempt_succeeded")))]), "en").await;
    assert!(plain.contains("Payment complete") && !plain.contains("Follow up"), "{plain}");
}

#[tokio::test]
async fn credit_and_a_part_are_told_before_and_after() {
    let html = draw(after("checkout_credit", credit_and_part()), "en").await;
    for text in ["$40.00 available", "From $25.00 to $132.50", "Pay $10.00<", "class=\"amount\">$10.00<"] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let lines = html.split("<details").nth(1).unwrap().split("</details>").next().unwrap();
    assert!(
        lines.contains("Account credit</dt><dd>$-40.00") || lines.contains("Account credit</dt><dd>-"),
        "{lines}"
    );
    let french = draw(after("checkout_credit", credit_and_part()), "fr").await;
    assert!(french.contains("De 25,00\u{a0}$ à 132,50\u{a0}$"), "{french}");
    let paid = after("checkout_credit", credit_and_part().into_iter().chain([paid_with_credit()]));
    let html = draw(paid, "en").await;
    assert!(
        html.contains("Account credit</dt><dd>$40.00") && html.contains("Left to pay</dt><dd>$82.50"),
        "{html}"
    );
}
