// Kinds of contact at the desk: each with its own fields, by keyboard alone; support codes; what a request must have.
// What there is to do, as a template brings it.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, focusedName, newPage, openBrowser, openDesk, pickTopic, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, newKey, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

async function codeOf(no) {
  const { items } = await ask(hub, 'GET', '/api/v1/sites');
  return items.find((one) => one.no === no).support_code;
}

async function tabTo(page, name) {
  for (let presses = 0; presses < 40; ++presses) {
    if ((await focusedName(page)) === name) return;
    await press(page, 'Tab');
  }
  assert.fail(`${name} is not reached by Tab`);
}

const names = (page) => page.locator('form.form').locator('input[name], select[name], textarea[name]').evaluateAll((fields) => fields.map((field) => field.name));

async function registered(page) {
  await press(page, 'Control+Enter');
  const number = await page.locator('[data-number]').innerText();
  return ask(site, 'GET', `/api/v1/tickets/${number}`);
}

async function typeIn(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/** The summary, and the three questions: low urgency is enough. */
async function summary(page, text) {
  await typeIn(page, 'summary', text);
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
}

scenario('who says first that it is a request for support is led through V5’s order to the topic', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await tabTo(page, 'kind');
  await press(page, 'ArrowDown');
  await page.locator('input[name=supportCode]').waitFor();
  assert.equal(await page.locator('select[name=kind]').inputValue(), 'support');
  const passed = [];
  while (passed.at(-1) !== 'summary' && passed.length < 12) {
    await press(page, 'Tab');
    passed.push(await focusedName(page));
  }
  assert.deepEqual(passed.slice(0, 3), ['organisation', 'applicant', 'supportCode']);
  assert.equal(passed.at(-1), 'summary');
});

scenario('a request for support is asked in V5’s order, by keyboard alone, and its code names the facility', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await pickTopic(page, 'стационар');
  // Organisation, full name, code: in this order.
  const fields = await names(page);
  const order = ['organisation', 'applicant', 'supportCode', 'summary'].map((name) => fields.indexOf(name));
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  assert.ok(!fields.includes('address') && !fields.includes('phoneGiven') && !fields.includes('municipality'));
  await page.locator('[data-missing]').getByText('организация, ФИО, код поддержки').waitFor();

  await page.getByLabel('Кто обращается').selectOption('user');
  await page.locator('[data-role-hint]').getByText('О сбоях сообщает ИТ-специалист').waitFor();
  const code = await codeOf(site.no);
  const wrong = code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);
  await page.locator('input[name=organisation]').focus();
  await page.keyboard.type('Городская больница');
  await typeIn(page, 'applicant', 'Волкова Ольга Ивановна');
  await typeIn(page, 'supportCode', wrong);
  await page.getByText('цифра услышана неверно').waitFor();
  await press(page, 'Control+A');
  await page.keyboard.type(code.replace('-', ''));
  await page.locator('[data-code-known]').waitFor();
  assert.equal(await page.locator('input[name=supportCode]').inputValue(), code);
  assert.deepEqual(await axeFindings(page), []);
  await summary(page, 'Не открывается история болезни');
  await page.locator('[data-missing]').waitFor({ state: 'detached' });

  const ticket = await registered(page);
  assert.equal(ticket.kind, 'support');
  assert.equal(ticket.applicant_role, 'user');
  assert.deepEqual([ticket.facility, ticket.facility_by_code, ticket.missing.length], [site.no, true, 0]);
  assert.deepEqual(page.problems, []);
});

scenario('a house call has its address and temperature, keeps them over a reload, and sends nothing of another kind', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await pickTopic(page, 'взрослый');
  await typeIn(page, 'temperature', '38,5');
  await press(page, 'Control+Enter');
  // Without an address no doctor comes.
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await page.locator('input[name=address]').focus();
  await page.keyboard.type('ул. Мира, 5, кв. 17');
  await page.getByLabel('Жалобы').focus();
  await page.keyboard.type('Кашель, слабость');
  await page.locator('[data-draft=saved]').waitFor();
  await page.reload();
  await page.locator('input[name=address]').waitFor();
  assert.equal(await page.locator('input[name=address]').inputValue(), 'ул. Мира, 5, кв. 17');
  assert.equal(await page.locator('input[name=temperature]').inputValue(), '38,5');
  assert.deepEqual(await axeFindings(page), []);
  await page.getByLabel('Жалобы').focus();
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
  const ticket = await registered(page);
  assert.deepEqual([ticket.kind, ticket.address, ticket.temperature], ['house_call', 'ул. Мира, 5, кв. 17', '38.5']);
});

