"""What holiday replies say, in the languages that come to an office here: Russian and its neighbours, and Europe's.

Owns: tables of words, lower case, ё as е. Refuses to know: what is made of them (`away`).
"""

from __future__ import annotations

AUTOMATIC = (
    "автоматический ответ", "автоответ", "автоматическое уведомление", "ответ автоответчика", "автоответчик",
    "automatic reply", "automated reply", "automatic response", "automated response", "automatic answer",
    "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "autoresponder",
    "vacation reply", "vacation message", "out of office autoreply", "out-of-office reply", "out of office reply",
    "автоматична відповідь", "автовідповідь", "автовідповідач",
    "аўтаматычны адказ", "аўтаадказ",
    "автоматты жауап", "автожауап", "автоматты турде жауап", "автоматты түрде жауап",
    "automatische antwort", "automatische rückantwort", "abwesenheitsnotiz", "abwesenheitsbenachrichtigung",
    "abwesenheitsassistent", "abwesenheitsnachricht", "abwesenheitsmeldung",
    "réponse automatique", "reponse automatique", "message d'absence", "message d’absence", "notification d'absence",
    "notification d’absence",
    "respuesta automática", "respuesta automatica", "risposta automatica", "messaggio automatico di assenza",
    "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź", "autoresponder",
    "resposta automática", "automatisch antwoord", "automatisch bericht", "afwezigheidsbericht", "autosvar",
    "automatiskt svar", "automatisk svar", "automaattinen vastaus", "automatická odpověď", "automatická odpoveď",
    "otomatik yanıt", "automatikus válasz", "răspuns automat", "automātiskā atbilde", "automatinis atsakymas",
    "automaatvastus", "avtomatik javob", "自动回复", "自動応答", "자동 회신",
)  # fmt: skip
"""A subject that begins so was made by a program, whatever follows."""

AWAY_SUBJECTS = (
    "нет на месте", "не на рабочем месте", "вне офиса", "нет в офисе", "отсутствую", "отсутствие на рабочем месте",
    "я в отпуске", "в отпуске", "я в командировке", "в командировке", "на больничном",
    "out of office", "out of the office", "out-of-office", "ooo", "away from my mail", "away from the office",
    "away from office", "on vacation", "on leave", "on annual leave", "on holiday", "i am away", "i am on vacation",
    "поза офісом", "відсутній", "відсутня", "у відпустці", "немає на місці",
    "у адпачынку", "адсутнічаю", "демалыстамын", "жұмыс орнында жоқпын", "кеңседе жоқпын",
    "abwesend", "abwesenheit", "nicht im büro", "außer haus", "im urlaub", "urlaub",
    "absence du bureau", "absent du bureau", "absent", "absente", "en congé", "en congés",
    "fuera de la oficina", "fuera de oficina", "ausente", "ausencia", "de vacaciones",
    "fuori ufficio", "fuori sede", "assente", "assenza", "in ferie",
    "poza biurem", "nieobecność", "nieobecny", "nieobecna", "na urlopie", "urlop",
    "fora do escritório", "de férias", "afwezig", "frånvaro", "fravær", "poissa", "mimo kancelář", "mimo kanceláře",
    "ofis dışında",
)  # fmt: skip
"""A subject that is this, or begins so before a colon or a dash; followed by anything else it may be a person's."""

ABSENT = (
    "в отпуск", "в ежегодн", "отпуске", "нет на месте", "нет на работе", "нет в офисе", "отсутству", "буду отсутств",
    "в командировк", "на больничн", "вне офиса", "не на рабочем месте", "не на месте", "в декрет", "нерабоч",
    "out of office", "out of the office", "out-of-office", "on vacation", "on leave", "on annual leave", "on holiday",
    "annual leave", "parental leave", "maternity leave", "sick leave", "away from", "am away", "be away",
    "business trip",
    "be out until", "am out until", "currently out", "travelling", "traveling",
    "у відпустці", "відпустці", "відсутн", "у відрядженні", "на лікарняному", "поза офісом",
    "у адпачынку", "адпачынку", "адсутніча", "адсутны", "у камандзіроўцы",
    "демалыста", "еңбек демалысы", "орнында жоқ", "іссапарда", "кеңседе жоқ", "жоқпын",
    "im urlaub", "abwesend", "nicht im büro", "außer haus", "nicht im haus", "nicht erreichbar", "dienstreise",
    "elternzeit", "nicht am arbeitsplatz",
    "absent", "en congé", "en vacances", "hors du bureau", "en déplacement",
    "fuera de la oficina", "fuera de oficina", "de vacaciones", "ausente", "estaré fuera", "de viaje",
    "fuori ufficio", "fuori sede", "in ferie", "assente", "in vacanza", "in trasferta",
    "na urlopie", "poza biurem", "nieobecn", "w delegacji", "na zwolnieniu",
    "fora do escritório", "de férias", "afwezig", "met vakantie", "niet op kantoor", "mimo kancelář", "na dovolené",
    "inte på kontoret", "på semester", "ofis dışında", "izinde",
)  # fmt: skip
"""That the writer is not there."""

