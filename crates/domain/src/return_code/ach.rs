//! The return codes of the US network that a debit can come back with.
//!
//! Those that no debit of ours can come back with are in `ach_others`.
//!
//! Two sources disagree on R06 (60 days, or whatever the banks agree to) and on R29 (two banking days, or 60 calendar
//! days): the table takes what most documents say. No code but R01 and R09 may be presented again as it is.

use super::Consequence::{NewAccount, NewConsent, Retry, Review, StopDebits};
use super::RateLevel::{Administrative, Unauthorized};
use super::ReturnWindow::{BankingDays, CalendarDays, Open};
use super::{Consequence, Rail, RateLevel, ReturnRule, ReturnWindow};

/// Consequence and window are both published.
const BANKS: &str =
    "Nacha rules as five US banks publish them; window also by PayNearMe and Galileo; read 2026-11";
/// As above, and the rate level or the rule itself on nacha.org.
const NACHA: &str =
    "nacha.org (rate levels, R11) and US banks; window also by PayNearMe and Galileo; read 2026-11";
/// The name and the window are published, the consequence is our own reading or from memory.
const NAMED: &str =
    "name and window by PayNearMe and Galileo, read 2026-11; consequence [M]: general knowledge";
/// The name is published, the rest is from memory.
const MEMORY: &str =
    "name by Northern Trust's list, read 2026-11; window and consequence [M]: general knowledge";
/// All of it is from memory.
const ALL_MEMORY: &str = "[M]: general knowledge of the Nacha rules, to be confirmed with the processor";

