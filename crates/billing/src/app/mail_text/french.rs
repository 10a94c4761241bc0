//! Mails in French.

use jiff::civil::Date;
use paydesk_domain::money::Money;

use crate::app::mail_text::{Named, Occasion};

/// A subject, and paragraphs.
pub(super) fn write(occasion: &Occasion, organization: &str) -> (String, Vec<String>) {
    match occasion {
        Occasion::Code { code, minutes } => (
            format!("Votre code pour accéder à votre portefeuille\u{a0}: {organization}"),
            vec![
                format!(
                    "{} est le code qui ouvre votre portefeuille sur la page de {organization}. Il est valable {minutes} minutes.",
                    code.0
                ),
                format!(
                    "Si vous n’avez pas demandé ce code, vous n’avez rien à faire\u{a0}: sans lui, personne ne peut ouvrir votre \
                     portefeuille. Ne le communiquez à personne, pas même à {organization}."
                ),
            ],
        ),
        Occasion::MethodSaved { method } => (
            format!("{organization} a enregistré {} pour vous", article(method)),
            vec![
                format!(
                    "{organization} a enregistré pour vous {} dans votre portefeuille, et peut débiter ce que vous aurez accepté.",
                    called(method)
                ),
                contact(organization),
            ],
        ),
        Occasion::MethodUpdated { method } => (
            format!("{organization} a mis à jour votre carte enregistrée"),
            vec![
                format!("{organization} a mis à jour pour vous {} dans votre portefeuille.", called(method)),
                contact(organization),
            ],
        ),
        Occasion::ConsentGiven { method } => consent_given(method, organization),
        Occasion::ConsentEnded { method, plans_continue } => {
            consent_ended(method, *plans_continue, organization)
        }
        Occasion::ConsentMoved { from, to } => consent_moved(from, to, organization),
        Occasion::PlannedFailed { amount, due_on } => (
            format!("Un paiement prévu à {organization} n’a pas abouti"),
            vec![
                format!(
                    "Le paiement de {} à {organization} prévu pour le {} n’a pas abouti. Cette somme reste due.",
                    amount.to_string().replace('.', ","),
                    day(*due_on)
                ),
                format!(
                    "Veuillez vérifier vos cartes et vos comptes bancaires enregistrés, ou communiquer avec {organization}."
                ),
            ],
        ),
        Occasion::CardExpires { method, year, month, next_on } => {
            card_expires(method, *year, (*month, *next_on), organization)
        }
        Occasion::BackupSet { method } => backup_set(method, organization),
        Occasion::BackupEnded { method } => (
            format!("Fin de votre mode de paiement de secours pour {organization}"),
            vec![format!(
                "{} n’est plus votre mode de paiement de secours pour {organization}.",
                sentence(method)
            )],
        ),
        Occasion::BackupCharged { method, amount, due_on } => {
            backup_charged(method, *amount, *due_on, organization)
        }
        Occasion::CardClosed { method, next_on } => card_closed(method, *next_on, organization),
        Occasion::WalletErased => wallet_erased(organization),
    }
}

fn wallet_erased(organization: &str) -> (String, Vec<String>) {
    (
            "Votre portefeuille a été effacé".to_owned(),
            vec![
                format!(
                    "Comme il a été demandé auprès de {organization}, votre portefeuille a été effacé\u{a0}: vos cartes et comptes \
                     bancaires enregistrés ont été retirés, et personne ne peut plus les débiter."
                ),
                "Ce que vous avez accepté est conservé aussi longtemps que les règles des paiements l’exigent. Chaque organisme conserve \
                 ses propres registres de ce que vous avez payé."
                    .to_owned(),
                format!("Si ce n’est pas vous qui l’avez demandé, veuillez communiquer avec {organization}."),
            ],
        )
}

fn card_expires(
    method: &Named,
    year: i16,
    (month, next_on): (i8, Date),
    organization: &str,
) -> (String, Vec<String>) {
    (
        "Votre carte enregistrée expire le mois prochain".to_owned(),
        vec![
            format!(
                "{} expire à la fin {} {year}. {organization} y a prévu un paiement pour le {}.",
                sentence(method),
                of_month(month),
                day(next_on)
            ),
            format!(
                "Veuillez enregistrer la carte renouvelée dans votre portefeuille, ou communiquer avec {organization}."
            ),
        ],
    )
}

