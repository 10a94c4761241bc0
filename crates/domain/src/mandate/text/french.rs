//! The agreements in French, as written in Canada.

use super::{AmountRule, DateRule, HolderType, MandateScope, MandateTerms, NOTICE_DAYS};
use crate::money::Money;

pub(super) fn ach(terms: &MandateTerms) -> Vec<String> {
    let MandateTerms { organization, contact, .. } = terms;
    let mut paragraphs = vec![
        "Autorisation de débiter un compte bancaire (ACH)".to_owned(),
        format!(
            "J’autorise {organization} à débiter le compte {} que j’indique sur cette page par paiement électronique (ACH), \
             en {}, {}. Je confirme que je peux signer seul pour ce compte.",
            holder(terms),
            terms.currency,
            purpose(terms)
        ),
        amount_and_day(terms),
    ];
    if terms.scope == MandateScope::Standing {
        paragraphs.push(format!(
            "Lorsque les débits d’un même plan ou abonnement varient, {organization} m’indique le montant et la date de \
             chaque débit qui diffère du précédent, au moins {} à l’avance.",
            civil_days(terms.notice_days.max(NOTICE_DAYS))
        ));
    }
    paragraphs.extend([
        format!(
            "Je peux révoquer cette autorisation en avisant {organization}{}\u{a0}: {contact}. Je peux aussi demander à ma \
             banque d’arrêter un débit jusqu’à 3 jours ouvrables avant sa date.",
            lead(terms)
        ),
        format!(
            "Si ma banque retourne un débit faute de provision, {organization} peut présenter de nouveau le même débit, du \
             même montant, au plus deux fois et dans les 180 jours suivant la première présentation."
        ),
        format!(
            "Les débits sont soumis aux lois des États-Unis et aux règles de Nacha. En acceptant sur cette page, je signe \
             cette autorisation par voie électronique\u{a0}; la date et l’heure de mon acceptation y sont consignées. \
             {organization} m’en envoie une copie, que je peux conserver."
        ),
    ]);
    paragraphs
}

pub(super) fn pad(terms: &MandateTerms) -> Vec<String> {
    let MandateTerms { organization, contact, .. } = terms;
    vec![
        match terms.holder {
            HolderType::Personal => "Accord de débit préautorisé (DPA)\u{a0}: DPA personnel".to_owned(),
            HolderType::Business => "Accord de débit préautorisé (DPA)\u{a0}: DPA d’entreprise".to_owned(),
        },
        format!(
            "J’autorise {organization} et son processeur de paiement à débiter le compte {} que j’indique sur cette page, à \
             l’institution financière qui le tient, en {}, {}. Je confirme que toutes les personnes dont ce compte exige la \
             signature ont donné leur accord.",
            holder(terms),
            terms.currency,
            purpose(terms)
        ),
        amount_and_day(terms),
        notice(terms),
        format!(
            "Je peux annuler cet accord en tout temps en avisant {organization}{}. Je peux obtenir un formulaire \
             d’annulation, et en savoir plus sur mon droit d’annuler, auprès de mon institution financière ou à \
             www.paiements.ca. L’annulation ne change rien à ce que je dois.",
            lead(terms)
        ),
        format!("Pour toute question ou pour annuler, on peut joindre {organization}\u{a0}: {contact}."),
        "J’ai certains droits de recours si un débit n’est pas conforme à cet accord. Par exemple, j’ai le droit d’être \
         remboursé de tout débit qui n’est pas autorisé ou qui n’est pas compatible avec cet accord de DPA. Pour en savoir \
         plus sur mes droits de recours, je peux m’adresser à mon institution financière ou visiter www.paiements.ca."
            .to_owned(),
        format!(
            "Si un débit est retourné faute de provision, {organization} peut présenter de nouveau le même débit une seule \
             fois, du même montant, dans les 30 jours."
        ),
        format!(
            "En acceptant sur cette page, je signe cet accord par voie électronique\u{a0}; la date et l’heure de mon \
             acceptation y sont consignées. {organization} m’en envoie une confirmation écrite avant le premier débit, qui \
             peut avoir lieu le même jour."
        ),
    ]
}

fn holder(terms: &MandateTerms) -> &'static str {
    match terms.holder {
        HolderType::Personal => "personnel",
        HolderType::Business => "d’entreprise",
    }
}

fn purpose(terms: &MandateTerms) -> &'static str {
    match terms.scope {
        MandateScope::OneTime => "une seule fois",
        MandateScope::Standing => {
            "pour les achats et les soldes que j’accepte de payer ainsi, jusqu’à ce que j’y mette fin"
        }
    }
}

fn amount_and_day(terms: &MandateTerms) -> String {
    let one = terms.scope == MandateScope::OneTime;
    let subject = if one { "Le débit" } else { "Chaque débit" };
    let amount = match &terms.amount {
        AmountRule::Fixed(amount) => format!("est de {}", written(*amount)),
        AmountRule::UpTo(amount) => {
            format!(
                "est du montant qui m’est indiqué et que j’accepte, et jamais de plus de {}",
                written(*amount)
            )
        }
        AmountRule::AsAgreed => "est du montant qui m’est indiqué et que j’accepte".to_owned(),
    };
    let day = match (terms.days(), &terms.date) {
        (Some(days), _) if one => format!("le {days}"),
        (Some(days), _) => format!("à l’une de ces dates\u{a0}: {days}"),
        (None, DateRule::OnAgreement) => "le jour où je l’accepte".to_owned(),
        (None, DateRule::On(_) | DateRule::AsAgreed) => {
            "à la date qui m’est indiquée au moment où je l’accepte".to_owned()
        }
    };
    let end = if one {
        " Cela vaut pour un seul débit et prend fin avec lui\u{a0}; un autre débit exige un nouvel accord."
    } else {
        ""
    };
    format!("{subject} {amount}, {day}\u{a0}; si les banques sont fermées, le jour ouvrable suivant.{end}")
}

fn notice(terms: &MandateTerms) -> String {
    let organization = &terms.organization;
    match terms.notice_days {
        0 => format!(
            "RENONCIATION AU PRÉAVIS\u{a0}: JE RENONCE À MON DROIT À UN PRÉAVIS DE 10 JOURS CIVILS AVANT UN DÉBIT. \
             {organization} peut débiter ce que j’accepte sans autre avis."
        ),
        short if short < NOTICE_DAYS => format!(
            "RENONCIATION AU PRÉAVIS\u{a0}: JE RENONCE À MON DROIT À UN PRÉAVIS DE 10 JOURS CIVILS AVANT UN DÉBIT. \
             {organization} m’indique le montant et la date de chaque débit au moins {} à l’avance.",
            civil_days(short)
        ),
        full => format!(
            "{organization} m’indique par écrit le montant et la date de chaque débit, et de tout changement, au moins {} à \
             l’avance.",
            civil_days(full)
        ),
    }
}

fn lead(terms: &MandateTerms) -> String {
    let next = if terms.scope == MandateScope::OneTime { "" } else { "prochain " };
    match terms.cancel_days() {
        0 => format!(" avant l’envoi du {next}débit"),
        1 => format!(" au moins 1 jour avant le {next}débit"),
        lead => format!(" au moins {lead} jours avant le {next}débit"),
    }
}

fn civil_days(count: u8) -> String {
    if count == 1 { "1 jour civil".to_owned() } else { format!("{count} jours civils") }
}

/// `12,50 CAD`: the decimal comma of the language.
fn written(amount: Money) -> String {
    amount.to_string().replace('.', ",")
}
