"""What whoever decides says to the colleague to whom he sends his letter on; tables as in `phrases`.

Owns: the phrases that ask a colleague's opinion, and those that leave the decision to him. Refuses to know: which
task is meant, and whether it may be handed over (`forwarding`, `delegating`).
"""

from __future__ import annotations

from mailflow.core.says import Says

COLLEAGUE_PHRASES: dict[Says, str] = {
    Says.THINKS: """
        прошу/нужно/необходимо/интересно/хочу/жду/напишите/напиши твое/ваше мнение
        скажите/скажи/сообщите/сообщи/дайте/дай твое/ваше мнение
        твое/ваше мнение нужно/необходимо/интересно; нужно/хотелось твоего/вашего мнения; жду твоего/вашего мнения
        прошу/хочу знать/узнать/услышать твое/ваше мнение; хотел/хотела бы знать/узнать/услышать твое/ваше мнение
        напиши/напишите/скажи/скажите/сообщи/сообщите ,? что думаешь/думаете/скажешь/скажете
        напиши/напишите/скажи/скажите/сообщи/сообщите ,? что ты/вы думаешь/думаете; посоветуй; посоветуйте
        прошу/нужен твой/твоего/ваш/вашего совет/совета; поделись/поделитесь мнением; выскажи/выскажите мнение
        напиши/напишите/скажи/скажите/сообщи/сообщите ,? как считаешь/считаете/думаешь/думаете/по-твоему/по-вашему
        посмотри ,? что думаешь; посмотрите ,? что думаете; посмотри/посмотрите/взгляни/взгляните/глянь/гляньте
        give/tell/send me/us? your opinion/thoughts/view/views; tell me what you think
        let me know what you think; let me know your opinion/thoughts/view/views
        i'd/i would like/appreciate/value your opinion/thoughts/view/views/advice
        i need your opinion/thoughts/view/views/advice; please advise; please? take a look; please? have a look
    """,
    Says.MIND: """
        твое/ваше мнение; какое твое/ваше мнение; каково твое/ваше мнение; мнение; по-твоему; по-вашему
        что думаешь/думаете/скажешь/скажете/посоветуешь/посоветуете; что ты/вы думаешь/думаете/скажешь/скажете
        ты/вы что думаешь/думаете/скажешь/скажете; как считаешь/считаете/думаешь/думаете/полагаешь/полагаете
        как ты/вы считаешь/считаете/думаешь/думаете/полагаете; как тебе/вам; как по-твоему/по-вашему
        твой/ваш взгляд; на твой/ваш взгляд; есть мысли; какие мысли; мысли; what do you think
        what's/what is your opinion/view/take; your opinion/thoughts/view/views/take; any thoughts; thoughts
        how do you see it/this; what would you do/say/advise; что бы ты/вы сделал/сделали/ответил/ответили
    """,
    Says.YOURS: """
        реши/решите/решай/решайте ты/вы/сам/сама/сами? пожалуйста?; ты/вы реши/решите/решай/решайте
        согласуй/согласуйте ты/вы/сам/сама/сами; ты/вы согласуй/согласуйте; решать тебе/вам; тебе/вам решать
        прошу тебя/вас? решить/согласовать вместо меня; прошу тебя/вас решить/согласовать; прошу решить
        решение за тобой/вами; решение твое/ваше; решение оставляю за тобой/вами; оставляю решение тебе/вам
        на твое/ваше усмотрение; на твое/ваше решение; прими/примите решение; передаю решение тебе/вам
        передаю тебе/вам решение/задание/это?; делегирую тебе/вам; поручаю тебе/вам решить/согласовать/решение
        реши/решите/согласуй/согласуйте за/вместо меня; разберись/разберитесь и реши/решите
        please? decide; you decide; please? decide for me; please? decide yourself/instead; it's/it is your call
        your call; your decision; it's/it is your decision; it's/it is up to you; up to you; i leave it to you
        i leave the decision to you; the decision is yours; please? make the/a decision; over to you
        please? take the decision; i delegate it/this to you; please? approve or reject; please? decide on it/this
    """,
}
