// Catalogues at the hub, calendars, queues, templates, competence: entered by keyboard, checked by axe, known at the site; the sheet of the year.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, press, scenario, signIn } from './lib/browser.mjs';
import { ask, hub, newKey, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const code = newKey().slice(0, 8).toLowerCase();

async function type(page, ...words) {
  for (const word of words) {
    await page.keyboard.type(word);
    await press(page, 'Tab');
  }
}

scenario('a calendar with a split shift is entered by keyboard alone, and the site has it', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/calendars`);
  await page.getByRole('heading', { name: 'Календари', level: 1 }).waitFor();
  await page.getByText('Производственный календарь').first().waitFor();
  await press(page, 'F2');
  const side = page.getByRole('dialog');
  await side.waitFor();
  await type(page, `Смены ${code}`, `Shifts ${code}`, code, 'Europe/Moscow');
  // Monday 07:00–18:00 becomes 07:00–12:00 and 13:00–18:00: from, to, remove, add.
  assert.equal(await page.evaluate(() => document.activeElement.value), '07:00');
  await press(page, 'Tab');
  await page.keyboard.type('12:00');
  await press(page, 'Tab', 'Tab', 'Enter');
  await press(page, 'Shift+Tab', 'Shift+Tab', 'Shift+Tab');
  await type(page, '13:00', '18:00');
  await side.getByRole('button', { name: 'Вторник–пятница как понедельник' }).focus();
  await press(page, 'Enter');
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  const row = page.locator('tr').filter({ hasText: code });
  await row.getByText('07:00–12:00, 13:00–18:00').waitFor();
  const known = async () => (await ask(site, 'GET', '/api/v1/catalogues/calendars')).items.find((one) => one.id === code);
  const calendar = await until(known, 'the site has the calendar');
  assert.deepEqual(calendar.week[4].spans, [
    { from: '07:00', to: '12:00' },
    { from: '13:00', to: '18:00' },
  ]);
  assert.deepEqual(calendar.week[5].spans, []);
  assert.deepEqual(page.problems, []);
});

scenario('hours that overlap are refused where they stand', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/calendars`);
  await page.locator('tr').filter({ hasText: code }).getByRole('button', { name: /Изменить/ }).click();
  const side = page.getByRole('dialog');
  await side.getByLabel('среда: до').first().fill('14:00');
  await press(page, 'Control+Enter');
  await side.getByRole('alert').waitFor();
  await side.locator('.day.wrong').filter({ hasText: 'среда' }).waitFor();
});

