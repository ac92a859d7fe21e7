"""Conversations of the invented campaign, those in French. Nobody in them exists."""

from client_tui.demo.turns import IN, OUT, Act, Part, Turn
from securemsg.client.scene_files import Attachment
from securemsg.client.views import FileState, MessageState, Trust

CLAIRE = Part(
    "Claire Dumont",
    Trust.VERIFIED,
    (
        Turn(-2, "18:02", IN, "Bonsoir ! Le déplacement à Lyon est confirmé pour jeudi."),
        Turn(-2, "18:04", OUT, "Parfait. Qui accompagne ?"),
        Turn(
            -2,
            "18:05",
            IN,
            "Sofia sur place, Malik pour la logistique, et deux bénévoles de la Croix-Rousse.",
        ),
        Turn(-2, "18:11", OUT, "Je préviens la presse locale demain matin, pas avant."),
        Turn(-2, "18:12", IN, "Oui, embargo jusqu'à 11 h.", signs=((OUT, "\U0001f44d"),)),
        Turn(-1, "07:48", IN, "Matinale bien passée ? Je n'ai vu que la fin.", mark="matinale"),
        Turn(
            -1,
            "07:55",
            OUT,
            "Très bien. La question sur les retraites est venue, comme prévu.",
            answers="matinale",
        ),
        Turn(-1, "07:56", IN, "Ta réponse tient en vingt secondes, c'est exactement ce qu'il fallait."),
        Turn(-1, "12:30", OUT, "Déjeuner avec la fédération repoussé à 13 h 15.", MessageState.READ),
        Turn(-1, "12:31", IN, "Noté."),
        Turn(-1, "19:40", IN, "Relecture du tract ce soir ? Il part chez l'imprimeur à 22 h."),
        Turn(-1, "19:52", OUT, "Je le lis dans le train. Retour avant 21 h."),
        Turn(
            -1,
            "20:47",
            OUT,
            "Lu. Deux coquilles page 2, et le chiffre de l'emploi est celui de 2025, pas de 2026.",
        ),
        Turn(
            -1,
            "20:49",
            IN,
            "Corrigé, merci. Il est parti à l'imprimerie.",
            earlier="Corrigé, merci. Il est parti à l'impression.",
        ),
        Turn(-1, "20:50", IN, "", deleted=True),
        Turn(0, "07:58", IN, "Bonjour. Point à 9 h avec tout le monde, salle du fond."),
        Turn(
            0,
            "08:12",
            OUT,
            "J'y serai. J'apporte les éléments de langage sur le logement.",
            mark="logement",
        ),
        Turn(
            0,
            "08:14",
            IN,
            "Prends la version 3, la 2 a un mauvais chiffre dans le tableau.",
            answers="logement",
        ),
        Turn(0, "08:20", OUT, "Version 3, c'est noté. Je l'ai relue ce matin, rien à redire."),
        Turn(
            0,
            "08:31",
            IN,
            "À relire avant 9 h, surtout la partie sur les loyers.",
            signs=((IN, "\u2705"), (OUT, "\U0001f44d")),
            file=Attachment("edl-logement-v3.pdf", "application/pdf", 219_136, FileState.SAVED, 219_136),
        ),
        Turn(
            0, "08:33", IN, "Et pas un mot là-dessus avant 11 h : l'embargo tient toujours.", lifetime=604_800
        ),
        Turn(0, "08:40", OUT, "Compris. Je relis dans le train.", MessageState.ACCEPTED),
        Turn(0, "08:41", OUT, "Version finale dans dix minutes.", MessageState.QUEUED),
    ),
)

SOFIA = Part(
    "Sofia Rossi",
    Trust.VERIFIED,
    (
        Turn(-1, "16:20", IN, "La salle des Rancy est libre jeudi soir, 180 places assises."),
        Turn(-1, "16:24", OUT, "On la prend. Sono comprise ?"),
        Turn(-1, "16:25", IN, "Sono oui, captation non. J'ai un contact pour la vidéo."),
        Turn(-1, "16:31", OUT, "Demande un devis, en dessous de 600 € c'est d'accord."),
        Turn(
            0,
            "08:37",
            IN,
            "Devis reçu : 480 €.",
            file=Attachment("devis-captation.pdf", "application/pdf", 88_412, FileState.OFFERED),
        ),
        Turn(0, "08:39", IN, "42 inscrits à la Croix-Rousse ce matin."),
        Turn(0, "08:40", IN, "Et 17 de plus à Villeurbanne, on va manquer de chaises !"),
    ),
    unread=3,
)

