// The queue and the ticket card.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, newTicket, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, newKey, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

scenario('news wait for «показать», rows do not jump', async () => {
  const desk = await openDesk(browser, site);
  await newTicket(desk, 'Первое');
  const list = await newPage(browser);
  await signIn(list, site, 'specialist');
  await list.goto(`${site.url}/#/tickets`);
  const first = list.locator('[role=row][id=ticket-0]');
  await first.waitFor();
  const shown = await first.innerText();
  const number = await newTicket(desk, 'Второе');
  const button = list.getByRole('button', { name: /Показать \d+ нов/ });
  await button.waitFor();
  assert.equal((await first.innerText()).split('\n')[0], shown.split('\n')[0]);
  await button.click();
  await list.locator('[role=row]').filter({ hasText: number }).waitFor();
});

scenario('a search typed in the wrong layout finds, says so and stands in the address', async () => {
  const page = await openDesk(browser, site);
  await newTicket(page, 'Истёк сертификат врача');
  await press(page, 'F3');
  await page.locator('input[type=search]:focus').waitFor();
  await page.keyboard.type('cthnbabrfn');
  await page.getByText('Понято как «сертификат»').waitFor();
  assert.match(page.url(), /q=cthnbabrfn/);
  await page.reload();
  await page.getByText('Понято как «сертификат»').waitFor();
  await press(page, 'F3');
  await page.locator('input[type=search]:focus').waitFor();
  await press(page, 'ArrowDown', 'Enter');
  await page.locator('h1').filter({ hasText: /^\d+-\d{6,}-\d$/ }).waitFor();
});

scenario('a ticket goes from line to line and is completed, with every step in its timeline', async () => {
  const page = await openDesk(browser, site);
  const number = await newTicket(page, 'АРМ «Поликлиника» не открывает расписание');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.getByRole('button', { name: 'Передать' }).first().click();
  await page.getByRole('region', { name: 'Действия' }).getByLabel('Причина').fill('Нужен специалист');
  await page.locator('form button.primary').click();
  await page.locator('[data-ticket-status=assigned]').waitFor();
  await page.getByRole('button', { name: 'Выполнено' }).click();
  await page.getByLabel('Что сделано').fill('Расписание открыто');
  await press(page, 'Control+Enter');
  await page.locator('[data-ticket-status=done]').waitFor();
  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.deepEqual(ticket.timeline.map((entry) => entry.type), ['opened', 'assigned', 'completed']);
  assert.equal(ticket.resolution, 'Расписание открыто');
});

scenario('a ticket is rejected only with one of the fixed reasons', async () => {
  const page = await openDesk(browser, site);
  const number = await newTicket(page, 'Вне области');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.getByRole('button', { name: 'Отклонить' }).first().click();
  await page.getByRole('region', { name: 'Действия' }).getByLabel('Причина').selectOption('outside_competence');
  await page.locator('form button.primary').click();
  await page.locator('[data-ticket-status=rejected]').waitFor();
  assert.equal((await ask(site, 'GET', `/api/v1/tickets/${number}`)).status, 'rejected');
});

scenario('what a person typed turns the direction of nothing but itself', async () => {
  const page = await openDesk(browser, site);
  await newTicket(page, 'Просит \u202Eтак\u202C и \u202Eне иначе');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.locator('[data-ticket-status]').first().waitFor();
  await page.getByText('не иначе').first().waitFor();
  const open = await page.evaluate(() => {
    const out = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (walk.nextNode()) {
      if (!walk.currentNode.data.includes('\u202E')) continue;
      seen += 1;
      const holder = walk.currentNode.parentElement;
      if (!['isolate', 'isolate-override', 'plaintext'].includes(getComputedStyle(holder).unicodeBidi)) out.push(holder.outerHTML);
    }
    return { seen, out };
  });
  assert.ok(open.seen > 0);
  assert.deepEqual(open.out, []);
});