BESIDE = (
    # when he is back, and whether he reads
    "вернусь", "возвра", "буду на месте", "буду на связи", "выйду", "приступлю", "отвечу", "ответ", "доступ", "почту",
    "почте", "ограничен", "получил", "прочитаю", "просмотрю", "по возвращени",
    "return", "be back", "back in", "back on", "back at", "respond", "reply", "access to", "limited", "check my",
    "checking", "as soon as", "upon my", "when i am back", "get back to you",
    "поверн", "відпов", "доступ", "пошт", "вярнус", "адкаж", "пошт", "оралам", "жауап", "қайтам",
    "zurück", "wieder", "erreichbar", "weitergeleitet", "beantwort", "melde mich", "gelesen", "rückkehr",
    "eingeschränkt",
    "de retour", "retour", "répond", "consult", "accès", "prendrai connaissance",
    "regres", "vuelv", "volver", "respond", "contest", "acceso", "vuelta",
    "rientr", "torner", "ritorn", "rispond", "access", "wrac", "wróc", "powro", "odpowi", "odpis", "dostęp",
    # whom to turn to meanwhile
    "обращайтесь", "обращаться", "обратитесь", "срочн", "звоните", "свяжитесь", "связаться", "замеща", "заменя",
    "замещ",
    "вместо меня", "исполняет", "пишите", "вопрос", "неотложн",
    "urgent", "contact", "absence", "emergency", "reach", "cover", "assist", "immediate", "in the meantime", "call",
    "терміно", "звертай", "зверта", "заміщ", "заміня", "зв'яж", "питан", "тэрмін", "звяртай", "замяшч", "пытан",
    "шұғыл", "хабарлас", "орнымда", "орныма", "сұрақ",
    "dringend", "vertret", "wenden", "kontakt", "notf", "angelegenheit", "anliegen",
    "urgen", "contact", "rempla", "adress", "joindre", "póngase", "ponerse", "diríj", "dirig", "sustitu",
    "contatt", "rivolg", "sostitu", "piln", "kontakt", "zastęp", "zastąp", "proszę", "sprawach",
)  # fmt: skip
"""What is said beside it: the return, the deputy, that the mail waits. Never alone a sign."""

MACHINE = (
    "это автоматический ответ", "это автоматическое", "это автоответ", "данное письмо сформировано автоматически",
    "сообщение сформировано автоматически", "письмо отправлено автоматически", "ответ сформирован автоматически",
    "отправлено автоматически", "создано автоматически", "не отвечайте на это", "отвечать на него не нужно",
    "this is an automat", "this is an auto", "automatically generated", "auto-generated", "automated message",
    "automated response", "automated reply", "automatic reply", "automatic response", "do not reply to this",
    "це автоматична", "цей лист надіслано автоматично", "гэта аўтаматычн", "бұл автоматты", "автоматты түрде",
    "automatisch generiert", "automatisch erstellt", "dies ist eine automatische", "automatische antwort",
    "réponse automatique", "message automatique", "généré automatiquement", "ne pas répondre à ce",
    "respuesta automática", "mensaje automático", "generado automáticamente",
    "risposta automatica", "messaggio automatico", "generato automaticamente",
    "automatyczna odpowiedź", "odpowiedź automatyczna", "wygenerowana automatycznie", "automatyczna wiadomość",
    "resposta automática", "automatisch antwoord",
)  # fmt: skip
"""The reply says itself that nobody wrote it."""

GREETINGS = (
    "здравствуйте", "добрый день", "доброе утро", "добрый вечер", "доброго времени", "привет", "спасибо", "благодарю",
    "уважаем", "коллеги", "hello", "hi", "dear", "good day", "good morning", "greetings", "thank", "thanks",
    "colleagues",
    "доброго дня", "вітаю", "дякую", "шановн", "добры дзень", "вітаю", "дзякуй", "паважан", "сәлеметсіз", "сәлем",
    "құрметті", "рахмет", "guten tag", "hallo", "sehr geehrte", "vielen dank", "danke", "bonjour", "madame", "merci",
    "chers", "buenos", "hola", "estimad", "gracias", "buongiorno", "gentile", "salve", "grazie", "dzień dobry",
    "szanown", "witam", "dziękuję", "olá", "obrigad", "hoi", "beste", "dobrý den",
)  # fmt: skip

DECIDES = (
    r"согласован[оаы]?|соглас(?:ен|на|ны|ую)|утвержда\w+|утвержден[оаы]?|одобр(?:ено|ен|ена|яю)|отклон(?:ить|яю|ено|"
    r"ен|ена)|"
    r"оплач(?:у|ено|ена|ен)|ознакомлен[аы]?|готово|подпис(?:ано|ал|ала)|не возражаю|на доработку|реш(?:у|им)|"
    r"посмотрю|рассмотрю|подпишу|approved?|rejected?|"
    r"agreed?|paid|done|declined?|погоджено|затверджено|genehmigt|approuvé|aprobado|approvato|zatwierdz\w+"
)
"""Words of a decision: whoever writes one of them has written the mail."""