pub(super) const RULES: &[ReturnRule] = &[
    ach(
        "R01",
        Retry,
        BankingDays(2),
        BANKS,
        "There was not enough money in the account.",
        "Il n’y avait pas assez d’argent dans le compte.",
    ),
    counted(
        Administrative,
        ach("R02", NewAccount, BankingDays(2), BANKS, "The account is closed.", "Le compte est fermé."),
    ),
    counted(
        Administrative,
        ach(
            "R03",
            NewAccount,
            BankingDays(2),
            BANKS,
            "The bank has no such account, or it is not this person’s.",
            "La banque n’a pas ce compte, ou il n’est pas celui de cette personne.",
        ),
    ),
    counted(
        Administrative,
        ach(
            "R04",
            NewAccount,
            BankingDays(2),
            BANKS,
            "The account number cannot be right.",
            "Le numéro de compte ne peut pas être exact.",
        ),
    ),
    counted(
        Unauthorized,
        ach(
            "R05",
            StopDebits,
            CalendarDays(60),
            NACHA,
            "A person’s account was debited as if it were a business’s, and they say they did not allow it.",
            "Le compte d’une personne a été débité comme celui d’une entreprise, et elle dit ne pas l’avoir permis.",
        ),
    ),
    ach(
        "R06",
        Review,
        Open,
        NAMED,
        "Our own bank or processor asked for the debit to be sent back.",
        "Notre propre banque ou processeur a demandé le retour du débit.",
    ),
    counted(
        Unauthorized,
        ach(
            "R07",
            NewConsent,
            CalendarDays(60),
            NACHA,
            "The payer had withdrawn the permission to debit.",
            "Le payeur avait retiré sa permission de débiter.",
        ),
    ),
    ach(
        "R08",
        NewConsent,
        BankingDays(2),
        BANKS,
        "The payer told the bank to stop this payment.",
        "Le payeur a demandé à la banque d’arrêter ce paiement.",
    ),
    ach(
        "R09",
        Retry,
        BankingDays(2),
        BANKS,
        "The money in the account was not yet available.",
        "L’argent du compte n’était pas encore disponible.",
    ),
    counted(
        Unauthorized,
        ach(
            "R10",
            StopDebits,
            CalendarDays(60),
            NACHA,
            "The payer says that they do not know us or did not allow the debit.",
            "Le payeur dit ne pas nous connaître ou ne pas avoir permis le débit.",
        ),
    ),
    counted(
        Unauthorized,
        ach(
            "R11",
            Review,
            CalendarDays(60),
            NACHA,
            "The payer allowed a debit, but not this one: wrong amount, wrong day, or another mistake. Once corrected, \
             a new debit needs no new permission.",
            "Le payeur a permis un débit, mais pas celui-ci\u{a0}: mauvais montant, mauvais jour ou autre erreur. Une fois \
             l’erreur corrigée, un nouveau débit n’exige pas de nouvelle permission.",
        ),
    ),
    ach(
        "R12",
        NewAccount,
        BankingDays(2),
        NAMED,
        "The account was moved to another bank.",
        "Le compte a été cédé à une autre banque.",
    ),
    ach(
        "R13",
        NewAccount,
        BankingDays(1),
        NAMED,
        "The routing number belongs to no bank that takes debits.",
        "Le numéro d’acheminement n’est celui d’aucune banque qui accepte les débits.",
    ),
    ach(
        "R14",
        StopDebits,
        BankingDays(2),
        NAMED,
        "The person who looked after the account for somebody else has died or no longer may.",
        "La personne qui gérait le compte pour autrui est décédée ou n’y est plus autorisée.",
    ),
    ach(
        "R15",
        StopDebits,
        BankingDays(2),
        NAMED,
        "The account’s holder has died.",
        "Le titulaire du compte est décédé.",
    ),
    ach(
        "R16",
        StopDebits,
        BankingDays(2),
        NAMED,
        "The account is frozen by the bank or by law.",
        "Le compte est bloqué par la banque ou par la loi.",
    ),
    ach(
        "R17",
        Review,
        BankingDays(2),
        NAMED,
        "The bank found the debit faulty, or suspicious with a wrong account number.",
        "La banque a jugé le débit fautif, ou suspect avec un mauvais numéro de compte.",
    ),
    ach(
        "R18",
        Review,
        BankingDays(1),
        NAMED,
        "The date that we or the processor asked for was not possible.",
        "La date que nous ou le processeur avons demandée n’était pas possible.",
    ),
    ach(
        "R19",
        Review,
        BankingDays(1),
        NAMED,
        "The amount was not written as the network requires.",
        "Le montant n’était pas écrit comme le réseau l’exige.",
    ),
    ach(
        "R20",
        NewAccount,
        BankingDays(2),
        NAMED,
        "Payments cannot be taken from this kind of account, for example from some savings accounts.",
        "On ne peut pas prélever sur ce genre de compte, par exemple sur certains comptes d’épargne.",
    ),
    ach(
        "R21",
        Review,
        BankingDays(2),
        NAMED,
        "The bank does not accept the number that identifies us.",
        "La banque n’accepte pas le numéro qui nous identifie.",
    ),
    ach(
        "R22",
        Review,
        BankingDays(2),
        MEMORY,
        "The number that identifies the payer to us was not accepted.",
        "Le numéro qui identifie le payeur chez nous n’a pas été accepté.",
    ),
    ach(
        "R23",
        Review,
        Open,
        MEMORY,
        "The person refused money that was sent to them, such as a refund.",
        "La personne a refusé de l’argent qui lui était envoyé, comme un remboursement.",
    ),
    ach(
        "R24",
        Review,
        BankingDays(2),
        MEMORY,
        "The bank takes it for a copy of another debit. Check whether that one was paid.",
        "La banque y voit la copie d’un autre débit. Vérifiez si l’autre a été payé.",
    ),
    ach(
        "R25",
        Review,
        BankingDays(1),
        MEMORY,
        "The details sent with the debit were faulty.",
        "Les précisions jointes au débit étaient fautives.",
    ),
    ach(
        "R26",
        Review,
        BankingDays(1),
        MEMORY,
        "Something that the network requires was missing from the debit.",
        "Il manquait au débit un élément que le réseau exige.",
    ),
    ach(
        "R27",
        Review,
        BankingDays(1),
        MEMORY,
        "The network could not follow the debit’s own number.",
        "Le réseau n’a pas pu suivre le numéro du débit lui-même.",
    ),
    ach(
        "R28",
        NewAccount,
        BankingDays(1),
        MEMORY,
        "The routing number contains a typing mistake.",
        "Le numéro d’acheminement contient une faute de frappe.",
    ),
    counted(
        Unauthorized,
        ach(
            "R29",
            StopDebits,
            BankingDays(2),
            NACHA,
            "A business says that it did not allow the debit. Its bank may be set to refuse debits from unknown senders.",
            "Une entreprise dit ne pas avoir permis le débit. Sa banque refuse peut-être les débits d’expéditeurs inconnus.",
        ),
    ),
    ach(
        "R30",
        Review,
        BankingDays(1),
        MEMORY,
        "The bank does not take cheques in this electronic form.",
        "La banque n’accepte pas les chèques sous cette forme électronique.",
    ),
    ach(
        "R31",
        Review,
        Open,
        MEMORY,
        "A business’s bank sent the debit back late, with our bank’s consent.",
        "La banque d’une entreprise a renvoyé le débit en retard, avec l’accord de notre banque.",
    ),
    ach(
        "R32",
        Review,
        BankingDays(1),
        MEMORY,
        "The payer’s bank could not settle with the network.",
        "La banque du payeur n’a pas pu régler avec le réseau.",
    ),
    ach(
        "R33",
        Review,
        CalendarDays(60),
        MEMORY,
        "A destroyed cheque that was collected electronically was sent back.",
        "Un chèque détruit, encaissé par voie électronique, a été retourné.",
    ),
    ach(
        "R34",
        NewAccount,
        BankingDays(1),
        MEMORY,
        "The payer’s bank takes part in the network within limits only.",
        "La banque du payeur ne participe au réseau que de façon limitée.",
    ),
    ach(
        "R35",
        Review,
        BankingDays(1),
        MEMORY,
        "Debits of this kind are not allowed to this account.",
        "Les débits de ce genre ne sont pas permis sur ce compte.",
    ),
    ach(
        "R37",
        Review,
        CalendarDays(60),
        MEMORY,
        "The cheque behind the debit was cashed as well.",
        "Le chèque à l’origine du débit a aussi été encaissé.",
    ),
    ach(
        "R38",
        Review,
        CalendarDays(60),
        MEMORY,
        "The payer had stopped the cheque behind the debit.",
        "Le payeur avait arrêté le chèque à l’origine du débit.",
    ),
    ach(
        "R39",
        Review,
        BankingDays(2),
        MEMORY,
        "The cheque behind the debit may not be collected electronically, or was cashed already.",
        "Le chèque à l’origine du débit ne peut être encaissé par voie électronique, ou l’a déjà été.",
    ),
    ach(
        "R50",
        Review,
        BankingDays(2),
        ALL_MEMORY,
        "The law of the payer’s state does not allow a returned cheque to be collected this way.",
        "La loi de l’État du payeur ne permet pas d’encaisser ainsi un chèque retourné.",
    ),
    counted(
        Unauthorized,
        ach(
            "R51",
            Review,
            CalendarDays(60),
            "rate level on nacha.org, read 2026-11; window and consequence [M]: general knowledge",
            "A returned cheque was collected electronically that may not be, or not in this way.",
            "Un chèque retourné a été encaissé par voie électronique alors qu’il ne pouvait l’être, ou pas ainsi.",
        ),
    ),
    ach(
        "R52",
        Review,
        CalendarDays(60),
        ALL_MEMORY,
        "The payer had stopped the returned cheque that was collected electronically.",
        "Le payeur avait arrêté le chèque retourné qui a été encaissé par voie électronique.",
    ),
    ach(
        "R53",
        Review,
        CalendarDays(60),
        ALL_MEMORY,
        "A returned cheque was cashed on paper and electronically.",
        "Un chèque retourné a été encaissé sur papier et par voie électronique.",
    ),
    ach(
        "R80",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "A debit across borders was coded wrongly.",
        "Un débit transfrontalier était mal codé.",
    ),
    ach(
        "R81",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "The bank takes no debits across borders.",
        "La banque n’accepte pas les débits transfrontaliers.",
    ),
    ach(
        "R82",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "The foreign bank’s number is not valid.",
        "Le numéro de la banque étrangère n’est pas valide.",
    ),
    ach(
        "R83",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "The foreign bank could not settle.",
        "La banque étrangère n’a pas pu régler.",
    ),
    ach(
        "R84",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "The bank between the countries did not process the debit.",
        "La banque entre les deux pays n’a pas traité le débit.",
    ),
    ach(
        "R85",
        Review,
        BankingDays(1),
        ALL_MEMORY,
        "A payment to another country was coded as if it stayed in this one.",
        "Un paiement vers un autre pays était codé comme un paiement intérieur.",
    ),
];

pub(super) const fn ach(
    code: &'static str,
    consequence: Consequence,
    window: ReturnWindow,
    source: &'static str,
    meaning: &'static str,
    meaning_fr: &'static str,
) -> ReturnRule {
    ReturnRule { code, rail: Rail::Ach, meaning, meaning_fr, consequence, rate: None, window, source }
}

const fn counted(level: RateLevel, rule: ReturnRule) -> ReturnRule {
    ReturnRule { rate: Some(level), ..rule }
}
