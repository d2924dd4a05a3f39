SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.mailflow_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0]; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.assignment (
    id character varying(512) NOT NULL,
    "case" character varying(512) NOT NULL,
    round integer NOT NULL,
    stage character varying(255) NOT NULL,
    principal character varying(255) NOT NULL,
    ask character varying(32) NOT NULL,
    standing character varying(16) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    answer character varying(32),
    decided_by character varying(255),
    decided_at timestamp with time zone,
    channel character varying(16),
    CONSTRAINT assignment_standing_word CHECK (((standing)::text = ANY ((ARRAY['open'::character varying, 'decided'::character varying, 'skipped'::character varying, 'void'::character varying])::text[])))
);
CREATE TABLE public.browser (
    hash character varying(64) NOT NULL,
    person character varying(255) NOT NULL,
    label character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public."case" (
    id character varying(512) NOT NULL,
    number character varying(255),
    number_folded character varying(255) NOT NULL,
    process character varying(255) NOT NULL,
    register character varying(255) NOT NULL,
    state character varying(16) NOT NULL,
    stage character varying(255) NOT NULL,
    round integer NOT NULL,
    initiator character varying(255) NOT NULL,
    subject text NOT NULL,
    amount_minor bigint,
    currency character varying(8) NOT NULL,
    counterparty text NOT NULL,
    waits_on text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    version integer NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT case_state_word CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'done'::character varying, 'rejected'::character varying, 'withdrawn'::character varying])::text[])))
);
CREATE TABLE public.code (
    token character varying(64) NOT NULL,
    person character varying(255) NOT NULL,
    seed character varying(64) NOT NULL,
    issued_at timestamp with time zone,
    expires_at timestamp with time zone,
    since timestamp with time zone,
    sent integer NOT NULL,
    wrong integer NOT NULL,
    tried_at timestamp with time zone
);
CREATE TABLE public.errand (
    key character varying(512) NOT NULL,
    "case" character varying(512) NOT NULL,
    what character varying(16) NOT NULL,
    errand text NOT NULL,
    state character varying(16) NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    reason text NOT NULL
);
CREATE TABLE public.fact (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    subject character varying(512) NOT NULL,
    item character varying(512) NOT NULL,
    said text NOT NULL,
    until character varying(10) NOT NULL,
    key character varying(512) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.fact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.fact_id_seq OWNED BY public.fact.id;
CREATE TABLE public.frame (
    key character varying(512) NOT NULL,
    content bytea NOT NULL,
    gaps text NOT NULL
);
CREATE TABLE public.inbox (
    id bigint NOT NULL,
    account character varying(255),
    folder character varying(255),
    uidvalidity bigint,
    uid bigint,
    message_key character varying(64) NOT NULL,
    message_id text NOT NULL,
    sha256 character varying(64) NOT NULL,
    size bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    sender text NOT NULL,
    subject text NOT NULL,
    kind character varying(64) NOT NULL,
    reason text NOT NULL,
    "case" character varying(512) NOT NULL,
    state character varying(16) NOT NULL,
    attempts integer NOT NULL,
    error text NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT inbox_state_word CHECK (((state)::text = ANY ((ARRAY['processed'::character varying, 'quarantined'::character varying, 'failed'::character varying, 'duplicate'::character varying])::text[])))
);
CREATE SEQUENCE public.inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;
CREATE TABLE public.journal (
    id bigint NOT NULL,
    "case" character varying(512) NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event_key character varying(512) NOT NULL,
    event_type character varying(32) NOT NULL,
    event jsonb NOT NULL,
    why text NOT NULL,
    patch jsonb NOT NULL,
    previous character varying(64) NOT NULL,
    hash character varying(64) NOT NULL
);
CREATE SEQUENCE public.journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.journal_id_seq OWNED BY public.journal.id;
CREATE TABLE public.mailbox (
    id bigint NOT NULL,
    account character varying(255) NOT NULL,
    folder character varying(255) NOT NULL,
    uidvalidity bigint NOT NULL,
    last_uid bigint NOT NULL,
    taken_from timestamp with time zone
);
CREATE SEQUENCE public.mailbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mailbox_id_seq OWNED BY public.mailbox.id;
CREATE TABLE public.outbox (
    key character varying(512) NOT NULL,
    "case" character varying(512) NOT NULL,
    assignment character varying(512) NOT NULL,
    kind character varying(64) NOT NULL,
    person character varying(255) NOT NULL,
    address text NOT NULL,
    language character varying(8) NOT NULL,
    letter jsonb NOT NULL,
    message_id character varying(512) NOT NULL,
    state character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    lease_token character varying(255),
    attempts integer NOT NULL,
    reason text NOT NULL,
    content character varying(64) NOT NULL,
    card character varying(64) NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT outbox_state_word CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'claimed'::character varying, 'sent'::character varying, 'deferred'::character varying, 'refused'::character varying, 'unknown'::character varying, 'held'::character varying])::text[])))
);
CREATE TABLE public.register (
    id bigint NOT NULL,
    name character varying(255) NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL
);
CREATE SEQUENCE public.register_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.register_id_seq OWNED BY public.register.id;
CREATE TABLE public.timer (
    key character varying(512) NOT NULL,
    "case" character varying(512) NOT NULL,
    assignment character varying(512) NOT NULL,
    what character varying(16) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state character varying(16) NOT NULL,
    CONSTRAINT timer_state_word CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'rung'::character varying, 'stopped'::character varying])::text[])))
);
CREATE TABLE public.token (
    hash character varying(64) NOT NULL,
    purpose character varying(16) NOT NULL,
    "case" character varying(512) NOT NULL,
    assignment character varying(512) NOT NULL,
    person character varying(255) NOT NULL,
    card character varying(64) NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT token_purpose_word CHECK (((purpose)::text = ANY ((ARRAY['decide'::character varying, 'reply'::character varying])::text[])))
);
CREATE TABLE public.tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.tortoise_migrations_id_seq OWNED BY public.tortoise_migrations.id;
ALTER TABLE ONLY public.fact ALTER COLUMN id SET DEFAULT nextval('public.fact_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);
ALTER TABLE ONLY public.journal ALTER COLUMN id SET DEFAULT nextval('public.journal_id_seq'::regclass);
ALTER TABLE ONLY public.mailbox ALTER COLUMN id SET DEFAULT nextval('public.mailbox_id_seq'::regclass);
ALTER TABLE ONLY public.register ALTER COLUMN id SET DEFAULT nextval('public.register_id_seq'::regclass);
ALTER TABLE ONLY public.tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('public.tortoise_migrations_id_seq'::regclass);
INSERT INTO public.assignment VALUES ('6db0a9d0315df695503721f94d839415/1/managers/p.petrov', '6db0a9d0315df695503721f94d839415', 1, 'managers', 'p.petrov', 'approval', 'decided', '2026-11-22 21:36:02.879164+00', '2026-11-24 15:00:00+00', 'approve', 'p.petrov', '2026-11-22 21:36:04.389232+00', 'reply');
INSERT INTO public.assignment VALUES ('6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', '6db0a9d0315df695503721f94d839415', 1, 'finance', 'o.smirnova', 'approval', 'open', '2026-11-22 21:36:04.389232+00', '2026-11-24 15:00:00+00', NULL, NULL, NULL, NULL);
INSERT INTO public."case" VALUES ('6db0a9d0315df695503721f94d839415', 'СЧ-2026-0001', 'сч-2026-0001', 'invoice', 'invoices', 'open', 'finance', 1, 'i.kuznetsov', 'Счёт: баннеры 1', 10100050, 'RUB', 'ООО «Ромашка»', 'o.smirnova', '2026-11-22 21:36:02.879164+00', '2026-11-22 21:36:04.389232+00', NULL, 2, '{"id": "6db0a9d0315df695503721f94d839415", "files": [{"at": "2026-11-22T21:36:02.879164Z", "by": "i.kuznetsov", "name": "Счет 1.pdf", "size": 7, "sha256": "351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531", "changes": null, "comment": "", "current": true, "version": 1, "content_type": "application/octet-stream"}], "round": 1, "rules": "795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764", "stage": "finance", "state": "open", "fields": {"amount": "101000.50", "pay_by": "2026-12-30", "in_budget": true, "counterparty": "ООО «Ромашка»", "invoice_date": "2026-11-12", "cash_flow_item": "Реклама", "invoice_number": "51"}, "linked": [], "number": "СЧ-2026-0001", "papers": [], "passed": [], "proven": true, "thread": ["<box1.0@neon.example>"], "unsure": [], "process": "invoice", "spawned": [], "subject": "Счёт: баннеры 1", "version": 2, "findings": [], "opinions": [], "register": "invoices", "closed_at": null, "confirmed": true, "initiator": "i.kuznetsov", "opened_at": "2026-11-22T21:36:02.879164Z", "passed_on": 0, "assignments": [{"id": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "ask": "approval", "away": false, "note": "", "about": "", "round": 1, "spoke": true, "stage": "managers", "due_at": "2026-11-24T18:00:00+03:00", "nudges": 0, "carried": false, "pending": null, "decision": {"at": "2026-11-22T21:36:04.389232Z", "by": "p.petrov", "card": "39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e", "proof": "dmarc=pass by mx.neon.example", "answer": "approve", "channel": "reply", "comment": "", "material": "a365278c1e02675050b02abb0e3910c2b96d47206eccc2fa3e5758697520d1f9"}, "delegate": "", "standing": "decided", "opened_at": "2026-11-22T21:36:02.879164Z", "paused_at": null, "principal": "p.petrov", "silent_at": "2026-11-25T18:00:00+03:00", "deferred_to": "", "undelivered": false, "pending_comment": ""}, {"id": "6db0a9d0315df695503721f94d839415/1/finance/o.smirnova", "ask": "approval", "away": false, "note": "", "about": "", "round": 1, "spoke": false, "stage": "finance", "due_at": "2026-11-24T18:00:00+03:00", "nudges": 0, "carried": false, "pending": null, "decision": null, "delegate": "", "standing": "open", "opened_at": "2026-11-22T21:36:04.389232Z", "paused_at": null, "principal": "o.smirnova", "silent_at": "2026-11-25T18:00:00+03:00", "deferred_to": "", "undelivered": false, "pending_comment": ""}], "started_from": ""}');
INSERT INTO public.fact VALUES (1, 'spent', 'i.kuznetsov', '6db0a9d0315df695503721f94d839415', '{"amount":"101000.50","currency":"RUB","payee":"name ромашка"}', '2026-12-23', '6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/6', '2026-11-22 21:36:02.879164+00');
INSERT INTO public.inbox VALUES (1, 'box1', 'INBOX', 1795383361, 1, '6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720', '<box1.0@neon.example>', 'edb17e3ce32a51a52b31711ca80092c5619f483ba7a65d6c66689dbefa0b526d', 1112, '2026-11-22 21:36:01+00', 'i.kuznetsov@neon.example', 'Счёт: баннеры 1', 'request', 'it begins with the word of the process', '6db0a9d0315df695503721f94d839415', 'processed', 1, '', '2026-11-22 21:36:03.151363+00');
INSERT INTO public.inbox VALUES (2, 'box1', 'INBOX', 1795383361, 2, '6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034', '<box1.1@neon.example>', '632ea1f16e1ac6c7d1288f75b9a198603c3a22397731adb738d07089ba386225', 819, '2026-11-22 21:36:03+00', 'p.petrov@neon.example', 'Re: [СЧ-2026-0001] Счёт № 51, ООО «Ромашка», 101 000,50 ₽ — нужно решение до 24.11.2026', 'reply', 'answers a letter of ours; the whole reply is a yes', '6db0a9d0315df695503721f94d839415', 'processed', 1, '', '2026-11-22 21:36:04.535419+00');
INSERT INTO public.journal VALUES (1, '', 1, '2026-11-22 21:36:02.711346+00', 'rules/795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764', 'rules', '{"at": "2026-11-22T21:36:02.711346Z", "key": "rules/795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764", "text": "# An invoice to pay: somebody of the staff forwards it, his managers and the finance director agree,\n# accounting pays, the initiator hands in the closing papers.\n#\n# `mailflow rules check` tells what is wrong with this file, with the line.\n\nprocess: invoice\ntitle: {ru: Счёт на оплату, en: Invoice}\n# The case in one line. A part between « · » whose field is empty is left out.\nsummary:\n  ru: \"Счёт № {invoice_number} · {counterparty} · {amount}\"\n  en: \"Invoice {invoice_number} · {counterparty} · {amount}\"\nregister: {name: invoices, number: \"СЧ-{year}-{seq:04}\", title: {ru: Реестр счетов, en: Register of invoices}}\n\nstarts_with:\n  address: [schet, invoice]                 # docs+schet@company, or schet@company\n  subject: [счёт, счета, счёт-договор, счёт-оферта, оплата, оплатить, invoice]\n  text: [прошу оплатить, просьба оплатить, оплатите, счёт на оплату, счёт №, счёт во вложении, выставлен счёт, выставил вам счёт, оплатить счёт, please pay, invoice]\n  attachment: [счет, счёт, invoice]         # only a guess: the initiator is asked whether it is one\n\nfields:\n  counterparty:   {type: text,    label: {ru: Кому платим, en: Payee},          required: true, material: true, synonyms: [кому, кому оплатить, pay to, to], ask: {ru: \"Кому платим? Напишите «Подрядчик: название».\", en: \"Who is paid? Write “Payee: name”.\"}}\n  subject_matter: {type: text,    label: {ru: За что, en: For},                 from: [body]}\n  amount:         {type: money,   label: {ru: Сумма, en: Amount},               required: true, material: true, ask: {ru: \"Какая сумма? Напишите «Сумма: 120 000,50».\", en: \"What is the amount? Write “Amount: 120,000.50”.\"}}\n  vat:            {type: money,   label: {ru: В том числе НДС, en: VAT included}}\n  currency:       {type: text,    label: {ru: Валюта, en: Currency},            material: true, card: false}\n  invoice_number: {type: text,    label: {ru: Номер счёта, en: Invoice number}}\n  invoice_date:   {type: date,    label: {ru: Дата счёта, en: Invoice date}}\n  inn:            {type: inn,     label: {ru: ИНН, en: INN},                    material: true}\n  kpp:            {type: kpp,     label: {ru: КПП, en: KPP},                    card: false}\n  account:        {type: account, label: {ru: Расчётный счёт, en: Account},     material: true}\n  bic:            {type: bic,     label: {ru: БИК, en: BIC},                    material: true}\n  corr_account:   {type: account, label: {ru: Корр. счёт, en: Corr. account},   material: true, card: false}\n  purpose:        {type: text,    label: {ru: Назначение, en: Purpose},         card: false}\n  cash_flow_item:\n    type: choice\n    label: {ru: Статья ДДС, en: Cash flow item}\n    required: true\n    synonyms: [item]\n    of: [Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги, Прочее]\n    ask:\n      ru: \"Какая статья ДДС: Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги или Прочее? Напишите «Статья: …».\"\n      en: \"Which cash flow item: Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги or Прочее? Write “Item: …”.\"\n  in_budget:\n    type: bool\n    label: {ru: В бюджете, en: In the budget}\n    required: true\n    ask: {ru: \"Счёт в бюджете? Ответьте «в бюджете» или «не в бюджете».\", en: \"Is it in the budget? Answer “in budget” or “not in budget”.\"}\n  urgent:         {type: bool,    label: {ru: Срочно, en: Urgent}}\n  pay_by:\n    type: date\n    label: {ru: Оплатить до, en: Pay by}\n    required: \"!urgent\"                     # an urgent invoice needs no date\n    ask: {ru: \"К какому дню оплатить? Напишите «Оплатить до: 20.11» или «срочно».\", en: \"By which day? Write “Pay by: 20 Nov” or “urgent”.\"}\n  comment:        {type: text,    label: {ru: Комментарий, en: Comment},        from: [body]}\n  payment_number: {type: text,    label: {ru: П/п №, en: Payment order},        from: []}\n  payment_date:   {type: date,    label: {ru: Оплачено, en: Paid on},           from: []}\n\nadds_up: {sum: amount, within: 30 days}      # to one payee: no sum slips under the limit in parts; `total` below\n\nstages:\n  - managers:                               # one after another, up to and including the department head\n      kind: approve\n      title: {ru: Руководители, en: Managers}\n      who: managers of initiator up to department head\n      order: in turn\n      skip_when: total.within(initiator.trusted_sum)\n      skip_note: {ru: \"Не требуется: доверенная сумма\", en: \"Not required: trusted sum\"}\n      due: 1 working day\n      remind: [4 hours before, at due]\n      on_silence: {after: 2 working days, escalate_to: manager}\n  - finance:\n      kind: approve\n      title: {ru: Финансовый директор, en: Finance director}\n      who: role finance_director\n      order: any\n      if_initiator: role director           # nobody decides on his own case\n      assurance: known_browser\n      due: 1 working day\n      remind: [4 hours before, at due]\n      on_silence: {after: 2 working days, escalate_to: manager}\n  - payment:\n      kind: perform\n      title: {ru: Бухгалтерия, en: Accounting}\n      who: role accountant\n      order: any\n      answer: paid                          # «Оплачено, п/п 345 от 13.11.2026»\n      needs: [visa_supplement]              # what accounting prints and keeps with the invoice\n      actions: [approve, rework]\n      instruction:\n        ru: Счёт согласован полностью. Оплатите и ответьте номером и датой платёжного поручения.\n        en: The invoice is fully approved. Pay it and answer with the number and date of the payment order.\n      due: 2 working days\n      remind: [at due]\n  - closing:\n      kind: perform\n      title: {ru: Закрывающие документы, en: Closing papers}\n      who: initiator\n      actions: [approve]\n      instruction:\n        ru: Счёт оплачен. Получите товар или услугу, передайте закрывающие документы в бухгалтерию и ответьте «Готово».\n        en: The invoice is paid. Receive the goods or services, hand the closing papers to accounting and answer “Done”.\n      due: 10 working days\n      remind: [at due]\n\nclosing_papers: [approval_sheet]           # made and sent to the initiator when the case is closed\n\nrework:\n  returns_to: first stage\n  skip_agreed: unless material changed      # the amount, the account or any file: then everybody again\n", "type": "rules", "process": "invoice", "version": "795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764"}', 'правила процесса invoice: версия 795171bb', '{}', '', '75f06f7d68fac0faaeb86193f5abd1a7f7dc109c29fe711b9dadaa73eb354d80');
INSERT INTO public.journal VALUES (2, '6db0a9d0315df695503721f94d839415', 1, '2026-11-22 21:36:02.879164+00', '6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720', 'request', '{"at": "2026-11-22T21:36:02.879164Z", "by": "i.kuznetsov", "key": "6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720", "sure": true, "text": "Прошу оплатить.\nПодрядчик: ООО «Ромашка»\nСумма: 101 000,50\nСчёт: № 51 от 12.11.2026\nСтатья: Реклама\nВ бюджете: да\nОплатить до: 2026-12-30", "type": "request", "files": [{"name": "Счет 1.pdf", "size": 7, "sha256": "351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531", "changes": null, "content_type": "application/octet-stream"}], "proof": {"by": "dmarc=pass by mx.neon.example", "address": "i.kuznetsov@neon.example"}, "fields": {"amount": "101000.50", "pay_by": "2026-12-30", "in_budget": true, "counterparty": "ООО «Ромашка»", "invoice_date": "2026-11-12", "cash_flow_item": "Реклама", "invoice_number": "51"}, "process": "invoice", "subject": "Счёт: баннеры 1", "findings": [], "ambiguous": [], "message_id": "<box1.0@neon.example>", "started_from": ""}', 'Кузнецов И.И.: заявка принята; следующий этап — Руководители: Петров П.П.', '{"id": "6db0a9d0315df695503721f94d839415", "files": [{"at": "2026-11-22T21:36:02.879164Z", "by": "i.kuznetsov", "name": "Счет 1.pdf", "size": 7, "sha256": "351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531", "changes": null, "comment": "", "current": true, "version": 1, "content_type": "application/octet-stream"}], "round": 1, "rules": "795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764", "stage": "managers", "state": "open", "fields": {"amount": "101000.50", "pay_by": "2026-12-30", "in_budget": true, "counterparty": "ООО «Ромашка»", "invoice_date": "2026-11-12", "cash_flow_item": "Реклама", "invoice_number": "51"}, "linked": [], "number": "СЧ-2026-0001", "papers": [], "passed": [], "proven": true, "thread": ["<box1.0@neon.example>"], "unsure": [], "process": "invoice", "spawned": [], "subject": "Счёт: баннеры 1", "version": 1, "findings": [], "opinions": [], "register": "invoices", "closed_at": null, "confirmed": true, "initiator": "i.kuznetsov", "opened_at": "2026-11-22T21:36:02.879164Z", "passed_on": 0, "assignments": [{"id": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "ask": "approval", "away": false, "note": "", "about": "", "round": 1, "spoke": false, "stage": "managers", "due_at": "2026-11-24T18:00:00+03:00", "nudges": 0, "carried": false, "pending": null, "decision": null, "delegate": "", "standing": "open", "opened_at": "2026-11-22T21:36:02.879164Z", "paused_at": null, "principal": "p.petrov", "silent_at": "2026-11-25T18:00:00+03:00", "deferred_to": "", "undelivered": false, "pending_comment": ""}], "started_from": ""}', '', 'fc0d7f60b08d96dda3177fb385d67b52b071a93063da120d26d6225f939073d4');
INSERT INTO public.journal VALUES (3, '6db0a9d0315df695503721f94d839415', 2, '2026-11-22 21:36:04.389232+00', '6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034', 'answer', '{"at": "2026-11-22T21:36:04.389232Z", "key": "6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034", "card": "39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e", "case": "6db0a9d0315df695503721f94d839415", "type": "answer", "files": [], "proof": {"by": "dmarc=pass by mx.neon.example", "address": "p.petrov@neon.example"}, "answer": "approve", "fields": {}, "channel": "reply", "comment": "", "details": {"to": "", "due": null, "date": null, "until": null, "number": "", "executors": [], "answer_needed": null}, "findings": [], "ambiguous": [], "assignment": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "message_id": "<box1.1@neon.example>", "new_browser": false}', 'Петров П.П.: согласовано; следующий этап — Финансовый директор: Смирнова О.Н.', '{"stage": "finance", "version": 2, "assignments": [{"id": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "ask": "approval", "away": false, "note": "", "about": "", "round": 1, "spoke": true, "stage": "managers", "due_at": "2026-11-24T18:00:00+03:00", "nudges": 0, "carried": false, "pending": null, "decision": {"at": "2026-11-22T21:36:04.389232Z", "by": "p.petrov", "card": "39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e", "proof": "dmarc=pass by mx.neon.example", "answer": "approve", "channel": "reply", "comment": "", "material": "a365278c1e02675050b02abb0e3910c2b96d47206eccc2fa3e5758697520d1f9"}, "delegate": "", "standing": "decided", "opened_at": "2026-11-22T21:36:02.879164Z", "paused_at": null, "principal": "p.petrov", "silent_at": "2026-11-25T18:00:00+03:00", "deferred_to": "", "undelivered": false, "pending_comment": ""}, {"id": "6db0a9d0315df695503721f94d839415/1/finance/o.smirnova", "ask": "approval", "away": false, "note": "", "about": "", "round": 1, "spoke": false, "stage": "finance", "due_at": "2026-11-24T18:00:00+03:00", "nudges": 0, "carried": false, "pending": null, "decision": null, "delegate": "", "standing": "open", "opened_at": "2026-11-22T21:36:04.389232Z", "paused_at": null, "principal": "o.smirnova", "silent_at": "2026-11-25T18:00:00+03:00", "deferred_to": "", "undelivered": false, "pending_comment": ""}]}', 'fc0d7f60b08d96dda3177fb385d67b52b071a93063da120d26d6225f939073d4', 'e1a35aa59a9743f6b27665aef222abde6b2e187f19893d52876aab64e1ddc1a1');
INSERT INTO public.mailbox VALUES (1, 'box1', 'INBOX', 1795383361, 2, '2019-12-31 21:00:00+00');
INSERT INTO public.outbox VALUES ('6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/4', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', 'ask', 'o.smirnova', 'o.smirnova@neon.example', 'ru', '{"to": "o.smirnova", "key": "6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/4", "kind": "ask", "rows": [], "words": {"instruction": ""}, "address": "o.smirnova@neon.example", "enclosed": [], "language": "ru", "assignment": "6db0a9d0315df695503721f94d839415/1/finance/o.smirnova", "in_reply_to": "", "automatic_answer": false}', '<df5ec973d33a0c17ee90115a8f228e19@neon.example>', 'sent', '2026-11-22 21:36:04.389232+00', '2026-11-22 21:36:04.389232+00', NULL, NULL, 1, '250 OK', 'c9ce7f7faa84361657d655dbf1f93695113a66f0a1c301ae637ac4726260cc3e', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:04.906218+00');
INSERT INTO public.outbox VALUES ('6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/4', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'ask', 'p.petrov', 'p.petrov@neon.example', 'ru', '{"to": "p.petrov", "key": "6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/4", "kind": "ask", "rows": [], "words": {"instruction": ""}, "address": "p.petrov@neon.example", "enclosed": [], "language": "ru", "assignment": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "in_reply_to": "", "automatic_answer": false}', '<9568ab52b4f04b28fba0ecef20f3f9ab@neon.example>', 'sent', '2026-11-22 21:36:02.879164+00', '2026-11-22 21:36:02.879164+00', NULL, NULL, 1, '250 OK', '36a5dd366b0bd90672c701e4182ce30c1101cba1f8c505724ec7fa7d5d9a685a', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:03.631477+00');
INSERT INTO public.outbox VALUES ('6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/5', '6db0a9d0315df695503721f94d839415', '', 'registered', 'i.kuznetsov', 'i.kuznetsov@neon.example', 'ru', '{"to": "i.kuznetsov", "key": "6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/5", "kind": "registered", "rows": [], "words": {}, "address": "i.kuznetsov@neon.example", "enclosed": [], "language": "ru", "assignment": "", "in_reply_to": "<box1.0@neon.example>", "automatic_answer": true}', '<67d78f6d3d9728af99d5543234d369ee@neon.example>', 'sent', '2026-11-22 21:36:02.879164+00', '2026-11-22 21:36:02.879164+00', NULL, NULL, 1, '250 OK', 'd7016a4ad456d8378596de0971482230ad37cfbd7fbcd922f44c80b61d7e22f8', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:03.683275+00');
INSERT INTO public.outbox VALUES ('6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/5', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'recorded', 'p.petrov', 'p.petrov@neon.example', 'ru', '{"to": "p.petrov", "key": "6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/5", "kind": "recorded", "rows": [], "words": {"next": "Смирнова О.Н.", "said": "согласовано", "comment": ""}, "address": "p.petrov@neon.example", "enclosed": [], "language": "ru", "assignment": "6db0a9d0315df695503721f94d839415/1/managers/p.petrov", "in_reply_to": "<box1.1@neon.example>", "automatic_answer": true}', '<b3b1df87fc13c7baa77877963aa322c8@neon.example>', 'sent', '2026-11-22 21:36:04.389232+00', '2026-11-22 21:36:04.389232+00', NULL, NULL, 1, '250 OK', '14d8db641490cf2252a0b9836a7033c4dce58465959979955344a3c268f2f273', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:04.940039+00');
INSERT INTO public.register VALUES (1, 'invoices', 2026, 1);
INSERT INTO public.timer VALUES ('6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/1', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'remind', '2026-11-24 11:00:00+00', 'stopped');
INSERT INTO public.timer VALUES ('6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/2', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'due', '2026-11-24 15:00:00+00', 'stopped');
INSERT INTO public.timer VALUES ('6d303bb20fdc20d63b197a06976f130b8058064f22fd350523bf7423cae47720/3', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'escalate', '2026-11-25 15:00:00+00', 'stopped');
INSERT INTO public.timer VALUES ('6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/1', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', 'remind', '2026-11-24 11:00:00+00', 'waiting');
INSERT INTO public.timer VALUES ('6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/2', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', 'due', '2026-11-24 15:00:00+00', 'waiting');
INSERT INTO public.timer VALUES ('6309de120c6b38051f418c4e2449114f48850f12214a4fdce450116da0038034/3', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', 'escalate', '2026-11-25 15:00:00+00', 'waiting');
INSERT INTO public.token VALUES ('949845af3d5c6fe689b57fd2c187fffb5fb6cacda41ee1d0e724b94b1f4ea56c', 'reply', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'p.petrov', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:03.191421+00', '2027-05-21 21:36:03.191421+00', NULL);
INSERT INTO public.token VALUES ('428b01da4f5336eb3789e9d1bcf369644672fb33ddc277803b0e6b87e441e288', 'reply', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/finance/o.smirnova', 'o.smirnova', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:04.555438+00', '2027-05-21 21:36:04.555438+00', NULL);
INSERT INTO public.token VALUES ('2376ac5f32dab87efbf30172af49a43faf7161c3f70ceea636669051a1b4babc', 'reply', '6db0a9d0315df695503721f94d839415', '6db0a9d0315df695503721f94d839415/1/managers/p.petrov', 'p.petrov', '39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e', '2026-11-22 21:36:04.555438+00', '2027-05-21 21:36:04.555438+00', NULL);
INSERT INTO public.tortoise_migrations VALUES (1, 'mailflow', '0001_initial', '2026-11-22 21:36:02.06937+00');
INSERT INTO public.tortoise_migrations VALUES (2, 'mailflow', '0002_browsers', '2026-11-22 21:36:02.169733+00');
INSERT INTO public.tortoise_migrations VALUES (3, 'mailflow', '0003_errands', '2026-11-22 21:36:02.215146+00');
INSERT INTO public.tortoise_migrations VALUES (4, 'mailflow', '0004_facts', '2026-11-22 21:36:02.255529+00');
INSERT INTO public.tortoise_migrations VALUES (5, 'mailflow', '0005_frames', '2026-11-22 21:36:02.289357+00');
INSERT INTO public.tortoise_migrations VALUES (6, 'mailflow', '0006_facts_by_subject', '2026-11-22 21:36:02.699+00');
SELECT pg_catalog.setval('public.fact_id_seq', 1, true);
SELECT pg_catalog.setval('public.inbox_id_seq', 2, true);
SELECT pg_catalog.setval('public.journal_id_seq', 3, true);
SELECT pg_catalog.setval('public.mailbox_id_seq', 3, true);
SELECT pg_catalog.setval('public.register_id_seq', 1, true);
SELECT pg_catalog.setval('public.tortoise_migrations_id_seq', 6, true);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.browser
    ADD CONSTRAINT browser_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public."case"
    ADD CONSTRAINT case_number_key UNIQUE (number);
ALTER TABLE ONLY public."case"
    ADD CONSTRAINT case_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (token);
ALTER TABLE ONLY public.errand
    ADD CONSTRAINT errand_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.frame
    ADD CONSTRAINT frame_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_event_key_key UNIQUE (event_key);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT mailbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.register
    ADD CONSTRAINT register_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT uid_assignment_case_7e7b54 UNIQUE ("case", round, stage, principal);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT uid_fact_kind_ca9ae9 UNIQUE (kind, subject, item);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT uid_inbox_account_f5721b UNIQUE (account, folder, uidvalidity, uid);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT uid_journal_case_56332a UNIQUE ("case", seq);
ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT uid_mailbox_account_e968ee UNIQUE (account, folder);
ALTER TABLE ONLY public.register
    ADD CONSTRAINT uid_register_name_4fd9d1 UNIQUE (name, year);
ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);
CREATE INDEX assignment_principal ON public.assignment USING btree (principal, standing);
CREATE INDEX browser_person ON public.browser USING btree (person);
CREATE INDEX case_number_folded ON public."case" USING btree (number_folded);
CREATE INDEX case_opened ON public."case" USING btree (opened_at, id);
CREATE INDEX case_process ON public."case" USING btree (process, state, opened_at, id);
CREATE INDEX case_state ON public."case" USING btree (state, opened_at, id);
CREATE INDEX code_person ON public.code USING btree (person);
CREATE INDEX errand_due ON public.errand USING btree (state, next_at);
CREATE INDEX fact_kind ON public.fact USING btree (kind, until);
CREATE INDEX fact_subject ON public.fact USING btree (kind, subject, until);
CREATE INDEX inbox_message_key ON public.inbox USING btree (message_key);
CREATE INDEX inbox_state ON public.inbox USING btree (state, id);
CREATE INDEX inbox_unsettled ON public.inbox USING btree (account, folder, uidvalidity, uid) WHERE (settled_at IS NULL);
CREATE UNIQUE INDEX inbox_without_source ON public.inbox USING btree (message_key) WHERE (account IS NULL);
CREATE INDEX outbox_case ON public.outbox USING btree ("case");
CREATE INDEX outbox_state ON public.outbox USING btree (state, next_at);
CREATE INDEX timer_assignment ON public.timer USING btree ("case", assignment) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX timer_due ON public.timer USING btree (due_at) WHERE ((state)::text = 'waiting'::text);
CREATE TRIGGER assignment_decided_once BEFORE UPDATE ON public.assignment FOR EACH ROW WHEN (((old.answer IS NOT NULL) AND (((new.answer)::text IS DISTINCT FROM (old.answer)::text) OR ((new.decided_by)::text IS DISTINCT FROM (old.decided_by)::text) OR (new.decided_at IS DISTINCT FROM old.decided_at) OR ((new.channel)::text IS DISTINCT FROM (old.channel)::text)) AND (NOT ((new.answer IS NULL) AND ((new.standing)::text = 'open'::text))))) EXECUTE FUNCTION public.mailflow_refuse('the assignment has been decided: a decision is never overwritten or deleted');
CREATE TRIGGER assignment_no_delete BEFORE DELETE ON public.assignment FOR EACH ROW WHEN ((old.answer IS NOT NULL)) EXECUTE FUNCTION public.mailflow_refuse('the assignment has been decided: a decision is never overwritten or deleted');
CREATE TRIGGER journal_no_change BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION public.mailflow_refuse('a journal row is never changed or deleted: write a new one');
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION public.mailflow_refuse('a journal row is never changed or deleted: write a new one');
