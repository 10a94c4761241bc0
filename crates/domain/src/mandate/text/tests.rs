use super::*;

const ORGANIZATION: &str = "Centre du Parc";
const CONTACT: &str = "12, rue du Lac, Québec, 418-555-0100, info@parc.example";

/// What must be in a text, and the words by which a reader knows it.
struct Element {
    name: &'static str,
    words: [&'static str; 2],
}

const fn element(name: &'static str, english: &'static str, french: &'static str) -> Element {
    Element { name, words: [english, french] }
}

fn elements(kind: MandateKind, terms: &MandateTerms) -> Vec<Element> {
    let one = terms.scope == MandateScope::OneTime;
    let mut wanted = vec![
        element("authority to debit", "I authorize Centre du Parc", "J’autorise Centre du Parc"),
        element("amount", if one { "The debit is for" } else { "Each debit is for" }, "débit est d"),
        match terms.date {
            DateRule::OnAgreement => {
                element("timing", "on the day on which I agree", "le jour où je l’accepte")
            }
            DateRule::On(_) => element("timing", "2026-12-01", "2026-12-01"),
            DateRule::AsAgreed => {
                element("timing", "on the date that I am shown", "à la date qui m’est indiquée")
            }
        },
        element("banking days", "on the next banking day", "le jour ouvrable suivant"),
        element("contact", CONTACT, CONTACT),
        element("signature", "I sign this", "je signe cet"),
        element(
            "date",
            "the date and time at which I accept are recorded",
            "la date et l’heure de mon acceptation",
        ),
        match terms.holder {
            HolderType::Personal => element("category", "personal account", "compte personnel"),
            HolderType::Business => element("category", "business account", "compte d’entreprise"),
        },
    ];
    match &terms.amount {
        AmountRule::Fixed(_) => wanted.push(element("the amount", "12.50", "12,50")),
        AmountRule::UpTo(_) => {
            wanted.push(element("the amount", "never above 12.50", "jamais de plus de 12,50"))
        }
        AmountRule::AsAgreed => wanted.push(element("the amount", "that I am shown", "qui m’est indiqué")),
    }
    if one {
        wanted.push(element(
            "end of a single debit",
            "a further debit needs a new",
            "un autre débit exige un nouvel",
        ));
    }
    match kind {
        MandateKind::AchWeb => wanted.extend(elements_ach(terms)),
        MandateKind::Pad => wanted.extend(elements_pad(terms)),
    }
    wanted
}

fn elements_ach(terms: &MandateTerms) -> Vec<Element> {
    let mut wanted = vec![
        element("recognizable", "Authorization to debit a bank account", "Autorisation de débiter un compte"),
        element("currency", "in USD", "en USD"),
        element(
            "how to revoke",
            "I can revoke this authorization by",
            "Je peux révoquer cette autorisation en",
        ),
        element("stop at the bank", "3 business days before", "3 jours ouvrables avant"),
        element("copy", "sends me a copy", "m’en envoie une copie"),
        element(
            "re-presentment",
            "at most twice and within 180 days",
            "au plus deux fois et dans les 180 jours",
        ),
    ];
    if terms.scope == MandateScope::Standing {
        wanted.push(match terms.notice_days {
            12 => element(
                "notice of varying amounts",
                "at least 12 calendar days before",
                "au moins 12 jours civils",
            ),
            _ => element(
                "notice of varying amounts",
                "at least 10 calendar days before",
                "au moins 10 jours civils",
            ),
        });
    }
    wanted
}

fn elements_pad(terms: &MandateTerms) -> Vec<Element> {
    vec![
        element("recognizable", "Pre-authorized debit (PAD) agreement", "Accord de débit préautorisé (DPA)"),
        element("currency", "in CAD", "en CAD"),
        match terms.holder {
            HolderType::Personal => element("category of PAD", "personal PAD", "DPA personnel"),
            HolderType::Business => element("category of PAD", "business PAD", "DPA d’entreprise"),
        },
        element(
            "cancellation",
            "I can cancel this agreement at any time",
            "Je peux annuler cet accord en tout temps",
        ),
        element("cancellation form", "form", "formulaire"),
        element("cancellation source", "www.payments.ca", "www.paiements.ca"),
        element("recourse", "I have certain recourse rights", "J’ai certains droits de recours"),
        element("reimbursement", "the right to be reimbursed", "le droit d’être remboursé"),
        element(
            "re-presentment",
            "once more for the same amount, within 30 days",
            "une seule fois, du même montant, dans les 30",
        ),
        element("confirmation", "written confirmation", "confirmation écrite"),
        if terms.notice_days < 10 {
            element(
                "waiver",
                "WAIVER OF NOTICE: I WAIVE MY RIGHT TO 10 CALENDAR DAYS’ NOTICE",
                "RENONCIATION AU PRÉAVIS\u{a0}: JE RENONCE À MON DROIT À UN PRÉAVIS DE 10 JOURS CIVILS",
            )
        } else {
            element("notice", "12 calendar days before", "12 jours civils à l’avance")
        },
    ]
}

/// The names of the elements that a text lacks.
fn lacking(wanted: &[Element], locale: &str, text: &str) -> Vec<&'static str> {
    let language = usize::from(locale == "fr");
    wanted
        .iter()
        .filter(|element| !text.contains(element.words[language]))
        .map(|element| element.name)
        .collect()
}

