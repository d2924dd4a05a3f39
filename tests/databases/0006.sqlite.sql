BEGIN TRANSACTION;
CREATE TABLE "assignment" (
    "id" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "case" VARCHAR(512) NOT NULL,
    "round" INT NOT NULL,
    "stage" VARCHAR(255) NOT NULL,
    "principal" VARCHAR(255) NOT NULL,
    "ask" VARCHAR(32) NOT NULL,
    "standing" VARCHAR(16) NOT NULL,
    "opened_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP,
    "answer" VARCHAR(32),
    "decided_by" VARCHAR(255),
    "decided_at" TIMESTAMP,
    "channel" VARCHAR(16),
    CONSTRAINT "uid_assignment_case_7e7b54" UNIQUE ("case", "round", "stage", "principal")
);
INSERT INTO "assignment" VALUES('3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','3368ddd973d4a735bd509dbf3004d2f5',1,'managers','p.petrov','approval','decided','2026-11-22 21:36:00.144806+00:00','2026-11-24 15:00:00+00:00','approve','p.petrov','2026-11-22 21:36:00.925205+00:00','reply');
INSERT INTO "assignment" VALUES('3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','3368ddd973d4a735bd509dbf3004d2f5',1,'finance','o.smirnova','approval','open','2026-11-22 21:36:00.925205+00:00','2026-11-24 15:00:00+00:00',NULL,NULL,NULL,NULL);
CREATE TABLE "browser" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL,
    "label" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "revoked_at" TIMESTAMP
);
CREATE TABLE "case" (
    "id" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "number" VARCHAR(255)  UNIQUE,
    "number_folded" VARCHAR(255) NOT NULL,
    "process" VARCHAR(255) NOT NULL,
    "register" VARCHAR(255) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "stage" VARCHAR(255) NOT NULL,
    "round" INT NOT NULL,
    "initiator" VARCHAR(255) NOT NULL,
    "subject" TEXT NOT NULL,
    "amount_minor" BIGINT,
    "currency" VARCHAR(8) NOT NULL,
    "counterparty" TEXT NOT NULL,
    "waits_on" TEXT NOT NULL,
    "opened_at" TIMESTAMP NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    "closed_at" TIMESTAMP,
    "version" INT NOT NULL,
    "document" JSON NOT NULL
);
INSERT INTO "case" VALUES('3368ddd973d4a735bd509dbf3004d2f5','СЧ-2026-0001','сч-2026-0001','invoice','invoices','open','finance',1,'i.kuznetsov','Счёт: баннеры 1',10100050,'RUB','ООО «Ромашка»','o.smirnova','2026-11-22 21:36:00.144806+00:00','2026-11-22 21:36:00.925205+00:00',NULL,2,'{"assignments":[{"about":"","ask":"approval","away":false,"carried":false,"decision":{"answer":"approve","at":"2026-11-22T21:36:00.925205Z","by":"p.petrov","card":"39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e","channel":"reply","comment":"","material":"a365278c1e02675050b02abb0e3910c2b96d47206eccc2fa3e5758697520d1f9","proof":"dmarc=pass by mx.neon.example"},"deferred_to":"","delegate":"","due_at":"2026-11-24T18:00:00+03:00","id":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","note":"","nudges":0,"opened_at":"2026-11-22T21:36:00.144806Z","paused_at":null,"pending":null,"pending_comment":"","principal":"p.petrov","round":1,"silent_at":"2026-11-25T18:00:00+03:00","spoke":true,"stage":"managers","standing":"decided","undelivered":false},{"about":"","ask":"approval","away":false,"carried":false,"decision":null,"deferred_to":"","delegate":"","due_at":"2026-11-24T18:00:00+03:00","id":"3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova","note":"","nudges":0,"opened_at":"2026-11-22T21:36:00.925205Z","paused_at":null,"pending":null,"pending_comment":"","principal":"o.smirnova","round":1,"silent_at":"2026-11-25T18:00:00+03:00","spoke":false,"stage":"finance","standing":"open","undelivered":false}],"closed_at":null,"confirmed":true,"fields":{"amount":"101000.50","cash_flow_item":"Реклама","counterparty":"ООО «Ромашка»","in_budget":true,"invoice_date":"2026-11-12","invoice_number":"51","pay_by":"2026-12-30"},"files":[{"at":"2026-11-22T21:36:00.144806Z","by":"i.kuznetsov","changes":null,"comment":"","content_type":"application/octet-stream","current":true,"name":"Счет 1.pdf","sha256":"351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531","size":7,"version":1}],"findings":[],"id":"3368ddd973d4a735bd509dbf3004d2f5","initiator":"i.kuznetsov","linked":[],"number":"СЧ-2026-0001","opened_at":"2026-11-22T21:36:00.144806Z","opinions":[],"papers":[],"passed":[],"passed_on":0,"process":"invoice","proven":true,"register":"invoices","round":1,"rules":"795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764","spawned":[],"stage":"finance","started_from":"","state":"open","subject":"Счёт: баннеры 1","thread":["<box0.0@neon.example>"],"unsure":[],"version":2}');
CREATE TABLE "code" (
    "token" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL,
    "seed" VARCHAR(64) NOT NULL,
    "issued_at" TIMESTAMP,
    "expires_at" TIMESTAMP,
    "since" TIMESTAMP,
    "sent" INT NOT NULL,
    "wrong" INT NOT NULL,
    "tried_at" TIMESTAMP
);
CREATE TABLE "errand" (
    "key" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "case" VARCHAR(512) NOT NULL,
    "what" VARCHAR(16) NOT NULL,
    "errand" TEXT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "attempts" INT NOT NULL,
    "next_at" TIMESTAMP NOT NULL,
    "reason" TEXT NOT NULL
);
CREATE TABLE "fact" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(512) NOT NULL,
    "item" VARCHAR(512) NOT NULL,
    "said" TEXT NOT NULL,
    "until" VARCHAR(10) NOT NULL,
    "key" VARCHAR(512) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_fact_kind_ca9ae9" UNIQUE ("kind", "subject", "item")
);
INSERT INTO "fact" VALUES(1,'spent','i.kuznetsov','3368ddd973d4a735bd509dbf3004d2f5','{"amount":"101000.50","currency":"RUB","payee":"name ромашка"}','2026-12-23','0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/6','2026-11-22 21:36:00.144806+00:00');
CREATE TABLE "frame" (
    "key" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "content" BLOB NOT NULL,
    "gaps" TEXT NOT NULL
);
CREATE TABLE "inbox" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account" VARCHAR(255),
    "folder" VARCHAR(255),
    "uidvalidity" BIGINT,
    "uid" BIGINT,
    "message_key" VARCHAR(64) NOT NULL,
    "message_id" TEXT NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "received_at" TIMESTAMP NOT NULL,
    "sender" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "kind" VARCHAR(64) NOT NULL,
    "reason" TEXT NOT NULL,
    "case" VARCHAR(512) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "attempts" INT NOT NULL,
    "error" TEXT NOT NULL,
    "settled_at" TIMESTAMP,
    CONSTRAINT "uid_inbox_account_f5721b" UNIQUE ("account", "folder", "uidvalidity", "uid")
);
INSERT INTO "inbox" VALUES(1,'box0','INBOX',1795383350,1,'0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b','<box0.0@neon.example>','a32d252a2284823df37869742fd60f78decf5a952c93494f63d9287757df87db',1112,'2026-11-22 21:35:50+00:00','i.kuznetsov@neon.example','Счёт: баннеры 1','request','it begins with the word of the process','3368ddd973d4a735bd509dbf3004d2f5','processed',1,'','2026-11-22 21:36:00.280975+00:00');
INSERT INTO "inbox" VALUES(2,'box0','INBOX',1795383350,2,'8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196','<box0.1@neon.example>','9ef2362edc423a80787841cf5f9ad82bc31950a07bf42d34e84ca18474e35077',819,'2026-11-22 21:36:00+00:00','p.petrov@neon.example','Re: [СЧ-2026-0001] Счёт № 51, ООО «Ромашка», 101 000,50 ₽ — нужно решение до 24.11.2026','reply','answers a letter of ours; the whole reply is a yes','3368ddd973d4a735bd509dbf3004d2f5','processed',1,'','2026-11-22 21:36:00.961878+00:00');
CREATE TABLE "journal" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "case" VARCHAR(512) NOT NULL,
    "seq" INT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "event_key" VARCHAR(512) NOT NULL UNIQUE,
    "event_type" VARCHAR(32) NOT NULL,
    "event" JSON NOT NULL,
    "why" TEXT NOT NULL,
    "patch" JSON NOT NULL,
    "previous" VARCHAR(64) NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    CONSTRAINT "uid_journal_case_56332a" UNIQUE ("case", "seq")
);
INSERT INTO "journal" VALUES(1,'',1,'2026-11-22 21:36:00.023925+00:00','rules/795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764','rules','{"at":"2026-11-22T21:36:00.023925Z","key":"rules/795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764","process":"invoice","text":"# An invoice to pay: somebody of the staff forwards it, his managers and the finance director agree,\n# accounting pays, the initiator hands in the closing papers.\n#\n# `mailflow rules check` tells what is wrong with this file, with the line.\n\nprocess: invoice\ntitle: {ru: Счёт на оплату, en: Invoice}\n# The case in one line. A part between « · » whose field is empty is left out.\nsummary:\n  ru: \"Счёт № {invoice_number} · {counterparty} · {amount}\"\n  en: \"Invoice {invoice_number} · {counterparty} · {amount}\"\nregister: {name: invoices, number: \"СЧ-{year}-{seq:04}\", title: {ru: Реестр счетов, en: Register of invoices}}\n\nstarts_with:\n  address: [schet, invoice]                 # docs+schet@company, or schet@company\n  subject: [счёт, счета, счёт-договор, счёт-оферта, оплата, оплатить, invoice]\n  text: [прошу оплатить, просьба оплатить, оплатите, счёт на оплату, счёт №, счёт во вложении, выставлен счёт, выставил вам счёт, оплатить счёт, please pay, invoice]\n  attachment: [счет, счёт, invoice]         # only a guess: the initiator is asked whether it is one\n\nfields:\n  counterparty:   {type: text,    label: {ru: Кому платим, en: Payee},          required: true, material: true, synonyms: [кому, кому оплатить, pay to, to], ask: {ru: \"Кому платим? Напишите «Подрядчик: название».\", en: \"Who is paid? Write “Payee: name”.\"}}\n  subject_matter: {type: text,    label: {ru: За что, en: For},                 from: [body]}\n  amount:         {type: money,   label: {ru: Сумма, en: Amount},               required: true, material: true, ask: {ru: \"Какая сумма? Напишите «Сумма: 120 000,50».\", en: \"What is the amount? Write “Amount: 120,000.50”.\"}}\n  vat:            {type: money,   label: {ru: В том числе НДС, en: VAT included}}\n  currency:       {type: text,    label: {ru: Валюта, en: Currency},            material: true, card: false}\n  invoice_number: {type: text,    label: {ru: Номер счёта, en: Invoice number}}\n  invoice_date:   {type: date,    label: {ru: Дата счёта, en: Invoice date}}\n  inn:            {type: inn,     label: {ru: ИНН, en: INN},                    material: true}\n  kpp:            {type: kpp,     label: {ru: КПП, en: KPP},                    card: false}\n  account:        {type: account, label: {ru: Расчётный счёт, en: Account},     material: true}\n  bic:            {type: bic,     label: {ru: БИК, en: BIC},                    material: true}\n  corr_account:   {type: account, label: {ru: Корр. счёт, en: Corr. account},   material: true, card: false}\n  purpose:        {type: text,    label: {ru: Назначение, en: Purpose},         card: false}\n  cash_flow_item:\n    type: choice\n    label: {ru: Статья ДДС, en: Cash flow item}\n    required: true\n    synonyms: [item]\n    of: [Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги, Прочее]\n    ask:\n      ru: \"Какая статья ДДС: Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги или Прочее? Напишите «Статья: …».\"\n      en: \"Which cash flow item: Реклама, Аренда, Связь, Материалы, Услуги, Оборудование, Командировки, Налоги or Прочее? Write “Item: …”.\"\n  in_budget:\n    type: bool\n    label: {ru: В бюджете, en: In the budget}\n    required: true\n    ask: {ru: \"Счёт в бюджете? Ответьте «в бюджете» или «не в бюджете».\", en: \"Is it in the budget? Answer “in budget” or “not in budget”.\"}\n  urgent:         {type: bool,    label: {ru: Срочно, en: Urgent}}\n  pay_by:\n    type: date\n    label: {ru: Оплатить до, en: Pay by}\n    required: \"!urgent\"                     # an urgent invoice needs no date\n    ask: {ru: \"К какому дню оплатить? Напишите «Оплатить до: 20.11» или «срочно».\", en: \"By which day? Write “Pay by: 20 Nov” or “urgent”.\"}\n  comment:        {type: text,    label: {ru: Комментарий, en: Comment},        from: [body]}\n  payment_number: {type: text,    label: {ru: П/п №, en: Payment order},        from: []}\n  payment_date:   {type: date,    label: {ru: Оплачено, en: Paid on},           from: []}\n\nadds_up: {sum: amount, within: 30 days}      # to one payee: no sum slips under the limit in parts; `total` below\n\nstages:\n  - managers:                               # one after another, up to and including the department head\n      kind: approve\n      title: {ru: Руководители, en: Managers}\n      who: managers of initiator up to department head\n      order: in turn\n      skip_when: total.within(initiator.trusted_sum)\n      skip_note: {ru: \"Не требуется: доверенная сумма\", en: \"Not required: trusted sum\"}\n      due: 1 working day\n      remind: [4 hours before, at due]\n      on_silence: {after: 2 working days, escalate_to: manager}\n  - finance:\n      kind: approve\n      title: {ru: Финансовый директор, en: Finance director}\n      who: role finance_director\n      order: any\n      if_initiator: role director           # nobody decides on his own case\n      assurance: known_browser\n      due: 1 working day\n      remind: [4 hours before, at due]\n      on_silence: {after: 2 working days, escalate_to: manager}\n  - payment:\n      kind: perform\n      title: {ru: Бухгалтерия, en: Accounting}\n      who: role accountant\n      order: any\n      answer: paid                          # «Оплачено, п/п 345 от 13.11.2026»\n      needs: [visa_supplement]              # what accounting prints and keeps with the invoice\n      actions: [approve, rework]\n      instruction:\n        ru: Счёт согласован полностью. Оплатите и ответьте номером и датой платёжного поручения.\n        en: The invoice is fully approved. Pay it and answer with the number and date of the payment order.\n      due: 2 working days\n      remind: [at due]\n  - closing:\n      kind: perform\n      title: {ru: Закрывающие документы, en: Closing papers}\n      who: initiator\n      actions: [approve]\n      instruction:\n        ru: Счёт оплачен. Получите товар или услугу, передайте закрывающие документы в бухгалтерию и ответьте «Готово».\n        en: The invoice is paid. Receive the goods or services, hand the closing papers to accounting and answer “Done”.\n      due: 10 working days\n      remind: [at due]\n\nclosing_papers: [approval_sheet]           # made and sent to the initiator when the case is closed\n\nrework:\n  returns_to: first stage\n  skip_agreed: unless material changed      # the amount, the account or any file: then everybody again\n","type":"rules","version":"795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764"}','правила процесса invoice: версия 795171bb','{}','','cc5b57907289960aff8845e2bc9cc5f69a7ec37d67f4a19461be5c8ec4b124e4');
INSERT INTO "journal" VALUES(2,'3368ddd973d4a735bd509dbf3004d2f5',1,'2026-11-22 21:36:00.144806+00:00','0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b','request','{"ambiguous":[],"at":"2026-11-22T21:36:00.144806Z","by":"i.kuznetsov","fields":{"amount":"101000.50","cash_flow_item":"Реклама","counterparty":"ООО «Ромашка»","in_budget":true,"invoice_date":"2026-11-12","invoice_number":"51","pay_by":"2026-12-30"},"files":[{"changes":null,"content_type":"application/octet-stream","name":"Счет 1.pdf","sha256":"351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531","size":7}],"findings":[],"key":"0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b","message_id":"<box0.0@neon.example>","process":"invoice","proof":{"address":"i.kuznetsov@neon.example","by":"dmarc=pass by mx.neon.example"},"started_from":"","subject":"Счёт: баннеры 1","sure":true,"text":"Прошу оплатить.\nПодрядчик: ООО «Ромашка»\nСумма: 101 000,50\nСчёт: № 51 от 12.11.2026\nСтатья: Реклама\nВ бюджете: да\nОплатить до: 2026-12-30","type":"request"}','Кузнецов И.И.: заявка принята; следующий этап — Руководители: Петров П.П.','{"assignments":[{"about":"","ask":"approval","away":false,"carried":false,"decision":null,"deferred_to":"","delegate":"","due_at":"2026-11-24T18:00:00+03:00","id":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","note":"","nudges":0,"opened_at":"2026-11-22T21:36:00.144806Z","paused_at":null,"pending":null,"pending_comment":"","principal":"p.petrov","round":1,"silent_at":"2026-11-25T18:00:00+03:00","spoke":false,"stage":"managers","standing":"open","undelivered":false}],"closed_at":null,"confirmed":true,"fields":{"amount":"101000.50","cash_flow_item":"Реклама","counterparty":"ООО «Ромашка»","in_budget":true,"invoice_date":"2026-11-12","invoice_number":"51","pay_by":"2026-12-30"},"files":[{"at":"2026-11-22T21:36:00.144806Z","by":"i.kuznetsov","changes":null,"comment":"","content_type":"application/octet-stream","current":true,"name":"Счет 1.pdf","sha256":"351b94401e09284752dd5d3655f1c0351e64d70ea691b64996358dceebacb531","size":7,"version":1}],"findings":[],"id":"3368ddd973d4a735bd509dbf3004d2f5","initiator":"i.kuznetsov","linked":[],"number":"СЧ-2026-0001","opened_at":"2026-11-22T21:36:00.144806Z","opinions":[],"papers":[],"passed":[],"passed_on":0,"process":"invoice","proven":true,"register":"invoices","round":1,"rules":"795171bb4036d829e46b16feea3456dbb09c38c64ed8a2d423c262f3394d0764","spawned":[],"stage":"managers","started_from":"","state":"open","subject":"Счёт: баннеры 1","thread":["<box0.0@neon.example>"],"unsure":[],"version":1}','','0182be2742f33fff7d282598f9d06a533ce021275d6fa66ec74380f6ccda9e52');
INSERT INTO "journal" VALUES(3,'3368ddd973d4a735bd509dbf3004d2f5',2,'2026-11-22 21:36:00.925205+00:00','8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196','answer','{"ambiguous":[],"answer":"approve","assignment":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","at":"2026-11-22T21:36:00.925205Z","card":"39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e","case":"3368ddd973d4a735bd509dbf3004d2f5","channel":"reply","comment":"","details":{"answer_needed":null,"date":null,"due":null,"executors":[],"number":"","to":"","until":null},"fields":{},"files":[],"findings":[],"key":"8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196","message_id":"<box0.1@neon.example>","new_browser":false,"proof":{"address":"p.petrov@neon.example","by":"dmarc=pass by mx.neon.example"},"type":"answer"}','Петров П.П.: согласовано; следующий этап — Финансовый директор: Смирнова О.Н.','{"assignments":[{"about":"","ask":"approval","away":false,"carried":false,"decision":{"answer":"approve","at":"2026-11-22T21:36:00.925205Z","by":"p.petrov","card":"39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e","channel":"reply","comment":"","material":"a365278c1e02675050b02abb0e3910c2b96d47206eccc2fa3e5758697520d1f9","proof":"dmarc=pass by mx.neon.example"},"deferred_to":"","delegate":"","due_at":"2026-11-24T18:00:00+03:00","id":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","note":"","nudges":0,"opened_at":"2026-11-22T21:36:00.144806Z","paused_at":null,"pending":null,"pending_comment":"","principal":"p.petrov","round":1,"silent_at":"2026-11-25T18:00:00+03:00","spoke":true,"stage":"managers","standing":"decided","undelivered":false},{"about":"","ask":"approval","away":false,"carried":false,"decision":null,"deferred_to":"","delegate":"","due_at":"2026-11-24T18:00:00+03:00","id":"3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova","note":"","nudges":0,"opened_at":"2026-11-22T21:36:00.925205Z","paused_at":null,"pending":null,"pending_comment":"","principal":"o.smirnova","round":1,"silent_at":"2026-11-25T18:00:00+03:00","spoke":false,"stage":"finance","standing":"open","undelivered":false}],"stage":"finance","version":2}','0182be2742f33fff7d282598f9d06a533ce021275d6fa66ec74380f6ccda9e52','f8a7ed8c99aae246c70f7f19b07b30140f449a51d3f91c9e4a9743fecb37de3e');
CREATE TABLE "mailbox" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account" VARCHAR(255) NOT NULL,
    "folder" VARCHAR(255) NOT NULL,
    "uidvalidity" BIGINT NOT NULL,
    "last_uid" BIGINT NOT NULL,
    "taken_from" TIMESTAMP,
    CONSTRAINT "uid_mailbox_account_e968ee" UNIQUE ("account", "folder")
);
INSERT INTO "mailbox" VALUES(1,'box0','INBOX',1795383350,2,'2019-12-31 21:00:00+00:00');
CREATE TABLE "outbox" (
    "key" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "case" VARCHAR(512) NOT NULL,
    "assignment" VARCHAR(512) NOT NULL,
    "kind" VARCHAR(64) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "address" TEXT NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "letter" JSON NOT NULL,
    "message_id" VARCHAR(512) NOT NULL UNIQUE,
    "state" VARCHAR(16) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "next_at" TIMESTAMP NOT NULL,
    "lease_until" TIMESTAMP,
    "lease_token" VARCHAR(255),
    "attempts" INT NOT NULL,
    "reason" TEXT NOT NULL,
    "content" VARCHAR(64) NOT NULL,
    "card" VARCHAR(64) NOT NULL,
    "sent_at" TIMESTAMP
);
INSERT INTO "outbox" VALUES('0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/4','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','ask','p.petrov','p.petrov@neon.example','ru','{"address":"p.petrov@neon.example","assignment":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","automatic_answer":false,"enclosed":[],"in_reply_to":"","key":"0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/4","kind":"ask","language":"ru","rows":[],"to":"p.petrov","words":{"instruction":""}}','<59dfdcedbc3d41aeadb74ec973b7e0ab@neon.example>','sent','2026-11-22 21:36:00.144806+00:00','2026-11-22 21:36:00.144806+00:00',NULL,NULL,1,'250 OK','b8e5463ca87460d1a4f4a2bf722069be3c05157b8744988dd125d10f11030e28','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:00.531336+00:00');
INSERT INTO "outbox" VALUES('0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/5','3368ddd973d4a735bd509dbf3004d2f5','','registered','i.kuznetsov','i.kuznetsov@neon.example','ru','{"address":"i.kuznetsov@neon.example","assignment":"","automatic_answer":true,"enclosed":[],"in_reply_to":"<box0.0@neon.example>","key":"0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/5","kind":"registered","language":"ru","rows":[],"to":"i.kuznetsov","words":{}}','<484bd7c455109767f716d3ba97bb0002@neon.example>','sent','2026-11-22 21:36:00.144806+00:00','2026-11-22 21:36:00.144806+00:00',NULL,NULL,1,'250 OK','c5bd399418c502b2584cff49772111654b8c965989394dbc071e696b239b45ba','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:00.538867+00:00');
INSERT INTO "outbox" VALUES('8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/4','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','ask','o.smirnova','o.smirnova@neon.example','ru','{"address":"o.smirnova@neon.example","assignment":"3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova","automatic_answer":false,"enclosed":[],"in_reply_to":"","key":"8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/4","kind":"ask","language":"ru","rows":[],"to":"o.smirnova","words":{"instruction":""}}','<df4362086a0e1bb822c2652715144476@neon.example>','sent','2026-11-22 21:36:00.925205+00:00','2026-11-22 21:36:00.925205+00:00',NULL,NULL,1,'250 OK','03ecd02e5b0d285cc6a97801afa05ff8cda6275e1e02994c264a67ffaa32441b','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:01.155156+00:00');
INSERT INTO "outbox" VALUES('8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/5','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','recorded','p.petrov','p.petrov@neon.example','ru','{"address":"p.petrov@neon.example","assignment":"3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov","automatic_answer":true,"enclosed":[],"in_reply_to":"<box0.1@neon.example>","key":"8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/5","kind":"recorded","language":"ru","rows":[],"to":"p.petrov","words":{"comment":"","next":"Смирнова О.Н.","said":"согласовано"}}','<56fc9c87c3174a85b981d1065f15dab3@neon.example>','sent','2026-11-22 21:36:00.925205+00:00','2026-11-22 21:36:00.925205+00:00',NULL,NULL,1,'250 OK','48e2d34e60acc228a97cca96036276b309627ddb931a904338ffd60551c5b4fd','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:01.179310+00:00');
CREATE TABLE "register" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "year" INT NOT NULL,
    "last" BIGINT NOT NULL,
    CONSTRAINT "uid_register_name_4fd9d1" UNIQUE ("name", "year")
);
INSERT INTO "register" VALUES(1,'invoices',2026,1);
CREATE TABLE "timer" (
    "key" VARCHAR(512) NOT NULL  PRIMARY KEY,
    "case" VARCHAR(512) NOT NULL,
    "assignment" VARCHAR(512) NOT NULL,
    "what" VARCHAR(16) NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "state" VARCHAR(16) NOT NULL
);
INSERT INTO "timer" VALUES('0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/1','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','remind','2026-11-24 11:00:00+00:00','stopped');
INSERT INTO "timer" VALUES('0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/2','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','due','2026-11-24 15:00:00+00:00','stopped');
INSERT INTO "timer" VALUES('0ebaf728de202658e404aaf9824b366aa5b1b0a265ec0810e691e3b49848c66b/3','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','escalate','2026-11-25 15:00:00+00:00','stopped');
INSERT INTO "timer" VALUES('8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/1','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','remind','2026-11-24 11:00:00+00:00','waiting');
INSERT INTO "timer" VALUES('8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/2','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','due','2026-11-24 15:00:00+00:00','waiting');
INSERT INTO "timer" VALUES('8e1f0945ceb5c8d268e9a8de99daf4692a5f9105cf5a8f1ad3ac4e55afab6196/3','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','escalate','2026-11-25 15:00:00+00:00','waiting');
CREATE TABLE "token" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "purpose" VARCHAR(16) NOT NULL,
    "case" VARCHAR(512) NOT NULL,
    "assignment" VARCHAR(512) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "card" VARCHAR(64) NOT NULL,
    "issued_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP
);
INSERT INTO "token" VALUES('5fccb313efade786a8f572b6d403543fa70582ca9cac4d019aeaf1731d486d79','reply','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','p.petrov','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:00.327009+00:00','2027-05-21 21:36:00.327009+00:00',NULL);
INSERT INTO "token" VALUES('3edd5fc873ac7878ad443acd28593746045843da79d95353ecb7a246457968c3','reply','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/finance/o.smirnova','o.smirnova','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:00.966429+00:00','2027-05-21 21:36:00.966429+00:00',NULL);
INSERT INTO "token" VALUES('1bc355d98e985e0ff18535affcb4ffac744b39a5b7e89798be5c52f27dc7b28f','reply','3368ddd973d4a735bd509dbf3004d2f5','3368ddd973d4a735bd509dbf3004d2f5/1/managers/p.petrov','p.petrov','39b34c4b378f763d61cdea8605771d7cbc5177422893147b502efa327a8e0b3e','2026-11-22 21:36:00.966429+00:00','2027-05-21 21:36:00.966429+00:00',NULL);
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
INSERT INTO "tortoise_migrations" VALUES(1,'mailflow','0001_initial','2026-11-22 21:35:59.775103+00:00');
INSERT INTO "tortoise_migrations" VALUES(2,'mailflow','0002_browsers','2026-11-22 21:35:59.823286+00:00');
INSERT INTO "tortoise_migrations" VALUES(3,'mailflow','0003_errands','2026-11-22 21:35:59.843495+00:00');
INSERT INTO "tortoise_migrations" VALUES(4,'mailflow','0004_facts','2026-11-22 21:35:59.863187+00:00');
INSERT INTO "tortoise_migrations" VALUES(5,'mailflow','0005_frames','2026-11-22 21:35:59.883340+00:00');
INSERT INTO "tortoise_migrations" VALUES(6,'mailflow','0006_facts_by_subject','2026-11-22 21:35:59.983192+00:00');
CREATE INDEX "assignment_principal" ON "assignment" ("principal", "standing");
CREATE INDEX "case_number_folded" ON "case" ("number_folded");
CREATE INDEX "case_opened" ON "case" ("opened_at", "id");
CREATE INDEX "case_state" ON "case" ("state", "opened_at", "id");
CREATE INDEX "case_process" ON "case" ("process", "state", "opened_at", "id");
CREATE INDEX "inbox_message_key" ON "inbox" ("message_key");
CREATE INDEX "inbox_state" ON "inbox" ("state", "id");
CREATE INDEX "outbox_state" ON "outbox" ("state", "next_at");
CREATE INDEX "outbox_case" ON "outbox" ("case");
CREATE INDEX "timer_due" ON "timer" ("due_at") WHERE "state" = 'waiting';
CREATE INDEX "timer_assignment" ON "timer" ("case", "assignment") WHERE "state" = 'waiting';
CREATE INDEX "inbox_unsettled" ON "inbox" ("account", "folder", "uidvalidity", "uid") WHERE "settled_at" IS NULL;
CREATE UNIQUE INDEX "inbox_without_source" ON "inbox" ("message_key") WHERE "account" IS NULL;
CREATE INDEX "browser_person" ON "browser" ("person");
CREATE INDEX "code_person" ON "code" ("person");
CREATE INDEX "errand_due" ON "errand" ("state", "next_at");
CREATE INDEX "fact_kind" ON "fact" ("kind", "until");
CREATE INDEX "fact_subject" ON "fact" ("kind", "subject", "until");
CREATE TRIGGER "journal_no_update" BEFORE UPDATE ON "journal"  BEGIN SELECT RAISE(ABORT, 'a journal row is never changed or deleted: write a new one'); END;
CREATE TRIGGER "journal_no_delete" BEFORE DELETE ON "journal"  BEGIN SELECT RAISE(ABORT, 'a journal row is never changed or deleted: write a new one'); END;
CREATE TRIGGER "assignment_decided_once" BEFORE UPDATE ON "assignment" WHEN OLD."answer" IS NOT NULL AND (NEW."answer" IS NOT OLD."answer" OR NEW."decided_by" IS NOT OLD."decided_by" OR NEW."decided_at" IS NOT OLD."decided_at" OR NEW."channel" IS NOT OLD."channel") AND NOT (NEW."answer" IS NULL AND NEW."standing" = 'open') BEGIN SELECT RAISE(ABORT, 'the assignment has been decided: a decision is never overwritten or deleted'); END;
CREATE TRIGGER "assignment_no_delete" BEFORE DELETE ON "assignment" WHEN OLD."answer" IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the assignment has been decided: a decision is never overwritten or deleted'); END;
CREATE TRIGGER "case_state_word_insert" BEFORE INSERT ON "case" WHEN NEW."state" NOT IN ('open', 'done', 'rejected', 'withdrawn') BEGIN SELECT RAISE(ABORT, 'case.state must be one of: open, done, rejected, withdrawn'); END;
CREATE TRIGGER "case_state_word_update" BEFORE UPDATE OF "state" ON "case" WHEN NEW."state" NOT IN ('open', 'done', 'rejected', 'withdrawn') BEGIN SELECT RAISE(ABORT, 'case.state must be one of: open, done, rejected, withdrawn'); END;
CREATE TRIGGER "assignment_standing_word_insert" BEFORE INSERT ON "assignment" WHEN NEW."standing" NOT IN ('open', 'decided', 'skipped', 'void') BEGIN SELECT RAISE(ABORT, 'assignment.standing must be one of: open, decided, skipped, void'); END;
CREATE TRIGGER "assignment_standing_word_update" BEFORE UPDATE OF "standing" ON "assignment" WHEN NEW."standing" NOT IN ('open', 'decided', 'skipped', 'void') BEGIN SELECT RAISE(ABORT, 'assignment.standing must be one of: open, decided, skipped, void'); END;
CREATE TRIGGER "inbox_state_word_insert" BEFORE INSERT ON "inbox" WHEN NEW."state" NOT IN ('processed', 'quarantined', 'failed', 'duplicate') BEGIN SELECT RAISE(ABORT, 'inbox.state must be one of: processed, quarantined, failed, duplicate'); END;
CREATE TRIGGER "inbox_state_word_update" BEFORE UPDATE OF "state" ON "inbox" WHEN NEW."state" NOT IN ('processed', 'quarantined', 'failed', 'duplicate') BEGIN SELECT RAISE(ABORT, 'inbox.state must be one of: processed, quarantined, failed, duplicate'); END;
CREATE TRIGGER "outbox_state_word_insert" BEFORE INSERT ON "outbox" WHEN NEW."state" NOT IN ('ready', 'claimed', 'sent', 'deferred', 'refused', 'unknown', 'held') BEGIN SELECT RAISE(ABORT, 'outbox.state must be one of: ready, claimed, sent, deferred, refused, unknown, held'); END;
CREATE TRIGGER "outbox_state_word_update" BEFORE UPDATE OF "state" ON "outbox" WHEN NEW."state" NOT IN ('ready', 'claimed', 'sent', 'deferred', 'refused', 'unknown', 'held') BEGIN SELECT RAISE(ABORT, 'outbox.state must be one of: ready, claimed, sent, deferred, refused, unknown, held'); END;
CREATE TRIGGER "timer_state_word_insert" BEFORE INSERT ON "timer" WHEN NEW."state" NOT IN ('waiting', 'rung', 'stopped') BEGIN SELECT RAISE(ABORT, 'timer.state must be one of: waiting, rung, stopped'); END;
CREATE TRIGGER "timer_state_word_update" BEFORE UPDATE OF "state" ON "timer" WHEN NEW."state" NOT IN ('waiting', 'rung', 'stopped') BEGIN SELECT RAISE(ABORT, 'timer.state must be one of: waiting, rung, stopped'); END;
CREATE TRIGGER "token_purpose_word_insert" BEFORE INSERT ON "token" WHEN NEW."purpose" NOT IN ('decide', 'reply') BEGIN SELECT RAISE(ABORT, 'token.purpose must be one of: decide, reply'); END;
CREATE TRIGGER "token_purpose_word_update" BEFORE UPDATE OF "purpose" ON "token" WHEN NEW."purpose" NOT IN ('decide', 'reply') BEGIN SELECT RAISE(ABORT, 'token.purpose must be one of: decide, reply'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tortoise_migrations',6);
INSERT INTO "sqlite_sequence" VALUES('journal',3);
INSERT INTO "sqlite_sequence" VALUES('mailbox',3);
INSERT INTO "sqlite_sequence" VALUES('register',1);
INSERT INTO "sqlite_sequence" VALUES('inbox',2);
INSERT INTO "sqlite_sequence" VALUES('fact',1);
COMMIT;