async function makeTicket(summary, extra = {}) {
  const body = {
    desk: 1,
    direction: 'in',
    channel: 'phone',
    phone: freshPhone(),
    applicant: 'Волкова Ольга Юрьевна',
    topic: 'support-clinic',
    summary,
    outcome: 'ticket',
    urgency: 'high',
    ...extra,
  };
  return (await ask(site, 'POST', '/api/v1/contacts', body, 'operator')).ticket.number;
}

async function openCard(role, number) {
  const page = await newPage(browser);
  await signIn(page, site, role);
  await page.goto(`${site.url}/#/tickets/${number}`);
  await page.locator('[data-ticket-status]').first().waitFor();
  return page;
}

scenario('what is not answered is said in the words of the list of competence (V9b)', async () => {
  const page = await openCard('operator', await makeTicket('Сколько стоит приём'));
  await page.getByRole('button', { name: 'Отклонить' }).first().click();
  const form = page.getByRole('region', { name: 'Действия' });
  await form.getByLabel('Причина').selectOption('outside_competence');
  await form.getByRole('combobox', { name: 'Пункт области компетенции' }).fill('стоит');
  await press(page, 'Enter');
  assert.match(await form.locator('textarea').inputValue(), /^Прейскурант ведёт само учреждение/);
  await page.goto(`${site.url}/#/problems`);
  await page.getByRole('link', { name: 'Область компетенции' }).click();
  const refused = page.getByRole('region', { name: 'Не отвечаем' });
  await refused.getByText('Сколько стоит платная услуга').waitFor();
  await press(page, 'F3');
  await page.keyboard.type('gfhjkm');
  await page.getByRole('region', { name: 'Отвечаем', exact: true }).getByText('Забыл пароль').waitFor();
  await refused.getByText('Ничего не найдено').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Новый вопрос' }).count(), 0);
  assert.deepEqual(await axeFindings(page), []);
});

// A9
scenario('an answer is written from a template by keyboard alone', async () => {
  const number = await makeTicket('Просит перезвонить');
  const page = await openCard('operator', number);
  await press(page, 'F7');
  const side = page.getByRole('dialog');
  await side.getByRole('option').first().waitFor();
  assert.equal(await side.getByRole('option', { name: 'АРМ «Поликлиника» не открывается' }).count(), 0);
  await page.keyboard.type('перезвон');
  await press(page, 'Enter');
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  // Who is known is not asked for.
  assert.equal(await side.locator('[data-asked]').count(), 1);
  await page.locator('select:focus').waitFor();
  await press(page, 'ArrowDown', 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  const text = page.locator('textarea:focus');
  await text.waitFor();
  const said = await text.inputValue();
  assert.match(said, new RegExp(`^Здравствуйте, Волкова Ольга Юрьевна! Ваше обращение ${number} принято. Вам перезвонит специалист второй линии до \\d+ \\S+ \\d{4}, \\d\\d:\\d\\d\\.$`));
  await press(page, 'Control+Enter');
  const card = await until(async () => {
    const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
    return ticket.timeline.length > 1 && ticket;
  }, 'the answer is kept');
  assert.equal(card.timeline.at(-1).text, said);
});

scenario('a new ticket is written from a template: text, topic, kind and urgency', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await press(page, 'F7');
  const side = page.getByRole('dialog');
  await side.getByRole('option', { name: 'АРМ «Поликлиника» не открывается' }).waitFor();
  await page.keyboard.type('fhv gjkbrkbybrf');
  await press(page, 'Enter');
  await page.locator('[data-asked] input:focus').waitFor();
  await page.keyboard.type('9:15');
  await press(page, 'Tab', 'ArrowDown');
  await side.getByText('АРМ «Поликлиника» не открывается с 9:15. Не работает: у всех.').waitFor();
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  await page.locator('textarea[name=summary]:focus').waitFor();
  assert.equal(await page.locator('textarea[name=summary]').inputValue(), 'АРМ «Поликлиника» не открывается с 9:15. Не работает: у всех.');
  assert.equal(await page.locator('select[name=kind]').inputValue(), 'support');
  await page.locator('[data-urgency=high]').waitFor();
  await press(page, 'Control+Enter');
  const number = await page.locator('[data-number]').innerText();
  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.equal(ticket.topic, 'support-clinic');
  assert.equal(ticket.kind, 'support');
  assert.equal(ticket.urgency, 'high');
});

