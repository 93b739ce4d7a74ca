// A19 on the screen: figures of tickets at a site and in the region, each opens its tickets; wishes apart; files.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, PhoneCall, site, until } from './lib/region.mjs';

const kSummary = 'Не печатает отчёт';

let browser;
let topic;
before(async () => {
  browser = await openBrowser();
  const { topics } = await ask(site, 'GET', '/api/v1/catalogues/rubricator');
  topic = topics.findLast((one) => one.contact_kind === 'support');
});
after(() => browser.close());

async function opened(more = {}) {
  const contact = { channel: 'phone', direction: 'in', phone: freshPhone(), topic: topic.id, summary: kSummary, outcome: 'ticket', urgency: 'low', ...more };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', contact, 'operator');
  return ticket.number;
}
const act = (number, action, more) => ask(site, 'POST', `/api/v1/tickets/${number}/actions`, { action, ...more }, 'specialist');

const rowOf = (page, name) => page.locator('[data-report] tbody tr').filter({ hasText: name });
const figureOf = (page, row, figure) => row.locator(`[data-figure="${figure}"]`);
const side = (page) => page.getByRole('dialog');

scenario('what a site has done is one row of its topic, and each figure opens its tickets', async () => {
  const done = await opened();
  const rejected = await opened();
  await act(done, 'complete', { text: 'Готово' });
  await act(rejected, 'reject', { reason: 'not_reproducible' });
  const vague = await opened();
  await act(vague, 'reject', { reason: 'too_little_information' });
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/shift`);
  await page.getByRole('link', { name: 'Обращения за период' }).click();
  await page.getByText('По тематикам').click();
  await page.waitForURL(/by=topic/);
  const row = rowOf(page, topic.name);
  await figureOf(page, row, 'completed').click();
  await side(page).locator(`[data-item="${done}"]`).waitFor();
  assert.equal(await side(page).locator(`[data-item="${rejected}"]`).count(), 0);
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Escape');
  await figureOf(page, row, 'rejected').click();
  await side(page).locator(`[data-item="${rejected}"]`).waitFor();
  // The reasons of this row, each with its tickets alone (V11).
  await side(page).locator(`[data-item="${vague}"]`).waitFor();
  const reasons = side(page).getByRole('group', { name: 'Отклонено:' });
  await reasons.getByRole('button', { name: 'не воспроизводится 1' }).click();
  await side(page).locator(`[data-item="${vague}"]`).waitFor({ state: 'detached' });
  await side(page).locator(`[data-item="${rejected}"]`).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await reasons.getByRole('button', { name: 'Все причины 2' }).click();
  await side(page).locator(`[data-item="${vague}"]`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^не воспроизводится/ }).click();
  await side(page).locator(`[data-item="${rejected}"]`).getByRole('link').click();
  await page.waitForURL(new RegExp(`#/tickets/${rejected}`));
  await page.goBack();
  await page.waitForURL(/#\/report\?by=topic/);
});

scenario('the region sees the same by site, in both themes, and a site’s alone when one is chosen', async () => {
  await opened();
  const query = `/api/v1/reports/tickets?by=day&site=${site.no}`;
  const same = async () => (await ask(site, 'GET', query)).total.accepted === (await ask(hub, 'GET', query)).total.accepted;
  await until(same, 'the region has what the site has');
  const { total } = await ask(site, 'GET', `${query}&from=${new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10)}`);
  for (const theme of ['light', 'dark']) {
    const page = await newPage(browser, { theme });
    await signIn(page, hub, 'supervisor');
    await page.goto(`${hub.url}/#/daily`);
    await page.getByRole('link', { name: 'Обращения за период' }).click();
    await page.getByText('По площадкам').click();
    const row = page.locator(`[data-report] tr[data-row="${site.no}"]`);
    await row.waitFor();
    assert.ok(Number(await figureOf(page, row, 'accepted').innerText()) >= total.accepted);
    assert.deepEqual(await axeFindings(page), []);
    await page.goto(`${hub.url}/#/report?site=${site.no}`);
    await page.locator('[data-report]').waitFor();
    assert.equal(await page.getByText('По площадкам').count(), 0);
    await page.close();
  }
});

scenario('wishes are counted apart, by what they are for', async () => {
  const wish = await opened({ kind: 'wish', wish_subject: 'documents' });
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/report?kind=wishes`);
  await page.locator('[data-sum=accepted]').click();
  await side(page).locator(`[data-item="${wish}"]`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('По предметам').click();
  await page.locator('tr').filter({ hasText: 'документы' }).locator('[data-figure=accepted]').click();
  await side(page).locator(`[data-item="${wish}"]`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('По дням').click();
  await page.getByRole('radiogroup', { name: 'Что считать' }).getByText('Обращения').click();
  await page.waitForURL((url) => !url.hash.includes('kind='));
  await page.locator('[data-sum=accepted]').click();
  await side(page).locator('[data-item]').first().waitFor();
  assert.equal(await side(page).locator(`[data-item="${wish}"]`).count(), 0);
});

scenario('what was solved on the line is counted by who solved it, whatever the channel, and opens its contacts', async () => {
  const solved = { direction: 'in', topic: topic.id, summary: 'Сказали, где взять справку', outcome: 'solved' };
  const call = await ask(site, 'POST', '/api/v1/contacts', { ...solved, channel: 'phone', phone: freshPhone() }, 'operator');
  const letter = await ask(site, 'POST', '/api/v1/contacts', { ...solved, channel: 'email' }, 'operator');
  for (const theme of ['light', 'dark']) {
    const page = await newPage(browser, { theme });
    await signIn(page, site, 'supervisor');
    await page.goto(`${site.url}/#/report`);
    await page.getByText('Сегодня').click();
    await page.locator('[data-sum=solved]').getByText(/% из \d+ контактов/).waitFor();
    await page.getByText('По операторам').click();
    await page.waitForURL(/by=operator/);
    const row = page.locator('[data-report] tbody tr').first();
    await figureOf(page, row, 'solved').click();
    for (const { contact_id: id } of [call, letter]) await side(page).locator(`[data-item="${id}"]`).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press('Escape');
    await figureOf(page, row, 'contacts_other').click();
    await side(page).locator(`[data-item="${letter.contact_id}"]`).waitFor();
    assert.equal(await side(page).locator(`[data-item="${call.contact_id}"]`).count(), 0);
    await page.keyboard.press('Escape');
    await page.getByText('По срочности').click();
    await page.waitForURL(/by=urgency/);
    assert.equal(await page.locator('[data-report] [data-figure=solved]').count(), 0, 'contacts have no urgency');
    await page.close();
  }
});

