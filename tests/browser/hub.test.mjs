// The hub's console: the report follows the calls, every figure opens what it counts, catalogues and sites.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, newKey, PhoneCall, site, sites, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const row = (page) => page.locator(`tr[data-desk="${site.no}/1"]`);
const cell = async (page, at) => Number((await row(page).locator('td').nth(at).innerText()).split('·')[0]);
// Columns after the name: 0 availability, 1 received, 2 accepted.
const kAccepted = 2;

scenario('the day’s report follows a call of a site, and its figure opens the call', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/daily`);
  await row(page).waitFor();
  const accepted = await cell(page, kAccepted);
  const call = await new PhoneCall(site, freshPhone()).queue();
  await call.ring();
  await call.answer();
  await call.end();
  await until(async () => (await cell(page, kAccepted)) === accepted + 1, 'the hub counts the call');
  await row(page).locator('td').nth(kAccepted).getByRole('button').click();
  const side = page.getByRole('dialog');
  await side.getByText(`••• ${call.phone.slice(-4, -2)}-${call.phone.slice(-2)}`).waitFor();
  await press(page, 'Escape');
  await side.waitFor({ state: 'detached' });
  assert.deepEqual(page.problems, []);
});

scenario('a figure of the total opens the calls of all desks, each with its desk', async () => {
  const calls = [];
  for (const member of sites) {
    const call = await new PhoneCall(member, freshPhone()).queue();
    await call.ring();
    await call.answer();
    await call.end();
    calls.push(call);
  }
  await until(async () => {
    const { items } = await ask(hub, 'GET', `/api/v1/calls?class=accepted&limit=200`);
    return calls.every((call) => items.some((one) => one.phone === call.phone));
  }, 'the hub has both calls');
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/daily`);
  const total = page.locator('tfoot td').nth(kAccepted).getByRole('button');
  await total.waitFor();
  const side = page.getByRole('dialog', { name: 'Итого' });
  await total.click();
  // By the evening the sample's day has more calls than a page.
  const rows = side.locator('tbody tr');
  const more = side.getByRole('button', { name: 'Показать ещё', exact: true });
  await rows.first().waitFor();
  while (await more.isVisible()) {
    const before = await rows.count();
    await more.click();
    await until(async () => (await rows.count()) > before, 'the next page');
  }
  const catalogue = (await ask(hub, 'GET', '/api/v1/catalogues/sites')).items;
  for (const call of calls) {
    const shown = rows.filter({ hasText: `••• ${call.phone.slice(-4, -2)}-${call.phone.slice(-2)}` });
    const desk = catalogue.find((one) => one.no === call.member.no).desks[0];
    await shown.filter({ hasText: desk.name }).first().waitFor();
  }
  assert.equal(await rows.count(), Number(await total.innerText()));
  assert.equal(await page.locator('tfoot td').getByRole('button').count(), 10, 'every figure of T5 is a button');
  assert.deepEqual(await axeFindings(page), []);
});

scenario('a day of another year says so, and a day that has not come has no figures', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/daily?date=2020-01-01`);
  await page.getByRole('heading', { name: /1 января 2020/ }).waitFor();
  await row(page).waitFor();
  const year = new Date().getFullYear() + 4;
  await page.goto(`${hub.url}/#/daily?date=${year}-01-01`);
  await page.getByRole('heading', { name: new RegExp(`1 января ${year}`) }).waitFor();
  await page.locator('[data-ahead]').waitFor();
  assert.equal(await page.locator('[data-daily], a[download]').count(), 0);
  assert.deepEqual(await axeFindings(page), []);
  await page.locator('[data-ahead] a').click();
  await row(page).waitFor();
});

