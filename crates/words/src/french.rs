// Every word that a payer reads, in French. A name that is missing here, or that English has not, fails the build.
with_shared_french! { words;
    // Not for reading: the language's own tag, the direction of its writing, and whose pictures of a cheque it shows.
    language: "fr";
    direction: "ltr";
    pictures: "fr";

    // What is paid.
    pay_to: "Paiement à {0}";
    invoice: "Facture {0}";
    total: "Total";
    already_paid: "Déjà payé";
    due_now: "À payer maintenant";
    balance: "Solde actuel";
    pending: "En attente";
    payable_now: "Payable maintenant";

    // How much of it is paid now.
    how_much: "Montant du paiement";
    credit: "Crédit au compte";
    credit_use: "Utiliser le crédit au compte";
    credit_there: "{0} disponibles";
    part: "Payer une partie seulement";
    amount: "Montant à payer maintenant";
    amounts: "De {0} à {1}";
    amount_wrong: "Entrez un montant de {0} à {1}.";
    pay_credit: "Payer {0} avec le crédit au compte";
    rest: "Reste à payer";

    // Methods.
    how_to_pay: "Mode de paiement";
    ending: "{0} se terminant par {1}, expire en {2}";
    ending_expired: "{0} se terminant par {1}, expirée en {2}, à mettre à jour";
    expires: "Expire {0}";
    expired: "Expirée {0} · Mettre à jour";
    another_card: "Une autre carte";
    another_bank: "Compte bancaire (chèque électronique)";
    blocked: "Sa banque a retourné un paiement ({0}). Inutilisable.";
    unfit: "Il ne peut pas payer cette facture.";
    new_card: "Coordonnées de la carte";
    all_expired: "Vos cartes enregistrées sont expirées. Mettez-en une à jour ou payez avec une autre carte.";
    acting: "{0} paie pour {1}";
    staff: "Le personnel";
    never_signed_in: "{0} ne s’est jamais connecté : rien ne peut être enregistré.";

    // What a saved method needs.
    code_why: "Confirmez cette carte avec son code de sécurité.";
    address_why: "L’adresse de facturation manque.";
    same_address: "Identique à l’adresse de mon compte";

    // The ways to pay, and what is paid when.
    plan_how: "Comment voulez-vous payer ?";
    plan_one: "Vos paiements";
    in_full: "Payer en une fois";
    in_one: "1 paiement, le {1}";
    in_parts: "{0} paiements, jusqu’au {1}";
    today_alone: "{0} aujourd’hui";
    today_then: "{0} aujourd’hui, puis {1}";
    today: "Aujourd’hui";
    more_payments: "{0} autres paiements";
    every_week: "{0} par semaine";
    every_weeks: "{0} toutes les {1} semaines";
    every_month: "{0} par mois";
    every_months: "{0} tous les {1} mois";
    first_charge: "Premier paiement : {0}";
    first_part: "Premier paiement : {0}, pour une partie de la période";
    next_charge: "Paiement suivant : {0}";
    until: "Jusqu’au {0}";
    until_ended: "Jusqu’à ce que vous y mettiez fin";
    why_saved: "Les paiements suivants sont débités d’un mode de paiement enregistré : choisissez-en un, ou le nouveau sera enregistré.";
    why_kept: "Les paiements suivants sont débités d’un mode de paiement enregistré, ou d’une nouvelle carte conservée pour eux seuls.";
    save_needed: "Nécessaire pour les paiements à venir.";
    needs_saved: "Il faut un mode de paiement enregistré, et rien ne peut être enregistré ici. Payez autrement.";
    expiring_more: "Cette carte expire avant votre paiement du {0} : payez autrement ou remplacez-la d’ici là.";
    off_sale: "Impossible de payer ceci pour le moment";
    off_sale_more: "L’offre n’est plus la même, ou un paiement est encore en route. Adressez-vous à {0}.";

    // The card form.
    cheque: "Un chèque. Au bas, de gauche à droite : {0}";
    mandate_loading: "Chargement de l’accord…";
    mandate_unavailable: "L’accord n’a pas pu être chargé.";
    agree: "J’ai lu cet accord et je l’accepte";
    save_bank: "Enregistrer ce compte pour la prochaine fois";
    save: "Enregistrer cette carte pour la prochaine fois";

    // What is wrong with a field.
    required_field: "{0} : obligatoire.";
    fix_one: "1 champ à corriger. {0}";
    fix_many: "{1} champs à corriger. {0}";

    // Paying.
    pay: "Payer {0}";
    update_pay: "Mettre la carte à jour et payer {0}";
    updating: "Mise à jour de votre carte…";
    pay_now: "Payer {0} maintenant";
    pay_nothing: "Accepter, rien n’est débité aujourd’hui";
    securing: "Protection de vos coordonnées…";
    confirming: "Confirmation de votre paiement…";
    checking: "Vérification de votre paiement…";
    challenge_more: "Votre banque le demande avant que {0} puisse utiliser votre carte. Rien n’a encore été débité.";
    challenge_cancel: "Annuler ce paiement";
    calling_off: "Annulation de votre paiement…";
    keep_open: "Gardez cette page ouverte. Vous ne serez débité qu’une seule fois.";
    still_checking: "Le résultat n’est pas encore connu";
    still_checking_more: "Votre paiement a été envoyé, mais la réponse n’est pas arrivée. Ne payez pas de nouveau : il ne peut être débité qu’une fois, et vérifier est sans risque.";
    check_again: "Vérifier de nouveau";
    paid: "Paiement effectué";
    paid_amount: "{0} payés à {1}";
    submitted: "Votre paiement est en route";
    submitted_more: "{1} recevra {0} de votre banque dans quelques jours. Nous vous préviendrons si le paiement échoue.";
    returned: "Votre paiement a échoué";
    returned_more: "{1} n’a pas reçu {0} de votre banque. Demandez à {1} comment payer.";
    agreed: "Vos paiements sont planifiés";
    agreed_more: "Rien n’a été débité aujourd’hui : votre mode de paiement a seulement été vérifié.";
    next_payment: "Prochain paiement";
    follow_up: "Suivi à faire : {0} doit se connecter et donner son propre mode de paiement pour les paiements à venir.";
    receipt: "Reçu";
    date: "Date";
    paid_with: "Payé avec";
    echeck: "Chèque électronique";
    nothing_due: "Rien à payer";
    nothing_due_more: "Cette facture n’a aucun solde à payer pour le moment.";

    // Refusals. The first line says what happened, the second what to do; no money moved in any of them.
    declined: "Votre carte a été refusée";
    bank_declined: "Votre compte bancaire n’a pas été accepté";
    not_made: "Votre paiement n’a pas été effectué";
    not_charged: "Vous n’avez pas été débité.";
    funds_advice: "Le solde disponible est insuffisant. Payez autrement ou réessayez plus tard.";
    expired_advice: "La carte est expirée ou la date est erronée. Vérifiez la date ou utilisez une autre carte.";
    cvc_advice: "Le code de sécurité est erroné. Entrez-le de nouveau.";
    cvc_advice_saved: "La banque n’a pas accepté la vérification. Réessayez ou utilisez une autre carte.";
    number_advice: "Le numéro est erroné. Vérifiez-le ou payez autrement.";
    address_advice: "L’adresse ne correspond pas. Vérifiez le code postal et l’adresse.";
    bank_advice: "Votre banque ne l’a pas autorisé, sans en donner la raison. Payez autrement ou appelez votre banque.";
    authentication_advice: "Votre banque veut vérifier votre identité, ce qui n’est pas possible ici. Payez autrement.";
    again_advice: "Le paiement n’a pas pu être traité. Réessayez dans un instant.";
    unreachable_advice: "Votre banque est injoignable. Réessayez dans quelques minutes ou payez autrement.";
    limit_advice: "Elle a trop servi récemment. Payez autrement ou réessayez demain.";
    amount_advice: "Un tel montant n’est pas accepté. Payez autrement.";
    ended_advice: "Votre banque a reçu l’ordre d’arrêter les paiements à {0}. Parlez à {0} ou payez autrement.";
    reissued_advice: "Votre banque vous a envoyé une nouvelle carte. Entrez la nouvelle.";
    unproved_advice: "Votre banque n’a pas confirmé votre identité. Réessayez ou payez autrement.";
    abandoned_advice: "Vous ne l’avez pas confirmé auprès de votre banque, ou pas à temps. Réessayez ou payez autrement.";
    pin_advice: "Elle exige son NIP, qui ne peut être entré ici. Payez autrement.";
    duplicate_advice: "Le même paiement vient d’être fait. Vérifiez vos reçus avant de payer de nouveau.";
    currency_advice: "Elle ne paie pas dans cette devise. Payez autrement.";
    unusable_advice: "Ce compte n’accepte pas de paiements. Utilisez-en un autre ou une carte.";
    code: "Code : {0}";
    unsupported_advice: "Il est impossible de l’utiliser pour cet achat. Payez autrement.";
    generic_advice: "Votre banque ne donne pas de raison. Payez autrement ou appelez votre banque.";

    // Trouble.
    not_sent: "Votre paiement n’a pas été envoyé";
    processor_unreachable: "Le processeur de paiement est injoignable. Vérifiez votre connexion et réessayez.";
    processor_misconfigured: "Ceci ne peut pas être accepté pour le moment. Payez autrement ou contactez {0}.";
    amount_changed: "Le montant a changé. Vérifiez-le ci-dessus et payez de nouveau.";
    schedule_changed: "L’échéancier a changé. Vérifiez-le ci-dessus et payez de nouveau.";
    method_gone: "Ceci ne peut plus servir tel quel. Vérifiez votre choix ci-dessus.";
    needs_more: "Ce mode de paiement a besoin d’un complément : voyez ci-dessus.";
    not_updated: "Votre carte n’a pas pu être mise à jour et reste telle quelle. Vérifiez vos données.";
    address_refused: "L’adresse de facturation n’a pas été acceptée. Vérifiez-la et réessayez.";
    busy: "Trop d’essais en peu de temps. Attendez un moment ou payez autrement.";
    session_expired: "Cette page de paiement a expiré";
    session_expired_more: "Son ouverture n’a rien débité. Rechargez la page pour continuer.";
    session_invalid: "Impossible d’ouvrir cette page de paiement";
    session_invalid_more: "Revenez à la page précédente et recommencez le paiement.";
    unreachable: "La page de paiement n’a pas pu être chargée";
    unreachable_more: "Vérifiez votre connexion et réessayez. Si vous veniez de payer, le résultat s’affichera ; vous ne serez pas débité deux fois.";
}
