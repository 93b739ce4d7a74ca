// The region goes away, then the node itself: the desk works on and says so.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';

import { fillForm, kPatienceMs, newPage, newTab, openBrowser, openDesk, press, scenario, signIn, status } from './lib/browser.mjs';
import { ask, canControl, control, freshPhone, hub, PhoneCall, site, until } from './lib/region.mjs';

// ux.md: the status line tells the truth within 3 s.
const kTruthMs = 3000;
// web/ui/src/api/api.ts: after this a request ends without the live link too.
const kRequestMs = 10_000;
const gear = { skip: canControl ? false : 'needs the gear of tests/browser/run.py' };

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());
afterEach(async () => {
  if (!canControl) return;
  await control('thaw', site);
  await control('start', site);
  await control('restore', site);
  await until(async () => (await ask(site, 'GET', '/api/v1/sync')).connected, 'the site is connected again');
});

const linked = async (wanted) => (await ask(site, 'GET', '/api/v1/sync')).connected === wanted;
const receipts = (page) => page.locator('[data-contact] [data-receipt]').evaluateAll((marks) => marks.map((mark) => mark.dataset.receipt));
const contactsOf = async (member, phone) =>
  (await ask(member, 'GET', `/api/v1/contacts?phone=${encodeURIComponent(phone)}`)).items;

async function register(page, phone, chord) {
  await fillForm(page, { phone, name: 'Морозова Анна Сергеевна', summary: 'Не печатаются направления' });
  await press(page, chord);
  await page.locator('[data-result]').waitFor();
}

scenario('cut off: five more calls are registered, wait, and reach the region when the link is back', gear, async () => {
  const page = await openDesk(browser, site);
  const first = freshPhone();
  await register(page, first, 'Control+Enter');
  await status(page, 'online').waitFor();
  await until(async () => (await receipts(page))[0] === 'region', 'the first record is in the region');

  await control('cut', site);
  await until(() => linked(false), 'the node notices the cut');
  await status(page, 'no_region').waitFor({ timeout: kTruthMs });
  assert.match(await status(page, 'no_region').innerText(), /Нет связи с \d\d:\d\d\. Работаем на месте/);
  const wall = await newTab(page);
  await wall.goto(`${site.url}/#/shift?wall=1`);
  await wall.locator('[data-wall]').getByText(/Нет связи с \d\d:\d\d\. Работаем на месте/).first().waitFor();
  await wall.close();

  const phones = Array.from({ length: 5 }, freshPhone);
  for (const [i, phone] of phones.entries()) await register(page, phone, i % 2 ? 'Control+Shift+Enter' : 'Control+Enter');
  await until(async () => (await receipts(page)).slice(0, 5).every((mark) => mark === 'node'), 'five records are only at the node');
  // Three of them opened tickets: eight records, five forms.
  await status(page, 'no_region').getByText('5 записей ждут отправки').waitFor();
  assert.deepEqual(await contactsOf(hub, phones[0]), []);

  await control('restore', site);
  await status(page, 'online').waitFor();
  await until(async () => (await receipts(page)).slice(0, 6).every((mark) => mark === 'region'), 'all records are in the region');
  for (const phone of phones) assert.equal((await contactsOf(hub, phone)).length, 1, phone);
  assert.deepEqual(page.problems, []);
});

scenario('cut off: calls that wait are not said to be sent', gear, async () => {
  const page = await openDesk(browser, site);
  await page.goto(`${site.url}/#/sync`);
  await page.getByText('всё отправлено').waitFor();
  await control('cut', site);
  await until(() => linked(false), 'the node notices the cut');
  const call = await new PhoneCall(site, freshPhone()).queue();
  await page.getByText(/^форм нет; звонки и служебные записи: [1-9]/).waitFor();
  assert.equal(await page.getByText('всё отправлено').count(), 0);
  await control('restore', site);
  await page.getByText('всё отправлено').waitFor();
  await call.end();
});

scenario('hub screens that are open say when a site falls behind, and when it is back', gear, async () => {
  const behind = (page) => page.locator(`tr.behind[data-desk="${site.no}/1"]`);
  const pages = [];
  for (const screen of ['region', 'daily']) {
    const page = await newPage(browser);
    await signIn(page, hub, 'supervisor');
    await page.goto(`${hub.url}/#/${screen}`);
    await page.locator(`tr[data-desk="${site.no}/1"]`).waitFor();
    await behind(page).waitFor({ state: 'detached' });
    pages.push(page);
  }
  await control('cut', site);
  for (const page of pages) {
    await behind(page).waitFor();
    await page.locator('tfoot .pill.warn').waitFor();
  }
  await control('restore', site);
  for (const page of pages) await behind(page).waitFor({ state: 'detached' });
});

