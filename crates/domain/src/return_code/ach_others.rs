//! The US network's codes that a person's bank does not send a debit back with: returns of other things, and what banks
//! say to each other about a return.
//!
//! None of them should ever come with a debit of ours. R36 and R40 to R47 are about money and enrolments that we never
//! send. R61 to R70 go from our own bank to the payer's, R71 to R77 back again: what follows for us is whether the return
//! stands, which a processor tells by a return of its own or by none. When one does come, a human must look, and finds
//! here what it means. R48, R49, R54 to R60 and R63 to R66 are in no list that we have read.

use super::Consequence::Review;
use super::ReturnRule;
use super::ReturnWindow::Open;
use super::ach::ach;

/// About payments to somebody, and enrolments for them.
const NOT_DEBITS: &str =
    "name by Northern Trust's list and moov-io/ach, read 2026-11; what follows [M]: general knowledge";
/// Our bank refuses a return, or the payer’s bank stands by it.
const AMONG_BANKS: &str =
    "name and meaning by moov-io/ach, read 2026-11; what follows [M]: general knowledge";

pub(super) const RULES: &[ReturnRule] = &[
    ach(
        "R36",
        Review,
        Open,
        NOT_DEBITS,
        "Only money that was sent to a person comes back with this code, never a debit. Ask the processor what it belongs to.",
        "Seul de l’argent envoyé à une personne revient avec ce code, jamais un débit. Demandez au processeur à quoi il se rapporte.",
    ),
    ach(
        "R40",
        Review,
        Open,
        NOT_DEBITS,
        "A federal agency sent back an enrolment for its payments, which is no debit. Ask the processor what it belongs to.",
        "Un organisme fédéral a renvoyé une inscription à ses paiements, ce qui n’est pas un débit. Demandez au processeur à quoi elle se rapporte.",
    ),
    ach(
        "R41",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency had a wrong kind of account. It is no debit.",
        "Une inscription auprès d’un organisme fédéral avait un mauvais genre de compte. Ce n’est pas un débit.",
    ),
    ach(
        "R42",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency had a wrong routing number. It is no debit.",
        "Une inscription auprès d’un organisme fédéral avait un mauvais numéro d’acheminement. Ce n’est pas un débit.",
    ),
    ach(
        "R43",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency had a wrong account number. It is no debit.",
        "Une inscription auprès d’un organisme fédéral avait un mauvais numéro de compte. Ce n’est pas un débit.",
    ),
    ach(
        "R44",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency had a wrong number for the person. It is no debit.",
        "Une inscription auprès d’un organisme fédéral avait un mauvais numéro de personne. Ce n’est pas un débit.",
    ),
    ach(
        "R45",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency had a wrong name. It is no debit.",
        "Une inscription auprès d’un organisme fédéral avait un mauvais nom. Ce n’est pas un débit.",
    ),
    ach(
        "R46",
        Review,
        Open,
        NOT_DEBITS,
        "An enrolment with a federal agency did not say rightly who receives the payments for somebody else. It is no debit.",
        "Une inscription auprès d’un organisme fédéral n’indiquait pas bien qui reçoit les paiements pour autrui. Ce n’est pas un débit.",
    ),
    ach(
        "R47",
        Review,
        Open,
        NOT_DEBITS,
        "Somebody was enrolled with a federal agency twice. It is no debit.",
        "Une personne a été inscrite deux fois auprès d’un organisme fédéral. Ce n’est pas un débit.",
    ),
    ach(
        "R61",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: it was sent to the wrong bank. The money may come back; ask the processor.",
        "Notre propre banque refuse le retour\u{a0}: il a été envoyé à la mauvaise banque. L’argent peut revenir\u{a0}; demandez au processeur.",
    ),
    ach(
        "R62",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: a mistaken debit and its correction were not both sent back. Ask the processor.",
        "Notre propre banque refuse le retour\u{a0}: un débit fait par erreur et sa correction n’ont pas tous deux été renvoyés. Demandez au processeur.",
    ),
    ach(
        "R67",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: the debit was sent back twice. Ask the processor which of them stands.",
        "Notre propre banque refuse le retour\u{a0}: le débit a été renvoyé deux fois. Demandez au processeur lequel vaut.",
    ),
    ach(
        "R68",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: it came too late. The money may come back; ask the processor.",
        "Notre propre banque refuse le retour\u{a0}: il est arrivé trop tard. L’argent peut revenir\u{a0}; demandez au processeur.",
    ),
    ach(
        "R69",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: it was not filled in rightly. The payer’s bank may correct it.",
        "Notre propre banque refuse le retour\u{a0}: il était mal rempli. La banque du payeur peut le corriger.",
    ),
    ach(
        "R70",
        Review,
        Open,
        AMONG_BANKS,
        "Our own bank refuses the return: it had not asked for it, or not agreed to it. Ask the processor.",
        "Notre propre banque refuse le retour\u{a0}: elle ne l’avait pas demandé, ou pas accepté. Demandez au processeur.",
    ),
    ach(
        "R71",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: our bank’s refusal of it went to the wrong bank.",
        "La banque du payeur maintient son retour\u{a0}: le refus de notre banque est allé à la mauvaise banque.",
    ),
    ach(
        "R72",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: our bank refused it too late.",
        "La banque du payeur maintient son retour\u{a0}: notre banque l’a refusé trop tard.",
    ),
    ach(
        "R73",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: it was in time.",
        "La banque du payeur maintient son retour\u{a0}: il était à temps.",
    ),
    ach(
        "R74",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank has corrected its return: the debit is sent back.",
        "La banque du payeur a corrigé son retour\u{a0}: le débit est renvoyé.",
    ),
    ach(
        "R75",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: it was not sent twice.",
        "La banque du payeur maintient son retour\u{a0}: il n’a pas été envoyé deux fois.",
    ),
    ach(
        "R76",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: there was no mistake in it.",
        "La banque du payeur maintient son retour\u{a0}: il ne contenait pas d’erreur.",
    ),
    ach(
        "R77",
        Review,
        Open,
        AMONG_BANKS,
        "The payer’s bank stands by its return: it has sent back the correction as well, or the payer no longer has the money.",
        "La banque du payeur maintient son retour\u{a0}: elle a aussi renvoyé la correction, ou le payeur n’a plus l’argent.",
    ),
];