scenario('the filters stand in one line at 1366 and the hint of the search is whole', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets`);
  await page.locator('[role=row][id=ticket-0]').waitFor();
  const seen = await page.evaluate(() => {
    const parts = [...document.querySelector('search').children].map((one) => one.getBoundingClientRect());
    const input = document.querySelector('search input[type=search]');
    const style = getComputedStyle(input);
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    return {
      lines: new Set(parts.map((one) => Math.round((one.top + one.bottom) / 20))).size,
      right: Math.max(...parts.map((one) => one.right)),
      room: input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
      hint: pen.measureText(input.placeholder).width,
    };
  });
  assert.equal(seen.lines, 1, JSON.stringify(seen));
  assert.ok(seen.right <= 1366, JSON.stringify(seen));
  assert.ok(seen.hint <= seen.room, JSON.stringify(seen));
});

scenario('a supervisor shares a filter with a role, and takes it back', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/tickets?urgency=high`);
  await page.getByRole('button', { name: 'Запомнить отбор' }).click();
  await page.getByLabel('Название отбора').fill('Важное сегодня');
  await page.getByLabel('Для кого').selectOption('specialist');
  await press(page, 'Enter');
  const shared = (at) => at.getByRole('link', { name: 'Важное сегодня' });
  await shared(page).waitFor();
  const specialist = await newPage(browser);
  await signIn(specialist, site, 'specialist');
  await specialist.goto(`${site.url}/#/tickets`);
  await shared(specialist).waitFor();
  assert.equal(await specialist.getByRole('button', { name: 'Забыть отбор: Важное сегодня' }).count(), 0);
  await page.getByRole('button', { name: 'Забыть отбор: Важное сегодня' }).click();
  await shared(page).waitFor({ state: 'detached' });
});

scenario('nobody keeps the history of a person under a name', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets?status=all&phone=%2B79131000001`);
  await page.locator('[data-history]').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Запомнить отбор' }).count(), 0);
});

scenario('a filter that few match looks on and says nothing before the end', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  const { items } = await ask(site, 'GET', '/api/v1/tickets?status=open&limit=1', undefined, 'specialist');
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  await page.route('**/api/v1/tickets?*', async (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get('topic') !== 'rare') return route.continue();
    const cursor = Number(url.searchParams.get('cursor') ?? 0);
    if (cursor === 2) await opened;
    const found = cursor === 3 ? items : [];
    await route.fulfill({ json: { items: found, next_cursor: cursor < 3 ? String(cursor + 1) : null, total_estimate: cursor === 0 ? 0 : null } });
  });
  await page.goto(`${site.url}/#/tickets?topic=rare`);
  await page.locator('[data-looking]').waitFor();
  assert.equal(await page.getByText('Ничего не найдено').count(), 0);
  open();
  await page.locator('[role=row][id=ticket-0]').filter({ hasText: items[0].number }).waitFor();
  assert.equal(await page.locator('[data-looking]').count(), 0);
});

