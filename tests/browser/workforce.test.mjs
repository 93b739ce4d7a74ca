// T14 on the screen: operators needed at a site and in the region, one queue of several desks, a plan of shifts in the address.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, scenario, signIn } from './lib/browser.mjs';
import { ask, hub, sites, until } from './lib/region.mjs';

const [site, other] = sites;
const kDays = 42;
const kDayMs = 86_400_000;
const kReport = '/api/v1/reports/workforce';
const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);
// A usual day some days ahead, so that what is shown is the same on every weekday on which the test runs.
const monday = dayOf(Date.now() + ((8 - new Date().getUTCDay()) % 7 || 7) * kDayMs);

let browser;
before(async () => {
  browser = await openBrowser();
  await history(site, 1);
  await history(other, 2);
  const isThere = async () => (await ask(hub, 'GET', kReport)).rows.filter((row) => row.calls > 0).length >= 2;
  await until(isThere, 'the region has the calls of both sites');
});
after(() => browser.close());

/** Weeks of calls between eight and six of the site's day, the same on every run. */
async function history(member, part) {
  let seed = part;
  const dice = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const events = [];
  for (let ago = kDays; ago > 0; ago -= 1) {
    const midnight = Math.floor((Date.now() - ago * kDayMs) / kDayMs) * kDayMs;
    for (let i = 0; i < 60 / part; i += 1) {
      // 5:00 to 15:00 in Greenwich.
      const at = midnight + (5 + 10 * dice()) * 3_600_000;
      const call = { source: 'browser-history', call_id: `history-${part}-${ago}-${i}`, desk: 1, agent: '101' };
      const steps = [['queued', 0], ['ringing', 3], ['answered', 8], ['ended', 8 + 60 + Math.floor(180 * dice())]];
      steps.forEach(([type, s], seq) => events.push({ ...call, seq, type, at: new Date(at + s * 1000).toISOString() }));
    }
  }
  for (let i = 0; i < events.length; i += 800) await ask(member, 'POST', '/api/v1/telephony/events', { events: events.slice(i, i + 800) });
}

const rowOf = (page, member) => page.locator(`[data-workforce] tr[data-desk="${member.no}.1"]`);
const cells = async (row) => (await row.locator('td').allInnerTexts()).map((text) => text.trim());

async function opened(member, { query = '', ...look } = {}) {
  const page = await newPage(browser, look);
  await signIn(page, member, 'supervisor');
  await page.goto(`${member.url}/#/workforce?from=${monday}${query}`);
  await page.locator('[data-workforce]').waitFor();
  return page;
}

async function shot(page, name) {
  const folder = process.env.OPORA_BROWSER_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

scenario('a supervisor of a site reaches it from the shift, and an operator does not', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/shift`);
  await page.getByRole('link', { name: 'Расписание и нагрузка' }).click();
  await page.waitForURL(/#\/workforce/);
  await page.locator('[data-workforce]').waitFor();
  const watcher = await newPage(browser);
  await signIn(watcher, site, 'operator');
  await watcher.goto(`${site.url}/#/shift`);
  await watcher.getByRole('link', { name: 'Обращения за период' }).waitFor();
  assert.equal(await watcher.getByRole('link', { name: 'Расписание и нагрузка' }).count(), 0);
});

scenario('the table says what the report says, and the quarter under the arrow keys is said in words', async () => {
  const page = await opened(site);
  const { rows, quarters } = await ask(site, 'GET', `${kReport}?from=${monday}`);
  const desk = rows.find((one) => one.desk === 1);
  const shown = await cells(rowOf(page, site));
  assert.equal(shown[0], String(Math.round(desk.calls)));
  assert.equal(Number(shown[2].replace(',', '.')), desk.needed_hours);
  assert.ok(desk.error.wape_pct < desk.error.naive_wape_pct);
  // The chart begins an hour before the first quarter in which anything is; the fifth step is a quarter of the table's.
  const first = quarters.findIndex((one) => one.needed > 0);
  const fifth = quarters[Math.max(0, first - 4) + 4];
  await page.getByRole('group', { name: 'Операторы и звонки по четвертям часа' }).focus();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowRight');
  await page.locator('[data-said]').getByText(`нужно ${fifth.needed}`).waitFor();
});

