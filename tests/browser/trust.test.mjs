// Whom one may trust with what: who saw whose record, what is kept in backups, how long a cut-off site lets users in.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';

import { newPage, openBrowser, scenario, signIn, status } from './lib/browser.mjs';
import { ask, canControl, control, hub, site, until } from './lib/region.mjs';

const gear = { skip: canControl ? false : 'needs the gear of tests/browser/run.py' };

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());
afterEach(async () => {
  if (canControl) await control('restore', site);
});

for (const [member, place] of [[site, 'site'], [hub, 'hub']]) {
  scenario(`at the ${place} the auditor sees who read which ticket, and who read it besides`, async () => {
    const reader = await newPage(browser);
    await signIn(reader, member, 'supervisor');
    const { items } = await ask(member, 'GET', '/api/v1/tickets?status=all&limit=1');
    const number = items[0].number;
    await reader.goto(`${member.url}/#/tickets/${number}`);
    await reader.getByRole('heading', { name: number }).waitFor();

    const page = await newPage(browser);
    await signIn(page, member, 'auditor');
    await page.goto(`${member.url}/#/audit`);
    const record = page.locator('[data-read]').getByRole('button', { name: number, exact: true }).first();
    await record.waitFor();
    await record.click();
    await page.waitForURL(/record=/);
    await page.locator('[data-read]').first().waitFor();
    const login = member.sign_ins.supervisor.login;
    assert.ok(!(await page.locator('[data-read]').first().innerText()).includes(login), 'names, no logins');
    await page.getByRole('button', { name: `Убрать отбор: ${number}` }).click();
    await page.waitForURL((url) => !url.hash.includes('record='));
    assert.deepEqual(page.problems, []);
  });
}

for (const [member, place, screens] of [[site, 'site', ['shift', 'audit', 'sync']], [hub, 'hub', ['region', 'daily', 'catalogues', 'sites', 'audit', 'sync']]]) {
  scenario(`at the ${place} an auditor’s screens ask for nothing that an auditor may not have`, async () => {
    const page = await newPage(browser);
    const refused = [];
    page.on('response', (answer) => answer.status() === 403 && refused.push(new URL(answer.url()).pathname));
    // Of the page itself: the worker's script is never said to be finished.
    const open = new Set();
    page.on('request', (request) => request.resourceType() === 'fetch' && open.add(request));
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request));
    await signIn(page, member, 'auditor');
    for (const screen of screens) {
      await page.goto(`${member.url}/#/${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await until(async () => open.size === 0, 'everything that was asked for is answered');
    }
    assert.deepEqual(refused, []);
    await page.goto(`${member.url}/#/${member === hub ? 'daily' : 'shift'}`);
    await page.locator('[data-daily] .cell').first().waitFor();
    assert.equal(await page.locator('[data-daily] button').count(), 0, 'figures that would open records');
  });
}

scenario('a backup is taken by a button and says how far each journal goes', gear, async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'administrator');
  await page.goto(`${site.url}/#/backups`);
  await page.getByText('копий ещё нет').first().waitFor();
  await page.getByRole('button', { name: 'Сделать копию сейчас' }).click();
  const row = page.locator('[data-backup="1"]');
  await row.waitFor();
  assert.match(await row.innerText(), /сверена/);
  assert.match(await row.locator('.journals').innerText(), /: \d/);
  await page.getByText('прочитана и сверена', { exact: true }).waitFor();
});

scenario('the hub without a folder for backups says so', async () => {
  const page = await newPage(browser);
  await signIn(page, hub, 'administrator');
  await page.goto(`${hub.url}/#/backups`);
  await page.getByText('Папка для копий не указана').waitFor();
});

scenario('a cut-off site says how long the region’s users still sign in', gear, async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'operator');
  await status(page, 'online').waitFor();
  await page.goto(`${site.url}/#/sync`);
  await page.locator('[data-stream=journal]').waitFor();
  assert.equal(await page.locator('[data-lease]').count(), 0);
  await control('cut', site);
  await until(async () => !(await ask(site, 'GET', '/api/v1/sync')).connected, 'the node notices the cut');
  await status(page, 'no_region').waitFor();
  await page.locator('[data-lease]').waitFor();
  assert.match(await page.locator('[data-lease]').innerText(), /Без связи пользователи региона входят ещё 13 дней, до \d/);
  await page.locator('.menu > button').click();
  await page.locator('.menu [data-lease]').waitFor();
});