scenario('the files of the report are there', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/daily`);
  await row(page).waitFor();
  for (const format of ['Excel', 'CSV', 'TSV']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: format, exact: true }).click(),
    ]);
    assert.equal(await download.failure(), null);
  }
});

scenario('a new topic is published with its difference, and an operator finds it', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/catalogues`);
  const before = await ask(hub, 'GET', '/api/v1/catalogues/rubricator');
  const name = `Проверка связи ${newKey().slice(0, 6)}`;
  await page.getByRole('button', { name: 'Новая версия' }).click();
  const add = page.locator('form').filter({ hasText: 'Добавить тематику' });
  await add.getByLabel('Вид').fill(before.topics[0].kind);
  await add.getByLabel('Группа').fill(before.topics[0].group);
  await add.getByLabel('Тематика').fill(name);
  const form = add.getByLabel('Форма регистрации');
  assert.equal(await form.inputValue(), before.topics[0].contact_kind ?? '', 'as the others of this kind have it');
  await form.selectOption('wish');
  await add.getByRole('button', { name: 'Добавить' }).click();
  const diff = page.getByRole('region', { name: 'Что изменится' });
  await diff.getByText(`${name} · Пожелание`).waitFor();
  // Another form of a topic that is there is a change that is shown.
  await page.getByLabel(`Форма регистрации: ${before.topics.at(-1).name}`, { exact: true }).last().selectOption('hot_line');
  await diff.getByText(`${before.topics.at(-1).name} · Горячая линия`).waitFor();
  await page.getByLabel(`Форма регистрации: ${before.topics.at(-1).name}`, { exact: true }).last().selectOption(before.topics.at(-1).contact_kind ?? '');
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('button', { name: `Опубликовать версию ${before.version + 1}` }).click();
  await page.getByText(`Версия ${before.version + 1} опубликована и уходит на площадки`).waitFor();
  await until(
    async () => (await ask(site, 'GET', '/api/v1/catalogues/rubricator')).topics.some((topic) => topic.name === name && topic.contact_kind === 'wish'),
    'the site has the new topic and its form',
  );
});