scenario('another kind is chosen by hand: its fields come, the others’ go and are not sent', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await pickTopic(page, 'взрослый');
  await page.locator('input[name=address]').fill('ул. Лесная, 1');
  await page.getByLabel('Вид обращения').selectOption('waiting_list');
  await page.locator('input[name=address]').waitFor({ state: 'detached' });
  const given = freshPhone();
  await page.getByLabel('Позвонить по номеру').fill(given);
  await page.getByLabel('К кому').selectOption('cardiologist');
  await page.getByLabel('Детали').fill('утром');
  await page.locator('textarea[name=summary]').focus();
  await page.keyboard.type('Нет талонов');
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
  const ticket = await registered(page);
  assert.deepEqual([ticket.kind, ticket.address, ticket.waiting.speciality], ['waiting_list', null, 'cardiologist']);
  assert.equal(ticket.phone_given.replace(/\D/g, '').slice(-10), given.replace(/\D/g, '').slice(-10));
});

scenario('a wish says what it is for, a hot line which it is and where it was passed on; others are not sent', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await pickTopic(page, 'взрослый');
  await page.getByLabel('Вид обращения').selectOption('wish');
  await page.getByLabel('О чём пожелание').selectOption('knowledge_base');
  await page.getByLabel('Вид обращения').selectOption('hot_line');
  await page.getByLabel('Линия', { exact: true }).selectOption('ministry');
  await page.getByLabel('Передано').selectOption('facility');
  await page.getByLabel('Дата рождения').fill('1970-01-31');
  await page.locator('[data-draft=saved]').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.locator('textarea[name=summary]').focus();
  await page.keyboard.type('Не может дозвониться в поликлинику');
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
  const ticket = await registered(page);
  assert.deepEqual(
    [ticket.kind, ticket.wish_subject, ticket.hot_line, ticket.passed_to, ticket.birth_date],
    ['hot_line', null, 'ministry', 'facility', '1970-01-31'],
  );
});

