//! Every word that a payer reads, in every language, side by side. A missing one fails the build.
//!
//! `{0}`, `{1}` … are filled in by [`fill`]. A message about money says what happened, whether money moved, and
//! what to do.

use std::cell::OnceCell;

use super::Language;

macro_rules! strings {
    ($($name:ident: $en:literal, $fr:literal;)*) => {
        /// The place of each word.
        #[expect(non_camel_case_types, reason = "the names of the words are those of the methods")]
        enum Place { $($name,)* end }

        #[expect(clippy::as_conversions, reason = "the place of a word is the number of its variant")]
        const COUNT: usize = Place::end as usize;

        /// The words of one language.
        #[derive(Debug)]
        pub struct Strings([&'static str; COUNT]);

        impl Strings {
            $(#[doc = $en] pub const fn $name(&self) -> &'static str { self.0[Place::$name as usize] })*
        }

        // One text for a language: an address and a length for each of its words would weigh as much as a tenth of them.
        const ENGLISH: &str = concat!($($en, "\n"),*);
        const FRENCH: &str = concat!($($fr, "\n"),*);

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $fr),)*];
    };
}

strings! {
    // What is paid.
    pay_to: "Pay {0}", "Paiement à {0}";
    invoice: "Invoice {0}", "Facture {0}";
    total: "Total", "Total";
    already_paid: "Already paid", "Déjà payé";
    due_now: "Due now", "À payer maintenant";
    balance: "Current balance", "Solde actuel";
    pending: "Pending", "En attente";
    payable_now: "Payable now", "Payable maintenant";
    slow: "This takes longer than usual.", "C’est plus long que d’habitude.";

    // Methods.
    how_to_pay: "Payment method", "Mode de paiement";
    ending: "{0} ending {1}, expires {2}", "{0} se terminant par {1}, expire en {2}";
    ending_expired: "{0} ending {1}, expired {2}, update it", "{0} se terminant par {1}, expirée en {2}, à mettre à jour";
    expires: "Expires {0}", "Expire {0}";
    expired: "Expired {0} · Update", "Expirée {0} · Mettre à jour";
    another_card: "Another card", "Une autre carte";
    another_bank: "Bank account (eCheck)", "Compte bancaire (chèque électronique)";
    blocked: "Its bank sent a payment back ({0}). It cannot be used.", "Sa banque a retourné un paiement ({0}). Inutilisable.";
    unfit: "It cannot pay this invoice.", "Il ne peut pas payer cette facture.";
    new_card: "Card details", "Coordonnées de la carte";
    all_expired: "Your saved cards have expired. Update one, or pay with another card.", "Vos cartes enregistrées sont expirées. Mettez-en une à jour ou payez avec une autre carte.";
    acting: "{0} pays for {1}", "{0} paie pour {1}";
    staff: "Staff", "Le personnel";
    never_signed_in: "{0} has never signed in, so that nothing can be saved.", "{0} ne s’est jamais connecté : rien ne peut être enregistré.";

    // What a saved method needs.
    update_why: "Enter this card’s new expiry date and security code.", "Entrez la nouvelle date d’expiration et le code de sécurité de cette carte.";
    replace_why: "Enter your new card. It takes this one’s place everywhere.", "Entrez votre nouvelle carte. Elle remplace celle-ci partout.";
    code_why: "Confirm this card with its security code.", "Confirmez cette carte avec son code de sécurité.";
    address_why: "The billing address is missing.", "L’adresse de facturation manque.";
    new_expiry: "New expiry date", "Nouvelle date d’expiration";
    same_address: "Same as my account’s address", "Identique à l’adresse de mon compte";

    // The ways to pay, and what is paid when.
    plan_how: "How would you like to pay?", "Comment voulez-vous payer ?";
    plan_one: "Your payments", "Vos paiements";
    in_full: "Pay in full", "Payer en une fois";
    in_one: "1 payment, on {1}", "1 paiement, le {1}";
    in_parts: "{0} payments, until {1}", "{0} paiements, jusqu’au {1}";
    today_alone: "{0} today", "{0} aujourd’hui";
    today_then: "{0} today, then {1}", "{0} aujourd’hui, puis {1}";
    today: "Today", "Aujourd’hui";
    more_payments: "{0} more payments", "{0} autres paiements";
    every_week: "{0} every week", "{0} par semaine";
    every_weeks: "{0} every {1} weeks", "{0} toutes les {1} semaines";
    every_month: "{0} every month", "{0} par mois";
    every_months: "{0} every {1} months", "{0} tous les {1} mois";
    first_charge: "First charge: {0}", "Premier paiement : {0}";
    first_part: "First charge: {0}, for a part of the period", "Premier paiement : {0}, pour une partie de la période";
    next_charge: "Next charge: {0}", "Paiement suivant : {0}";
    until: "Until {0}", "Jusqu’au {0}";
    until_ended: "Until you end it", "Jusqu’à ce que vous y mettiez fin";
    why_saved: "Later payments are charged to a saved method: choose one, or the new one is saved.", "Les paiements suivants sont débités d’un mode de paiement enregistré : choisissez-en un, ou le nouveau sera enregistré.";
    save_needed: "Needed for the payments to come.", "Nécessaire pour les paiements à venir.";
    needs_saved: "A saved method is needed, and nothing can be saved here. Choose another way to pay.", "Il faut un mode de paiement enregistré, et rien ne peut être enregistré ici. Payez autrement.";
    expiring: "Expires before the payment of {0}", "Expire avant le paiement du {0}";
    expiring_more: "This card expires before your payment of {0}: pay another way, or replace it by then.", "Cette carte expire avant votre paiement du {0} : payez autrement ou remplacez-la d’ici là.";
    off_sale: "This cannot be paid here now", "Impossible de payer ceci pour le moment";
    off_sale_more: "It is no longer offered as it was, or a payment is still on its way. Ask {0}.", "L’offre n’est plus la même, ou un paiement est encore en route. Adressez-vous à {0}.";

    // The card form.
    number: "Card number", "Numéro de carte";
    expiry: "Expiry date", "Date d’expiration";
    expiry_hint: "MM / YY", "MM / AA";
    cvc: "Security code", "Code de sécurité";
    cvc_hint_back: "3 digits, on the back", "3 chiffres, au dos";
    cvc_hint_front: "4 digits, on the front", "4 chiffres, au recto";
    name: "Name on card", "Nom sur la carte";
    routing: "Routing number", "Numéro d’acheminement";
    institution: "Institution number", "Numéro d’institution";
    transit: "Transit number", "Numéro de transit";
    account: "Account number", "Numéro de compte";
    again: "Account number again", "Numéro de compte, de nouveau";
    account_type: "Account type", "Type de compte";
    chequing: "Checking", "Chèques";
    savings: "Savings", "Épargne";
    holder_name: "Account holder’s name", "Nom du titulaire du compte";
    holder: "Whose account it is", "Titulaire du compte";
    personal: "A person’s", "Un particulier";
    business: "A business’s", "Une entreprise";
    cheque: "A cheque. At its bottom, from left to right: {0}", "Un chèque. Au bas, de gauche à droite : {0}";
    mandate_loading: "Loading the agreement…", "Chargement de l’accord…";
    mandate_unavailable: "The agreement could not be loaded.", "L’accord n’a pas pu être chargé.";
    agree: "I have read this agreement and accept it", "J’ai lu cet accord et je l’accepte";
    billing_address: "Billing address", "Adresse de facturation";
    country: "Country or region", "Pays ou région";
    line1: "Address", "Adresse";
    line2: "Apartment, suite", "Appartement, bureau";
    optional: "optional", "facultatif";
    choose: "Choose…", "Choisir…";
    example: "For example {0}", "Par exemple {0}";
    address_loading: "Loading the address fields…", "Chargement des champs d’adresse…";
    address_unavailable: "The address fields for this country could not be loaded.", "Les champs d’adresse de ce pays n’ont pas pu être chargés.";
    city: "City", "Ville";
    district: "District", "District";
    post_town: "Town", "Ville postale";
    suburb: "Suburb", "Localité";
    area: "Area", "Zone";
    county: "County", "Comté";
    department: "Department", "Département";
    do_si: "Province or city", "Province ou ville";
    emirate: "Emirate", "Émirat";
    island: "Island", "Île";
    oblast: "Oblast", "Oblast";
    parish: "Parish", "Paroisse";
    prefecture: "Prefecture", "Préfecture";
    province: "Province", "Province";
    state: "State", "État";
    postal: "Postal code", "Code postal";
    zip: "ZIP code", "Code ZIP";
    eircode: "Eircode", "Eircode";
    pin: "PIN code", "Code PIN";
    save_bank: "Save this account for next time", "Enregistrer ce compte pour la prochaine fois";
    save: "Save this card for next time", "Enregistrer cette carte pour la prochaine fois";

    // What is wrong with a field.
    required: "Required.", "Obligatoire.";
    required_field: "{0}: required.", "{0} : obligatoire.";
    number_incomplete: "The card number is not complete.", "Le numéro de carte est incomplet.";
    number_wrong: "Check the number: a digit is wrong.", "Vérifiez le numéro : un chiffre est erroné.";
    number_long: "The card number is too long.", "Le numéro de carte est trop long.";
    different: "The two numbers differ.", "Les deux numéros diffèrent.";
    number_refused: "The processor does not know this number.", "Ce numéro n’est pas reconnu.";
    expiry_incomplete: "Enter month and year.", "Entrez le mois et l’année.";
    expiry_month: "The month is 01 to 12.", "Le mois va de 01 à 12.";
    expiry_past: "This card has expired.", "Cette carte est expirée.";
    expiry_far: "Check the year.", "Vérifiez l’année.";
    expiry_refused: "This is not the card’s expiry date.", "Ce n’est pas la date d’expiration de la carte.";
    cvc_incomplete: "Enter {0} digits.", "Entrez {0} chiffres.";
    cvc_refused: "The code is not right.", "Le code est erroné.";
    too_long: "This is too long.", "C’est trop long.";
    unreadable: "Some characters cannot be used.", "Certains caractères sont inutilisables.";
    region_unknown: "Choose one of the list.", "Choisissez dans la liste.";
    postal_pattern: "Check the code, for example {0}.", "Vérifiez le code, par exemple {0}.";
    postal_region: "Not a code of this region.", "Ce code est d’une autre région.";
    refused_part: "Check this part of the address.", "Vérifiez cette partie de l’adresse.";
    fix_one: "1 field needs attention. {0}", "1 champ à corriger. {0}";
    fix_many: "{1} fields need attention. {0}", "{1} champs à corriger. {0}";

    // Paying.
    pay: "Pay {0}", "Payer {0}";
    update_pay: "Update card and pay {0}", "Mettre la carte à jour et payer {0}";
    updating: "Updating your card…", "Mise à jour de votre carte…";
    pay_now: "Pay {0} now", "Payer {0} maintenant";
    pay_nothing: "Agree, nothing charged today", "Accepter, rien n’est débité aujourd’hui";
    securing: "Securing your details…", "Protection de vos coordonnées…";
    confirming: "Confirming your payment…", "Confirmation de votre paiement…";
    checking: "Checking your payment…", "Vérification de votre paiement…";
    keep_open: "Please keep this page open. You will only be charged once.", "Gardez cette page ouverte. Vous ne serez débité qu’une seule fois.";
    direct_note: "The numbers go straight to the payment processor.", "Les numéros vont directement au processeur de paiement.";
    still_checking: "We don’t know the result yet", "Le résultat n’est pas encore connu";
    still_checking_more: "Your payment was sent, but the answer has not arrived. Please don’t pay again: it can only be charged once, and checking again is safe.", "Votre paiement a été envoyé, mais la réponse n’est pas arrivée. Ne payez pas de nouveau : il ne peut être débité qu’une fois, et vérifier est sans risque.";
    check_again: "Check again", "Vérifier de nouveau";
    paid: "Payment complete", "Paiement effectué";
    paid_amount: "{0} paid to {1}", "{0} payés à {1}";
    submitted: "Your payment is on its way", "Votre paiement est en route";
    submitted_more: "{1} gets {0} from your bank in some days. We will tell you if it does not go through.", "{1} recevra {0} de votre banque dans quelques jours. Nous vous préviendrons si le paiement échoue.";
    returned: "Your payment did not go through", "Votre paiement a échoué";
    returned_more: "{1} did not get {0} from your bank. Ask {1} how to pay.", "{1} n’a pas reçu {0} de votre banque. Demandez à {1} comment payer.";
    agreed: "Your payments are set up", "Vos paiements sont planifiés";
    agreed_more: "Nothing was charged today: your payment method was only verified.", "Rien n’a été débité aujourd’hui : votre mode de paiement a seulement été vérifié.";
    next_payment: "Next payment", "Prochain paiement";
    receipt: "Receipt", "Reçu";
    date: "Date", "Date";
    paid_with: "Paid with", "Payé avec";
    echeck: "eCheck", "Chèque électronique";
    card_ending: "{0} ending {1}", "{0} se terminant par {1}";
    nothing_due: "Nothing to pay", "Rien à payer";
    nothing_due_more: "This invoice has no balance to pay now.", "Cette facture n’a aucun solde à payer pour le moment.";

    // Refusals. The first line says what happened, the second what to do; no money moved in any of them.
    declined: "Your card was declined", "Votre carte a été refusée";
    bank_declined: "Your bank account was not accepted", "Votre compte bancaire n’a pas été accepté";
    not_charged: "You have not been charged.", "Vous n’avez pas été débité.";
    funds_advice: "The account does not have enough available. Pay another way, or try later.", "Le solde disponible est insuffisant. Payez autrement ou réessayez plus tard.";
    expired_advice: "The card has expired or the expiry date is wrong. Check the date or use another card.", "La carte est expirée ou la date est erronée. Vérifiez la date ou utilisez une autre carte.";
    cvc_advice: "The security code is not right. Enter it again.", "Le code de sécurité est erroné. Entrez-le de nouveau.";
    cvc_advice_saved: "The bank did not accept the security check. Try again or use another card.", "La banque n’a pas accepté la vérification. Réessayez ou utilisez une autre carte.";
    number_advice: "The number is not right. Check it or pay another way.", "Le numéro est erroné. Vérifiez-le ou payez autrement.";
    address_advice: "The address does not match. Check the postal code and the address.", "L’adresse ne correspond pas. Vérifiez le code postal et l’adresse.";
    bank_advice: "Your bank did not approve it and gives no reason here. Pay another way, or call your bank.", "Votre banque ne l’a pas autorisé, sans en donner la raison. Payez autrement ou appelez votre banque.";
    authentication_advice: "Your bank wants to confirm that it is you, which is not possible here. Pay another way.", "Votre banque veut vérifier votre identité, ce qui n’est pas possible ici. Payez autrement.";
    again_advice: "The payment could not be processed just now. Try again in a moment.", "Le paiement n’a pas pu être traité. Réessayez dans un instant.";
    unreachable_advice: "Your bank could not be reached. Try again in some minutes, or pay another way.", "Votre banque est injoignable. Réessayez dans quelques minutes ou payez autrement.";
    limit_advice: "It was used too often or for too much lately. Pay another way, or try tomorrow.", "Elle a trop servi récemment. Payez autrement ou réessayez demain.";
    amount_advice: "It does not pay an amount like this. Pay another way.", "Un tel montant n’est pas accepté. Payez autrement.";
    ended_advice: "Your bank was told to stop payments to {0}. Speak with {0}, or pay another way.", "Votre banque a reçu l’ordre d’arrêter les paiements à {0}. Parlez à {0} ou payez autrement.";
    reissued_advice: "Your bank has sent you a new card in its place. Enter the new one.", "Votre banque vous a envoyé une nouvelle carte. Entrez la nouvelle.";
    unproved_advice: "It was not confirmed that it is you. Try again, or pay another way.", "Votre identité n’a pas été confirmée. Réessayez ou payez autrement.";
    pin_advice: "It works with its PIN alone, which cannot be entered here. Pay another way.", "Elle exige son NIP, qui ne peut être entré ici. Payez autrement.";
    duplicate_advice: "The same payment was just made. Look at your receipts before you pay again.", "Le même paiement vient d’être fait. Vérifiez vos reçus avant de payer de nouveau.";
    currency_advice: "It does not pay in this currency. Pay another way.", "Elle ne paie pas dans cette devise. Payez autrement.";
    unusable_advice: "This account takes no payments. Use another one, or a card.", "Ce compte n’accepte pas de paiements. Utilisez-en un autre ou une carte.";
    code: "Code: {0}", "Code : {0}";
    unsupported_advice: "It cannot be used for this purchase. Pay another way.", "Il est impossible de l’utiliser pour cet achat. Payez autrement.";
    generic_advice: "Your bank gives no reason. Pay another way, or call your bank.", "Votre banque ne donne pas de raison. Payez autrement ou appelez votre banque.";

    // Trouble.
    not_sent: "Your payment was not sent", "Votre paiement n’a pas été envoyé";
    processor_unreachable: "The payment processor could not be reached. Check your connection and try again.", "Le processeur de paiement est injoignable. Vérifiez votre connexion et réessayez.";
    processor_misconfigured: "This cannot be accepted here right now. Pay another way, or contact {0}.", "Ceci ne peut pas être accepté pour le moment. Payez autrement ou contactez {0}.";
    amount_changed: "The amount has changed. Check it above and pay again.", "Le montant a changé. Vérifiez-le ci-dessus et payez de nouveau.";
    schedule_changed: "What is due when has changed. Check it above and pay again.", "L’échéancier a changé. Vérifiez-le ci-dessus et payez de nouveau.";
    method_gone: "It can no longer be used as it was. Check your choice above.", "Ceci ne peut plus servir tel quel. Vérifiez votre choix ci-dessus.";
    needs_more: "This saved method needs something more: see above.", "Ce mode de paiement a besoin d’un complément : voyez ci-dessus.";
    not_updated: "Your card could not be updated, and is as it was. Check what you entered.", "Votre carte n’a pas pu être mise à jour et reste telle quelle. Vérifiez vos données.";
    token_gone: "The details have to be entered again.", "Les coordonnées doivent être entrées de nouveau.";
    address_refused: "The billing address was not accepted. Check it and try again.", "L’adresse de facturation n’a pas été acceptée. Vérifiez-la et réessayez.";
    busy: "Too many tries in a short time. Wait a while, or pay another way.", "Trop d’essais en peu de temps. Attendez un moment ou payez autrement.";
    went_wrong: "Something went wrong on our side. Try again in a moment.", "Une erreur s’est produite de notre côté. Réessayez dans un instant.";
    session_expired: "This payment page has expired", "Cette page de paiement a expiré";
    session_expired_more: "Nothing was charged by opening it. Reload the page to continue.", "Son ouverture n’a rien débité. Rechargez la page pour continuer.";
    session_invalid: "This payment page cannot be opened", "Impossible d’ouvrir cette page de paiement";
    session_invalid_more: "Go back to the page you came from and start the payment again.", "Revenez à la page précédente et recommencez le paiement.";
    unreachable: "The payment page could not be loaded", "La page de paiement n’a pas pu être chargée";
    unreachable_more: "Check your connection and try again. If you had just paid, this shows the result; you will not be charged twice.", "Vérifiez votre connexion et réessayez. Si vous veniez de payer, le résultat s’affichera ; vous ne serez pas débité deux fois.";
    retry: "Try again", "Réessayer";
}