scenario('a plan of shifts is typed, kept in the address, and says where it is short', async () => {
  const page = await opened(site);
  await rowOf(page, site).getByRole('button', { name: /^План смен/ }).click();
  const side = page.getByRole('dialog');
  await side.getByRole('textbox').fill('1-5 08:10-18:00 1');
  assert.ok(await side.getByRole('button', { name: 'Применить' }).isDisabled());
  assert.deepEqual(await axeFindings(page), []);
  await side.getByRole('textbox').fill('1-5 08:00-12:00 1\n1-5 12:00-18:00 2');
  await side.getByRole('button', { name: 'Применить' }).click();
  await page.waitForURL(/plan=/);
  const plan = encodeURIComponent(`${site.no}.1=1-5 08:00-12:00 1, 1-5 12:00-18:00 2`);
  const { rows } = await ask(site, 'GET', `${kReport}?from=${monday}&plan=${plan}`);
  const desk = rows.find((one) => one.desk === 1);
  assert.equal(desk.planned_hours, 16);
  assert.ok(desk.missing_hours > 0);
  await rowOf(page, site).getByText('16', { exact: true }).waitFor();
  assert.equal(Number((await cells(rowOf(page, site)))[5].replace(',', '.')), desk.missing_hours);
  assert.deepEqual(await axeFindings(page), []);
  await page.reload();
  await rowOf(page, site).getByText('16', { exact: true }).waitFor();
});

scenario('a stricter goal needs more, and the address says it', async () => {
  const page = await opened(site);
  const needed = async () => Number((await cells(rowOf(page, site)))[2].replace(',', '.'));
  const usual = await needed();
  await page.locator('[data-setting=goal_pct]').fill('97');
  await page.keyboard.press('Tab');
  await page.waitForURL(/goal_pct=97/);
  await until(async () => (await needed()) > usual, 'more are needed');
});

for (const [theme, locale] of [['light', 'ru'], ['dark', 'ru'], ['light', 'en']]) {
  scenario(`the region compares two desks apart with one queue, ${theme}, ${locale}`, async () => {
    const plan = `&plan=${encodeURIComponent(`${site.no}.1=1-5 08:00-18:00 2`)}`;
    const page = await opened(hub, { theme, locale, query: plan });
    for (const one of [site, other]) await rowOf(page, one).getByRole('checkbox').check();
    await page.locator('[data-compare]').click();
    await page.waitForURL(/desks=/);
    await until(async () => (await page.locator('[data-workforce] tbody tr').count()) === 2, 'two desks are shown');
    const { total, together } = await ask(hub, 'GET', `${kReport}?from=${monday}&desks=${site.no}.1,${other.no}.1`);
    assert.ok(together.saved_hours > 0);
    assert.equal(together.needed_hours + together.saved_hours, total.needed_hours);
    await page.locator('[data-workforce-sums]').getByText(String(Math.round(together.saved_hours)), { exact: true }).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual(page.problems, []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide`);
    await shot(page, `workforce_hub_${theme}_${locale}`);
    await page.locator('[data-all]').click();
    await until(async () => (await page.locator('[data-workforce] tbody tr').count()) > 2, 'all desks are shown');
    // At the desks' PCs all of the table is there, what is little known of a desk too.
    const beyond = await page.locator('[data-workforce]').evaluate((table) => table.scrollWidth - table.parentElement.clientWidth);
    assert.ok(beyond <= 0, `the table is ${beyond} px too wide`);
    await shot(page, `workforce_all_${theme}_${locale}`);
  });
}

scenario('a week of a site is shown in the dark', async () => {
  const page = await opened(site, { theme: 'dark', query: '&days=7' });
  assert.deepEqual(await axeFindings(page), []);
  await shot(page, 'workforce_site_dark');
});
