"""What people say in replies, as tables; the grammar over them is in `answers`.

Owns: the phrases. Refuses to know: how they are found (see `phrase_search`), what an assignment asks for.

One phrase a line or between semicolons. `a/b` is a choice of words, `a?` a word that may be left out,
`стем*` a word that begins so. The longest phrase that begins at a word wins, so that «не против» is not
«против». To teach mailflow a new way of saying yes, add it to YES, and to the tests what must not follow
from it.
"""

from __future__ import annotations

from enum import Enum


class Says(Enum):
    """What a phrase does in a reply."""

    YES = "a yes wherever it stands alone"
    WEAK = "a yes only where nothing else is said"
    POLITE = "greetings, thanks, closings, «получил»: neither yes nor no"
    OBJECT = "what the yes is about: the invoice, the contract; harmless beside a yes"
    NO = "a refusal of no stated kind"
    REJECT = "a final refusal"
    REWORK = "send it back"
    FIX = "a change is demanded"
    NEGATED = "a refusal taken back: «не отклоняю»; nothing surely"
    LATER = "a decision is put off"
    IF = "a condition"
    WOULD = "a wish, not a deed"
    BUT = "a restriction follows"
    DOUBT = "a yes turned into irony or into something else"
    PROXY = "in somebody else's name"
    WITHDRAW = "a decision is taken back"
    DELEGATE = "somebody else is to decide"
    ASK = "something is asked for, without a question mark"
    PAID = "the money has gone"
    PART = "not all, or not really"
    NOT = "the sentence denies"
    DONE = "the work is done"
    ACK = "the paper was read"
    FILE = "no executor: into the file"
    REPLY = "an answer is to be written"
    NO_REPLY = "no answer is to be written"