impl Strings {
    /// Sets the words apart.
    fn of(text: &'static str) -> Self {
        let mut words = [""; COUNT];
        words.iter_mut().zip(text.split('\n')).for_each(|(place, word)| *place = word);
        Self(words)
    }
}

thread_local! {
    static WORDS: [OnceCell<&'static Strings>; 2] = const { [OnceCell::new(), OnceCell::new()] };
}

/// The words of a language. They are set apart once, and stay.
pub fn words(language: Language) -> &'static Strings {
    WORDS.with(|[english, french]| match language {
        Language::English => *english.get_or_init(|| Box::leak(Box::new(Strings::of(ENGLISH)))),
        Language::French => *french.get_or_init(|| Box::leak(Box::new(Strings::of(FRENCH)))),
    })
}

/// Fills `{0}`, `{1}` … with the given texts.
pub fn fill(template: &str, texts: &[&str]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    for (place, part) in template.split('{').enumerate() {
        match part.split_once('}') {
            Some((number, rest)) if place > 0 => {
                let text = number.parse::<usize>().ok().and_then(|number| texts.get(number));
                filled.push_str(text.copied().unwrap_or_default());
                filled.push_str(rest);
            }
            _ => filled.push_str(part),
        }
    }
    filled
}

/// Two texts with something between them.
pub fn between(first: &str, between: &str, second: &str) -> String {
    [first, between, second].concat()
}