fn card_closed(method: &Named, next_on: Date, organization: &str) -> (String, Vec<String>) {
    (
        "Votre carte enregistrée a été fermée".to_owned(),
        vec![
            format!(
                "{} a été fermée, nous dit sa banque. {organization} y a prévu un paiement pour le {}, qui ne peut pas y être débité.",
                sentence(method),
                day(next_on)
            ),
            format!(
                "Veuillez remplacer la carte dans votre portefeuille, ou communiquer avec {organization}."
            ),
        ],
    )
}

fn backup_set(method: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("Votre mode de paiement de secours pour {organization}"),
        vec![format!(
            "{} est votre mode de paiement de secours pour {organization} : lorsqu’un paiement prévu est refusé, il est débité à la \
                 place, une seule fois. Vous pouvez y mettre fin en tout temps dans votre portefeuille.",
            sentence(method)
        )],
    )
}

fn backup_charged(method: &Named, amount: Money, due_on: Date, organization: &str) -> (String, Vec<String>) {
    (
        format!("Votre mode de paiement de secours a été débité pour {organization}"),
        vec![format!(
            "Le paiement de {} prévu pour le {} avec {organization} a été refusé. {}, votre mode de paiement de secours, a été débité \
                 à la place, comme vous l’avez accepté.",
            amount.to_string().replace('.', ","),
            day(due_on),
            sentence(method)
        )],
    )
}

fn consent_given(method: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} peut maintenant débiter votre {}", noun(method)),
        vec![
            format!(
                "Vous autorisez {organization} à débiter {} de ce que vous aurez accepté. Vous pouvez y mettre fin en tout temps \
                     dans votre portefeuille.",
                called(method)
            ),
            contact(organization),
        ],
    )
}

fn consent_ended(method: &Named, plans_continue: bool, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} ne peut plus débiter votre {}", noun(method)),
        vec![
            match plans_continue {
                true => format!(
                    "{organization} ne peut plus débiter {} de rien de nouveau. Ce que vous aviez accepté auparavant se poursuit, \
                         comme vous l’avez choisi.",
                    called(method)
                ),
                false => format!("{organization} ne peut plus débiter {}.", called(method)),
            },
            contact(organization),
        ],
    )
}

fn consent_moved(from: &Named, to: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} peut maintenant débiter {}", article_other(to)),
        vec![
            format!(
                "Vous avez remplacé {} dans votre portefeuille. {organization} peut maintenant débiter {} à la place, pour ce que vous \
                     avez accepté et accepterez. Ce qui était prévu a suivi.",
                called(from),
                called(to)
            ),
            contact(organization),
        ],
    )
}

fn contact(organization: &str) -> String {
    format!(
        "Si vous ne vous y attendiez pas, consultez votre portefeuille ou communiquez avec {organization}."
    )
}

fn noun(method: &Named) -> &'static str {
    if method.is_card { "carte" } else { "compte bancaire" }
}

fn article(method: &Named) -> &'static str {
    if method.is_card { "une carte" } else { "un compte bancaire" }
}

fn article_other(method: &Named) -> &'static str {
    if method.is_card { "une autre carte" } else { "un autre compte bancaire" }
}

fn called(method: &Named) -> String {
    match (method.is_card, method.brand.as_str()) {
        (true, "") => format!("votre carte se terminant par {}", method.last4),
        (true, brand) => format!("votre carte {brand} se terminant par {}", method.last4),
        (false, _) => format!("votre compte bancaire se terminant par {}", method.last4),
    }
}

fn sentence(method: &Named) -> String {
    called(method).replacen("votre", "Votre", 1)
}

fn day(date: Date) -> String {
    let day = date.day();
    let ordinal = if day == 1 { "er" } else { "" };
    format!("{day}{ordinal} {} {}", month_name(date.month()), date.year())
}

/// "de mars", "d’août".
fn of_month(month: i8) -> String {
    let name = month_name(month);
    if name.starts_with(['a', 'o']) { format!("d’{name}") } else { format!("de {name}") }
}

fn month_name(month: i8) -> &'static str {
    match month {
        1 => "janvier",
        2 => "février",
        3 => "mars",
        4 => "avril",
        5 => "mai",
        6 => "juin",
        7 => "juillet",
        8 => "août",
        9 => "septembre",
        10 => "octobre",
        11 => "novembre",
        _ => "décembre",
    }
}
