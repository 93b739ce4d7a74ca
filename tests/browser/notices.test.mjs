// Deadlines tell people: a bell in the bar with what is unread, at the site and at the region; read marks stay; what is
// done is gone.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, newTab, openBrowser, scenario, signIn } from './lib/browser.mjs';
import { ask, hub, site, until } from './lib/region.mjs';

// Short enough to wait for, long enough to act before.
const kNormMinutes = 1;
const kBreachMs = 100_000;

let browser;
before(async () => {
  browser = await openBrowser();
  const { items } = await ask(hub, 'GET', '/api/v1/catalogues/queues');
  const { id, changed_at, ...queue } = items.find((one) => one.line === 1);
  const short = { minutes: kNormMinutes, unit: 'hours', running: 'round_the_clock' };
  const norms = queue.norms.map((norm) => (norm.urgency === 'critical' ? { ...norm, completion: short } : norm));
  await ask(hub, 'PUT', `/api/v1/catalogues/queues/${id}`, { ...queue, norms, region_after: null });
  const isHere = async () => {
    const here = await ask(site, 'GET', '/api/v1/catalogues/queues');
    const { norms: heard } = here.items.find((one) => one.id === id);
    return heard.some((norm) => norm.urgency === 'critical' && norm.completion.minutes === kNormMinutes);
  };
  await until(isHere, 'the norm is at the site');
});
after(() => browser.close());

const bell = (page) => page.getByRole('button', { name: /^Уведомления/ });
const list = (page) => page.getByRole('region', { name: 'Уведомления' });

async function startedTicket() {
  const { topics } = await ask(site, 'GET', '/api/v1/catalogues/rubricator');
  const contact = {
    channel: 'phone',
    direction: 'in',
    phone: '+79120000777',
    applicant: 'Петрова Анна Ильинична',
    topic: topics.at(-1).id,
    summary: 'Остановился приём',
    outcome: 'ticket',
    urgency: 'critical',
  };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', contact, 'operator');
  await ask(site, 'POST', `/api/v1/tickets/${ticket.number}/actions`, { action: 'start' }, 'specialist');
  return ticket.number;
}

const told = async (member, role, number) => {
  const { items } = await ask(member, 'GET', '/api/v1/notices', undefined, role);
  return items.find((notice) => notice.number === number);
};
const notice = (page, number) => list(page).locator(`[data-notice="${number}"]`);
const badge = async (page) => Number(await page.locator('[data-unread]').evaluateAll((all) => all[0]?.dataset.unread ?? 0));
/** The sample's own tickets have deadlines, too: a count is compared with what the daemon says. */
const countIs = (page, member, role) =>
  until(async () => (await badge(page)) === (await ask(member, 'GET', '/api/v1/notices/count', undefined, role)).unread, 'the count in the bar is true');

scenario('at three quarters the assignee is told, at the breach supervisors of site and region', async () => {
  const number = await startedTicket();
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await until(() => told(site, 'specialist', number), 'three quarters are told', kBreachMs);
  assert.equal(await told(site, 'supervisor', number), undefined);
  await page.locator('[data-unread]').waitFor();
  await bell(page).click();
  await notice(page, number).getByText('Использовано 75 % времени').waitFor();
  await until(async () => (await told(hub, 'supervisor', number))?.threshold === 'missed', 'the region is told', kBreachMs);
  for (const [member, theme] of [
    [site, 'dark'],
    [hub, 'light'],
  ]) {
    const boss = await newPage(browser, { theme });
    await signIn(boss, member, 'supervisor');
    await boss.locator('[data-unread]').waitFor();
    await bell(boss).click();
    await notice(boss, number).getByText('Срок истёк').waitFor();
    assert.deepEqual(await axeFindings(boss, 'section.drop'), []);
    assert.equal(await list(boss).getByText('Петрова').count(), 0);
    await countIs(boss, member, 'supervisor');
    await boss.close();
  }
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded')), 'false');
  await page.keyboard.press('Enter');
  await notice(page, number).getByText('Срок истёк').waitFor();
  await notice(page, number).click();
  await page.waitForURL(new RegExp(`#/tickets/${number}`));
  await until(async () => (await told(site, 'specialist', number)).read, 'it is read');
  await page.reload();
  await countIs(page, site, 'specialist');
  await bell(page).click();
  await list(page).locator(`[data-notice="${number}"][data-read=true]`).waitFor();
  assert.equal((await told(site, 'supervisor', number)).read, false);
  await ask(site, 'POST', `/api/v1/tickets/${number}/actions`, { action: 'complete', text: 'Перезапущено' }, 'specialist');
  await until(async () => !(await told(hub, 'supervisor', number)), 'it is over for the region');
});

scenario('all are marked as read, in every tab', async () => {
  const number = await startedTicket();
  await until(() => told(site, 'specialist', number), 'three quarters are told', kBreachMs);
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  const other = await newTab(page);
  await other.goto(`${site.url}/#/tickets`);
  await other.locator('[data-unread]').waitFor();
  await bell(page).click();
  await list(page).getByRole('button', { name: 'Отметить все прочитанными' }).click();
  await until(async () => (await badge(page)) === 0, 'this tab counts none');
  await until(async () => (await badge(other)) === 0, 'the other tab hears of it');
});

scenario('who is told of nothing hears that all is well; who works on no tickets has no bell', async () => {
  const expert = await newPage(browser);
  await signIn(expert, site, 'expert');
  await bell(expert).click();
  await list(expert).getByText('Уведомлений нет').waitFor();
  assert.deepEqual(await axeFindings(expert, 'section.drop'), []);
  const admin = await newPage(browser);
  await signIn(admin, hub, 'administrator');
  await admin.locator('header').waitFor();
  assert.equal(await bell(admin).count(), 0);
});

scenario('what was missed is found by it', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets`);
  await page.getByLabel('Срок', { exact: true }).selectOption('missed-yes');
  await page.waitForURL(/missed=yes/);
  await page.getByLabel('Состояние').selectOption('done');
  await page.locator('[role=row]').filter({ hasText: 'Остановился приём' }).waitFor();
  await page.getByLabel('Срок', { exact: true }).selectOption('missed-cut_off');
  await page.locator('[role=row]').filter({ hasText: 'Остановился приём' }).waitFor({ state: 'detached' });
  assert.deepEqual(await axeFindings(page), []);
});