scenario('a queue begins with the norms of the order, and its deadline skips the holidays', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/queues`);
  await page.getByRole('button', { name: /Новая очередь/ }).and(page.locator(':enabled')).waitFor();
  await press(page, 'F2');
  const side = page.getByRole('dialog');
  await side.waitFor();
  await type(page, `Очередь ${code}`, `Queue ${code}`, code);
  await side.getByLabel('Календарь').selectOption({ label: `Смены ${code}` });
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  const form = page.getByRole('form', { name: 'Посчитать срок' });
  await form.getByLabel('Очередь').selectOption({ label: `Очередь ${code}` });
  await form.getByLabel('Поступило').fill('2025-04-30T10:00');
  await form.getByLabel('Зарегистрировано').fill('2025-04-30T10:00');
  await press(page, 'Enter');
  await form.getByText('1 мая (праздник или перенос)').first().waitFor();
  const preliminary = form.getByText('Производственный календарь на 2027 год ещё не утверждён');
  assert.equal(await preliminary.count(), 0, '2025 is decreed');
  await form.getByLabel('Поступило').fill('2026-12-31T17:30');
  await form.getByLabel('Зарегистрировано').fill('2026-12-31T17:30');
  await press(page, 'Enter');
  await preliminary.waitFor();
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(page.problems, []);
});

scenario('a card says on which years without a decree its dates count, and no other', async () => {
  const body = { channel: 'phone', direction: 'in', topic: 'home-adult', summary: 'Печать', outcome: 'ticket', urgency: 'low' };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', body, 'operator');
  const page = await newPage(browser);
  await signIn(page, site, 'operator');
  await page.goto(`${site.url}/#/tickets/${ticket.number}`);
  await page.getByRole('heading', { name: ticket.number }).waitFor();
  assert.equal(await page.locator('[data-preliminary-years]').count(), 0, 'round the clock');
  await page.route(`**/api/v1/tickets/${ticket.number}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), preliminary_years: [2027, 2028] } });
  });
  await page.reload();
  await page.getByText('Производственный календарь на 2027, 2028 год ещё не утверждён: срок может измениться.').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(page.problems, []);
});

scenario('the sheet of a year says in words what its days are', async () => {
  const page = await newPage(browser, { theme: 'dark' });
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/calendars`);
  await page.getByLabel('2025', { exact: true }).check();
  await page.getByText('рабочих дней: 247, из них коротких: 4').waitFor();
  await page.getByRole('cell', { name: /^1.*короче на час вместо 3 ноября/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Изменить год' }).count(), 0);
  await page.getByLabel('2027', { exact: true }).check();
  await page.getByText('предварительный', { exact: true }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

scenario('a table is imported, and a wrong line of it is named', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/calendars`);
  const file = (text) => ({ name: 'years.tsv', mimeType: 'text/tab-separated-values', buffer: Buffer.from(text) });
  const input = page.locator('input[type=file]');
  await input.setInputFiles(file('2028\tpreliminary\n2028-01-32\toff\n'));
  await page.getByText('line 2').waitFor();
  await input.setInputFiles(file('2028\tpreliminary\n2028-01-03\toff\n'));
  await page.getByText('Загружено').waitFor();
  await page.getByLabel('2028', { exact: true }).check();
  await page.getByRole('button', { name: 'Изменить год' }).click();
  const side = page.getByRole('dialog');
  await side.getByText('утверждён').click();
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  await page.getByText('утверждён', { exact: true }).waitFor();
});

scenario('a template is written by keyboard alone, with the fields that its text names, and the site has it', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/templates`);
  await page.getByText('Пароль сброшен').first().waitFor();
  await press(page, 'F2');
  const side = page.getByRole('dialog');
  await side.waitFor();
  await page.keyboard.type(`Направление ${code}`);
  await press(page, 'Tab', 'Tab');
  await page.keyboard.type('Пройдите в {кабинет} к {врач}');
  await side.getByLabel('Поле «врач»').waitFor();
  await press(page, 'Tab', 'Tab');
  await page.keyboard.type('12, 14');
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await side.getByLabel('Код').fill(`way-${code}`);
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Ответы' }).getByText(`Направление ${code}`).waitFor();
  const known = async () => (await ask(site, 'GET', '/api/v1/catalogues/templates')).items.find((one) => one.id === `way-${code}`);
  const template = await until(known, 'the site has the template');
  assert.deepEqual(template.fields, [
    { name: 'кабинет', filling: 'asked', choices: ['12', '14'] },
    { name: 'врач', filling: 'asked', choices: [] },
  ]);
  assert.deepEqual(page.problems, []);
});

scenario('a clause of the list of competence is changed and withdrawn', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/competence`);
  await page.getByRole('button', { name: 'Изменить: Ремонт компьютера или принтера' }).click();
  const side = page.getByRole('dialog');
  await side.getByLabel('Что сказать заявителю').fill('Обратитесь в ИТ-отдел учреждения');
  await side.getByLabel('Больше не ссылаться').check();
  await press(page, 'Control+Enter');
  await side.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Не отвечаем' }).getByText('Обратитесь в ИТ-отдел учреждения').waitFor();
  const known = async () => (await ask(site, 'GET', '/api/v1/catalogues/competence')).items.find((one) => one.id === 'own-computer' && one.disabled);
  assert.equal((await until(known, 'the site has it')).text, 'Обратитесь в ИТ-отдел учреждения');
});
