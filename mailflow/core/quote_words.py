"""The words mail programs put around other people's letters, in the languages they speak.

Owns: header names, divider words, verbs of writing, the tails phones add. Refuses to know: how a quote is built.
To teach mailflow another language, add its words here: one line in each table.
"""

from __future__ import annotations

import re

from mailflow.core.normal import word_list

FROM, DATE, TO, SUBJECT, OTHER = "from", "date", "to", "subject", "other"

_HEADERS = {
    FROM: "from от отправитель від відправник von de expéditeur da mittente van od nadawca från fra lähettäjä "
    "feladó кімнен ад από 보낸_사람 寄件者 від_кого expeditorul expeditor kimden gönderen šalje odesílatel "
    "remetente remitente от_кого de_la 发件人 差出人",
    DATE: "date sent дата отправлено надіслано datum gesendet envoyé envoyé_le date_d'envoi fecha enviado "
    "enviado_el enviada enviada_em data inviato data_invio verzonden wysłano data_wysłania skickat dato "
    "sendt dátum odoslané odesláno päivämäärä päiväys lähetetty elküldve dată trimis tarih gönderildi "
    "fecha_de_envío message_du 发送时间 日期 жіберілді жіберілген күні адпраўлена изпратено στάλθηκε ημερομηνία "
    "보낸_날짜 날짜 送信日時 日時 寄件日期 poslano datum_slanja",
    TO: "to кому кому_копия одержувач an à a para aan do komu adresat till til vastaanottaja címzett către "
    "destinatarul destinatario destinataire pour per kime prima pre кімге каму до προς 받는_사람 收件人 宛先 收件者",
    SUBJECT: "subject тема betreff objet sujet asunto oggetto onderwerp temat ämne emne předmět predmet aihe tárgy "
    "subiect subiectul konu naslov assunto тақырып тақырыбы тэма относно θέμα 제목 主题 主旨 件名",
    OTHER: "cc bcc copy копия копія скрытая_копия kopie kopia kopi kópia copie copie_à kopio másolat bilgi dw "
    "udw reply-to ответить risposta importance важность priority приоритет attachments вложения вложение "
    "файлы файл files файли көшірме 참조 抄送 cc. ccn κοιν koopia",
}  # fmt: skip
HEADER_NAMES: dict[str, str] = {
    name.replace("_", " "): kind for kind, names in _HEADERS.items() for name in names.split()
}
"""Header name in lower case -> what it says."""

VERBS = frozenset(
    word_list(
        "wrote writes sent написал написала написали писал писала пишет пишут пише написав schrieb geschrieben écrit "
        "escribió escreveu scritto skrev kirjoitti napisał napisała napsal napsala napísal írta yazdı scris schreef "
        "geschreven viết 写道 寫道 wrote. "
        "писали пишете писав напісаў напісала піша жазды написа пише pisze napisao napisala έγραψε "
        "quoting цитирую цитирование цитирует"
    )
)
"""A name line says one of these about the letter it introduces."""

OPENERS = frozenset(
    word_list(
        "mailto giorno ore klokken kello hs hrs mån tis tors fre lör sön man tor søn lau on at am um le "
        "à el a las il alle em às op om w dniu dnia o godz den på kl klo dne v в о г "
        "года р от from via by "
        "пользователь користувач користувач użytkownik používateľ în data la vào in data lúc время the of de "
        "del ha heeft het "
        "volgende ezt időpontban tarihinde şunu keltezéssel gmt utc msk мск est edt pst pdt cet cest eet "
        "eest uhr h am pm "
        "nachm vorm 在 "
        "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday "
        "пн вт ср чт пт сб вс нд понедельник вторник среда четверг пятница суббота воскресенье "
        "понеділок вівторок середа середу п'ятниця субота неділя "
        "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag "
        "lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche "
        "jueves viernes sábado domingo lunes martes miércoles lunedì martedì mercoledì giovedì venerdì sabato "
        "ma wo do vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
        "pon wt śr czw pt sob niedz poniedziałek wtorek środa czwartek piątek sobota niedziela "
        "pe ti ke to tir ons tor lør søn seg ter qua qui sex sáb dom "
        "у аб ж сағ дс сс бс жм жс на отн письме вкл dana je u od odesílatel po út st čt pá ne user že "
        "аўторак серада чацвер пятніца субота нядзеля панядзелак чц нд "
        "пнд втр срд чтв птн сбт вск h k sze cs szo v időpont čet sri pet sub ned uto pzt sal çar per cum cmt paz "
        "th cn thg vào"
    )
)
"""Small words that may stand in a name line beside dates, names and addresses."""

ORIGINAL_STEMS = (
    "original message", "originalmeddelande", "original-nachricht", "исходное сообщение", "исходное письмо",
    "первоначальное сообщение", "вихідне повідомлення", "початкове повідомлення", "reply message",
    "ursprüngliche nachricht",
    "antwort nachricht", "mensaje original", "mensagem original", "message d'origine", "message original",
    "messaggio originale", "oorspronkelijk bericht", "oprindelig besked", "oprindelig meddelelse",
    "ursprungligt meddelande",
    "opprinnelig melding", "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "alkuperäinen viesti",
    "eredeti üzenet", "orijinal mesaj",
)  # fmt: skip
"""Between dashes: the reply's original follows."""

