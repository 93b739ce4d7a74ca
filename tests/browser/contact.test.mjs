// What was registered can be read again: the ticket's card, and the card of a contact that was solved on the line.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, fillForm, newPage, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const kDayMs = 86_400_000;
const details = 'Талон 17, кабинет 204';
const note = 'Перезвонить после обеда';

const fact = (page, name) => page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd');

/** A form from paper, typed in a day later: every field of T10. */
async function fromPaper(changes) {
  const { topics } = await ask(site, 'GET', '/api/v1/catalogues/rubricator');
  const occurred = new Date(Math.floor((Date.now() - kDayMs) / 60_000) * 60_000);
  const body = {
    channel: 'paper',
    direction: 'in',
    occurred_at: occurred.toISOString(),
    phone: freshPhone(),
    applicant: 'Ёлкин Фёдор Ильич',
    facility: site.no,
    topic: topics[0].id,
    details,
    summary: 'Просит перенести запись',
    note,
    ...changes,
  };
  const made = await ask(site, 'POST', '/api/v1/contacts', body, 'operator');
  return { ...made, occurred };
}

/** The clock of an instant at the site, as its pages show it. */
async function clockAt(page, at) {
  const { zone } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('opora.session')).site);
  return at.toLocaleTimeString('ru-RU', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
}

for (const [member, place] of [[site, 'site'], [hub, 'region']]) {
  scenario(`at the ${place} a ticket’s card shows all of T10, and the own time of what was typed in later`, async () => {
    const { ticket, occurred } = await fromPaper({ outcome: 'ticket', urgency: 'low' });
    await until(() => ask(member, 'GET', `/api/v1/tickets/${ticket.number}`).catch(() => null), 'the ticket is there');
    const page = await newPage(browser);
    await signIn(page, member, 'supervisor');
    await page.goto(`${member.url}/#/tickets/${ticket.number}`);
    await page.getByText(details).waitFor();
    await page.getByText(note).waitFor();
    const { items } = await ask(site, 'GET', '/api/v1/catalogues/sites');
    assert.equal(await fact(page, 'Учреждение').innerText(), items.find((one) => one.no === site.no).name);
    assert.equal(await fact(page, 'Канал').innerText(), 'бумага');
    assert.equal(await fact(page, 'Направление').innerText(), 'входящий');
    assert.ok((await fact(page, 'Время обращения').innerText()).endsWith(await clockAt(page, occurred)));
    assert.notEqual(await fact(page, 'Открыто').innerText(), await fact(page, 'Время обращения').innerText());
    assert.deepEqual(page.problems, []);
  });
}

scenario('a ticket of a call that is going on has one time, not two', async () => {
  const page = await openDesk(browser, site);
  await fillForm(page, { phone: freshPhone(), name: 'Волкова Ольга', summary: 'Нет талонов' });
  await press(page, 'Control+Enter');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await fact(page, 'Открыто').waitFor();
  assert.equal(await fact(page, 'Время обращения').count(), 0);
});

scenario('what was solved on the line opens from the desk’s records, with its details and note, and cannot be changed', async () => {
  const page = await openDesk(browser, site);
  const { contact_id: id, occurred } = await fromPaper({ outcome: 'solved' });
  const record = page.locator(`[data-contact="${id}"]`);
  await record.getByRole('link', { name: 'Решено на линии' }).click();
  const card = page.locator(`[data-contact-card="${id}"]`);
  await card.getByText(details).waitFor();
  await card.getByText(note).waitFor();
  await card.getByText('Просит перенести запись').waitFor();
  assert.ok((await page.locator('h1').innerText()).endsWith(await clockAt(page, occurred)));
  await fact(page, 'Внесено').waitFor();
  assert.equal(await page.locator('main :is(input, textarea, select)').count(), 0);
  assert.deepEqual(await axeFindings(page), []);
  await press(page, 'Escape');
  await page.locator('form.form').waitFor();
});

scenario('a figure of the day’s report opens its contacts, and each of them its card', async () => {
  const made = await fromPaper({ channel: 'phone', occurred_at: null, outcome: 'solved' });
  await until(() => ask(hub, 'GET', `/api/v1/contacts/${made.contact_id}`).catch(() => null), 'the region has it');
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/daily`);
  // Columns after the name: 0 availability, 1 received, 2 accepted, 3 lost, 4 phantom, 5 registered.
  await page.locator(`tr[data-desk="${site.no}/1"] td`).nth(5).getByRole('button').click();
  await page.getByRole('dialog').locator(`a[href="#/contacts/${made.contact_id}"]`).click();
  await page.locator(`[data-contact-card="${made.contact_id}"]`).getByText(details).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

scenario('who may not read contacts does not get the card', async () => {
  const { contact_id: id } = await fromPaper({ outcome: 'solved' });
  const page = await newPage(browser);
  await signIn(page, site, 'auditor');
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${site.url}/#/contacts/${id}`);
  await page.getByRole('heading', { name: 'Такой страницы здесь нет' }).waitFor();
  assert.ok(!asked.some((path) => path.startsWith('/api/v1/contacts')), asked.join(' '));
});
