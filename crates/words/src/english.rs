//! Every word that a payer reads, in English, by its name. These are in the program; every other language has a table of
//! the same names beside this one, and is a file that is loaded when it is read.
//!
//! `{0}`, `{1}` … are filled in. A message about money says what happened, whether money moved, and what to do.

/// Gives every word with its name, in English, to another macro: `english!(strings)` is `strings! { language: "en"; … }`.
#[rustfmt::skip]
#[macro_export]
macro_rules! english { ($take:ident) => { with_shared_english! { $take;
    // Not for reading: the language's own tag, the direction of its writing, and whose pictures of a cheque it shows.
    language: "en";
    direction: "ltr";
    pictures: "en";

    // What is paid.
    pay_to: "Pay {0}";
    invoice: "Invoice {0}";
    total: "Total";
    already_paid: "Already paid";
    due_now: "Due now";
    balance: "Current balance";
    pending: "Pending";
    payable_now: "Payable now";

    // How much of it is paid now.
    how_much: "How much you pay";
    credit: "Account credit";
    credit_use: "Use account credit";
    credit_there: "{0} available";
    part: "Pay only a part now";
    amount: "Amount to pay now";
    amounts: "From {0} to {1}";
    amount_wrong: "Enter an amount from {0} to {1}.";
    pay_credit: "Pay {0} with account credit";
    rest: "Left to pay";

    // Methods.
    how_to_pay: "Payment method";
    ending: "{0} ending {1}, expires {2}";
    ending_expired: "{0} ending {1}, expired {2}, update it";
    expires: "Expires {0}";
    expired: "Expired {0} · Update";
    another_card: "Another card";
    another_bank: "Bank account (eCheck)";
    blocked: "Its bank sent a payment back ({0}). It cannot be used.";
    unfit: "It cannot pay this invoice.";
    new_card: "Card details";
    all_expired: "Your saved cards have expired. Update one, or pay with another card.";
    acting: "{0} pays for {1}";
    staff: "Staff";
    never_signed_in: "{0} has never signed in, so that nothing can be saved.";

    // What a saved method needs.
    code_why: "Confirm this card with its security code.";
    address_why: "The billing address is missing.";
    same_address: "Same as my account’s address";

    // The ways to pay, and what is paid when.
    plan_how: "How would you like to pay?";
    plan_one: "Your payments";
    in_full: "Pay in full";
    in_one: "1 payment, on {1}";
    in_parts: "{0} payments, until {1}";
    today_alone: "{0} today";
    today_then: "{0} today, then {1}";
    today: "Today";
    more_payments: "{0} more payments";
    every_week: "{0} every week";
    every_weeks: "{0} every {1} weeks";
    every_month: "{0} every month";
    every_months: "{0} every {1} months";
    first_charge: "First charge: {0}";
    first_part: "First charge: {0}, for a part of the period";
    next_charge: "Next charge: {0}";
    until: "Until {0}";
    until_ended: "Until you end it";
    why_saved: "Later payments are charged to a saved method: choose one, or the new one is saved.";
    why_kept: "Later payments are charged to a saved method, or to a new card that is kept for them alone.";
    save_needed: "Needed for the payments to come.";
    needs_saved: "A saved method is needed, and nothing can be saved here. Choose another way to pay.";
    expiring_more: "This card expires before your payment of {0}: pay another way, or replace it by then.";
    off_sale: "This cannot be paid here now";
    off_sale_more: "It is no longer offered as it was, or a payment is still on its way. Ask {0}.";

    // The card form.
    cheque: "A cheque. At its bottom, from left to right: {0}";
    mandate_loading: "Loading the agreement…";
    mandate_unavailable: "The agreement could not be loaded.";
    agree: "I have read this agreement and accept it";
    save_bank: "Save this account for next time";
    save: "Save this card for next time";

    // What is wrong with a field.
    required_field: "{0}: required.";
    fix_one: "1 field needs attention. {0}";
    fix_many: "{1} fields need attention. {0}";

    // Paying.
    pay: "Pay {0}";
    update_pay: "Update card and pay {0}";
    updating: "Updating your card…";
    pay_now: "Pay {0} now";
    pay_nothing: "Agree, nothing charged today";
    securing: "Securing your details…";
    confirming: "Confirming your payment…";
    checking: "Checking your payment…";
    challenge_more: "Your bank asks for this before {0} can use your card. Nothing has been charged yet.";
    challenge_cancel: "Cancel this payment";
    calling_off: "Cancelling your payment…";
    keep_open: "Please keep this page open. You will only be charged once.";
    still_checking: "We don’t know the result yet";
    still_checking_more: "Your payment was sent, but the answer has not arrived. Please don’t pay again: it can only be charged once, and checking again is safe.";
    check_again: "Check again";
    paid: "Payment complete";
    paid_amount: "{0} paid to {1}";
    submitted: "Your payment is on its way";
    submitted_more: "{1} gets {0} from your bank in some days. We will tell you if it does not go through.";
    returned: "Your payment did not go through";
    returned_more: "{1} did not get {0} from your bank. Ask {1} how to pay.";
    agreed: "Your payments are set up";
    agreed_more: "Nothing was charged today: your payment method was only verified.";
    next_payment: "Next payment";
    follow_up: "Follow up: {0} has to sign in and give a method of their own for the payments to come.";
    receipt: "Receipt";
    date: "Date";
    paid_with: "Paid with";
    echeck: "eCheck";
    nothing_due: "Nothing to pay";
    nothing_due_more: "This invoice has no balance to pay now.";

    // Refusals. The first line says what happened, the second what to do; no money moved in any of them.
    declined: "Your card was declined";
    bank_declined: "Your bank account was not accepted";
    not_made: "Your payment was not made";
    not_charged: "You have not been charged.";
    funds_advice: "The account does not have enough available. Pay another way, or try later.";
    expired_advice: "The card has expired or the expiry date is wrong. Check the date or use another card.";
    cvc_advice: "The security code is not right. Enter it again.";
    cvc_advice_saved: "The bank did not accept the security check. Try again or use another card.";
    number_advice: "The number is not right. Check it or pay another way.";
    address_advice: "The address does not match. Check the postal code and the address.";
    bank_advice: "Your bank did not approve it and gives no reason here. Pay another way, or call your bank.";
    authentication_advice: "Your bank wants to confirm that it is you, which is not possible here. Pay another way.";
    again_advice: "The payment could not be processed just now. Try again in a moment.";
    unreachable_advice: "Your bank could not be reached. Try again in some minutes, or pay another way.";
    limit_advice: "It was used too often or for too much lately. Pay another way, or try tomorrow.";
    amount_advice: "It does not pay an amount like this. Pay another way.";
    ended_advice: "Your bank was told to stop payments to {0}. Speak with {0}, or pay another way.";
    reissued_advice: "Your bank has sent you a new card in its place. Enter the new one.";
    unproved_advice: "Your bank did not confirm that it is you. Try again, or pay another way.";
    abandoned_advice: "You did not confirm it with your bank, or not in time. Try again, or pay another way.";
    pin_advice: "It works with its PIN alone, which cannot be entered here. Pay another way.";
    duplicate_advice: "The same payment was just made. Look at your receipts before you pay again.";
    currency_advice: "It does not pay in this currency. Pay another way.";
    unusable_advice: "This account takes no payments. Use another one, or a card.";
    code: "Code: {0}";
    unsupported_advice: "It cannot be used for this purchase. Pay another way.";
    generic_advice: "Your bank gives no reason. Pay another way, or call your bank.";

    // Trouble.
    not_sent: "Your payment was not sent";
    processor_unreachable: "The payment processor could not be reached. Check your connection and try again.";
    processor_misconfigured: "This cannot be accepted here right now. Pay another way, or contact {0}.";
    amount_changed: "The amount has changed. Check it above and pay again.";
    schedule_changed: "What is due when has changed. Check it above and pay again.";
    method_gone: "It can no longer be used as it was. Check your choice above.";
    needs_more: "This saved method needs something more: see above.";
    not_updated: "Your card could not be updated, and is as it was. Check what you entered.";
    address_refused: "The billing address was not accepted. Check it and try again.";
    busy: "Too many tries in a short time. Wait a while, or pay another way.";
    session_expired: "This payment page has expired";
    session_expired_more: "Nothing was charged by opening it. Reload the page to continue.";
    session_invalid: "This payment page cannot be opened";
    session_invalid_more: "Go back to the page you came from and start the payment again.";
    unreachable: "The payment page could not be loaded";
    unreachable_more: "Check your connection and try again. If you had just paid, this shows the result; you will not be charged twice.";
} }; }
