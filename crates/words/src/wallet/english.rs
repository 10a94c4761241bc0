//! Every word of the wallet, in English, by its name, as in the checkout's table.

/// Gives every word with its name, in English, to another macro: `wallet_english!(strings)` is `strings! { language: "en"; … }`.
#[rustfmt::skip]
#[macro_export]
macro_rules! wallet_english { ($take:ident) => { with_shared_english! { $take;
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
    bank_account: "Bank account";
    valid_until: "Expires {0}";
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
    in_use_more: "Something is planned on it. Replace it by another one, or ask the organization to end what is planned.";
    // Another method in the place of one.
    replace: "Replace by another one";
    replace_title: "Replace {0}";
    replace_by: "What takes its place?";
    replace_moves: "These payments move to it:";
    replace_who: "Who may charge it then: {0}.";
    replace_gone: "{0} is removed then, and nobody can charge it any more.";
    replace_button: "Replace";
    replaced: "{0} has taken the place of {1}, which was removed.";
    replaced_who: "Who may charge it now: {0}.";
    stuck: "These payments cannot move:";
    move_plan: "Charge to another one";
    move_plan_of: "Charge to another one: {0}, from {1}";
    move_title: "Charge these payments to another one";
    move_to: "What are they charged to?";
    move_button: "Move";
    moved: "The payments have moved to {0}.";
    moved_list: "Charged to it from now on:";
    may_not: "{0} may not charge it yet";
    other_choose: "Choose one first.";
    cannot_take: "Nothing has moved, as this one cannot take everything. Let the same organizations charge it first, or choose another one.";
    not_allowed: "The organization may not charge this one yet. Let it do so first.";
    under_way: "A purchase with it is under way. Try again when that is over.";
    // A card that is brought up to date, and a bank that asks who does so.
    update: "Update the card";
    update_title: "Update {0}";
    other_number: "Its number has changed as well";
    updated: "{0} is up to date.";
    by_bank: "Its bank brought it up to date on {0}. Before, it was {1}, good until {2}.";
    closed: "Closed by its bank on {0}. Nobody can charge it any more.";
    prove_more: "Your bank asks for this before the card is saved. Nothing is charged.";
    prove_cancel: "Cancel, and save nothing";
    not_proven: "Your bank did not confirm that it is you. Nothing was saved.";
    given_up: "It was stopped before your bank had confirmed that it is you. Nothing was saved.";
    undecided: "It is not decided yet whether it is saved. Look again in a few minutes.";
    // Where a planned payment is refused.
    backup: "Backup";
    backup_more: "Where a planned payment is refused, the organization may charge this one once, at once.";
    backup_for: "Back up payments to {0}";
    backup_instead: "It takes the place of {0}.";
    backup_end: "End";
    backup_end_of: "End for {0}";
    backup_end_sure: "End the backup for {0}?";
    backup_end_more: "Where a planned payment to {0} is refused, nothing else is charged then.";
    backed_up: "It backs up payments to {0} now.";
    backup_ended: "It backs up payments to {0} no more.";
    // What was agreed to.
    consents: "What you have agreed to";
    consents_more: "Every permission that was given here, the newest first, also those that have ended.";
    back: "Back to your cards and accounts";
    loading: "Loading…";
    no_consents: "Nothing was agreed to yet.";
    may_charge: "May charge {0}";
    may_debit: "May debit {0}";
    may_back_up: "May charge {0} where a planned payment is refused";
    agreed_on: "Agreed to on {0}";
    agreed_by_admin: "Agreed to on {0} by staff, for you";
    agreed_by_organization: "Agreed to on {0}, as the organization tells";
    ended_on: "ended on {0}";
    goes_on: "what was planned goes on";
    in_force: "In force";
    ended: "Ended";
    text_shown: "Text as it was shown";
    text_lost: "The text was not kept.";
    download: "Download";
    download_of: "Download: {0}, {1}";
    show_more: "Show more";
    // A new card or bank account.
    add_card: "Add a card";
    add_account: "Add a bank account";
    saving_more: "Saving it lets nobody charge it: whom you let, you say afterwards.";
    shelf_full: "There is no room for another one. Remove one first.";
    added: "{0} was saved.";
    known_already: "It was saved already, and is as it was.";
    not_accepted: "It was not accepted. Check what you entered, or use another one.";
    not_here: "It cannot be saved here right now. Try again later.";

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
    lost: "The answer did not arrive. Try again: nothing is done twice.";
    too_often: "Too many tries in a short time. Wait a while.";

} }; }
