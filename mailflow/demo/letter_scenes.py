"""The second half of the day: a letter from outside, registered, given to somebody, answered, signed and sent.

Owns: its scenes and their words, and the evening's register and digest. Refuses to know: how a mail or a
scan is made, what is printed.
"""

from __future__ import annotations

from mailflow.demo.scene import DIRECTOR, PETROV, SECRETARY, Act, Both, Scene

LETTER: tuple[Scene, ...] = (
    Scene(
        Act.SCAN,
        "",
        Both(
            "Водоканал присылает письмо со сканом: нужен ответ",
            "The water company sends a letter with a scan: it wants an answer",
        ),
        Both(
            "Здравствуйте!\n\nПросим сообщить, согласована ли схема подключения склада. Письмо № 01-12/4567"
            " во вложении.\n\n--\nКанцелярия АО «Мосводоканал»",
            "Good day!\n\nPlease tell us whether the connection plan of the warehouse is agreed. Our letter"
            " No. 01-12/4567 is attached.\n\n--\nRegistry, Mosvodokanal JSC",
        ),
        Both(
            "Чужому снова не отвечают. Письмо показали секретарю: регистрировать ли его, решает она.",
            "Again a stranger gets no answer. The secretary was shown the letter: she decides whether to register it.",
        ),
        (("stray", SECRETARY),),
        Both("О технических условиях подключения", "Technical conditions of the connection"),
    ),
    Scene(
        Act.REPLY,
        SECRETARY,
        Both("Секретарь регистрирует его одним словом", "The secretary registers it with one word"),
        Both("Зарегистрировать", "Register"),
        Both(
            "Входящее получило номер; корреспондент, тема, дата и скан взяты из самого письма. Директор ждёт"
            " не форму, а письмо: ему достаточно ответить одной строкой.",
            "The incoming letter has its number; correspondent, subject, date and scan come from the letter itself."
            " The director gets no form but a letter: one line in reply is enough.",
        ),
        (("registered", SECRETARY), ("ask", DIRECTOR)),
        shows_card=True,
    ),
    Scene(
        Act.REPLY,
        DIRECTOR,
        Both("Директор пишет резолюцию", "The director writes a resolution"),
        Both("Петрову П.П. — подготовить ответ до {due}", "Petrov P.P. — prepare an answer by {due}"),
        Both(
            "Исполнитель, поручение и срок взяты из одной строки. Сказано «ответ» — исходящее письмо уже заведено"
            " и ждёт Петрова.",
            "Executor, task and day come from that one line. It says “answer”, so the outgoing letter is started"
            " already and waits for Petrov.",
        ),
        (("ask", PETROV), ("recorded", DIRECTOR)),
    ),
    Scene(
        Act.REPLY,
        PETROV,
        Both("Петров присылает текст ответа", "Petrov sends the text of the answer"),
        Both(
            "Адресат: Начальник управления АО «Мосводоканал» Лагунин В.А.\n"
            "О чём: О согласовании схемы подключения\n"
            "Их номер: 01-12/4567\n"
            "Приложение: схема на 2 л.\n"
            "Текст:\nВ ответ на Ваше письмо направляем согласованную схему подключения склада.\n"
            "Просим подтвердить срок выдачи технических условий.",
            "Addressee: Mr V. A. Lagunin, Mosvodokanal JSC\n"
            "About: Connection plan of the warehouse\n"
            "Their number: 01-12/4567\n"
            "Enclosures: the agreed plan, 2 sheets\n"
            "Text:\nIn reply to your letter we send the agreed connection plan of the warehouse.\n"
            "Please confirm when the technical conditions will be issued.",
        ),
        Both(
            "Из строк сделан PDF на бланке: адресат в дательном падеже, обращение, подпись. Это ещё проект, номера"
            " у него нет.",
            "The lines became a PDF on the company's letterhead. It is a draft still and has no number.",
        ),
        (("ask", PETROV),),
        about="И-",
        shows_card=True,
    ),
    Scene(
        Act.REPLY,
        PETROV,
        Both("Петров проверил проект", "Petrov has checked the draft"),
        Both("Верно", "Correct"),
        Both("Текст готов, проект ушёл директору.", "The text is ready; the draft went to the director."),
        (("ask", DIRECTOR),),
        about="И-",
    ),
    Scene(
        Act.PRESS,
        DIRECTOR,
        Both(
            "Директор открывает ссылку из письма и решает на странице",
            "The director opens the link in the letter and decides on the page",
        ),
        Both("", ""),
        Both(
            "Тот же ответ, но нажатием. Открыть ссылку — ещё не решить: записывает только кнопка, с кодом из этого"
            " письма. Номер и дата появились у письма только теперь.",
            "The same answer by a press. Opening the link decides nothing: only the button does, with the code of"
            " this letter. Only now did the letter get its number and date.",
        ),
        (("ask", SECRETARY),),
        about="И-",
    ),
    Scene(
        Act.REPLY,
        SECRETARY,
        Both("Секретарь отправила подписанное письмо", "The secretary has sent the signed letter"),
        Both("Отправлено, РПО 80080012345678", "Sent, RPO 80080012345678"),
        Both(
            "Исходящее закрыто, лист согласования у Петрова. Входящее закрылось само: на него ответили.",
            "The outgoing letter is closed, Petrov has the approval sheet. The incoming one closed by itself: it has"
            " its answer.",
        ),
        (("recorded", SECRETARY), ("closed", PETROV)),
        about="И-",
    ),
)

EVENING: tuple[Scene, ...] = (
    Scene(
        Act.WRITE,
        SECRETARY,
        Both("Секретарь просит реестр", "The secretary asks for a register"),
        Both("", ""),
        Both(
            "Реестр пришёл файлом Excel: кто, что, сколько и чем кончилось.",
            "The register came as an Excel file: who, what, how much, and how it ended.",
        ),
        (("register", SECRETARY),),
        Both("Реестр счетов за неделю", "Register of invoices for the week"),
    ),
    Scene(
        Act.MORNING,
        "",
        Both(
            "Часы переведены вперёд: утро следующего рабочего дня",
            "The clock is set forward: the morning of the next working day",
        ),
        Both("", ""),
        Both(
            "Каждое рабочее утро секретарь получает сводку: новое, просроченное, неразобранное — и три реестра.",
            "Every working morning the secretary gets a digest: what is new, late or not understood, and three"
            " registers.",
        ),
        (("digest", SECRETARY),),
    ),
)
