//! The text that a payer agrees to when saving a card or a bank account, with the version that is kept as proof.
//!
//! The networks ask for how the card will be used, how amounts are set, how the payer is told of changes and
//! how consent is ended (Visa and Mastercard stored-credential rules). A text is never edited: a new wording
//! is a new version, and old ones stay, so that what somebody agreed to can always be shown again.

use crate::method_kind::MethodKind;

/// The version of the present wording for a card.
pub const SAVE_CARD_VERSION: &str = "save-card-1";

/// The version of the present wording for a bank account.
pub const SAVE_BANK_VERSION: &str = "save-bank-1";

/// The version of the present wording for an admin who saves a card for a client.
pub const SAVE_CARD_FOR_CLIENT_VERSION: &str = "save-card-for-client-1";

/// The version of the present wording for letting an organization charge a card that is in the wallet already.
pub const AUTHORIZE_CARD_VERSION: &str = "authorize-card-1";

/// The version of the present wording for letting an organization offer a bank account that is in the wallet already.
pub const AUTHORIZE_BANK_VERSION: &str = "authorize-bank-1";

/// The version of the present wording for letting an organization charge a saved card where a planned payment is refused.
pub const BACKUP_CARD_VERSION: &str = "backup-card-1";

/// The version of the present wording for an admin who lets a plan keep a card for a client who has never signed in.
pub const PLAN_CARD_FOR_CLIENT_VERSION: &str = "plan-card-for-client-1";

/// A text as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentText {
    /// Which wording.
    pub version: &'static str,
    /// `en` or `fr`.
    pub locale: &'static str,
    /// The text in full, with the organization's name in it.
    pub text: String,
}

/// The present text for saving a card and authorizing one organization, in the payer's language.
///
/// A language that has no text yet gets English.
pub fn save_card(locale: &str, organization: &str) -> ConsentText {
    let (locale, text) = if is_french(locale) {
        (
            "fr",
            format!(
                "J’enregistre cette carte dans mon portefeuille et j’autorise {organization} à la débiter des achats et \
                 des soldes que j’aurai acceptés, du montant et à la date qui m’auront été indiqués au moment de chaque entente. \
                 Je peux retirer cette autorisation en tout temps dans mon portefeuille ou en m’adressant à {organization}\u{a0}; \
                 je serai avisé de tout changement à ces conditions avant qu’il ne s’applique."
            ),
        )
    } else {
        (
            "en",
            format!(
                "I save this card to my wallet and authorize {organization} to charge it for purchases and balances that I \
                 agree to, in the amount and on the date stated when I agree. I can withdraw this authorization at any time \
                 in my wallet or by contacting {organization}; I will be told of any change to these terms before it applies."
            ),
        )
    };
    ConsentText { version: SAVE_CARD_VERSION, locale, text }
}

/// The present text for saving a bank account, in the payer's language. It keeps the account and says so; what permits
/// debits, and how that ends, is the mandate, which is agreed to beside it.
///
/// A language that has no text yet gets English.
pub fn save_bank(locale: &str, organization: &str) -> ConsentText {
    let (locale, text) = if is_french(locale) {
        (
            "fr",
            format!(
                "J’enregistre ce compte bancaire dans mon portefeuille et je permets à {organization} de le proposer pour les \
                 achats et les soldes que j’aurai acceptés. Les prélèvements suivent l’accord que j’accepte ci-dessous. Je peux \
                 retirer cette permission en tout temps dans mon portefeuille ou en m’adressant à {organization}\u{a0}; je \
                 serai avisé de tout changement à ces conditions avant qu’il ne s’applique."
            ),
        )
    } else {
        (
            "en",
            format!(
                "I save this bank account to my wallet and let {organization} offer it for purchases and balances that I \
                 agree to. Debits follow the agreement that I accept below. I can withdraw this permission at any time in my \
                 wallet or by contacting {organization}; I will be told of any change to these terms before it applies."
            ),
        )
    };
    ConsentText { version: SAVE_BANK_VERSION, locale, text }
}

