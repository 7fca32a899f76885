"""Words that the headlines of one language are full of, and that the neighbouring languages do not have.

A headline of the press may have no small word at all ("Moscow court labels movement extremist"), and what is left are words
of Latin origin that three letters at a time look French. These verbs, nouns and times tell as small words do, and are
weighed alike. The lists are written for this purpose, for the languages whose headlines leave small words out most, after
one rule: a word that is about as frequent in another language of the same script is left out ("minister", "justice").
"""

from __future__ import annotations

__all__ = ["PRESS_WORDS"]

#: Lower case, as `words.SMALL_WORDS`.
PRESS_WORDS: dict[str, str] = {
    "en": """
        attacks strike strikes killed kills killing labels labelled death deaths dying hurt injured wounded troops
        soldier soldiers fighters weapons missile missiles drones warns warned warning urges urged seeks vows vowed
        slams backs backed rejects accuses accused claims claimed denies denied admits tells told asks asked calls
        called meets meeting talks talk leaders peace truce judge jailed trial charged guilty arrested arrests spy spies
        lawmaker election voters polls chief envoy ally allies aid helps support threat threats oil prices price tariffs
        economy growth growing workers schools children women people family blast blasts bomb bombs bombing flight ships
        flood floods weather climate health doctors deadly banned bans rules law laws western eastern northern southern
        north south russian british turkish israeli iranian months year years day days tomorrow night morning sunday
        monday tuesday thursday friday saturday january february june july first next great high early breaking latest
        watch report reports inside behind ahead away back again still yet ever never always left right wrong opens ends
        ending begins began comes goes gone gets get given takes makes make made keeps keep puts leaves leave loses lose
        lost wins win winner rises rise rising raises raise cuts cut drops grows faces faced looks look looms saw finds
        shown signs sign signed sends holds returns return moves move stops halts blocks joins join quits quit fears
        fear fights fight shot shooting stabbed murder missing rescued saved released freed expelled seized frozen
        poisoned suspects spending debt tax money costs pay paid rates shares stocks markets fuel energy town roads
        building states foreign defence defense military security leaked hacked hackers freedom rights protests players
        season because every each both many much such own only other others another few here then once near since until
        whether which whose grain pipeline shuts expires pledges campaign movement leak blow clash clashes feud sparks
        mocks defends opposes launches launch hosts regrets jail sues appeal slides five eight nine dozen dozens hundred
        hundreds thousand visit visits boosts braces bets boycott brings builds buys catches clears closes confirms
        cracks crosses curbs delays demands deploys detains ditches doubles eases elects enters escapes eyes fails fined
        flees fires gains grips heads hails hints imposes jumps kicks lashes lifts mulls names nears offers orders picks
        plays plunges prepares presses promises pulls pushes reaches recalls remains removes reveals reviews rips rocks
        runs scraps secures sells sets shakes shifts shoots skips slaps soars speaks spreads stands steps storms sweeps
        swears trades tries turns unveils uses waits walks wants weighs widens works worries writes activist arms
        assault asylum bailout ballot battle buyers coal coast concerns convoy crew crowd daughter defeat delay diplomat
        disaster duty embassy employee enemy evidence exile factory failure farmers father firms funds funding head
        hearing heat holiday hope hostages husband inquiry jets labour lawyer lawyers majority mother nurse outage
        outrage owner passport payments plea pledge pressure priest prisoner profits rally ransom rebuild refugee
        refugees relief result results revenge riot rivals ruling safety sailors scheme seat shelling shelter shops
        sister speech stance stake steel stranded strategy students success summit tech thieves tourist trader tragedy
        traffic treaty tribute truck trucks turmoil uprising vaccine victim victims wealth wildfire witness woman worker
        worst wreck army dead world european american
    """,
    "fr": """
        paix attaque attaques frappe frappes tué tués tuée blessé blessés armée troupes otage otages procès juge juges
        condamné accusé accusée dénonce annonce appelle demande menace menaces réclame rejette critique défend attendu
        reçoit quitte revient reste devient veut veulent doit doivent relance ouvre ferme tombe baisse hausse recul
        chute début prise retour départ arrêté arrêtés garde enquête loi lois élection élu élus députés député sénat
        maire partis gauche droite extrême pouvoir état états pays monde villes région quartier rue bateau navire russe
        russes français allemand anglais chinois chinoise polonais européen semaine mois jour jours matin soir nuit
        demain lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin juillet août octobre
        décembre première dernier dernière petite jeune jeunes vieux femme femmes homme hommes enfant enfants famille
        familles école écoles lycée élèves santé hôpital médecin médecins argent emploi travail grève grèves retraite
        impôt impôts économie marché marchés pétrole énergie eau incendie tempête climat météo séisme victimes disparu
        meurtre colère peur espoir soutien aide sommet trêve discours vérité droits droit liberté étranger autre autres
        encore toujours jamais presque aucun aucune chaque quelques malgré lors voici voilà ainsi alors donc puis trop
        mieux moins quels rien être avoir avait avaient faire voir projet plainte ancien ancienne nouveaux mondiaux
        gagne perdu perdue nommé élue tensions conflit cours prévu prévue réforme réunion tirs détruit détruite blé
        avoirs gelés saisie censure pékin allié alliés demandé jusqu suite affaire expulsé expulsés menacé menacée
        opposant exclu exclus cinq huit neuf dix milliers alerte assure augmente brûle cède célèbre cherche choisit
        confirme condamne conteste craint crée décide déclare dément déplore dévoile durcit échappe échoue élimine
        embauche enterre envisage envoie espère évoque explique explose fête fuit gèle hésite impose inquiète interdit
        justifie lâche libère limoge mène meurt mobilise nomme obtient ordonne organise ose paie parle pense peine
        plaide plonge prend prépare présente prévient propose protège publie rachète rappelle recrute réagit réduit
        rejoint renonce répond reprend résiste retire révèle riposte salue sauve soutient suspend tient tire tourne
        traque trouve vend visé visée accusés adieu avenir ballon bourse casque chantier char chars chômage cible ciel
        cité citoyens coupable coût débat débats déchets défaite défense délai dépenses détenu détenus devoir échec
        édition église émeutes enjeu ennemi envoyé équipe espion espions essence étape étude faillite gagnant génocide
        grâce hiver île jeu jeux joueur joueurs logement lutte maison majorité mariage mesure moitié navires neige œuvre
        ouvrier palais passé pénurie père peuple pluie policier prochain propos rebelle rebelles refus règle règles
        remise rentrée renfort repas réseau réseaux résultat réfugiés révolte risque risques roi salaire salaires
        secours sécurité siècle siège société sondage sortie succès tête titre traité travaux usine vaccin vague veille
        ventes voisins voiture voyage mort morts ministre armes ville
    """,
    "de": """
        krieg kriegs frieden angriff angriffe anschlag tote toten verletzt getötet truppen waffen panzer raketen drohne
        drohnen moskau kiew deutsche deutsch ukrainer kanzler partei wahl wahlen wähler urteil prozess anklage polizei
        täter opfer berichte warnt warnen warnung droht drohen drohung fordert fordern streit lehnt weist sagte ruft
        spricht trifft treffen besucht besuch gipfel gespräch hilfe hilfen preis preise steuer steuern steigt steigen
        sinkt sinken fällt wächst bricht stürzt feuer unfall stirbt starb männer frau frauen kinder jahr jahre jahren
        woche wochen monat monate uhr heute gestern abend montag dienstag mittwoch freitag samstag sonntag märz dezember
        stadt städte welt grenze streik streiks bahn zug züge flug schule schulen lehrer arzt ärzte kranke wetter sturm
        hitze sieg sieger spiel spiele verein bleibt bleiben kommt kommen geht gehen gibt geben machen steht stehen
        lässt lassen zeigt nimmt findet hält sieht sucht stellt beginnt endet weniger viel viele etwas immer weiter
        weitere weiteren zurück trotz seit während bereits offenbar erneut erste ersten erster letzte letzten großen
        großer junge gut besser schlecht hoch schwer einsatz gegner armut renten gewinnt verliert gewinn verlust meldet
        liefert liefern schickt fliegt grüne rechte verbot verboten gesperrt schließt öffnet wählt kauft baut zahlt
        zahlen kündigt schweigt klagt reagiert führt führen bringt läuft tritt scheidet wirft setzt nennt hofft glaubt
        fürchtet darf dürfen müssen sollen können könnte seien hatte hätte wäre würde dann doch dort damit davon dabei
        dazu sehr ganz zwar etwa sogar selbst eigene dieser diese dieses diesem diesen jeder jedes solche welche welcher
        anderer mehrere fünf sechs sieben neun zehn bekommt betont bittet brennt erhält erhöht erklärt erlaubt erwartet
        feiert flieht folgt gründet hilft kämpft kippt lebt leidet lobt nutzt prüft räumt rechnet rückt rügt rüstet
        schlägt siegt sperrt spielt stoppt streicht stärkt tötet trennt übt verlässt verlangt versucht wehrt weitet
        wendet wirbt zieht zögert zwingt abkommen absturz ausbau bauern behörde behörden beschuss betrug bürger dorf
        entwurf erfolg ernte feind flucht folgen forscher fußball gefahr geisel geiseln gesetz gesetze gewalt hafen
        haushalt häuser insel könig konzern kürzung leben leiche leute lösung mehrheit messer mieten mörder munition
        ostern papst pläne rettung schiff schiffe schüsse schutz spion spione staaten tausende umfrage umwelt verkehr
        vermögen vertrag verträge vorwurf vorwürfe wald wasser werke zahl ziele zoll zölle zukunft hundert dutzende rund
        keinen seinen ihren ihrem seiner seinem diesmal dagegen sonst künftig vorerst endlich bald bisher bislang offen
        sicher frei starke neuem teuer tief weit russland haft kritik tod tag länder
    """,
}