scenario('a filter is kept under its words, survives a reload and is of its user alone', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets`);
  await page.locator('[role=row][id=ticket-0]').waitFor();
  await page.getByLabel('Состояние').selectOption('all');
  await page.getByLabel('Срочность').selectOption('critical');
  await page.getByRole('button', { name: 'Запомнить отбор' }).click();
  assert.equal(await page.getByLabel('Название отбора').inputValue(), 'Все, очень высокая');
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Enter');
  const kept = page.getByRole('group', { name: 'Сохранённые отборы' });
  await kept.getByRole('link', { name: 'Все, очень высокая' }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  // It is the account's: another browser has it, too.
  const elsewhere = await newPage(browser);
  await signIn(elsewhere, site, 'specialist');
  await elsewhere.goto(`${site.url}/#/tickets`);
  await elsewhere.getByRole('link', { name: 'Все, очень высокая' }).waitFor();
  await page.goto(`${site.url}/#/tickets`);
  await page.reload();
  await kept.getByRole('link', { name: 'Все, очень высокая' }).click();
  await page.waitForURL(/status=all&urgency=critical/);
  await page.locator('[role=row][id=ticket-0]').filter({ hasText: 'очень высокая' }).waitFor();
  // On the same PC, after another sign-in.
  const again = async (role) => {
    await page.locator('header .menu > button').last().click();
    await page.getByRole('button', { name: 'Выйти' }).click();
    await signIn(page, site, role);
    await page.goto(`${site.url}/#/tickets`);
    await page.locator('[role=row][id=ticket-0]').waitFor();
  };
  await again('supervisor');
  assert.equal(await kept.count(), 0);
  await again('specialist');
  await kept.getByRole('button', { name: /Забыть отбор/ }).click();
  await kept.waitFor({ state: 'detached' });
});

// A9, V11
scenario('what is done to many tickets is answered for each, and what failed can be tried again', async () => {
  const word = `пачка${newKey().slice(0, 8).replace(/\d/g, (digit) => 'абвгдежзик'[digit])}`;
  const numbers = [];
  for (let i = 0; i < 3; ++i) numbers.push(await makeTicket(`Истёк сертификат, ${word}`));
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets?status=all&q=${encodeURIComponent(word)}`);
  await page.locator('[role=row][id=ticket-2]').waitFor();
  await page.getByRole('grid').focus();
  await press(page, 'Control+KeyA');
  await page.getByText('Выбрано: 3').first().waitFor();
  await press(page, 'Control+Enter');
  const side = page.getByRole('dialog');
  await side.getByText('Отклонить').click();
  await side.getByLabel('Причина').selectOption('not_reproducible');
  await side.getByLabel('Пояснение (увидит заявитель)').fill('Сертификаты продлены');
  // Somebody else was faster.
  await ask(site, 'POST', `/api/v1/tickets/${numbers[1]}/actions`, { action: 'complete', text: 'Продлено' }, 'specialist');
  await press(page, 'Control+Enter');
  await side.locator('[data-bulk=failed]').waitFor();
  await side.getByText('Готово 2 из 3').waitFor();
  assert.equal(await side.locator('[data-bulk=done]').count(), 2);
  assert.match(await side.locator('[data-bulk=failed]').innerText(), new RegExp(numbers[1]));
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  const states = async () => {
    const cards = await Promise.all(numbers.map((number) => ask(site, 'GET', `/api/v1/tickets/${number}`)));
    return cards.map((card) => card.status);
  };
  assert.deepEqual(await states(), ['rejected', 'done', 'rejected']);
  // Tried again, only what is left is sent.
  const sent = [];
  page.on('request', (request) => request.url().endsWith('/actions') && sent.push(request.url()));
  await side.getByText('Закрыть', { exact: true }).click();
  await side.getByLabel('Как заявитель согласился').fill('Согласен по телефону');
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  assert.deepEqual(await states(), ['rejected', 'closed', 'rejected']);
  assert.equal(sent.length, 1);
  assert.ok(sent[0].includes(numbers[1]));
});

// T9, A14: what is open to one ticket is open to many.
scenario('many tickets get a comment, another urgency, the problem that caused them; each answers for itself', async () => {
  const word = `связка${newKey().slice(0, 8).replace(/\d/g, (digit) => 'абвгдежзик'[digit])}`;
  const numbers = [];
  for (let i = 0; i < 3; ++i) numbers.push(await makeTicket(`Не открывается расписание, ${word}`));
  const problem = await ask(site, 'POST', '/api/v1/problems', { name: `Сбой ${word}`, kind: 'schedule', description: '', site: null, doctor: null, started_at: new Date().toISOString() }, 'supervisor');
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets?status=all&q=${encodeURIComponent(word)}`);
  await page.locator('[role=row][id=ticket-2]').waitFor();
  const side = page.getByRole('dialog');
  const cards = () => Promise.all(numbers.map((number) => ask(site, 'GET', `/api/v1/tickets/${number}`)));
  const doing = async (act, fill) => {
    await page.getByRole('grid').focus();
    await press(page, 'Control+KeyA', 'Control+Enter');
    await side.getByText(act, { exact: true }).click();
    await fill();
    await press(page, 'Control+Enter');
  };
  await doing('Комментарий', async () => {
    const beyond = await side.locator('label').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth).length);
    assert.equal(beyond, 0, 'each action is seen');
    await side.getByLabel('Для коллег').fill('Ждём разработчика');
  });
  await side.waitFor({ state: 'detached' });
  for (const card of await cards()) assert.ok(card.timeline.some((entry) => entry.text === 'Ждём разработчика'));
  await ask(site, 'POST', `/api/v1/tickets/${numbers[1]}/actions`, { action: 'reject', reason: 'not_reproducible', text: null }, 'specialist');
  await doing('Срочность', async () => {
    await side.getByRole('combobox', { name: 'Срочность' }).selectOption('critical');
    await side.getByLabel('Причина').fill('Встала регистратура');
  });
  await side.getByText('Готово 2 из 3').waitFor();
  assert.match(await side.locator('[data-bulk=failed]').innerText(), new RegExp(numbers[1]));
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  assert.deepEqual((await cards()).map((card) => card.urgency === 'critical'), [true, false, true]);
  await press(page, 'Escape');
  await side.waitFor({ state: 'detached' });
  await ask(site, 'POST', `/api/v1/tickets/${numbers[0]}/actions`, { action: 'link_problem', problem: problem.id }, 'specialist');
  await doing('Привязать к проблеме', () => side.locator('select').selectOption(problem.id));
  await side.getByText('Готово 1 из 3').waitFor();
  const { problem: of } = await ask(site, 'GET', `/api/v1/tickets/${numbers[2]}/ties`);
  assert.equal(of.id, problem.id);
});