scenario('of two who edit one version of the rubricator the second is told, and publishes both changes', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/catalogues`);
  const path = '/api/v1/catalogues/rubricator';
  const before = await ask(hub, 'GET', path);
  await page.getByText(before.topics[0].name, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Новая версия' }).click();
  const [mine, theirs] = ['Моя', 'Чужая'].map((whose) => `${whose} тематика ${newKey().slice(0, 6)}`);
  const add = page.locator('form').filter({ hasText: 'Добавить тематику' });
  await add.getByLabel('Вид').fill(before.topics[0].kind);
  await add.getByLabel('Группа').fill(before.topics[0].group);
  await add.getByLabel('Тематика').fill(mine);
  await press(page, 'Enter');
  const topic = { ...before.topics[0], id: newKey(), name: theirs };
  // Theirs arrives a moment before mine: the answer to mine is 409.
  let version = 0;
  const answers = [];
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() === 'PUT' && version === 0)
      ({ version } = await ask(hub, 'PUT', path, { version: before.version, topics: [...before.topics, topic] }));
    const answer = await route.fetch();
    if (route.request().method() === 'PUT') answers.push(answer.status());
    await route.fulfill({ response: answer });
  });
  await page.getByRole('button', { name: `Опубликовать версию ${before.version + 1}` }).click();
  await page.getByText(`вышла версия ${before.version + 1}`).waitFor();
  const kept = await page.getByRole('textbox').evaluateAll((all, name) => all.some((one) => one.value === name), mine);
  assert.ok(kept, 'what I typed is still there');
  assert.ok(await page.getByRole('button', { name: `Опубликовать версию ${version + 1}` }).isDisabled());
  await page.getByRole('button', { name: `Внести версию ${version}` }).click();
  await page.getByRole('button', { name: `Опубликовать версию ${version + 1}` }).click();
  await page.getByText(`Версия ${version + 1} опубликована и уходит`).waitFor();
  assert.deepEqual(answers, [409, 200]);
  const names = (await ask(hub, 'GET', path)).topics.map((one) => one.name);
  assert.ok(names.includes(mine) && names.includes(theirs));
});

scenario('a site is added, gets its enrolment code once and is taken back', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/sites`);
  await page.locator('tr[data-site]').first().waitFor();
  await press(page, 'F2');
  const name = `Амбулатория ${newKey().slice(0, 6)}`;
  await page.getByRole('dialog').getByLabel('Название', { exact: true }).fill(name);
  await press(page, 'Enter');
  await page.getByRole('button', { name: 'Выдать код' }).click();
  assert.ok((await page.locator('[data-code]').inputValue()).length >= 16);
  await press(page, 'Escape');
  await page.getByText(name, { exact: true }).waitFor();

  // It was a mistake: nothing of it has come in, so it can be taken back.
  const row = page.locator('tr[data-site]').filter({ hasText: name });
  await row.getByRole('button', { name: 'Изменить' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Убрать пост', exact: true }).click();
  await row.waitFor({ state: 'detached' });
  await page.locator(`tr[data-site="${site.no}"]`).getByRole('button', { name: 'Изменить' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Сохранить' }).waitFor();
  assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Убрать пост', exact: true }).count(), 0);
});

scenario('a problem opened by the region is seen at the desk, and one more call counts there and here', async () => {
  const region = await newPage(browser);
  await signIn(region, hub, 'supervisor');
  await region.goto(`${hub.url}/#/problems`);
  const name = `Не открывается расписание ${newKey().slice(0, 6)}`;
  await region.getByRole('heading', { name: 'Текущие проблемы' }).waitFor();
  await press(region, 'F2');
  await region.getByRole('dialog').getByLabel('Что не работает').fill(name);
  await press(region, 'Enter');
  await region.getByText(name).first().waitFor();

  const desk = await newPage(browser);
  await signIn(desk, site, 'operator');
  await desk.goto(`${site.url}/#/problems`);
  const card = (page) => page.locator('[data-problem]').filter({ hasText: name });
  await card(desk).focus();
  await press(desk, 'F10');
  for (const page of [desk, region]) await until(async () => /^1\s/.test(await card(page).innerText()), 'one caller more');
});

scenario('what a site with two histories needs is decided in two steps, and the choice is said', async () => {
  const page = await newPage(browser);
  let decision = 'held';
  // The region of these tests has no cloned machine: the hub's answer says that it has.
  await page.route('**/api/v1/sites', async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    const first = list.items.find((one) => one.no === site.no);
    first.fork = { incarnation: '0123456789abcdef', common: 42, decision };
    await route.fulfill({ response: answer, json: list });
  });
  const refusal = {
    status: 409,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title: 'Conflict', status: 409, code: 'conflict', detail: 'not now' }),
  };
  const asked = [];
  await page.route(`**/api/v1/sites/${site.no}/fork`, async (route) => {
    asked.push(route.request().postDataJSON());
    if (asked.length === 1) return route.fulfill(refusal);
    decision = asked[1].decision;
    await route.fulfill({ json: {} });
  });
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/sites`);
  const panel = page.getByRole('region', { name: 'Две истории одной площадки' });
  await panel.getByRole('button', { name: 'Принять записи' }).click();
  await panel.getByRole('button', { name: 'Отмена' }).click();
  assert.deepEqual(asked, [], 'the first step asks nobody');
  await panel.getByRole('button', { name: 'Отложить записи' }).click();
  await panel.getByRole('button', { name: 'Отложить записи' }).click();
  await panel.getByRole('alert').waitFor();
  await panel.getByRole('button', { name: 'Отложить записи' }).click();
  await panel.getByText('Решено: отложить записи').waitFor();
  assert.deepEqual(asked, [{ decision: 'set_aside' }, { decision: 'set_aside' }]);
  assert.deepEqual(await axeFindings(page), []);
});

scenario('what waits for a site, what was withdrawn of it, and a site too old for that are said', async () => {
  const page = await newPage(browser);
  await page.route('**/api/v1/sites', async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    const [first, second] = list.items.filter((one) => one.enrolled);
    first.queue = { records: 3, withdrawn: 2 };
    first.alarms = [{ code: 'withdrawn', text: 'private stopped', at: new Date().toISOString() }];
    second.queue = { records: 990, withdrawn: 10 };
    await route.fulfill({ response: answer, json: list });
  });
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/sites`);
  const queues = page.locator('[data-queue]');
  await queues.filter({ hasText: 'отозвано: 2' }).getByText('3', { exact: true }).waitFor();
  await queues.filter({ hasText: 'отозвано: 10' }).getByText('990 или больше', { exact: true }).waitFor();
  await page.getByText('Площадка ждёт новой программы').first().waitFor();
  await page.getByText('обновите программу площадки').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(page.problems, []);
});

scenario('a supervisor reads that an administrator decides', async () => {
  const page = await newPage(browser);
  await page.route('**/api/v1/sites', async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    list.items[0].fork = { incarnation: '0123456789abcdef', common: 42, decision: 'held' };
    await route.fulfill({ response: answer, json: list });
  });
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/sites`);
  const panel = page.getByRole('region', { name: 'Две истории одной площадки' });
  await panel.getByText('Решает администратор региона').waitFor();
  assert.equal(await panel.getByRole('button').count(), 0);
});

scenario('a list that is not here yet is not called empty', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await page.route('**/api/v1/sites', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${hub.url}/#/sites`);
  await page.getByRole('cell', { name: 'Загружаем…' }).waitFor();
  assert.equal(await page.getByText('Площадок ещё нет').count(), 0);
  letGo();
  await page.locator(`tr[data-site="${site.no}"]`).waitFor();
});
