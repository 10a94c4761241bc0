//! Every word of the wallet, in English, by its name, as in the checkout's table.

/// Gives every word with its name, in English, to another macro: `wallet_english!(strings)` is `strings! { language: "en"; … }`.
#[rustfmt::skip]
#[macro_export]
macro_rules! wallet_english { ($take:ident) => { $take! {
    // Not for reading: the language's own tag, and the direction of its writing.
    language: "en";
    direction: "ltr";

    // Entering.
    enter: "Confirm that it is you";
    code_sent: "A code is on its way to {0}. Enter it to see your saved cards and bank accounts.";
    one_time_code: "Code";
    code_hint: "6 digits, from the e-mail";
    remember: "Remember this device";
    remember_more: "No code is asked for here for 90 days. Only on a device of your own.";
    enter_button: "Continue";
    code_checking: "Checking the code…";
    resend: "Send a new code";
    resend_in: "A new code can be sent in {0} s.";
    resent: "A new code is on its way.";
    code_incomplete: "Enter the 6 digits of the code.";
    code_wrong_one: "This is not the code. 1 try is left.";
    code_wrong: "This is not the code. {0} tries are left.";
    code_over: "This code can no longer be used. Send a new one.";
    no_email: "Your e-mail address is not known";
    no_email_more: "A code has to be sent to you before your saved cards are shown. Ask the organization whose page this is to add your e-mail address.";
    too_many_codes: "Too many codes were asked for";
    too_many_codes_more: "Wait an hour, then try again.";
    no_mail: "No code can be sent right now";
    no_mail_more: "Try again later, or ask the organization whose page this is.";
    // What keeps the wallet from being shown.
    session_over: "This page has expired";
    session_over_more: "Reload it to go on. What you saved is as it was.";
    session_wrong: "This page cannot be opened";
    session_wrong_more: "Go back to the page you came from and open it again.";
    unreachable_wallet: "Your saved cards and accounts could not be loaded";
    unreachable_wallet_more: "Check your connection and try again.";
    // The wallet.
    wallet: "Your saved cards and bank accounts";
    cards: "Cards";
    accounts: "Bank accounts";
    count: "{0} of {1}";
    no_cards: "No card is saved. Add one here, or choose to save it when you pay.";
    no_accounts: "No bank account is saved. Add one here, or choose to save it when you pay.";
    card_ending: "{0} ending {1}";
    bank_account: "Bank account";
    valid_until: "Expires {0}";
    expiring: "Expires before the payment of {0}";
    expired_since: "Expired {0}";
    no_debits: "Its bank sent a payment back ({0}). It takes no more debits.";
    default_mark: "Default";
    manage: "Manage";
    manage_of: "Manage {0}";
    charged_by_none: "Nobody may charge it";
    charged_by_one: "{0} may charge it";
    charged_by_many: "{0} organizations may charge it";
    planned_one: "1 payment planned";
    planned_many: "{0} payments planned";
    who: "Who may charge it";
    since: "since {0}";
    nobody: "Nobody may charge it. Let an organization do so here, or when you pay.";
    planned: "What is planned";
    planned_line: "{0} to {1}";
    nothing_planned: "Nothing is planned on it.";
    no_address: "No billing address that can be used is known. Correct it, so that payments are not refused.";
    // What can be done with a method.
    rename: "Rename";
    make_default: "Make default";
    correct_address: "Correct the address";
    authorize: "Let {0} charge it";
    revoke: "Revoke";
    revoke_of: "Revoke for {0}";
    remove: "Remove";
    nickname: "Name";
    nickname_hint: "Only you see it. Empty for no name.";
    save_change: "Save";
    cancel: "Cancel";
    saving: "Saving…";
    agree_button: "Agree";
    revoke_sure: "Revoke {0}’s permission?";
    revoke_more: "From then on {0} charges nothing new to it.";
    revoke_agreed: "You have agreed to these payments:";
    plans_go_on: "They go on to be charged on their days";
    plans_end: "They end as well. What you owe stays owed";
    plans_choose: "Choose what becomes of these payments.";
    remove_sure: "Remove {0}?";
    remove_more: "No organization can charge it any more. To use it again, it has to be saved anew.";
    in_use: "It cannot be removed yet";
    in_use_more: "Something is planned on it. Have it charged to another card or account, or ask the organization to end it.";
    // A new card or bank account.
    add_card: "Add a card";
    add_account: "Add a bank account";
    saving_more: "Saving it lets nobody charge it: whom you let, you say afterwards.";
    shelf_full: "There is no room for another one. Remove one first.";
    added: "{0} was saved.";
    known_already: "It was saved already, and is as it was.";
    not_accepted: "It was not accepted. Check what you entered, or use another one.";
    not_here: "It cannot be saved here right now. Try again later.";
    number: "Card number";
    expiry: "Expiry date";
    expiry_hint: "MM / YY";
    cvc: "Security code";
    cvc_hint_back: "3 digits, on the back";
    cvc_hint_front: "4 digits, on the front";
    name: "Name on card";
    holder_name: "Account holder’s name";
    holder: "Whose account it is";
    personal: "A person’s";
    business: "A business’s";
    account_type: "Account type";
    chequing: "Checking";
    savings: "Savings";
    direct_note: "The numbers go straight to the payment processor.";
    token_gone: "The details have to be entered again.";
    number_incomplete: "The card number is not complete.";
    number_wrong: "Check the number: a digit is wrong.";
    number_long: "The card number is too long.";
    number_refused: "The processor does not know this number.";
    expiry_incomplete: "Enter month and year.";
    expiry_month: "The month is 01 to 12.";
    expiry_past: "This card has expired.";
    expiry_refused: "This is not the card’s expiry date.";
    expiry_far: "Check the year.";
    cvc_incomplete: "Enter {0} digits.";
    different: "The two numbers differ.";
    cvc_refused: "The code is not right.";
    routing: "Routing number";
    institution: "Institution number";
    transit: "Transit number";
    account: "Account number";
    again: "Account number again";

    email: "E-mail address";
    email_hint: "Notices about debits go there.";
    email_wrong: "Enter an e-mail address, such as kim@example.org.";

    // What became of it.
    saved_change: "Saved.";
    removed: "{0} was removed.";
    authorized: "{0} may charge it now.";
    revoked: "{0} may charge it no more.";
    changed_elsewhere: "It was changed meanwhile, in another tab or on another device. This is how it is now: check it and try again.";
    being_updated: "This card is being brought up to date. Try again in a minute.";
    refused_part: "Check this part of the address.";
    lost: "The answer did not arrive. Try again: nothing is done twice.";
    too_often: "Too many tries in a short time. Wait a while.";
    went_wrong: "Something went wrong on our side. Try again in a moment.";

    // An address, as the checkout says it.
    line1: "Address";
    line2: "Apartment, suite";
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
    country: "Country or region";
    required: "Required.";
    too_long: "This is too long.";
    unreadable: "Some characters cannot be used.";
    region_unknown: "Choose one of the list.";
    postal_pattern: "Check the code, for example {0}.";
    postal_region: "Not a code of this region.";
    example: "For example {0}";
    choose: "Choose…";
    address_loading: "Loading the address fields…";
    address_unavailable: "The address fields for this country could not be loaded.";
    retry: "Try again";
    optional: "optional";
    billing_address: "Billing address";
    slow: "This takes longer than usual.";
} }; }