scenario('an action whose answer was lost goes again with the same key', async () => {
  const number = await makeTicket('Ответ потерялся');
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets?q=${number}&status=all`);
  await page.locator('[role=row][id=ticket-0]').filter({ hasText: number }).waitFor();
  await page.getByRole('grid').focus();
  await press(page, 'Space', 'Control+Enter');
  const keys = [];
  await page.route('**/actions', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort();
  });
  const side = page.getByRole('dialog');
  await side.getByLabel('Причина').fill('Нужен специалист');
  await press(page, 'Control+Enter');
  await side.locator('[data-bulk=failed]').waitFor();
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  assert.equal(new Set(keys).size, 1);
  const { timeline } = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.deepEqual(timeline.map((entry) => entry.type), ['opened', 'assigned']);
});

scenario('of ten thousand tickets only those that can be seen are on the page', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  const { items } = await ask(site, 'GET', '/api/v1/tickets?status=open&limit=1', undefined, 'specialist');
  const kAll = 10_000;
  const row = (i) => ({ ...items[0], id: i.toString(16).padStart(32, '0'), number: `99-${String(i).padStart(6, '0')}-0` });
  await page.route('**/api/v1/tickets?*', async (route) => {
    const url = new URL(route.request().url());
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const to = Math.min(kAll, from + Number(url.searchParams.get('limit')));
    const rows = Array.from({ length: to - from }, (_, i) => row(from + i));
    await route.fulfill({ json: { items: rows, next_cursor: to < kAll ? String(to) : null, total_estimate: kAll } });
  });
  await page.goto(`${site.url}/#/tickets`);
  await page.locator('[role=row][id=ticket-0]').filter({ hasText: '99-000000-0' }).waitFor();
  const rows = page.locator('[role=row][id^=ticket-]');
  const grid = page.getByRole('grid');
  await grid.focus();
  for (const at of [0.25, 0.5, 1]) {
    await grid.evaluate((element, part) => (element.scrollTop = element.scrollHeight * part), at);
    assert.ok((await rows.count()) <= 60, `${await rows.count()} rows`);
  }
  await rows.filter({ hasText: '99-009999-0' }).waitFor();
  await press(page, 'End');
  await page.locator('[role=row][id=ticket-9999].current').waitFor();
  await press(page, 'PageUp', 'ArrowUp');
  await press(page, 'Home');
  await page.locator('[role=row][id=ticket-0].current').waitFor();
  assert.ok((await rows.count()) <= 60, `${await rows.count()} rows`);
  assert.ok((await page.evaluate(() => document.querySelectorAll('*').length)) < 3_000);
});