JEAN_MARC = Part(
    "Jean-Marc Le Goff",
    Trust.CHANGED,
    (
        Turn(-3, "09:10", IN, "J'ai les clefs du local de Vénissieux."),
        Turn(-3, "09:15", OUT, "Merci ! Tu peux ouvrir aux bénévoles à 17 h ?"),
        Turn(-3, "09:16", IN, "Sans problème."),
        Turn(0, "08:19", IN, "", act=Act.CLAIM),
        Turn(0, "08:20", IN, "Nouveau téléphone, j'ai tout réinstallé. Tu me reçois ?"),
        Turn(0, "08:22", OUT, "Je t'appelle pour comparer le numéro de sécurité.", MessageState.QUEUED),
    ),
)

MALIK = Part(
    "Malik Benali",
    Trust.VERIFIED,
    (
        Turn(-1, "21:03", OUT, "Combien de places dans le minibus de jeudi ?"),
        Turn(-1, "21:10", IN, "Neuf, chauffeur compris. Départ 6 h 30 de la porte d'Italie."),
        Turn(-1, "21:12", OUT, "On sera huit."),
        Turn(
            0,
            "07:28",
            IN,
            "",
            file=Attachment("minibus.jpg", "image/jpeg", 3_480_110, FileState.DOWNLOADING, 1_914_060),
        ),
        Turn(0, "07:30", IN, "Pneus faits, plein fait.", signs=((OUT, "\U0001f44d"),)),
        Turn(
            0,
            "07:35",
            OUT,
            "",
            MessageState.QUEUED,
            file=Attachment("plan-parking.png", "image/png", 1_204_224, FileState.UPLOADING, 430_080, "GPS"),
        ),
        Turn(
            0,
            "07:41",
            OUT,
            "Tu es précieux. Facture à l'association, pas au mandataire.",
            MessageState.DELIVERED,
        ),
        Turn(
            0,
            "07:42",
            OUT,
            "Le plan de parking est dans la note d'hier soir.",
            MessageState.FAILED,
            "too_large",
        ),
    ),
)

HELENE = Part(
    "Hélène Marchetti (cabinet)",
    Trust.VERIFIED,
    (
        Turn(-1, "22:14", IN, "", lifetime=86_400, act=Act.TIMER),
        Turn(
            -1,
            "22:15",
            IN,
            "Le ministre répond demain à la question d'actualité, créneau 15 h 10.",
            lifetime=86_400,
        ),
        Turn(-1, "22:19", OUT, "Bien reçu. Projet de réponse ce soir ou demain tôt ?", lifetime=86_400),
        Turn(-1, "22:20", IN, "Demain 7 h, deux minutes maximum, sans le tableau.", lifetime=86_400),
        Turn(0, "06:52", OUT, "Envoyé par le circuit habituel.", lifetime=86_400),
        Turn(0, "07:05", IN, "Validé. Je retire la dernière phrase, trop longue à l'oral.", lifetime=86_400),
    ),
)

ANAIS = Part(
    "Anaïs Fournier (presse)",
    Trust.FIRST_SEEN,
    (
        Turn(-1, "17:45", IN, "Le quotidien de la région demande un entretien de 20 minutes vendredi."),
        Turn(-1, "17:50", OUT, "Thème ?"),
        Turn(-1, "17:51", IN, "Logement et transports. Relecture des citations acceptée."),
        Turn(-1, "17:52", IN, "", act=Act.NEWER),
        Turn(-1, "17:58", OUT, "D'accord sur le principe, je confirme demain."),
    ),
)

STRANGER = Part(
    "T. Verhoeven",
    Trust.FIRST_SEEN,
    (
        Turn(0, "08:05", IN, "Bonjour, Claire m'a donné votre lien. Je suis bénévole à Lille."),
        Turn(0, "08:06", IN, "J'ai une liste de 30 personnes prêtes à tracter samedi."),
    ),
    unread=2,
    accepted=False,
)

NOTES = (
    "Rappeler l'imprimeur avant 10 h (n\u00b0 dans le classeur).",
    "Train de jeudi : voiture 12, places 61 à 68.",
)
"""What one writes to oneself."""

FRENCH = (HELENE, ANAIS, MALIK, STRANGER, JEAN_MARC, SOFIA, CLAIRE)
