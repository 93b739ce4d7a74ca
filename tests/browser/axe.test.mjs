// WCAG 2.2 AA: axe finds nothing on any screen, in both themes and both languages: the node in Russian in the light and in
// English in the dark, the hub the other way round. The report and the users of a site, which are the hub's screens as well, are
// looked at in one theme each.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, press, scenario, signIn } from './lib/browser.mjs';
import { ask, hub, site } from './lib/region.mjs';

const nodeScreens = ['desk', 'tickets', 'waiting', 'problems', 'facility-notices', 'shift', 'shift?wall=1', 'sync', 'competence'];
const hubScreens = ['region', 'daily', 'tickets', 'problems', 'catalogues', 'calendars', 'queues', 'competence', 'templates', 'sites', 'users', 'sync'];
const onceAtNode = { light: ['report'], dark: [] };
const loginWords = { ru: 'Логин', en: 'Login' };
// Lists have come and the status line has settled.
const kSettledMs = 1500;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

async function check(page, where) {
  await page.waitForTimeout(kSettledMs);
  assert.deepEqual(await axeFindings(page), [], where);
}

for (const [theme, ofNode, ofHub] of [['light', 'ru', 'en'], ['dark', 'en', 'ru']]) {
  scenario(`sign-in, ${theme}`, async () => {
    const page = await newPage(browser, { theme, locale: ofNode });
    await page.goto(site.url);
    await page.getByLabel(loginWords[ofNode]).waitFor();
    await check(page, 'sign-in');
  });

  scenario(`every screen of the node, ${theme}`, async () => {
    const page = await newPage(browser, { theme, locale: ofNode });
    await signIn(page, site, 'operator');
    assert.equal(await page.evaluate(() => document.documentElement.lang), ofNode);
    for (const screen of [...nodeScreens, ...onceAtNode[theme]]) {
      await page.goto(`${site.url}/#/${screen}`);
      await check(page, screen);
    }
    const { items } = await ask(site, 'GET', '/api/v1/tickets?status=all&limit=1');
    if (items[0]) {
      await page.goto(`${site.url}/#/tickets/${items[0].number}`);
      await check(page, 'ticket card');
    }
  });

  for (const [member, place] of [[site, 'node'], [hub, 'hub']]) {
    const users = place === 'node' && theme === 'dark' ? ['users'] : [];
    for (const [role, screens] of [['auditor', ['audit']], ['supervisor', ['recordings']], ['administrator', ['backups', ...users]]]) {
      scenario(`${screens} at the ${place}, ${theme}`, async () => {
        const page = await newPage(browser, { theme, locale: member === hub ? ofHub : ofNode });
        await signIn(page, member, role);
        for (const screen of screens) {
          await page.goto(`${member.url}/#/${screen}`);
          await check(page, screen);
        }
      });
    }
  }

  scenario(`states of the desk, ${theme}`, async () => {
    const page = await newPage(browser, { theme, locale: ofNode });
    await signIn(page, site, 'operator');
    await page.locator('form.form').waitFor();
    await press(page, 'F4');
    await check(page, 'topics open');
    await press(page, 'Escape', 'Control+Enter');
    await check(page, 'a form that lacks something');
    await press(page, 'F9');
    await check(page, 'reasons of a break');
    await press(page, 'Escape', 'F1');
    await check(page, 'key card');
  });

  scenario(`every screen of the hub, ${theme}`, async () => {
    const page = await newPage(browser, { theme, locale: ofHub });
    await signIn(page, hub, 'administrator');
    assert.equal(await page.evaluate(() => document.documentElement.lang), ofHub);
    for (const screen of hubScreens) {
      await page.goto(`${hub.url}/#/${screen}`);
      await check(page, screen);
    }
    await page.goto(`${hub.url}/#/daily`);
    await page.locator('[data-daily] .cell').first().click();
    await check(page, 'what a figure opens');
  });
}