fn every_terms(kind: MandateKind) -> Vec<MandateTerms> {
    let currency = match kind {
        MandateKind::AchWeb => Currency::USD,
        MandateKind::Pad => Currency::CAD,
    };
    let amount = Money::new(1250, currency);
    let first: Date = "2026-12-01".parse().unwrap();
    let mut all = Vec::new();
    for scope in MandateScope::ALL {
        for holder in HolderType::ALL {
            for amount in [AmountRule::Fixed(amount), AmountRule::UpTo(amount), AmountRule::AsAgreed] {
                for date in [DateRule::OnAgreement, DateRule::On(vec![first]), DateRule::AsAgreed] {
                    for notice_days in [0, 1, 3, 12] {
                        for cancel_days in [0, 1, 10] {
                            all.push(MandateTerms {
                                organization: ORGANIZATION.into(),
                                contact: CONTACT.into(),
                                scope,
                                holder,
                                currency,
                                amount: amount.clone(),
                                date: date.clone(),
                                notice_days,
                                cancel_days,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

/// Every element of every variant in both languages; and, as its own positive control, each element is missed as
/// soon as the sentences that say it are taken away.
#[test]
fn every_element_is_there() {
    for kind in MandateKind::ALL {
        for terms in every_terms(kind) {
            let wanted = elements(kind, &terms);
            for locale in ["en-CA", "fr-CA"] {
                let shown = mandate_text(kind, locale, &terms);
                assert_eq!(
                    lacking(&wanted, shown.locale, &shown.text),
                    [""; 0],
                    "{kind:?} {terms:?}\n{}",
                    shown.text
                );
                for element in &wanted {
                    let words = element.words[usize::from(shown.locale == "fr")];
                    let without = shown.text.replace(words, "…");
                    assert!(
                        lacking(&wanted, shown.locale, &without).contains(&element.name),
                        "{}",
                        element.name
                    );
                }
            }
        }
    }
}

/// The waiver stands alone, in a paragraph that begins with it in capitals.
#[test]
fn a_waiver_cannot_be_overlooked() {
    for terms in every_terms(MandateKind::Pad) {
        for (locale, heading) in [("en", "WAIVER OF NOTICE"), ("fr", "RENONCIATION AU PRÉAVIS")] {
            let shown = mandate_text(MandateKind::Pad, locale, &terms);
            let alone = shown.text.split("\n\n").any(|paragraph| paragraph.starts_with(heading));
            assert_eq!(alone, terms.notice_days < 10, "{}", shown.text);
        }
    }
}

#[test]
fn no_cancellation_takes_longer_than_the_rules_allow() {
    for kind in MandateKind::ALL {
        let terms =
            MandateTerms { cancel_days: 200, scope: MandateScope::Standing, ..every_terms(kind).remove(0) };
        assert!(mandate_text(kind, "en", &terms).text.contains("at least 30 days before the next debit"));
        assert!(mandate_text(kind, "fr", &terms).text.contains("au moins 30 jours avant le prochain débit"));
    }
}

#[test]
fn is_written_as_its_language_is() {
    for kind in MandateKind::ALL {
        for terms in every_terms(kind) {
            for locale in ["en", "fr", "de"] {
                let shown = mandate_text(kind, locale, &terms);
                assert_eq!(shown.locale, if locale == "fr" { "fr" } else { "en" });
                for slip in ["'", "  ", "..", " ,", " .", "{", "}"] {
                    assert!(!shown.text.contains(slip), "{slip:?} in {}", shown.text);
                }
                let french_slip = shown.text.contains(" :") || shown.text.contains(" ;");
                assert!(!french_slip, "an ordinary space before a colon in {}", shown.text);
            }
        }
    }
}

/// A text that somebody agreed to is never edited. When this fails, give the new wording a new version, and keep the
/// old one beside it.
#[test]
fn versions_are_never_edited() {
    for (kind, version, english, french) in [
        (MandateKind::AchWeb, "debit-ach-1", "0x5c1767d4ed12a0c5", "0x5c55211b9149ef41"),
        (MandateKind::Pad, "debit-pad-1", "0xaaaa889d7e59395d", "0x3c9f18033463708d"),
    ] {
        for (locale, pinned) in [("en", english), ("fr", french)] {
            let mut digest = 0xcbf2_9ce4_8422_2325_u64;
            for terms in every_terms(kind) {
                let shown = mandate_text(kind, locale, &terms);
                assert_eq!(shown.version, version);
                // FNV-1a.
                digest = shown
                    .text
                    .bytes()
                    .fold(digest, |digest, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            }
            assert_eq!(format!("{digest:#018x}"), pinned, "{version} {locale}");
        }
    }
}
