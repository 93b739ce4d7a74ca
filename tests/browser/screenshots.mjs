// Pictures of a region at work: deploy/screenshots. The call that is on the desk's screen really happens.
import { join } from 'node:path';

import { newPage, openBrowser, pickTopic, press, signIn, status } from './lib/browser.mjs';
import { ask, hub, PhoneCall, sites } from './lib/region.mjs';

const folder = process.argv[2];
// Lists have come, receipts and timers have settled.
const kSettledMs = 1500;
// A hospital's desk says more than the regional centre's.
const site = sites.find((one) => one.no > 1) ?? sites[0];

async function shoot(page, name) {
  await page.waitForTimeout(kSettledMs);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(join(folder, `${name}.png`));
}

/** Somebody with an open ticket calls again. */
async function knownPhone() {
  const { items } = await ask(site, 'GET', '/api/v1/tickets?status=open&limit=50');
  return items.find((ticket) => ticket.phone && ticket.applicant)?.phone ?? '+7 900 000-18-04';
}

async function fill(page) {
  await pickTopic(page, 'первичная');
  await page.locator('select[name=refusal]').selectOption('no_slots');
  await page.locator('textarea[name=summary]').fill('Просит записать к кардиологу, ближайшая запись через 16 дней. Давление 170, принимает назначенное.');
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
}

async function desk(browser, theme, name) {
  const page = await newPage(browser, { theme });
  await signIn(page, site, 'operator');
  await page.locator('form.form').waitFor();
  await status(page, 'online').waitFor();
  const call = await new PhoneCall(site, await knownPhone()).queue();
  await call.ring();
  await call.answer();
  await page.waitForFunction(() => document.querySelector('input[name=phone]')?.value);
  await fill(page);
  await shoot(page, name);
  await call.end();
  return page;
}

async function screens(page, member, list) {
  for (const [name, hash] of list) {
    await page.goto(`${member.url}/#/${hash}`);
    await shoot(page, name);
  }
  await page.context().close();
}

const browser = await openBrowser();
try {
  const light = await desk(browser, 'light', 'desk');
  await screens(light, site, [['tickets', 'tickets'], ['problems', 'problems'], ['shift', 'shift'], ['sync', 'sync']]);
  await (await desk(browser, 'dark', 'desk_dark')).context().close();
  const console_ = await newPage(browser);
  await signIn(console_, hub, 'supervisor');
  await screens(console_, hub, [['hub', 'region'], ['hub_daily', 'daily']]);
  const admin = await newPage(browser, { theme: 'dark' });
  await signIn(admin, hub, 'administrator');
  await screens(admin, hub, [['hub_dark', 'region'], ['hub_catalogues', 'catalogues'], ['hub_sites', 'sites']]);
} finally {
  await browser.close();
}