PHRASES: dict[Says, str] = {
    Says.YES: """
        согласован/согласована/согласовано/согласованы; согласовываю; согласовал/согласовала
        согласен/согласна/согласны; утверждаю/утверждено/утвержден/утверждена/утверждены
        утвердил/утвердила
        одобряю/одобрено/одобрен/одобрена/одобрены; одобрил/одобрила; визирую
        завизировано/завизировал/завизировала
        не возражаю/возражаем; не против; возражений нет; нет возражений; без возражений
        возражений не имею; не имею возражений
        замечаний нет; нет замечаний; без замечаний; замечаний не имею; не имею замечаний; претензий нет
        нет претензий
        разрешаю; подтверждаю; даю добро; даю согласие; визу ставлю; виза есть
        approved; i approve; i approved; agreed; i agree; confirmed; i confirm; accepted
        no objections; no objection; i have no objections; no comments; no remarks; no concerns
        no issues; go ahead
        looks good/great/fine to? me?; looks ok/okay to? me?; sounds good/great/fine; fine with/by me
        ok/okay/good/works with/by/for me
        this/it is/looks approved/fine/good/ok; lgtm; i am fine/ok/happy with this/it
        i'm fine/ok/happy with this/it; all good
        good to go; ship it; you have my approval; you have my ok; please proceed; proceed
    """,
    Says.WEAK: """
        ок/окей/оки; ok/okay/okey; да; да да; да ,? конечно; конечно ,? да; конечно согласен/согласна
        добро; годится; я за; принимается; все ок; все ok
        согласовать; утвердить; одобрить; можно согласовать; можно оплачивать; 👍; ✅; ✔; 👌; 🆗; +; + 1
        yes; yep; yeah; yes yes; yes please; sure; fine; approve; agree; looks fine
    """,
    Says.POLITE: """
        добрый день/вечер; доброе утро; доброго дня/утра/вечера; доброго времени суток; здравствуйте
        здравствуй; приветствую; привет; всем привет
        коллеги; уважаемые коллеги; дорогие коллеги; уважаемый; уважаемая; уважаемые
        спасибо; большое спасибо; спасибо большое; спасибо огромное; спасибо заранее; заранее спасибо
        спасибо вам; вам спасибо; благодарю; благодарю вас
        с уважением; с наилучшими пожеланиями; всего доброго/хорошего/наилучшего
        хорошего/приятного дня/вечера; хороших выходных; удачи
        до свидания; искренне ваш/ваша; пожалуйста; получил/получила/получили; принято; принял/приняла
        понял/поняла; понятно; ясно
        посмотрел/посмотрела; проверил/проверила; изучил/изучила; ознакомился/ознакомилась
        ознакомлен/ознакомлена
        вопросов нет; нет вопросов; у меня вопросов нет; у меня нет вопросов; с моей стороны
        со своей стороны; от меня; по мне
        я; мы; мной; мною; полностью; целиком; единогласно; отлично; супер; прекрасно; замечательно
        hello; hi; hi all; hi there; hi team; hello all; hey; dear; dear all; dear colleagues; dear team
        all; team; colleagues; good morning/afternoon/evening/day
        thanks; thank you; many thanks; thanks a lot; thank you very much; thanks in advance; cheers
        regards; best; best regards; kind regards; best wishes
        warm regards; sincerely; yours sincerely; have a nice/good/great day; please; received; got it
        noted; great; perfect; excellent
        from my side; on my side; fully; completely; no questions; i have no questions; br; rgds; thx
        tnx; 🙏; 🙂; 😊; 😀; 🤝
    """,
    Says.OBJECT: """
        счет; счета; договор; документ; документы; заявку; заявка; оплату; оплата; платеж; к оплате
        на оплату; письмо; приказ; акт
        доверенность; проект; смету; смета; закупку; закупка; отчет; карточку; карточка; этот; эту; это
        данный; данную; все; всё
        счет на оплату; проект договора; проект приказа; проект письма; служебную записку
        служебная записка; командировку; командировка
        the? invoice; the? contract; the? payment; the? document; the? request; the? order; the? draft
        the? letter; for? payment; this; it; that; as is
    """,
    Says.NO: """
        не/ни согласован/согласована/согласовано/согласованы; не согласен/согласна/согласны
        не согласую/согласуем/согласовываю/согласовываем/согласовал/согласовала
        не согласовать/согласовывать; несогласен/несогласна/несогласовано/несогласован
        не одобряю/одобрено/одобрен/одобрена/одобрил/одобрила/одобряем/одобрить/одобрю
        не утверждаю/утверждено/утвержден/утверждена/утверждать/утвержу/утвердил/утвердила
        не могу/можем/готов/готова/готовы/буду/будем/стану/хочу/намерен/намерена согласовать/одобрить/утвердить
        не могу/можем/готов/готова/готовы/буду/будем/стану/хочу согласовывать/одобрять/утверждать/подписать/подтвердить
        не подписываю/подпишу; не подтверждаю; не принимаю; не принимается; не разрешаю
        согласовать/одобрить/утвердить/подписать не могу
        согласовано не буду; нельзя; нет; нет уж; нет нет; неа; против; я против; категорически против
        возражаю; есть возражения; имею возражения; имеются возражения
        не ок; не ok; не окей; не подходит; не устраивает; не годится; не пойдет; не поддерживаю; 👎; ❌
        ✖; 🚫
        not approved; not agreed; not accepted; do/did not approve/agree/accept
        don't approve/agree/accept; can't/cannot/couldn't/won't/wouldn't approve/agree/accept/sign
        can/will/would/could not approve/agree/accept/sign; unable to approve; i am not able to approve
        not able to approve; refuse to approve; never approve; disagree
        i disagree; disapprove; disapproved; unapproved; not ok/okay/fine/good; no; no no; nope; no way
        no go; nay; i object; object; i am against; i'm against; against
        doesn't/don't look good; does not look good; doesn't work; not acceptable; unacceptable
        не нужно согласовывать; не стоит согласовывать
    """,
    Says.REJECT: """
        отклонить; отклоняю/отклоняем; отклонено/отклонен/отклонена/отклонены; отклоните
        отклонил/отклонила; отказ; отказать; отказываю/отказываем; отказано; откажите
        отвергаю; в оплате отказать; отказать в оплате; в согласовании отказать; отказать в согласовании
        отказываю в согласовании; отказ в согласовании
        reject; rejected; i reject; rejecting; decline; declined; i decline; deny; denied; refuse
        refused; i refuse; turn down; turned down
    """,
    Says.REWORK: """
        на доработку; вернуть на? доработку?; верните на? доработку?; возвращаю на? доработку?
        возвращаем на? доработку?; возврат на? доработку?; вернул/вернула на? доработку?
        отправить/отправьте/отправляю/отправляем/отправил/отправила на доработку
        прошу вернуть на? доработку?; прошу доработать; нужно/надо/необходимо/требуется доработать
        доработать; доработайте; дорабатывайте; на переделку
        вернуть/верните/возвращаю на переделку/исправление; на исправление; переделать; переделайте
        требует доработки
        нужна/требуется/необходима доработка; доработка
        rework; needs/need/requires rework/changes/revision/work; for rework
        send/sent it? back for? rework?; return; returned; i return; returning; return for rework
        returned for rework
        back to the? initiator/author; please rework; revise; please revise; revise and resubmit
        on revision; for revision
    """,
    Says.FIX: """
        исправить; исправьте; прошу исправить; нужно/надо/необходимо исправить; поправить; поправьте
        прошу поправить; замените; заменить; прошу заменить; измените; изменить
        прошу изменить; переоформите; переоформить; переделайте; уменьшите; уменьшить; уберите; убрать
        удалите; добавьте; добавить; прошу добавить; внесите; внести; дополните
        сократите; скорректируйте; скорректировать; прошу скорректировать; поменяйте; поменять
        прошу поменять; прошу только поменять; устраните; устранить; учтите; допишите
        fix; please fix; correct the; please correct; change; please change; amend; please amend; update
        please update; add; please add; remove; please remove; replace; please replace
    """,
    Says.NEGATED: """
        не отклонять; не отклоняю; не отклоняйте; не отказываю; не отказывать; не возвращать
        не возвращайте; не возвращаю; не надо возвращать; не нужно дорабатывать
        не надо дорабатывать; доработка не нужна; отклонить не могу; отказать не могу; do not reject
        don't reject; not rejected; no rework; do not return; don't return
        не отзываю; не надо отклонять
    """,
    Says.LATER: """
        посмотрю; погляжу; гляну; изучу; рассмотрю; проверю; подумаю; решу; решим; отвечу; ответим
        вернусь; вернемся; согласую; согласуем; утвержу; одобрю; подпишу; сделаю; сделаем
        займусь; разберусь; разберемся; уточню; обсудим; обсужу; обсудить нужно; ознакомлюсь; прочитаю
        прочту; дам ответ; дам знать; отпишусь; напишу; оплачу; оплатим; оплатят; проведем; проведу
        будет оплачено/оплачен/оплачена/согласовано/готово/сделано/выполнено/подписан/отправлен
        отправлю; отправим; подготовлю; выполню; выполним; пришлю; передам
        завтра; послезавтра; позже; позднее; попозже; потом; пока нет; пока не; пока что нет; еще не
        не сейчас; чуть позже; на следующей неделе; в понедельник; рано; не успеваю; не успел; не успела
        нет времени; нужно/надо подумать; нужно/надо посмотреть; нужно/надо время; дайте время
        в отпуске; в командировке; на больничном; отсутствую; буду отсутствовать; в отъезде; в дороге
        подождите; подожди; повременим; отложим; отложить; откладываю; перенесем; вечером; после обеда
        через неделю; через день; через час; скоро
        i will/shall look/check/review/see/think/decide/answer/reply/revert/approve/sign/pay/do/read
        i'll look/check/review/see/think/decide/answer/reply/revert/approve/sign/pay/do/read/be/get
        will look/check/review/revert/reply/pay/do/read/approve; tomorrow; later; not now; not yet
        next week; next month; on vacation; on holiday; on leave; out of office; out of the office
        on a business trip; let me check/think/see/look; need time; need more time; give me time; wait
        please wait; hold on; postpone; to be decided; tbd; back on; i am back; i'm back
        will be paid/done; busy
        в понедельник/вторник/среду/четверг/пятницу; on monday/tuesday/wednesday/thursday/friday
    """,
    Says.IF: """
        если; когда; как только; при условии; после того как; в случае; при наличии; при; после
        только после; если только; if; once; as soon as; when; provided; providing; unless; subject to
        assuming; on condition
        after; until; until then; пока
    """,
    Says.WOULD: """
        бы; б; would; i'd; could; might; желательно; хотелось; если бы
    """,
    Says.BUT: """
        но; однако; кроме; только; за исключением; исключая; не считая; с замечаниями; с замечанием
        с оговоркой; с оговорками; с учетом; прошу; просьба; хотя; зато; правда; частично; в части
        в целом; в принципе; в основном; условно; максимум; не больше; не более; не выше; не ранее
        все же; вместо; без; иначе; почти; наполовину
        but; except; excluding; however; although; though; only; with remarks; with comments
        with changes; apart from; partially; partly; in principle; in general; mostly; generally
        conditionally; instead; without
    """,
    Says.DOUBT: """
        да нет; да ну; да уж; да ладно; да щас; да сейчас; да конечно щас; ну да; ну да конечно; ага
        ага щас; угу; щас; ну; ну ок; ну ладно; ну хорошо; якобы; типа; вроде; вроде ок; вроде да
        кажется
        прошу/нужно/надо/необходимо/требуется/просьба/давайте/можете согласовать/утвердить/одобрить/подтвердить
        согласовать/утвердить/одобрить ,? пожалуйста
        согласовано/согласован/согласована/согласны/согласен/согласна/утверждено/одобрено ли
        согласовать ли; на согласование; на утверждение
        please approve/confirm/agree; kindly approve; approve ,? please; for your approval; to approve
        need to approve; should approve; must approve; is it approved; has it been approved
        наверное; наверно; видимо; возможно; может; может быть; скорее; скорее да; скорее нет; похоже
        по идее; утверждаю ,? что; согласен/согласна/согласны/согласовано/подтверждаю ,? что; не уверен
        не уверена
        не знаю; сомневаюсь; сомнительно; не понял; не поняла; не понимаю; допустим; ок да; да и
        да чтобы; да что; да как; да где; да кто; да когда; да зачем
        probably; maybe; perhaps; i guess; i think; i suppose; not sure; approve of; agreed that
        confirmed that; yeah right; yes right; as if; whatever; yes and no; sort of; kind of
    """,
    Says.PROXY: """
        от имени; по поручению; за него; за нее; on behalf; on behalf of; по просьбе; со слов; p.p.
        for and on behalf
    """,
    Says.WITHDRAW: """
        отзываю; отзываем; отозвать; отзываю согласование; отзываю свое согласование; отзываю подпись
        отмените мое? согласование; отменяю согласование; отменяю свое? решение; аннулируйте; аннулирую
        беру назад; забираю согласование; снимаю согласование; снимаю визу; отзываю визу
        прошу отменить мое согласование; прошу аннулировать; отменяю
        withdraw; i withdraw; withdrawing; revoke; i revoke; i take back; take back; cancel my approval
        please cancel my approval; undo my approval
    """,
    Says.DELEGATE: """
        передайте; передай; передать; передаю; перешлите; переслать; перешли; переадресуйте
        переадресовать; перенаправьте; перенаправить; переназначьте; пусть решает; пусть решит
        пусть согласует; пусть согласовывает
        пусть смотрит; пусть посмотрит; пусть утвердит; пусть подпишет; пусть этим занимается; пусть
        решает; решать; обратитесь к; обращайтесь к; обратись к; вопрос к; это к; вопрос не ко мне
        не ко мне; не мой вопрос
        согласуйте с; согласуйте у; согласовать с; согласовать у; спросите у; спросите; поручаю
        делегирую; направьте; адресуйте; за меня решает; вместо меня
        forward to; forward this to; forward it to; please forward to; ask; please ask; delegate to
        delegate; i delegate to; pass to; pass this to; pass it to; please pass to; send to; send it to
        reassign to; assign to; let; should decide; is to decide; talk to; check with; not me
    """,
    Says.ASK: """
        не открывается; не открываются; не вижу; нет вложения; вложения нет; файла нет; нет файла
        файл не открылся; не могу открыть; не читается; пришлите; вышлите; пришли; приложите; прикрепите
        уточните; уточни; поясните
        поясни; объясните; объясни; сообщите; скажите; подскажите; покажите; расскажите; обоснуйте
        прошу пояснить; прошу уточнить; прошу прислать; прошу приложить; прошу обосновать; непонятно
        не понятно; не ясно; неясно
        почему; зачем; откуда; сколько; вопрос; есть вопрос; есть вопросы; хочу понять
        хотелось бы понять; хотелось бы уточнить; хочу уточнить; нужны пояснения; нужно пояснение
        нужны подробности; где
        question; a question; i have a question; i have questions; please send; please clarify
        please explain; please attach; send me; clarify; explain; can't open; cannot open; can not open
        no attachment; is missing; why; how much; what
    """,
    Says.PAID: """
        оплачено/оплачен/оплачена/оплачены; оплатил/оплатила/оплатили
        оплата прошла/проведена/произведена/исполнена/ушла/сделана
        платеж прошел/проведен/исполнен/ушел/отправлен/выполнен
        платежка ушла/исполнена/проведена/отправлена
        проведено; проведен; проведена; провел/провела/провели; перечислено
        перечислил/перечислила/перечислили; деньги ушли/перечислены/отправлены; средства перечислены
        произвели/произвел/произвела оплату; оплату произвели/произвел/провели/провел/сделали
        счет закрыт
        paid; payment made/done/sent/completed/executed; payment has been made/sent/executed
        payment was made/sent/executed; has been paid; was paid; is paid; we paid; i paid; we have paid
        i have paid; transferred; money sent; wired; invoice settled; settled
    """,
    Says.PART: """
        частично; частичная; наполовину; половину; половина; часть; частью; не полностью; не вся; не все
        не всю; не весь; аванс; авансом; предоплата; предоплату; остаток; остальное; остаются; осталось
        доплатим; доплатить; первый платеж; первую часть
        не оплачено/оплачен/оплачена/оплачены/оплатил/оплатила/оплатили/проведено/проведен/проведена
        не прошла/прошел/ушел/ушла/перечислено/исполнен/исполнена/готово/готов/готова/готовы/сделано
        не сделал/сделала/выполнено/выполнил/выполнила/подписан/подписано/отправлен/отправлено
        не получен/получено/передано/передан
        не ознакомлен/ознакомлена/ознакомлены/ознакомился/ознакомилась
        не читал/читала/прочитал/прочитала; не буду; не будем; не могу; не можем; не удалось
        не получилось; не получается; не смог; не смогла; не стал
        по ошибке; ошибочно; ошибка; вернулся; вернулась; вернули; возврат; отозван
        отклонен/отклонена/отклонено банком; отказ банка; отменен; отменено; отозвано; не тот; не ту
        не та; не туда; чужой; другому; другой счет; почти; якобы; кроме; но; однако
        partially; partly; partial; half; part; part of; advance; prepayment; remainder; the rest
        deposit; unpaid; but; except; by mistake; returned; bounced; failed; rejected by; almost
        to be paid; should be paid; must be paid; to be done
    """,
    Says.NOT: """
        не; ни; нет; из; not; no; never; cannot; can't; couldn't; isn't; wasn't; hasn't; haven't; didn't
        don't; won't; out of
    """,
    Says.DONE: """
        готово/готов/готова/готовы; сделано; сделал/сделала/сделали
        выполнено/выполнен/выполнена/выполнены; выполнил/выполнила/выполнили; исполнено/исполнен
        исполнил/исполнила; завершено; завершил/завершила; закончил/закончила/закончили
        подписан/подписано/подписана/подписаны; подписал/подписала/подписали
        отправлен/отправлено/отправлена/отправлены; отправил/отправила/отправили
        передан/передано/передана/переданы; передал/передала/передали; вручено/вручен
        сдан/сдано/сдана/сданы; сдал/сдала
        получен/получено/получена/получены; получил/получила/получили
        распечатан/распечатано/распечатал/распечатала
        отсканирован/отсканировано/отсканировал/отсканировала; прикрепил/прикрепила
        прикреплен/прикреплено; приложил/приложила; приложен/приложено
        прикладываю; прилагаю; высылаю; отправляю; направляю; загрузил/загрузила; загружено; во вложении
        в приложении; оформлено; оформил/оформила; заполнено; заполнил/заполнила; в архиве
        сдано в архив; убрал в архив; верно; все верно; вернулся экземпляр; экземпляр получен
        done; completed; complete; finished; signed; sent; received; delivered; printed; scanned
        attached; please find attached; i have attached; uploaded; filed; handed over; ready; it's done
        it is done; correct; mailed; shipped
    """,
    Says.ACK: """
        ознакомлен/ознакомлена/ознакомлены; ознакомился/ознакомилась/ознакомились
        с? документом? прочитал/прочитала; прочитано; прочел/прочла
        acknowledged; i acknowledge; i have read; i've read; i read; read and understood; have read
        read and acknowledged; i have read and understood; i have read and acknowledge
    """,
    Says.FILE: """
        в дело; в архив; к делу; списать в дело; списать; подшить; подшить в дело; для сведения
        к сведению; принять к сведению; без исполнения; to file; file it; file; for information
        for the record; no action; no action needed
    """,
    Says.REPLY: """
        подготовить/подготовьте/готовить/подготовка проект? ответ/ответа/ответы
        подготовить проект ответа; ответить; ответьте; дать ответ; дайте ответ; направить ответ
        направьте ответ; написать ответ; нужен ответ; ответ нужен; ответ обязателен; требуется ответ
        с ответом
        prepare a/the? reply/answer/response; prepare an answer; prepare reply/answer/response; reply
        answer; respond; reply needed; answer needed; draft a/the? reply/answer/response
    """,
    Says.NO_REPLY: """
        ответ не нужен/требуется/нужен; ответа не нужно/требуется/надо; без ответа
        отвечать не нужно/надо/требуется; не отвечать; no reply/answer/response
        no reply/answer/response needed/required; without reply; do not reply; don't reply
    """,
}