scenario('a person is found by mail address and by name and birth, too', async () => {
  const name = `Журавлёва ${['Анна', 'Вера', 'Инна'][Date.now() % 3]} ${freshPhone().replace(/\D/g, '').slice(-6).replace(/\d/g, (digit) => 'абвгдежзик'[digit])}`;
  const email = `p${Date.now()}@home.example`;
  const body = { channel: 'phone', direction: 'in', applicant: name, birth_date: '1951-05-09', email, topic: 'booking-first', summary: 'Нет талонов', outcome: 'ticket', urgency: 'low' };
  const made = [];
  for (const phone of [freshPhone(), freshPhone()]) made.push((await ask(site, 'POST', '/api/v1/contacts', { ...body, phone }, 'operator')).ticket.number);
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  for (const by of ['email', 'name']) {
    await page.goto(`${site.url}/#/tickets/${made[1]}`);
    await page.locator(`[data-history-link=${by}]`).click();
    await page.locator('[data-history]').waitFor();
    for (const number of made) await page.getByRole('row', { name: number }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Запомнить отбор' }).count(), 0);
  }
});

scenario('a house call is passed to the clinic, confirmed, and ends with the visit’s result, in its own words', async () => {
  const body = { channel: 'phone', direction: 'in', phone: freshPhone(), topic: 'home-adult', kind: 'house_call', address: 'ул. Мира, 5', summary: 'Жар', outcome: 'ticket', urgency: 'low' };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', body, 'operator');
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/tickets/${ticket.number}`);
  const says = (words) => page.locator('[data-ticket-status]').getByText(words, { exact: true }).waitFor();
  await says('вызов принят');
  const panel = page.locator('[data-visit]');
  await panel.getByRole('button', { name: 'Передать в поликлинику' }).first().click();
  await panel.getByLabel('Кто принял').fill('Петрова');
  await press(page, 'Enter');
  await says('передан в поликлинику');
  await panel.getByRole('button', { name: 'Отметить подтверждение' }).first().click();
  await panel.getByLabel('Кто подтвердил в поликлинике').fill('Сидорова');
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Enter');
  await says('вызов подтверждён');
  await page.getByRole('button', { name: 'Выполнено' }).click();
  await page.locator('[data-result]').selectOption('examined');
  await page.getByLabel('Пояснение (увидит заявитель)').fill('Назначено лечение');
  await press(page, 'Control+Enter');
  await says('врач был');
  await page.locator('[data-resolution]').getByText('осмотрен. Назначено лечение').waitFor();
});

scenario('a slot appeared: the list says whom to call, and only one desk does', async () => {
  const body = { channel: 'phone', direction: 'in', topic: 'booking-first', kind: 'waiting_list', speciality: 'rheumatologist', summary: 'Нет талонов', outcome: 'ticket' };
  const put = async (urgency) => (await ask(site, 'POST', '/api/v1/contacts', { ...body, phone: freshPhone(), urgency }, 'operator')).ticket.number;
  const [low, high] = [await put('low'), await put('high')];
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.locator('header nav').getByRole('link', { name: 'Обращения' }).click();
  await page.getByRole('link', { name: 'Лист ожидания' }).click();
  await page.getByRole('heading', { name: 'Лист ожидания' }).waitFor();
  await press(page, 'F2');
  const form = page.locator('[data-slot-form]');
  await form.getByLabel('К кому').selectOption('rheumatologist');
  await form.getByLabel('Когда').fill('2099-05-01T10:30');
  await form.getByRole('button', { name: 'Показать, кому звонить' }).click();
  await page.locator('[data-slot]').waitFor();
  const rows = () => page.locator('[data-waiting-row]').evaluateAll((all) => all.map((one) => one.getAttribute('data-waiting-row')));
  await page.waitForFunction(() => document.querySelectorAll('[data-waiting-row]').length === 2);
  assert.deepEqual(await rows(), [high, low]);
  const first = page.locator(`[data-waiting-row="${high}"]`);
  await first.locator('[data-claim]').click();
  await first.locator('[data-claimed=me]').waitFor();
  const other = await ask(site, 'POST', `/api/v1/tickets/${high}/actions`, { action: 'claim' }, 'operator').catch((error) => error);
  assert.match(String(other.message ?? other), /409|claim/);
  assert.deepEqual(await axeFindings(page), []);
  await first.getByRole('button', { name: 'Время не подошло' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-waiting-row]').length === 1);
  const second = page.locator(`[data-waiting-row="${low}"]`);
  await second.locator('[data-claim]').click();
  await second.getByRole('button', { name: 'Записан' }).click();
  await second.waitFor({ state: 'detached' });
  assert.equal((await ask(site, 'GET', `/api/v1/tickets/${low}`)).result, 'booked');
});

scenario('what the facility lets desks know stands beside the booking form', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.locator('header nav').getByRole('link', { name: 'Проблемы' }).click();
  await page.getByRole('link', { name: 'Объявления учреждений' }).click();
  await page.getByRole('heading', { name: 'Объявления учреждений' }).waitFor();
  await press(page, 'F2');
  await page.getByLabel('Что знать операторам при записи').fill('Приём анализов с 7 до 9');
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Control+Enter');
  await page.locator(`[data-facility="${site.no}"]`).getByText('Приём анализов с 7 до 9').waitFor();
  const desk = await openDesk(browser, site);
  await press(desk, 'F2');
  await desk.keyboard.type(freshPhone());
  await pickTopic(desk, 'первичная');
  await desk.locator('[data-facility-notices]').getByText('Приём анализов с 7 до 9').waitFor();
  assert.deepEqual(await axeFindings(desk), []);
});

scenario('what is missing is named on the card and is the first reason to reject', async () => {
  const phone = freshPhone();
  const body = { channel: 'phone', direction: 'in', phone, topic: 'support-clinic', kind: 'support', summary: 'Не входит', outcome: 'ticket', urgency: 'low' };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', body, 'operator');
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/tickets/${ticket.number}`);
  await page.locator('[data-missing]').getByText('организация, ФИО, код поддержки').waitFor();
  await page.getByRole('button', { name: 'Отклонить по этой причине' }).click();
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Control+Enter');
  await page.locator('[data-ticket-status=rejected]').waitFor();
  const rejected = await ask(site, 'GET', `/api/v1/tickets/${ticket.number}`);
  assert.equal(rejected.reject_reason, 'missing_information');
});

