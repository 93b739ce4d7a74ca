// Debian's Chromium without a screen, and words for what a user does in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import { chromium } from 'playwright-core';

import { freshPhone } from './region.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// The desks' PCs (ux.md).
export const kScreen = { width: 1366, height: 768 };
// Nothing that works takes so long, on a loaded machine neither.
export const kPatienceMs = 20_000;

export function openBrowser() {
  return chromium.launch({ executablePath: process.env.OPORA_CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags });
}

const open = new Set();

/** A test whose pages are closed at its end; one that fails leaves pictures of them in OPORA_BROWSER_SHOTS. */
export function scenario(name, ...rest) {
  const run = rest.pop();
  test(name, ...rest, () => shown(name, run).finally(closePages));
}

let told = true;

/** A test whose pages stay open for the next one of its file; behind one that failed none is told. */
export function chapter(name, ...rest) {
  const run = rest.pop();
  test(name, ...rest, async (t) => {
    if (!told) return t.skip('a chapter before it failed');
    told = false;
    await shown(name, run);
    told = true;
  });
}

async function shown(name, run) {
  try {
    await run();
  } catch (error) {
    await shoot(name);
    throw error;
  }
}

async function closePages() {
  await Promise.all([...open].map((context) => context.close()));
  open.clear();
}

async function shoot(name) {
  const folder = process.env.OPORA_BROWSER_SHOTS;
  if (!folder) return;
  const pages = [...open].flatMap((context) => context.pages());
  for (const [i, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `${name.replace(/[^\p{L}\d]+/gu, '_').slice(0, 60)}_${i}.png`) });
  }
}

/** A browser of its own (cookies, stores) with one page. Errors of the page are kept in `page.problems`. */
export async function newPage(browser, { theme = 'light', locale = 'ru' } = {}) {
  const context = await browser.newContext({ viewport: kScreen, colorScheme: theme, locale: 'ru-RU' });
  open.add(context);
  context.setDefaultTimeout(kPatienceMs);
  await context.addInitScript(
    ([name, value]) => localStorage.getItem(name) ?? localStorage.setItem(name, value),
    ['opora.prefs', JSON.stringify({ theme, locale })],
  );
  return watched(await context.newPage());
}

function watched(page) {
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) page.problems.push(message.text());
  });
  return page;
}

/** One more tab of the same browser. */
export async function newTab(page) {
  return watched(await page.context().newPage());
}

/** Sign in by keyboard; the first screen is there. */
export async function signIn(page, member, role) {
  const { login, password } = member.sign_ins[role];
  await page.goto(member.url);
  await page.getByLabel(/^(Логин|Login)$/).waitFor();
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.locator('header nav').waitFor();
}

export async function openDesk(browser, member, options) {
  const page = await newPage(browser, options);
  await signIn(page, member, 'operator');
  await page.locator('form.form').waitFor();
  return page;
}

export const press = (page, ...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());

/** A filled form by keyboard alone: a new one, phone, name, topic, summary; urgency «высокая» for a ticket. */
export async function fillForm(page, { phone, name, topic = 'первичная', summary, urgent = true }) {
  await press(page, 'F2');
  await page.keyboard.type(phone);
  await press(page, 'Tab');
  await page.keyboard.type(name);
  await pickTopic(page, topic);
  // Past the reason of a refused booking, if the topic asks for one, and the details.
  while (!(await focusedName(page)).startsWith('summary')) await press(page, 'Tab');
  await page.keyboard.type(summary);
  if (!urgent) return;
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space');
  await page.locator('[data-urgency=high]').waitFor();
}

/** Registers a call that becomes a ticket, at a page of openDesk(): its number. */
export async function newTicket(page, summary) {
  await fillForm(page, { phone: freshPhone(), name: 'Волкова Ольга Юрьевна', summary });
  await press(page, 'Control+Enter');
  return page.locator('[data-number]').innerText();
}

export async function pickTopic(page, words) {
  await press(page, 'F4');
  await page.keyboard.type(words);
  await page.locator('[role=listbox] [role=option]').first().waitFor();
  await press(page, 'Enter');
}

export const focusedName = (page) => page.evaluate(() => document.activeElement?.getAttribute('name') ?? '');

export const status = (page, kind) => page.locator(`a[data-status=${kind}]`).first();

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 A and AA, one line a finding; of a part alone where one lies over the rest. */
export async function axeFindings(page, part = 'html') {
  // Through the debugger: the page's policy refuses injected scripts, as it should.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (selector) => window.axe.run(selector, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
    part,
  );
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}`));
}
