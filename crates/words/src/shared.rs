//! The words that the checkout and the wallet both say, in each language: those of fields, of what can be wrong with them, and of a
//! bank that asks.

/// Gives a table's own words, and after them those that both pages say, in English, to another macro. Who takes a table from here
/// brings this one in as well.
#[rustfmt::skip]
#[macro_export]
macro_rules! with_shared_english { ($take:ident; $($own:tt)*) => { $take! {
    $($own)*
    slow: "This takes longer than usual.";
    update_why: "Enter this card’s new expiry date and security code.";
    replace_why: "Enter your new card. It takes this one’s place everywhere.";
    new_expiry: "New expiry date";
    expiring: "Expires before the payment of {0}";
    number: "Card number";
    expiry: "Expiry date";
    expiry_hint: "MM / YY";
    cvc: "Security code";
    cvc_hint_back: "3 digits, on the back";
    cvc_hint_front: "4 digits, on the front";
    name: "Name on card";
    routing: "Routing number";
    institution: "Institution number";
    transit: "Transit number";
    account: "Account number";
    again: "Account number again";
    account_type: "Account type";
    chequing: "Checking";
    savings: "Savings";
    holder_name: "Account holder’s name";
    holder: "Whose account it is";
    personal: "A person’s";
    business: "A business’s";
    billing_address: "Billing address";
    country: "Country or region";
    line1: "Address";
    line2: "Apartment, suite";
    optional: "optional";
    choose: "Choose…";
    example: "For example {0}";
    address_loading: "Loading the address fields…";
    address_unavailable: "The address fields for this country could not be loaded.";
    city: "City";
    district: "District";
    post_town: "Town";
    suburb: "Suburb";
    area: "Area";
    county: "County";
    department: "Department";
    do_si: "Province or city";
    emirate: "Emirate";
    island: "Island";
    oblast: "Oblast";
    parish: "Parish";
    prefecture: "Prefecture";
    province: "Province";
    state: "State";
    postal: "Postal code";
    zip: "ZIP code";
    eircode: "Eircode";
    pin: "PIN code";
    required: "Required.";
    number_incomplete: "The card number is not complete.";
    number_wrong: "Check the number: a digit is wrong.";
    number_long: "The card number is too long.";
    different: "The two numbers differ.";
    number_refused: "The processor does not know this number.";
    expiry_incomplete: "Enter month and year.";
    expiry_month: "The month is 01 to 12.";
    expiry_past: "This card has expired.";
    expiry_far: "Check the year.";
    expiry_refused: "This is not the card’s expiry date.";
    cvc_incomplete: "Enter {0} digits.";
    cvc_refused: "The code is not right.";
    too_long: "This is too long.";
    unreadable: "Some characters cannot be used.";
    region_unknown: "Choose one of the list.";
    postal_pattern: "Check the code, for example {0}.";
    postal_region: "Not a code of this region.";
    refused_part: "Check this part of the address.";
    challenge_page: "Your bank’s page";
    challenge_window: "Open it in a new window instead";
    direct_note: "The numbers go straight to the payment processor.";
    card_ending: "{0} ending {1}";
    token_gone: "The details have to be entered again.";
    went_wrong: "Something went wrong on our side. Try again in a moment.";
    retry: "Try again";
    challenge: "Confirm that it is you";
} }; }

/// The same in French.
#[cfg(feature = "tables")]
#[rustfmt::skip]
macro_rules! with_shared_french { ($take:ident; $($own:tt)*) => { $take! {
    $($own)*
    slow: "C’est plus long que d’habitude.";
    update_why: "Entrez la nouvelle date d’expiration et le code de sécurité de cette carte.";
    replace_why: "Entrez votre nouvelle carte. Elle remplace celle-ci partout.";
    new_expiry: "Nouvelle date d’expiration";
    expiring: "Expire avant le paiement du {0}";
    number: "Numéro de carte";
    expiry: "Date d’expiration";
    expiry_hint: "MM / AA";
    cvc: "Code de sécurité";
    cvc_hint_back: "3 chiffres, au dos";
    cvc_hint_front: "4 chiffres, au recto";
    name: "Nom sur la carte";
    routing: "Numéro d’acheminement";
    institution: "Numéro d’institution";
    transit: "Numéro de transit";
    account: "Numéro de compte";
    again: "Numéro de compte, de nouveau";
    account_type: "Type de compte";
    chequing: "Chèques";
    savings: "Épargne";
    holder_name: "Nom du titulaire du compte";
    holder: "Titulaire du compte";
    personal: "Un particulier";
    business: "Une entreprise";
    billing_address: "Adresse de facturation";
    country: "Pays ou région";
    line1: "Adresse";
    line2: "Appartement, bureau";
    optional: "facultatif";
    choose: "Choisir…";
    example: "Par exemple {0}";
    address_loading: "Chargement des champs d’adresse…";
    address_unavailable: "Les champs d’adresse de ce pays n’ont pas pu être chargés.";
    city: "Ville";
    district: "District";
    post_town: "Ville postale";
    suburb: "Localité";
    area: "Zone";
    county: "Comté";
    department: "Département";
    do_si: "Province ou ville";
    emirate: "Émirat";
    island: "Île";
    oblast: "Oblast";
    parish: "Paroisse";
    prefecture: "Préfecture";
    province: "Province";
    state: "État";
    postal: "Code postal";
    zip: "Code ZIP";
    eircode: "Eircode";
    pin: "Code PIN";
    required: "Obligatoire.";
    number_incomplete: "Le numéro de carte est incomplet.";
    number_wrong: "Vérifiez le numéro : un chiffre est erroné.";
    number_long: "Le numéro de carte est trop long.";
    different: "Les deux numéros diffèrent.";
    number_refused: "Ce numéro n’est pas reconnu.";
    expiry_incomplete: "Entrez le mois et l’année.";
    expiry_month: "Le mois va de 01 à 12.";
    expiry_past: "Cette carte est expirée.";
    expiry_far: "Vérifiez l’année.";
    expiry_refused: "Ce n’est pas la date d’expiration de la carte.";
    cvc_incomplete: "Entrez {0} chiffres.";
    cvc_refused: "Le code est erroné.";
    too_long: "C’est trop long.";
    unreadable: "Certains caractères sont inutilisables.";
    region_unknown: "Choisissez dans la liste.";
    postal_pattern: "Vérifiez le code, par exemple {0}.";
    postal_region: "Ce code est d’une autre région.";
    refused_part: "Vérifiez cette partie de l’adresse.";
    challenge_page: "La page de votre banque";
    challenge_window: "L’ouvrir plutôt dans une nouvelle fenêtre";
    direct_note: "Les numéros vont directement au processeur de paiement.";
    card_ending: "{0} se terminant par {1}";
    token_gone: "Les coordonnées doivent être entrées de nouveau.";
    went_wrong: "Une erreur s’est produite de notre côté. Réessayez dans un instant.";
    retry: "Réessayer";
    challenge: "Confirmez votre identité";
} }; }