/// The present text for saving a method of this kind.
pub fn save(kind: MethodKind, locale: &str, organization: &str) -> ConsentText {
    match kind {
        MethodKind::Card => save_card(locale, organization),
        MethodKind::Ach | MethodKind::Pad => save_bank(locale, organization),
    }
}

/// The present text for letting one organization charge a method that is in the wallet already, in the client's language.
///
/// A language that has no text yet gets English.
pub fn authorize(kind: MethodKind, locale: &str, organization: &str) -> ConsentText {
    let is_card = kind == MethodKind::Card;
    let version = if is_card { AUTHORIZE_CARD_VERSION } else { AUTHORIZE_BANK_VERSION };
    let (locale, text) = match (is_french(locale), is_card) {
        (true, true) => (
            "fr",
            format!(
                "J’autorise {organization} à débiter cette carte enregistrée des achats et des soldes que j’aurai acceptés, du \
                 montant et à la date qui m’auront été indiqués au moment de chaque entente. Je peux retirer cette autorisation \
                 en tout temps dans mon portefeuille ou en m’adressant à {organization}\u{a0}; je serai avisé de tout \
                 changement à ces conditions avant qu’il ne s’applique."
            ),
        ),
        (true, false) => (
            "fr",
            format!(
                "Je permets à {organization} de proposer ce compte bancaire enregistré pour les achats et les soldes que j’aurai \
                 acceptés. Chaque prélèvement suit un accord que j’accepte à part. Je peux retirer cette permission en tout \
                 temps dans mon portefeuille ou en m’adressant à {organization}\u{a0}; je serai avisé de tout changement à \
                 ces conditions avant qu’il ne s’applique."
            ),
        ),
        (false, true) => (
            "en",
            format!(
                "I authorize {organization} to charge this saved card for purchases and balances that I agree to, in the amount \
                 and on the date stated when I agree. I can withdraw this authorization at any time in my wallet or by \
                 contacting {organization}; I will be told of any change to these terms before it applies."
            ),
        ),
        (false, false) => (
            "en",
            format!(
                "I let {organization} offer this saved bank account for purchases and balances that I agree to. Each debit \
                 follows an agreement that I accept beside it. I can withdraw this permission at any time in my wallet or by \
                 contacting {organization}; I will be told of any change to these terms before it applies."
            ),
        ),
    };
    ConsentText { version, locale, text }
}

/// The present text for letting one organization charge a saved card once where a payment that was agreed to is refused on another
/// method, in the client's language.
///
/// A language that has no text yet gets English.
pub fn back_up(locale: &str, organization: &str) -> ConsentText {
    let (locale, text) = if is_french(locale) {
        (
            "fr",
            format!(
                "Lorsqu’un paiement prévu que j’ai accepté de faire à {organization} est refusé, j’autorise {organization} à débiter \
                 cette carte enregistrée à sa place, une seule fois, aussitôt et du même montant. Je peux retirer cette autorisation en \
                 tout temps dans mon portefeuille\u{a0}; je serai avisé de tout changement à ces conditions avant qu’il ne s’applique."
            ),
        )
    } else {
        (
            "en",
            format!(
                "When a planned payment that I agreed to make to {organization} is refused, I authorize {organization} to charge this \
                 saved card instead, once, at once and for the same amount. I can withdraw this authorization at any time in my \
                 wallet; I will be told of any change to these terms before it applies."
            ),
        )
    };
    ConsentText { version: BACKUP_CARD_VERSION, locale, text }
}

/// The present text for an admin who saves a card to a client's wallet, in the admin's language.
///
/// The client is not there to agree: the admin states that they did, and how they will learn of it.
pub fn save_card_for_client(locale: &str, organization: &str, client: &str) -> ConsentText {
    let (locale, text) = if is_french(locale) {
        (
            "fr",
            format!(
                "{client} m’a demandé d’enregistrer cette carte dans son portefeuille et autorise {organization} à la débiter \
                 des achats et des soldes qui auront été acceptés, du montant et à la date indiqués au moment de chaque entente. \
                 J’ai lu ces conditions à {client}. Un avis lui sera envoyé\u{a0}; l’autorisation peut être retirée en tout \
                 temps dans son portefeuille ou en s’adressant à {organization}."
            ),
        )
    } else {
        (
            "en",
            format!(
                "{client} asked me to save this card to their wallet and authorizes {organization} to charge it for purchases \
                 and balances that they agree to, in the amount and on the date stated when they agree. I read these terms to \
                 {client}. They will be sent a notice, and can withdraw this authorization at any time in their wallet or by \
                 contacting {organization}."
            ),
        )
    };
    ConsentText { version: SAVE_CARD_FOR_CLIENT_VERSION, locale, text }
}

