// A supervisor's day: a second queue, somebody absent, tickets given out evenly, one given to another and closed by
// agreement; and the next ticket of an operator.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, newKey, site, until } from './lib/region.mjs';

const kTopics = { info: 'info-address', booking: 'booking-first' };
const kGroup = 'Справка';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

async function makeTicket(summary, topic = kTopics.booking) {
  const body = { channel: 'phone', direction: 'in', phone: freshPhone(), applicant: 'Волкова Ольга Юрьевна', topic, summary, outcome: 'ticket', urgency: 'low' };
  return (await ask(site, 'POST', '/api/v1/contacts', body, 'operator')).ticket.number;
}

const card = (number) => ask(site, 'GET', `/api/v1/tickets/${number}`);
const loginOf = async (role) => (await ask(site, 'GET', '/api/v1/session', undefined, role)).user.login;

/** Of this site; name and login. */
async function newUser(name, role = 'operator') {
  const login = `u${newKey().slice(0, 8)}`;
  await ask(site, 'POST', '/api/v1/users', { login, name, password: `secret-of-${login}`, roles: [role] });
  return { login, name };
}

// A10
scenario('a queue for a group of topics is made at the hub, shown on the card and filters the list', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  const id = `info-${newKey().slice(0, 6)}`;
  const calendars = await ask(hub, 'GET', '/api/v1/catalogues/calendars');
  if (calendars.items.length === 0) {
    const day = { spans: [{ from: '00:00', to: '24:00' }] };
    await ask(hub, 'PUT', '/api/v1/catalogues/calendars/always', { version: 0, name_ru: 'Круглосуточно', name_en: 'Always', zone: '', disabled: false, holidays: 'ignored', week: Array(7).fill(day), own_days: [] });
  }
  await page.goto(`${hub.url}/#/queues`);
  await page.getByRole('button', { name: /Новая очередь/ }).click();
  const side = page.getByRole('dialog');
  await side.getByLabel('Название по-русски').fill('Справочная');
  await side.getByLabel('Название по-английски').fill('Reference');
  await side.getByLabel('Код').fill(id);
  await side.getByRole('group', { name: 'Темы очереди' }).getByLabel(kGroup, { exact: true }).check();
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await side.getByRole('button', { name: 'Сохранить' }).click();
  await side.waitFor({ state: 'detached' });
  await page.locator('tr').filter({ hasText: id }).locator('[data-meant]').filter({ hasText: kGroup }).waitFor();
  await until(async () => (await ask(site, 'GET', '/api/v1/catalogues/queues')).items.some((one) => one.id === id), 'the queue at the site');
  const number = await makeTicket('Спрашивает адрес', kTopics.info);
  const list = await newPage(browser);
  await signIn(list, site, 'operator');
  await list.goto(`${site.url}/#/tickets`);
  await list.getByRole('button', { name: 'Ещё отборы' }).click();
  await list.getByLabel('Очередь').selectOption({ label: 'Справочная' });
  await list.waitForURL(new RegExp(`queue=${id}`));
  await list.locator('[role=row]').filter({ hasText: number }).click();
  await list.locator('.pill').filter({ hasText: 'Справочная' }).waitFor();
});

scenario('who is away is not offered, and what is given out evenly goes to those who are there', async () => {
  const away = await newUser('Отсутствова Алла');
  const there = await newUser('Присутствова Инна');
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/users`);
  await page.getByRole('button', { name: `Отсутствие: ${away.name}` }).click();
  const absence = page.getByRole('dialog');
  await absence.getByLabel('Кто замещает').selectOption({ label: there.name });
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await absence.getByRole('button', { name: 'Сохранить' }).click();
  await page.locator(`[data-absence=${away.login}]`).waitFor();
  const word = `поровну${newKey().slice(0, 8).replace(/\d/g, (digit) => 'абвгдежзик'[digit])}`;
  const numbers = [];
  for (let i = 0; i < 3; ++i) numbers.push(await makeTicket(`Просит перезвонить, ${word}`));
  // The index of words is behind the tickets, and a list that is open adds no rows by itself.
  const found = `tickets?status=all&q=${encodeURIComponent(word)}`;
  await until(async () => (await ask(site, 'GET', `/api/v1/${found}`)).items.length === 3, 'all three are found');
  await page.goto(`${site.url}/#/${found}`);
  await page.locator('[role=row][id=ticket-2]').waitFor();
  await page.getByRole('grid').focus();
  await press(page, 'Control+KeyA', 'Control+Enter');
  const side = page.getByRole('dialog');
  await side.getByRole('combobox', { name: 'Исполнитель' }).fill('Присутствова');
  await side.getByRole('option', { name: new RegExp(there.name) }).waitFor();
  await side.getByRole('combobox', { name: 'Исполнитель' }).fill('Отсутствова');
  await side.getByText('Ничего не найдено').waitFor();
  await press(page, 'Escape');
  await side.getByText('Поровну', { exact: true }).click();
  await side.locator('[data-share]').nth(2).waitFor();
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  const given = (await Promise.all(numbers.map(card))).map((one) => one.assignee);
  assert.ok(given.every((login) => login && login !== away.login), given.join());
});

