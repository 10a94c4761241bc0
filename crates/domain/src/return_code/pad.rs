//! The return codes of Canadian debits (Payments Canada's Standard 005 and Rule H1).
//!
//! Three published lists agree on names (Payrix, LoanPro, Flinks), and so does VoPay's present one; an older one of VoPay's
//! is wrong and not used: it alone gives 906 and 913 a meaning, among others that have another one everywhere else. In
//! the lists that agree there are neither of them, nor 923 to 989: a bank has no reason to send them, and one that came would go
//! to a human as everything unknown does. What follows is Flinks' decision matrix, made stricter where a code
//! says that the permission is missing.

use super::Consequence::{NewAccount, NewConsent, Retry, Review, StopDebits};
use super::ReturnWindow::{BankingDays, CalendarDays};
use super::{Consequence, Rail, ReturnRule, ReturnWindow};

/// The result of a debit is known within five business days (Stripe's documentation).
const ADMINISTRATIVE: &str = "name by Payrix, LoanPro and Flinks; consequence after Flinks' matrix; window: results within \
                              5 business days (Stripe); read 2026-11";
/// A person has 90 calendar days to claim.
const PERSONAL: &str = "name by Payrix, LoanPro and Flinks; consequence after Flinks' matrix; window by banks' pages on \
                        Rule H1; read 2026-11";
/// A business has ten business days to claim.
const BUSINESS: &str = "name by Payrix, LoanPro and Flinks; consequence after Flinks' matrix; read 2026-11; window [M]: \
                        general knowledge of Rule H1";

pub(super) const RULES: &[ReturnRule] = &[
    pad(
        "900",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The debit was not written as the network requires, and never reached the payer’s bank.",
        "Le débit n’était pas écrit comme le réseau l’exige et n’a jamais atteint la banque du payeur.",
    ),
    pad(
        "901",
        Retry,
        BankingDays(5),
        ADMINISTRATIVE,
        "There was not enough money in the account.",
        "Il n’y avait pas assez d’argent dans le compte.",
    ),
    pad(
        "902",
        NewAccount,
        BankingDays(5),
        ADMINISTRATIVE,
        "The bank has no such account.",
        "La banque n’a pas ce compte.",
    ),
    pad(
        "903",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The payer told the bank to stop this payment, or it was recalled.",
        "Le payeur a demandé à la banque d’arrêter ce paiement, ou celui-ci a été rappelé.",
    ),
    pad(
        "904",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The date of the debit was too early or too late.",
        "La date du débit était trop hâtive ou trop tardive.",
    ),
    pad("905", NewAccount, BankingDays(5), ADMINISTRATIVE, "The account is closed.", "Le compte est fermé."),
    pad(
        "907",
        NewAccount,
        BankingDays(5),
        ADMINISTRATIVE,
        "Debits are not allowed from this kind of account.",
        "Les débits ne sont pas permis sur ce genre de compte.",
    ),
    pad(
        "908",
        Retry,
        BankingDays(5),
        ADMINISTRATIVE,
        "The money in the account was not yet available.",
        "L’argent du compte n’était pas encore disponible.",
    ),
    pad(
        "909",
        NewAccount,
        BankingDays(5),
        ADMINISTRATIVE,
        "The account is in another currency than the debit.",
        "Le compte est dans une autre devise que le débit.",
    ),
    pad(
        "910",
        StopDebits,
        BankingDays(5),
        ADMINISTRATIVE,
        "The account’s holder has died.",
        "Le titulaire du compte est décédé.",
    ),
    pad(
        "911",
        StopDebits,
        BankingDays(5),
        ADMINISTRATIVE,
        "The account is frozen by the bank or by law.",
        "Le compte est bloqué par la banque ou par la loi.",
    ),
    pad(
        "912",
        NewAccount,
        BankingDays(5),
        ADMINISTRATIVE,
        "The account number is wrong.",
        "Le numéro de compte est erroné.",
    ),
    pad(
        "914",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The name does not match the account.",
        "Le nom ne correspond pas au compte.",
    ),
    pad(
        "915",
        StopDebits,
        CalendarDays(90),
        PERSONAL,
        "The payer says that there never was an agreement to debit.",
        "Le payeur dit qu’il n’y a jamais eu d’accord de débit.",
    ),
    pad(
        "916",
        Review,
        CalendarDays(90),
        PERSONAL,
        "A person says that the debit was not as agreed: amount, day or purpose.",
        "Une personne dit que le débit n’était pas conforme à l’accord\u{a0}: montant, jour ou raison.",
    ),
    pad(
        "917",
        NewConsent,
        CalendarDays(90),
        PERSONAL,
        "A person had ended the agreement to debit.",
        "Une personne avait mis fin à l’accord de débit.",
    ),
    pad(
        "918",
        Review,
        CalendarDays(90),
        PERSONAL,
        "A person says that they were not sent the confirmation or the notice before the debit.",
        "Une personne dit ne pas avoir reçu la confirmation ou l’avis avant le débit.",
    ),
    pad(
        "919",
        Review,
        BankingDays(10),
        BUSINESS,
        "A business says that the debit was not as agreed: amount, day or purpose.",
        "Une entreprise dit que le débit n’était pas conforme à l’accord\u{a0}: montant, jour ou raison.",
    ),
    pad(
        "920",
        NewConsent,
        BankingDays(10),
        BUSINESS,
        "A business had ended the agreement to debit.",
        "Une entreprise avait mis fin à l’accord de débit.",
    ),
    pad(
        "921",
        Review,
        BankingDays(10),
        BUSINESS,
        "A business says that it was not sent the confirmation or the notice before the debit.",
        "Une entreprise dit ne pas avoir reçu la confirmation ou l’avis avant le débit.",
    ),
    pad(
        "922",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The person sent back money that was sent to them, such as a refund.",
        "La personne a retourné de l’argent qui lui était envoyé, comme un remboursement.",
    ),
    pad(
        "990",
        Review,
        BankingDays(5),
        ADMINISTRATIVE,
        "The payer’s bank could not settle with the network.",
        "La banque du payeur n’a pas pu régler avec le réseau.",
    ),
];

const fn pad(
    code: &'static str,
    consequence: Consequence,
    window: ReturnWindow,
    source: &'static str,
    meaning: &'static str,
    meaning_fr: &'static str,
) -> ReturnRule {
    ReturnRule { code, rail: Rail::Pad, meaning, meaning_fr, consequence, rate: None, window, source }
}