scenario('the files are of what is shown; days without tickets say so', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/report?by=line`);
  await page.locator('[data-report]').waitFor();
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Excel' }).click();
  assert.match((await saved).suggestedFilename(), /^tickets-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.xlsx$/);
  await page.goto(`${site.url}/#/report?from=2024-02-01&to=2024-02-02`);
  await page.getByText('За эти дни ничего не принято').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

scenario('an auditor sees figures and opens none', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'auditor');
  await page.goto(`${hub.url}/#/report`);
  await page.locator('[data-report]').waitFor();
  assert.equal(await page.locator('[data-report] button, [data-sum] button, button[data-sum]').count(), 0);
});

scenario('calls stand by hour and weekday, and one that ends now is there at once (O7b)', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/shift`);
  await page.getByRole('link', { name: 'Нагрузка по часам' }).click();
  await page.getByText('всего за период').click();
  const all = page.locator('[data-traffic] tr[data-weekday=all] [data-hour=all]');
  await all.waitFor();
  const came = Number((await all.innerText()).replace(/\s/g, ''));
  await (await new PhoneCall(site, freshPhone()).queue()).end();
  await page.waitForFunction((before) => Number(document.querySelector('[data-traffic] tr[data-weekday=all] [data-hour=all]')?.innerText.replace(/\s/g, '')) === before + 1, came);
  // Of one day alone: its weekday has them, the six others have no day.
  const { to: day } = await ask(site, 'GET', '/api/v1/reports/traffic');
  await page.goto(`${site.url}/#/traffic?from=${day}&to=${day}&measure=sum`);
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay() || 7;
  const { total } = await ask(site, 'GET', `/api/v1/reports/traffic?from=${day}&to=${day}`);
  await page.locator(`[data-traffic] tr[data-weekday="${weekday}"] [data-hour=all]`).getByText(String(total.received), { exact: true }).waitFor();
  assert.equal(await page.locator(`[data-traffic] tr[data-weekday="${(weekday % 7) + 1}"] [data-hour=all]`).innerText(), '');
  assert.deepEqual(await axeFindings(page), []);
});

scenario('the region sees the load of all sites and of one, dark and in English', async () => {
  const page = await newPage(browser, { theme: 'dark', locale: 'en' });
  await signIn(page, hub, 'supervisor');
  await page.goto(`${hub.url}/#/traffic`);
  await page.locator('[data-traffic]').waitFor();
  await page.locator('main select').selectOption(String(site.no));
  await page.waitForURL(new RegExp(`site=${site.no}`));
  await page.locator('[data-traffic]').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});
