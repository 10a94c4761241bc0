// Every word of the wallet, in French. A name that is missing here, or that English has not, fails the build.
with_shared_french! { words;
    // For the program.
    language: "fr";
    direction: "ltr";

    // Entering.
    enter: "Confirmez que c’est bien vous";
    code_sent: "Un code est en route vers {0}. Saisissez-le pour voir vos cartes et comptes enregistrés.";
    one_time_code: "Code";
    code_hint: "6 chiffres, dans le courriel";
    remember: "Se souvenir de cet appareil";
    remember_more: "Aucun code n’est demandé ici pendant 90 jours. Seulement sur un appareil à vous.";
    enter_button: "Continuer";
    code_checking: "Vérification du code…";
    resend: "Envoyer un nouveau code";
    resend_in: "Un nouveau code pourra être envoyé dans {0} s.";
    resent: "Un nouveau code est en route.";
    code_incomplete: "Saisissez les 6 chiffres du code.";
    code_wrong_one: "Ce n’est pas le code. Il reste 1 essai.";
    code_wrong: "Ce n’est pas le code. Il reste {0} essais.";
    code_over: "Ce code ne peut plus être utilisé. Envoyez-en un nouveau.";
    no_email: "Votre adresse de courriel n’est pas connue";
    no_email_more: "Un code doit vous être envoyé avant que vos cartes enregistrées soient affichées. Demandez à l’organisation de cette page d’ajouter votre adresse de courriel.";
    too_many_codes: "Trop de codes ont été demandés";
    too_many_codes_more: "Attendez une heure, puis réessayez.";
    no_mail: "Aucun code ne peut être envoyé pour l’instant";
    no_mail_more: "Réessayez plus tard, ou demandez à l’organisation de cette page.";
    // What keeps the wallet from being shown.
    session_over: "Cette page a expiré";
    session_over_more: "Rechargez-la pour continuer. Ce qui est enregistré est resté tel quel.";
    session_wrong: "Cette page ne peut pas être ouverte";
    session_wrong_more: "Revenez à la page d’où vous venez et ouvrez-la de nouveau.";
    unreachable_wallet: "Vos cartes et comptes enregistrés n’ont pas pu être chargés";
    unreachable_wallet_more: "Vérifiez votre connexion et réessayez.";
    // The wallet.
    wallet: "Vos cartes et comptes bancaires enregistrés";
    cards: "Cartes";
    accounts: "Comptes bancaires";
    count: "{0} sur {1}";
    no_cards: "Aucune carte n’est enregistrée. Ajoutez-en une ici, ou enregistrez-la en payant.";
    no_accounts: "Aucun compte bancaire n’est enregistré. Ajoutez-en un ici, ou enregistrez-le en payant.";
    bank_account: "Compte bancaire";
    valid_until: "Expire en {0}";
    expired_since: "Expirée en {0}";
    no_debits: "Sa banque a renvoyé un paiement ({0}). Il n’accepte plus de débits.";
    default_mark: "Par défaut";
    manage: "Gérer";
    manage_of: "Gérer {0}";
    charged_by_none: "Aucun débit autorisé";
    charged_by_one: "Débits autorisés : {0}";
    charged_by_many: "Débits autorisés : {0} organisations";
    planned_one: "1 paiement prévu";
    planned_many: "{0} paiements prévus";
    who: "Débits autorisés";
    since: "depuis le {0}";
    nobody: "Aucun débit n’est autorisé. Autorisez une organisation ici, ou en payant.";
    planned: "Ce qui est prévu";
    planned_line: "{0} à {1}";
    nothing_planned: "Rien n’est prévu.";
    no_address: "Aucune adresse de facturation utilisable n’est connue. Corrigez-la pour que les paiements ne soient pas refusés.";
    // What can be done with a method.
    rename: "Renommer";
    make_default: "Choisir par défaut";
    correct_address: "Corriger l’adresse";
    authorize: "Autoriser {0} à débiter";
    revoke: "Révoquer";
    revoke_of: "Révoquer pour {0}";
    remove: "Retirer";
    nickname: "Nom";
    nickname_hint: "Vous seul le voyez. Vide : aucun nom.";
    save_change: "Enregistrer";
    cancel: "Annuler";
    saving: "Enregistrement…";
    agree_button: "J’accepte";
    revoke_sure: "Révoquer l’autorisation de {0} ?";
    revoke_more: "Dès lors, {0} n’y débite plus rien de nouveau.";
    revoke_agreed: "Vous avez accepté ces paiements :";
    plans_go_on: "Ils continuent d’être débités à leurs dates";
    plans_end: "Ils prennent fin aussi. Ce que vous devez reste dû";
    plans_choose: "Choisissez ce que deviennent ces paiements.";
    remove_sure: "Retirer {0} ?";
    remove_more: "Aucune organisation ne pourra plus débiter. Pour l’utiliser de nouveau, il faudra l’enregistrer encore.";
    in_use: "Impossible de retirer pour l’instant";
    in_use_more: "Quelque chose y est prévu. Donnez sa place à une autre carte ou à un autre compte, ou demandez à l’organisation d’y mettre fin.";
    // Another method in the place of one.
    replace: "Remplacer par un autre moyen";
    replace_title: "Remplacer {0}";
    replace_by: "Qu’est-ce qui prend sa place ?";
    replace_moves: "Ces paiements y passent :";
    replace_who: "Débits alors autorisés : {0}.";
    replace_gone: "{0} quittera le portefeuille : aucune organisation ne pourra plus y débiter.";
    replace_button: "Remplacer";
    replaced: "{0} remplace désormais {1}, qui n’est plus dans le portefeuille.";
    replaced_who: "Débits désormais autorisés : {0}.";
    stuck: "Ces paiements ne peuvent pas passer :";
    move_plan: "Débiter d’un autre moyen";
    move_plan_of: "Débiter d’un autre moyen : {0}, dès le {1}";
    move_title: "Débiter ces paiements d’un autre moyen";
    move_to: "D’où seront-ils débités ?";
    move_button: "Déplacer";
    moved: "Ces paiements sont passés à {0}.";
    moved_list: "Désormais débités :";
    may_not: "Débits pas encore autorisés : {0}";
    other_choose: "Faites d’abord un choix.";
    cannot_take: "Rien n’a été déplacé : tout ne peut pas y passer. Autorisez-y d’abord les mêmes organisations, ou faites un autre choix.";
    not_allowed: "Les débits de cette organisation n’y sont pas encore autorisés. Autorisez-les d’abord.";
    under_way: "Un achat est en cours. Réessayez quand il sera terminé.";
    // A card that is brought up to date, and a bank that asks who does so.
    update: "Mettre la carte à jour";
    update_title: "Mettre à jour {0}";
    other_number: "Son numéro a changé aussi";
    updated: "Carte à jour : {0}.";
    by_bank: "Mise à jour par sa banque le {0}. Avant : {1}, valide jusqu’en {2}.";
    closed: "Fermée par sa banque le {0}. Plus aucun débit n’est possible.";
    prove_more: "Votre banque le demande avant que la carte soit enregistrée. Rien n’est débité.";
    prove_cancel: "Annuler, et ne rien enregistrer";
    not_proven: "Votre banque n’a pas confirmé que c’est bien vous. Rien n’a été enregistré.";
    given_up: "Arrêté avant que votre banque ait confirmé que c’est bien vous. Rien n’a été enregistré.";
    undecided: "On ne sait pas encore si c’est enregistré. Revenez voir dans quelques minutes.";
    // Where a planned payment is refused.
    backup: "Moyen de secours";
    backup_more: "Si un paiement prévu est refusé, l’organisation peut débiter celui-ci une fois, aussitôt.";
    backup_for: "Secours pour les paiements à {0}";
    backup_instead: "Il prend la place de {0}.";
    backup_end: "Mettre fin";
    backup_end_of: "Mettre fin pour {0}";
    backup_end_sure: "Mettre fin au secours pour {0} ?";
    backup_end_more: "Si un paiement prévu à {0} est refusé, rien d’autre n’est alors débité.";
    backed_up: "Secours en place pour les paiements à {0}.";
    backup_ended: "Plus de secours pour les paiements à {0}.";
    // What was agreed to.
    consents: "Ce que vous avez accepté";
    consents_more: "Toutes les autorisations données ici, de la plus récente à la plus ancienne, y compris celles qui ont pris fin.";
    back: "Revenir à vos cartes et comptes";
    loading: "Chargement…";
    no_consents: "Rien n’a encore été accepté.";
    may_charge: "Débits autorisés : {0}";
    may_debit: "Prélèvements autorisés : {0}";
    may_back_up: "Débits autorisés si un paiement prévu est refusé : {0}";
    agreed_on: "Accepté le {0}";
    agreed_by_admin: "Accepté le {0} par le personnel, pour vous";
    agreed_by_organization: "Accepté le {0}, selon l’organisation";
    ended_on: "terminé le {0}";
    goes_on: "ce qui était prévu continue";
    in_force: "En vigueur";
    ended: "Terminé";
    text_shown: "Texte tel qu’il a été montré";
    text_lost: "Le texte n’a pas été conservé.";
    download: "Télécharger";
    download_of: "Télécharger : {0}, {1}";
    show_more: "Afficher la suite";
    // A new card or bank account.
    add_card: "Ajouter une carte";
    add_account: "Ajouter un compte bancaire";
    saving_more: "L’enregistrer n’autorise personne à débiter : vous dites ensuite qui le peut.";
    shelf_full: "Il n’y a plus de place. Retirez-en d’abord.";
    added: "Enregistré : {0}.";
    known_already: "Déjà enregistré, et resté tel quel.";
    not_accepted: "Refusé. Vérifiez ce que vous avez saisi, ou utilisez-en un autre.";
    not_here: "Impossible de l’enregistrer ici pour l’instant. Réessayez plus tard.";

    email: "Adresse de courriel";
    email_hint: "Les avis sur les débits y sont envoyés.";
    email_wrong: "Saisissez une adresse de courriel, par exemple kim@example.org.";

    // What became of it.
    saved_change: "Enregistré.";
    removed: "Retiré : {0}.";
    authorized: "Les débits de {0} sont maintenant autorisés.";
    revoked: "Les débits de {0} ne sont plus autorisés.";
    changed_elsewhere: "Un changement a été fait entre-temps, dans un autre onglet ou sur un autre appareil. Voici l’état actuel : vérifiez et réessayez.";
    being_updated: "Cette carte est en cours de mise à jour. Réessayez dans une minute.";
    lost: "La réponse n’est pas arrivée. Réessayez : rien n’est fait deux fois.";
    too_often: "Trop d’essais en peu de temps. Patientez un moment.";

}
