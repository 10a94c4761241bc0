//! A key in a field draws nothing anew where nothing of it is to be seen, and everything where something is.

use paydesk::state::{Action, Checkout, Choice, Field, SecretFact, State};
use paydesk_domain::address::Part;
use paydesk_domain::bank::{BankNumberError, BankPart};
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::verdict::Verdict;

use super::support::{after, rules};
use super::{draw, states};

/// What a key in a field can tell.
fn keys() -> Vec<Action> {
    let number = |brand, digits, verdict| Action::Number(brand, SecretFact { digits, verdict });
    let expiry = |digits, verdict| SecretFact { digits, verdict };
    let mut keys = vec![
        number(Brand::Unknown, 0, Verdict::Incomplete),
        number(Brand::Visa, 4, Verdict::Incomplete),
        number(Brand::Visa, 16, Verdict::Valid),
        number(Brand::Amex, 15, Verdict::Invalid(PanError::WrongCheckDigit)),
        Action::Expiry(expiry(1, Verdict::Incomplete)),
        Action::Expiry(expiry(4, Verdict::Valid)),
        Action::Renewal(expiry(4, Verdict::Invalid(ExpiryError::Past))),
        Action::Renewal(expiry(4, Verdict::Valid)),
    ];
    keys.extend([0, 2, 3, 4].into_iter().flat_map(|digits| [Action::Cvc(digits), Action::Code(digits)]));
    for part in BankPart::ALL {
        let verdicts = [
            Verdict::Incomplete,
            Verdict::Valid,
            Verdict::Invalid(BankNumberError::WrongCheckDigit),
            Verdict::Invalid(BankNumberError::Different),
        ];
        keys.extend(verdicts.map(|verdict| Action::Bank(part, SecretFact { digits: 5, verdict })));
    }
    for text in ["", "M", "H2X 1Y4"] {
        keys.push(Action::Name(text.to_owned()));
        keys.extend(Part::ALL.map(|part| Action::Address(part, text.to_owned())));
    }
    keys
}

/// A card that lacks nothing but its security code, at the account's own address.
fn nearly_complete() -> (String, Checkout) {
    let state = after(
        "checkout_admin",
        [
            Action::Choose(Choice::NewCard),
            rules("CA"),
            Action::Number(Brand::Visa, SecretFact { digits: 16, verdict: Verdict::Valid }),
            Action::Expiry(SecretFact { digits: 4, verdict: Verdict::Valid }),
            Action::Name("M".to_owned()),
            Action::SameAddress(true),
        ],
    );
    assert!(!state.can_pay() && state.apply(Action::Cvc(3)).can_pay());
    ("nearly complete".to_owned(), state)
}

/// The drawing without what the fields show, which they show already when a key tells it.
fn without_texts(html: &str) -> String {
    let mut parts = html.split(" value=\"");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once('"').map_or("", |(_, after)| after));
    }
    rest
}

/// Positive control: with any of the lines of `is_drawn_as` left out (the scheme, what is told of a field, the box
/// beside the address, whether it can be paid, the word about the last try), this fails.
#[tokio::test]
async fn what_is_not_drawn_anew_would_have_been_drawn_alike() {
    let (mut unseen, mut seen) = (0, 0);
    for (name, state) in states().into_iter().chain([nearly_complete()]) {
        let touched =
            Field::ALL.into_iter().fold(state.clone(), |state, field| state.apply(Action::Leave(field)));
        let complained = state.apply(Action::Complain);
        for before in [state, touched, complained] {
            let drawn = without_texts(&draw(before.clone(), "en").await);
            for key in keys() {
                let may_be_unseen = Checkout::may_be_unseen(&key);
                let next = before.after(key.clone());
                if !(may_be_unseen && next.is_drawn_as(&before)) {
                    seen += 1;
                    continue;
                }
                unseen += 1;
                assert_eq!(without_texts(&draw(next.clone(), "en").await), drawn, "{name}: {key:?}");
                assert_eq!(
                    next.change(),
                    before.change(),
                    "{name}: {key:?}: the page is told when it is drawn"
                );
            }
        }
    }
    assert!(unseen > 1_000 && seen > 1_000, "{unseen} unseen, {seen} seen");
}