scenario('a cable that is pulled is noticed too', gear, async () => {
  const page = await openDesk(browser, site);
  await status(page, 'online').waitFor();
  await control('silence', site);
  await status(page, 'no_region').waitFor();
  await control('restore', site);
  await status(page, 'online').waitFor();
});

scenario('the node itself is gone: the form waits in the browser and is registered once when it is back', gear, async () => {
  const page = await openDesk(browser, site);
  await status(page, 'online').waitFor();
  await control('stop', site);
  const stopped = Date.now();
  await status(page, 'no_node').waitFor();
  // Silence is counted from the last word of the node, which came up to 2 s before.
  assert.ok(Date.now() - stopped < kTruthMs + 2000, `said after ${Date.now() - stopped} ms`);

  const phone = freshPhone();
  await register(page, phone, 'Control+Enter');
  await page.getByText('Сохранено в этом браузере').waitFor();
  assert.match(await status(page, 'no_node').innerText(), /1 форма ждёт в браузере/);
  await press(page, 'F2');
  await page.keyboard.type('8900777');
  await page.locator('[data-draft=saved]').waitFor();

  await control('start', site);
  await until(async () => (await contactsOf(site, phone).catch(() => [])).length === 1, 'the form is registered');
  const { connected } = await until(
    async () => (await status(page, 'no_node').count()) === 0 && ask(site, 'GET', '/api/v1/sync'),
    'the page hears the node again',
  );
  assert.equal(typeof connected, 'boolean');
  assert.equal((await contactsOf(site, phone)).length, 1);
  await page.getByRole('region', { name: 'Ждут в браузере' }).waitFor({ state: 'detached' });
  assert.equal(await page.locator('input[name=phone]').inputValue(), '8900777');
});

scenario('a node that stops in the middle of a sending: the form is given up at once, waits, and is registered once', gear, async () => {
  const page = await newPage(browser);
  // No request ends by its own limit here: what ends it is that the live link says the node is gone.
  await page.addInitScript((limit) => {
    const real = window.setTimeout;
    window.setTimeout = (run, ms, ...rest) => (ms === limit ? 0 : real(run, ms, ...rest));
  }, kRequestMs);
  await signIn(page, site, 'operator');
  await page.locator('form.form').waitFor();
  await status(page, 'online').waitFor();
  const phone = freshPhone();
  await fillForm(page, { phone, name: 'Морозова Анна Сергеевна', summary: 'Не печатаются направления' });
  await control('freeze', site);
  await press(page, 'Control+Enter');
  // Seen between the two, a moment that a slow machine may miss.
  await page.locator('[data-sending], [data-result]').first().waitFor();
  await page.locator('[data-result]').waitFor();
  await page.getByText('Сохранено в этом браузере').waitFor();
  await page.getByText('уйдёт сама, один раз').waitFor();
  assert.match(await status(page, 'no_node').innerText(), /1 форма ждёт в браузере/);

  await control('thaw', site);
  await page.locator('[data-number]').waitFor();
  await page.getByRole('region', { name: 'Ждут в браузере' }).waitFor({ state: 'detached' });
  assert.equal((await contactsOf(site, phone)).length, 1);
  assert.deepEqual(page.problems, []);
});

scenario('a form that waits survives a reload of the page', gear, async () => {
  const page = await openDesk(browser, site);
  const phone = freshPhone();
  // The node answers pages but takes no records: as when only its disk is full.
  await page.route('**/api/v1/contacts', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', status: 503 }) })
      : route.continue(),
  );
  await register(page, phone, 'Control+Enter');
  await page.getByRole('region', { name: 'Ждут в браузере' }).waitFor();
  await page.reload();
  await page.getByRole('region', { name: 'Ждут в браузере' }).waitFor();
  assert.deepEqual(await contactsOf(site, phone), []);
  await page.unroute('**/api/v1/contacts');
  await until(async () => (await contactsOf(site, phone)).length === 1, 'the form is registered');
});

scenario('the hub’s tile follows: stale with its time while the site is away, current again afterwards', gear, async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'supervisor');
  const tile = page.locator(`[data-site="${site.no}"]`);
  await page.locator(`[data-site="${site.no}"][data-connected=true]`).waitFor();
  const before = await tile.innerText();
  await control('cut', site);
  await page.locator(`[data-site="${site.no}"][data-connected=false]`).waitFor();
  assert.match(await tile.innerText(), /с \d\d:\d\d/);
  // Old figures stay, greyed; they never become zero.
  const figures = (text) => /(\d+) ждут\s+(\d+) опер/.exec(text.replace(/\n/g, ' '))?.slice(1);
  assert.deepEqual(figures(await tile.innerText()), figures(before));
  await control('restore', site);
  await page.locator(`[data-site="${site.no}"][data-connected=true]`).waitFor({ timeout: kPatienceMs });
});