FORWARD_STEMS = (
    "forwarded", "пересылаем", "переслан", "перенаправлен", "переадресован", "пересилан", "weitergeleitet", "transféré",
    "transmis", "reenviado", "encaminhad", "reencaminhad", "inoltrat", "doorgestuurd", "przesłan", "przekazan",
    "vidarebefordra", "videresend", "välitetty", "edelleenlähetetty", "továbbított", "redirecționat", "přeposlan",
    "preposlan", "proslijeđen", "iletilen", "yönlendirilen", "leti başlangıcı", "转发", "転送",
)  # fmt: skip
"""Between dashes, or before a colon: a letter that was forwarded follows."""

FORWARD_SENTENCES = frozenset({
    "this is a forwarded message", "это пересылаемое сообщение", "это пересланное сообщение",
    "это пересылаемое письмо", "це переслане повідомлення",
})  # fmt: skip
"""A whole line above a header block, with no dashes around it."""

SCISSORS_STEMS = ("original message", "исходное сообщение", "исходный текст", "исходного текста", "исходного сообщения",
                  "forwarded message", "пересылаем")  # fmt: skip
"""Between the scissors `===8<===` of The Bat!: the text of a forwarded letter."""

END_STEMS = ("конец", "завершение", "кінець", "end of", "end forwarded", "окончание", "ende der", "fin du", "fin del")
"""With a forward stem: the forwarded letter ends here."""

REPLY_SUBJECT = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|отв|ответ|на|rif|res|ynt|vá|回复)\s?(?:\[\d{1,3}\])?\s?[:：]", re.IGNORECASE
)
FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|fw|пересл|пер|пересылка|wg|tr|rv|pd|vl|enc|i|vb|doorst|továbbítás|转发)\s?\.?\s?[:：]\s?",
    re.IGNORECASE,
)
"""`VS:` is a reply in Finnish and a forward in Danish; the header block under it decides."""
DANISH_FORWARD = re.compile(r"\s*vs\s?:\s?", re.IGNORECASE)

_DEVICE = (
    r"iphone|ipad|ipod|android|айфон\w*|samsung|galaxy|xiaomi|redmi|poco|huawei|honor|realme|oppo|vivo|"
    r"nokia|blackberry|htc|"
    r"lg|sony|pixel|oneplus|tecno|windows|mac|смартфон\w*|телефон\w*|планшет\w*|мобильн\w+|моб\.|"
    r"устройств\w*|mobile|phone|"
    r"smartphone|cell|tablet|device|mail\.ru|mail|mymail|яндекс|yandex|почт[аы] mail\.ru|почт[аы] яндекс|"
    r"яндекс\.почт\w+|"
    r"outlook|gmail|spark|bluemail|k-9|aquamail|airmail|mailbox|typeapp|thunderbird|protonmail|proton|"
    r"rambler|vk workmail|"
    r"рамблер\w*|nine|edison|newton|email\.ru|моб[іi]льн\w+|пристро\w+|mobiltelefon\w*|mobilgerät|handy|"
    r"téléphone|portable|"
    r"móvil|teléfono|telefono|cellulare|telefoon|telefonu|telefon\w*"
)
_TAIL_OPENINGS = (
    r"отправлено (?:с помощью|при помощи|с|со|из|от|через)|послано с|написано с|надіслано (?:з|із|за допомогою)|"
    r"відправлено (?:з|із)|"
    r"sent (?:wirelessly )?(?:from|with|via|using|by)|gesendet (?:von|mit)|von meinem|diese nachricht "
    r"wurde von meinem|"
    r"envoyé (?:sans fil par|depuis|de|à partir d[e'])|enviado (?:desde|do|de|via)|inviato da|verzonden "
    r"(?:met|vanaf|via)|"
    r"from my|адпраўлена з|wysłane z|wysłano z|skickat från|sendt fra|odesláno z|odoslané z|lähetetty|trimis de pe|get|"
    r"скачать|получить|загрузить|завантажити"
)
MOBILE_TAIL = re.compile(
    rf"[\s\-–—*_(<\[]*(?:{_TAIL_OPENINGS})(?: (?:my|моего|моей|мого|своего|meinem|meiner|mon|mi|mio|min|"
    rf"mijn|mojego))?"
    rf"(?: [\w.’'-]{{1,20}}){{0,3}}? ?(?:{_DEVICE})\b(?: [\w.’'+-]{{1,20}}){{0,6}}(?: ?\([\w .-]{{1,40}}\))?"
    r"(?: ?[<(]?https?://[^\s<>]{1,120}[>)]?)?[\s.!>)\]*_]*"
    r"(?:[,.;(]? ?(?:please )?(?:excuse|sorry|извините|простите|прошу прощения|прошу простить)[^?!]{0,60}[.!)]?)?",
    re.IGNORECASE,
)
SENT_FROM_MY = re.compile(
    r"(?:простите|извините) за краткость,? (?:создано|отправлено|написано) (?:в|с|из) [\w .-]{1,30}\.?|"
    r"[\s(<*_-]*sent from my [\w .'’+-]{1,40}[.!)>*_]?"
    r"|(?:從我的|从我的) ?[\w .-]{1,30} ?(?:傳送|发送)|[\w .-]{1,30}から送信|내 [\w .-]{1,30}에서 보냄"
    r"|(?:менің )?[\w .-]{1,30}(?:нан|нен|дан|ден|тан|тен|құрылғысынан|құрылғымнан) жіберілді[.!]?",
    re.IGNORECASE,
)
"""Whole lines of these forms were added by a program, not written."""
MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,60})\]\(https?://[^()\s]{1,200}\)")