scenario('the supervisor’s day: the shift, a ticket given to another, closed by agreement, and both in the figures', async () => {
  const busy = await newUser('Занятова Вера', 'specialist');
  const free = await newUser('Свободина Анна', 'specialist');
  const number = await makeTicket('Не печатает талоны');
  await ask(site, 'POST', `/api/v1/tickets/${number}/actions`, { action: 'assign', line: 2, assignee: busy.login, reason: 'Нужен специалист' }, 'operator');
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/shift`);
  await page.getByRole('heading', { name: 'Смена' }).waitFor();
  // Whose it is, in the list; then it is somebody else's.
  await page.goto(`${site.url}/#/tickets?line=2`);
  await page.locator('[role=row]').filter({ hasText: number }).click();
  await page.locator('h1').filter({ hasText: number }).waitFor();
  const actions = page.getByRole('region', { name: 'Действия' });
  await page.getByRole('button', { name: 'Передать' }).first().click();
  await actions.getByText('2-я линия', { exact: true }).click();
  await actions.getByRole('combobox', { name: 'Исполнитель' }).fill('Свободина');
  await page.getByRole('option', { name: new RegExp(free.name) }).click();
  await press(page, 'Control+Enter');
  await until(async () => (await card(number)).assignee === free.login, 'it is hers');
  assert.deepEqual(await axeFindings(page), []);
  // The supervisor answers in the specialist's place; the applicant agrees on the telephone.
  await ask(site, 'POST', `/api/v1/tickets/${number}/actions`, { action: 'complete', text: 'Принтер заменён' }, 'supervisor');
  await page.locator('[data-ticket-status=done]').waitFor();
  await page.getByRole('button', { name: 'Закрыть окончательно' }).first().click();
  await actions.getByLabel('Как заявитель согласился').fill('Согласен по телефону');
  await press(page, 'Control+Enter');
  await page.locator('[data-ticket-status=closed]').waitFor();
  await page.goto(`${site.url}/#/report`);
  await page.locator('[data-sum=completed]').click();
  await page.getByRole('dialog').locator(`[data-item="${number}"]`).waitFor();
});

scenario('the next ticket is taken by one key, and what another has in work is taken over first', async () => {
  const operator = await loginOf('operator');
  while ((await ask(site, 'POST', '/api/v1/tickets/take_next', {}, 'operator')).ticket);
  const number = await makeTicket('Возьмёт следующий');
  const page = await newPage(browser);
  await signIn(page, site, 'operator');
  await page.goto(`${site.url}/#/tickets`);
  await page.getByRole('grid').waitFor();
  await press(page, 'Shift+F2');
  await page.waitForURL(new RegExp(`tickets/${number}`));
  assert.equal((await card(number)).assignee, operator);
  await page.goto(`${site.url}/#/desk`);
  await page.getByRole('button', { name: /Взять следующее/ }).click();
  await page.getByText('Свободных обращений для вас нет').waitFor();
  const other = await newPage(browser);
  await signIn(other, site, 'specialist');
  await other.goto(`${site.url}/#/tickets/${number}`);
  const note = other.locator('[data-anothers]');
  await note.waitFor();
  const actions = other.getByRole('region', { name: 'Действия' });
  assert.equal(await actions.getByRole('button', { name: 'Выполнено' }).count(), 0);
  assert.deepEqual(await axeFindings(other), []);
  await note.getByRole('button', { name: 'Взять на себя' }).click();
  await actions.getByRole('button', { name: 'Выполнено' }).waitFor();
  assert.equal((await card(number)).assignee, await loginOf('specialist'));
});