scenario('a ticket is printed on A4 in the place of the screen, and the screen comes back', async () => {
  const number = await makeTicket('Не печатается направление', { details: 'Кабинет 12', organisation: 'Поликлиника № 4', note: 'Грубит' });
  const act = (body) => ask(site, 'POST', `/api/v1/tickets/${number}/actions`, body, 'specialist');
  await act({ action: 'comment', text: 'Опять этот кабинет' });
  await act({ action: 'assign', line: 2, reason: 'Первая линия не справилась' });
  await act({ action: 'start' });
  await act({ action: 'wait', reason: 'files', text: 'Пришлите снимок экрана' });
  await act({ action: 'resume' });
  await act({ action: 'complete', text: 'Принтер подключён' });
  const page = await openCard('specialist', number);
  await page.emulateMedia({ media: 'print' });
  const paper = page.locator('[data-paper]');
  await paper.waitFor();
  const text = await paper.innerText();
  const forAll = [number, 'Волкова Ольга Юрьевна', 'Поликлиника № 4', 'Не печатается направление', 'Кабинет 12', 'Принтер подключён', 'Исполнитель', 'Ждём заявителя. Ждём снимков экрана'];
  const internal = ['Грубит', 'Опять этот кабинет', 'Первая линия не справилась', 'Для дела'];
  for (const said of forAll) assert.ok(text.includes(said), said);
  for (const kept of internal) assert.ok(!text.includes(kept), kept);
  assert.equal(await paper.locator('[data-signature]').count(), 1);
  assert.equal(await page.locator('header nav').isVisible(), false);
  assert.equal(await page.getByRole('button', { name: 'Печать для заявителя' }).isVisible(), false);
  await page.emulateMedia({ media: null });
  await paper.waitFor({ state: 'detached' });
  // What a button prints, as the printer would have it.
  const printed = (name) =>
    page.evaluate((words) => {
      let sheet = '';
      const take = () => (sheet = document.querySelector('[data-paper]').textContent);
      addEventListener('beforeprint', take);
      window.print = () => {
        dispatchEvent(new Event('beforeprint'));
        dispatchEvent(new Event('afterprint'));
      };
      [...document.querySelectorAll('button')].find((one) => one.textContent.includes(words)).click();
      removeEventListener('beforeprint', take);
      return sheet;
    }, name);
  const file = await printed('Печать для дела');
  for (const said of [...forAll, ...internal]) assert.ok(file.includes(said), said);
  const handedOut = await printed('Печать для заявителя');
  for (const kept of internal) assert.ok(!handedOut.includes(kept), kept);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  assert.equal(pdf.match(/\/Type \/Page\b/g).length, 1);
  const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf);
  assert.deepEqual([width, height].map((points) => Math.round(points / 2.835)), [210, 297]);
});
