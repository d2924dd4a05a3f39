"""What a phrase can do in a reply: the closed set of kinds under which the tables list their phrases.

Owns: the kinds. Refuses to know: the phrases (`phrases`, `task_phrases`) and what follows from them (`statements`).
"""

from __future__ import annotations

from enum import Enum


class Says(Enum):
    """What a phrase does in a reply."""

    YES = "a yes wherever it stands alone"
    WEAK = "a yes only where nothing else is said"
    SOLE = "a yes only as the whole reply: «угу», «можно»; beside other words it says nothing"
    POLITE = "greetings, thanks, closings: neither yes nor no"
    TAKEN = "«получил», «принято», «понял»: seen, but no visa; harmless beside a full yes, not beside «да»"
    LOOKED = "«проверил», «изучила»: looked through; harmless before a yes"
    SORRY = "«к сожалению»: harmless beside a no, strange beside a yes"
    LABEL = "«Решение:», «Ответ:»: announces the decision"
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
    REGRET = "«ошибся», «передумал»: what was said before may not hold"
    WITHDRAW = "a decision is taken back"
    DELEGATE = "somebody else is to decide"
    THINKS = "a colleague is asked what he thinks, in so many words"
    MIND = "«твоё мнение»: asks a colleague where it stands alone or in a question"
    YOURS = "«реши ты»: the decision is left to the colleague written to"
    ASK = "something is asked for, without a question mark"
    WHO = "opens a question that has lost its mark: «кто», «сколько», who, why"
    PAID = "the money has gone"
    AFTERWARD = "what a payer waits for when he has paid: closing papers, goods"
    PART = "not all, or not really"
    NOT = "the sentence denies"
    DONE = "the work is done"
    GOT = "«получил»: the work is done only where goods or a copy are named"
    ACK = "the paper was read"
    FILE = "no executor: into the file"
    REPLY = "an answer is to be written"
    NO_REPLY = "no answer is to be written"
    THING = "what was signed, sent, received: harmless in a report"
    FACT = "to whom, by what way, when: harmless in a report"
    BANK = "the ways of money: harmless in a report of a payment"