/// A number in digits. There are never so many of anything here that it needs marks between thousands.
pub fn decimal(number: usize) -> String {
    let mut text = if number > 9 { decimal(number / 10) } else { String::new() };
    text.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or_default()));
    text
}

/// A number below 100 with two digits.
pub fn two_digits(number: u8) -> String {
    [number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit)).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        places.sort_unstable();
        places
    }

    /// Positive control: removing a `{0}` from a French text, or leaving one empty, fails here.
    #[test]
    fn both_languages_say_all() {
        for (name, en, fr) in ALL {
            assert!(!en.is_empty() && !fr.is_empty(), "{name}");
            assert_eq!(places(en), places(fr), "{name}: the same places in both languages");
            assert!(!en.contains('\n') && !fr.contains('\n'), "{name}: one line");
            assert!(!fr.contains('\''), "{name}: a typographic apostrophe in French");
        }
    }

    #[test]
    fn words_are_found_under_their_names() {
        let (english, french) = (words(Language::English), words(Language::French));
        assert_eq!((english.pay_to(), french.pay_to()), ("Pay {0}", "Paiement à {0}"), "the first");
        assert_eq!((english.retry(), french.retry()), ("Try again", "Réessayer"), "the last");
    }

    #[test]
    fn fills_in_any_order() {
        assert_eq!(fill("{1} then {0}.", &["a", "b"]), "b then a.");
        assert_eq!(fill("{0} {7}", &["{1}"]), "{1} ");
        assert_eq!(fill("no places", &["a"]), "no places");
    }
}