/// The present text for an admin who pays in parts, or begins a subscription, for a client who has never signed in, in the admin's
/// language.
///
/// Nothing is saved to a wallet that its owner has never seen: the card is kept for these payments alone, and the text says so.
pub fn plan_card_for_client(locale: &str, organization: &str, client: &str) -> ConsentText {
    let (locale, text) = if is_french(locale) {
        (
            "fr",
            format!(
                "{client} m’a demandé de payer avec cette carte et autorise {organization} à la débiter de ces seuls paiements, \
                 des montants et aux dates indiqués. La carte n’est pas enregistrée dans son portefeuille. J’ai lu ces conditions à \
                 {client}. L’autorisation peut être retirée en tout temps en s’adressant à {organization}\u{a0}; tout changement à \
                 ces conditions lui sera annoncé avant qu’il ne s’applique."
            ),
        )
    } else {
        (
            "en",
            format!(
                "{client} asked me to pay with this card and authorizes {organization} to charge it for these payments alone, in \
                 the amounts and on the days shown. The card is not saved to their wallet. I read these terms to {client}. They can \
                 withdraw this authorization at any time by contacting {organization}, and will be told of any change to these \
                 terms before it applies."
            ),
        )
    };
    ConsentText { version: PLAN_CARD_FOR_CLIENT_VERSION, locale, text }
}

/// Whether a locale (`fr`, `fr-CA`, `FR_ca`) asks for French.
pub fn is_french(locale: &str) -> bool {
    locale.split(['-', '_']).next().is_some_and(|language| language.eq_ignore_ascii_case("fr"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_the_payers_language() {
        for (asked, given) in
            [("fr", "fr"), ("fr-CA", "fr"), ("FR_ca", "fr"), ("en-CA", "en"), ("de", "en"), ("", "en")]
        {
            for kind in MethodKind::ALL {
                let consent = save(kind, asked, "Centre du Parc");
                assert_eq!(consent.locale, given, "{asked}");
                assert_eq!(consent.text.matches("Centre du Parc").count(), 2);
                let is_card = consent.version == SAVE_CARD_VERSION;
                assert_eq!(is_card, kind == MethodKind::Card, "a card's text is for cards alone");
            }
        }
    }

    #[test]
    fn what_is_saved_already_is_authorized_by_a_text_of_its_own() {
        for locale in ["en", "fr"] {
            for kind in MethodKind::ALL {
                let (saving, authorizing) =
                    (save(kind, locale, "Centre du Parc"), authorize(kind, locale, "Centre du Parc"));
                assert_eq!(authorizing.locale, locale);
                assert_eq!(authorizing.text.matches("Centre du Parc").count(), 2);
                assert_ne!(saving.version, authorizing.version);
                let is_card = authorizing.version == AUTHORIZE_CARD_VERSION;
                assert_eq!(is_card, kind == MethodKind::Card);
            }
        }
    }

    #[test]
    fn an_admin_agrees_to_another_text_than_a_client() {
        for locale in ["en", "fr"] {
            let own = save_card(locale, "Centre du Parc");
            let other = save_card_for_client(locale, "Centre du Parc", "Kim Roy");
            let plan = plan_card_for_client(locale, "Centre du Parc", "Kim Roy");
            for (one, another) in [(&own, &other), (&own, &plan), (&other, &plan)] {
                assert_ne!(one.version, another.version);
                assert_ne!(one.text, another.text);
            }
            for text in [other.text, plan.text] {
                assert_eq!(text.matches("Kim Roy").count(), 2, "{locale}");
                assert_eq!(text.matches("Centre du Parc").count(), 2, "{locale}");
            }
        }
    }
}