scenario('the history of one person opens from his card, whatever became of his tickets', async () => {
  const phone = freshPhone();
  const body = { channel: 'phone', direction: 'in', phone, topic: 'booking-first', summary: 'Нет талонов', outcome: 'ticket', urgency: 'low' };
  const made = [];
  for (let i = 0; i < 2; ++i) made.push((await ask(site, 'POST', '/api/v1/contacts', body, 'operator')).ticket.number);
  await ask(site, 'POST', `/api/v1/tickets/${made[0]}/actions`, { action: 'complete', text: 'Записан' }, 'operator');
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/tickets/${made[1]}`);
  await page.locator('[data-history-link]').click();
  await page.locator('[data-history]').waitFor();
  for (const number of made) await page.getByRole('row', { name: number }).waitFor();
  assert.equal(await page.getByRole('row').filter({ hasText: /\d+-\d{6}-\d/ }).count(), 2);
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('button', { name: 'Показать все номера' }).click();
  await page.locator('[data-history]').waitFor({ state: 'detached' });
});

scenario('the facility’s own users see its code; the region sees it and may give another', async () => {
  const desk = await openDesk(browser, site);
  await desk.locator('.menu > button').click();
  assert.equal(await desk.locator('[data-support-code]').innerText(), await codeOf(site.no));

  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/sites`);
  const row = page.locator(`tr[data-site="${site.no}"]`);
  const old = await row.locator('[data-support-code]').innerText();
  assert.match(old, /^\d{3}-\d{3}$/);
  await row.getByRole('button', { name: 'Изменить' }).click();
  await page.getByRole('button', { name: 'Дать новый код' }).click();
  await page.waitForFunction((before) => document.querySelector('fieldset [data-support-code]')?.textContent !== before, old);
  assert.deepEqual(await axeFindings(page), []);
  await until(async () => (await ask(site, 'GET', '/api/v1/session', undefined, 'operator')).site.support_code !== old, 'the new code at the site');
});

scenario('a call that was answered at once is told its number where the site says so, and is found by it (A7b)', async () => {
  const regional = await newPage(browser);
  await signIn(regional, hub, 'administrator');
  await regional.goto(`${hub.url}/#/sites`);
  await regional.locator(`tr[data-site="${site.no}"]`).getByRole('button', { name: 'Изменить' }).click();
  await regional.getByRole('checkbox', { name: 'Номер каждому звонку' }).check();
  await regional.getByRole('dialog').getByRole('button', { name: 'Сохранить' }).click();
  await regional.getByRole('dialog').waitFor({ state: 'detached' });

  const body = { channel: 'phone', direction: 'in', phone: freshPhone(), topic: 'booking-first', outcome: 'solved' };
  await until(async () => (await ask(site, 'POST', '/api/v1/contacts', body, 'operator')).number !== null, 'the site knows');
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await pickTopic(page, 'первичная');
  await press(page, 'Control+Shift+Enter');
  const number = await page.locator('[data-number]').innerText();
  await page.getByText('Номер звонка').waitFor();
  await page.getByText('Ваш звонок записан под номером').waitFor();
  assert.deepEqual(await axeFindings(page), []);

  await page.goto(`${site.url}/#/tickets?q=${number}&status=all`);
  await page.locator('[data-number-of-call]').getByRole('link').click();
  await page.locator('[data-contact-card] [data-number]').getByText(number).waitFor();
  const wrong = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);
  await page.goto(`${site.url}/#/tickets?q=${wrong}&status=all`);
  await page.getByText(`Обращения ${wrong} нет`).waitFor();
});

scenario('a template brings what there is to do: seen before it is saved, an item left out, the rest at the ticket', async () => {
  const id = `to-do-${newKey().slice(0, 6)}`;
  const items = ['Проверить кабель', 'Позвонить в поликлинику', 'Закрыть смену'];
  const form = { version: 0, name: `Дела ${id}`, use: 'ticket', text: 'Нет связи с рабочим местом', fields: [], topic: 'support-network', urgency: 'low', items, disabled: false };
  await ask(hub, 'PUT', `/api/v1/catalogues/templates/${id}`, form);
  await until(async () => (await ask(site, 'GET', '/api/v1/catalogues/templates')).items.some((one) => one.id === id), 'the site has the template');
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await press(page, 'F7');
  const side = page.getByRole('dialog');
  await side.getByRole('option', { name: form.name }).waitFor();
  await page.keyboard.type(form.name);
  await press(page, 'Enter');
  await side.getByText('Позвонить в поликлинику').waitFor();
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  const list = page.locator('[data-form-items]');
  assert.deepEqual(await list.locator('li').allInnerTexts(), items);
  await list.getByRole('button', { name: 'Убрать пункт «Закрыть смену»' }).click();
  assert.deepEqual(await axeFindings(page), []);
  await page.locator('textarea[name=summary]').focus();
  await press(page, 'Control+Enter');
  const number = await page.locator('[data-number]').innerText();
  const ties = await ask(site, 'GET', `/api/v1/tickets/${number}/ties`);
  assert.deepEqual(ties.items.map((item) => [item.text, item.done]), [['Проверить кабель', false], ['Позвонить в поликлинику', false]]);
});
