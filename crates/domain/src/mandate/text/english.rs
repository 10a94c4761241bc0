//! The agreements in English.

use super::{AmountRule, DateRule, HolderType, MandateScope, MandateTerms, NOTICE_DAYS};

pub(super) fn ach(terms: &MandateTerms) -> Vec<String> {
    let MandateTerms { organization, contact, .. } = terms;
    let mut paragraphs = vec![
        "Authorization to debit a bank account (ACH)".to_owned(),
        format!(
            "I authorize {organization} to debit the {} account that I give on this page by electronic payment (ACH), in \
             {}, {}. I confirm that I may sign alone for this account.",
            holder(terms),
            terms.currency,
            purpose(terms)
        ),
        amount_and_day(terms),
    ];
    if terms.scope == MandateScope::Standing {
        paragraphs.push(format!(
            "Where the debits of one plan or subscription vary, {organization} tells me the amount and the date of each one \
             that differs from the one before, at least {} before it.",
            days(terms.notice_days.max(NOTICE_DAYS), "calendar day")
        ));
    }
    paragraphs.extend([
        format!(
            "I can revoke this authorization by telling {organization}{}: {contact}. I can also have my bank stop a debit up \
             to 3 business days before its date.",
            lead(terms)
        ),
        format!(
            "If my bank returns a debit because the money is lacking, {organization} may present the same debit again for \
             the same amount, at most twice and within 180 days of the first time."
        ),
        format!(
            "The debits follow the law of the United States and the Nacha rules. By accepting on this page I sign this \
             authorization electronically; the date and time at which I accept are recorded with it. {organization} sends \
             me a copy, which I can keep."
        ),
    ]);
    paragraphs
}

pub(super) fn pad(terms: &MandateTerms) -> Vec<String> {
    let MandateTerms { organization, contact, .. } = terms;
    vec![
        match terms.holder {
            HolderType::Personal => "Pre-authorized debit (PAD) agreement: personal PAD".to_owned(),
            HolderType::Business => "Pre-authorized debit (PAD) agreement: business PAD".to_owned(),
        },
        format!(
            "I authorize {organization} and its payment processor to debit the {} account that I give on this page, at the \
             financial institution that holds it, in {}, {}. I confirm that everybody whose signature this account needs \
             has agreed.",
            holder(terms),
            terms.currency,
            purpose(terms)
        ),
        amount_and_day(terms),
        notice(terms),
        format!(
            "I can cancel this agreement at any time by telling {organization}{}. A cancellation form, and more about my \
             right to cancel, can be had from my financial institution or at www.payments.ca. Cancelling does not change \
             what I owe.",
            lead(terms)
        ),
        format!("{organization} can be reached for questions and for cancelling: {contact}."),
        "I have certain recourse rights if a debit does not comply with this agreement. For example, I have the right to be \
         reimbursed for any debit that is not authorized or is not consistent with this PAD agreement. For more about my \
         recourse rights, I can contact my financial institution or visit www.payments.ca."
            .to_owned(),
        format!(
            "If a debit is returned because the money is lacking, {organization} may present the same debit once more for \
             the same amount, within 30 days."
        ),
        format!(
            "By accepting on this page I sign this agreement electronically; the date and time at which I accept are recorded \
             with it. {organization} sends me written confirmation of it before the first debit, which may be on the same \
             day."
        ),
    ]
}

fn holder(terms: &MandateTerms) -> &'static str {
    match terms.holder {
        HolderType::Personal => "personal",
        HolderType::Business => "business",
    }
}

fn purpose(terms: &MandateTerms) -> &'static str {
    match terms.scope {
        MandateScope::OneTime => "once",
        MandateScope::Standing => {
            "for the purchases and balances that I agree to pay from it, until I end this permission"
        }
    }
}

fn amount_and_day(terms: &MandateTerms) -> String {
    let one = terms.scope == MandateScope::OneTime;
    let subject = if one { "The debit" } else { "Each debit" };
    let amount = match &terms.amount {
        AmountRule::Fixed(amount) => format!("is for {amount}"),
        AmountRule::UpTo(amount) => {
            format!("is for the amount that I am shown and agree to, and never above {amount}")
        }
        AmountRule::AsAgreed => "is for the amount that I am shown and agree to".to_owned(),
    };
    let day = match (terms.days(), &terms.date) {
        (Some(days), _) if one => format!("on {days}"),
        (Some(days), _) => format!("on one of these dates: {days}"),
        (None, DateRule::OnAgreement) => "on the day on which I agree to it".to_owned(),
        (None, DateRule::On(_) | DateRule::AsAgreed) => {
            "on the date that I am shown when I agree to it".to_owned()
        }
    };
    let end = if one {
        " This is for one debit and ends with it; a further debit needs a new agreement."
    } else {
        ""
    };
    format!("{subject} {amount}, {day}; where banks are closed, on the next banking day.{end}")
}

fn notice(terms: &MandateTerms) -> String {
    let organization = &terms.organization;
    match terms.notice_days {
        0 => format!(
            "WAIVER OF NOTICE: I WAIVE MY RIGHT TO 10 CALENDAR DAYS’ NOTICE BEFORE A DEBIT. {organization} may debit what I \
             agree to without further notice."
        ),
        short if short < NOTICE_DAYS => format!(
            "WAIVER OF NOTICE: I WAIVE MY RIGHT TO 10 CALENDAR DAYS’ NOTICE BEFORE A DEBIT. {organization} tells me the \
             amount and the date of each debit at least {} before it.",
            days(short, "calendar day")
        ),
        full => format!(
            "{organization} tells me in writing the amount and the date of each debit, and of every change, at least {} \
             before it.",
            days(full, "calendar day")
        ),
    }
}

fn lead(terms: &MandateTerms) -> String {
    let debit = if terms.scope == MandateScope::OneTime { "the debit" } else { "the next debit" };
    match terms.cancel_days() {
        0 => format!(" before {debit} is sent"),
        lead => format!(" at least {} before {debit}", days(lead, "day")),
    }
}

fn days(count: u8, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
