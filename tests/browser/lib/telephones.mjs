// Those who work at the telephones of the shift's region (calls_region.py), by name: their telephones, which are a simulator's,
// and their screens. What a test says of them reads as a story.
import assert from 'node:assert/strict';

import { axeFindings, kScreen, newPage, openBrowser, press, signIn } from './browser.mjs';
import { freshPhone, site, telephone, until } from './region.mjs';

export const kAgents = { anna: '201', boris: '202', vera: '203', head: '210' };
export const kThemes = { anna: 'light', boris: 'dark', vera: 'light', head: 'light' };
export const kNames = { anna: 'Иванова', boris: 'Петров', vera: 'Смирнова', head: 'Королёва' };
export const kDesk = '1';
export const kChildren = '2';

let browser;
export const begin = async () => (browser = await openBrowser());
export const end = () => browser.close();

/** Pages, by who is at them. */
export const at = {};

// ---- Telephones

export const deviceOf = (who) => `PJSIP/${kAgents[who]}`;

/** Somebody calls the hospital and chooses in its menu. */
export async function comes(digit = kDesk) {
  const phone = freshPhone();
  // As a trunk shows it.
  const shows = phone.replace('+7', '8');
  const channel = await telephone('comes', '100', shows);
  await telephone('presses', channel, digit);
  return { phone, channel, device: `PJSIP/${shows}@trunk` };
}

export const device = (name) => ({
  rings: () => until(async () => (await telephone('rings', name)) === 'yes', `${name} rings`),
  answers: () => telephone('answers', name),
});

export async function takes(who) {
  await device(deviceOf(who)).rings();
  await telephone('answers', deviceOf(who));
}

export const leaves = (caller) => telephone('hangs_up', caller.channel);

// ---- Screens

export const strip = (who) => at[who].getByRole('region', { name: /^(Звонок|Call)$/ });
export const controls = (who) => at[who].getByRole('region', { name: /^(Управление звонком|Call controls)$/ });
export const says = (where, text) => where.getByText(text).first().waitFor();
export const gone = (where, text) => where.getByText(text).first().waitFor({ state: 'detached' });
export const isInState = (who, state) => at[who].locator(`[data-state=${state}]`).waitFor();

/** By keyboard, when the button can be pressed. */
export const push = (where, name) => where.getByRole('button', { name, exact: true }).and(where.page().locator(':enabled')).press('Enter');

/** By its key, once its button is there: the two say the same. */
export async function byKey(who, name, key) {
  const button = controls(who).getByRole('button', { name, exact: true }).and(at[who].locator(':enabled'));
  assert.equal(await button.getAttribute('aria-keyshortcuts'), key);
  await press(at[who], key);
}

export const shown = (phone) => new RegExp(`${phone.slice(-4, -2)}-?${phone.slice(-2)}`);

/** The strip and the form in front are this caller's. */
export async function talks(who, caller) {
  await isInState(who, 'talking');
  await says(strip(who), shown(caller.phone));
  await at[who].waitForFunction(
    (wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted,
    caller.phone.replace(/\D/g, ''),
  );
}

export const room = () => at.head.getByRole('region', { name: 'Очередь звонков' });
export const lineOf = (who) => room().getByRole('listitem').filter({ hasText: kNames[who] });
export const kStates = { talking: 'Разговор', ringing: 'Звонок' };
/** The group of the board of agents (T13). */
export const board = (state) =>
  at.head.getByRole('region', { name: 'Агенты по состояниям' }).locator('.group').filter({ has: at.head.getByRole('heading', { name: new RegExp(`^${kStates[state]}`) }) });
export const callOf = (text) => room().getByRole('row').filter({ hasText: text });

export async function opensWall(theme) {
  at.wall = await newPage(browser, { theme });
  await signIn(at.wall, site, 'head');
}

export async function signsIn(who, options = { theme: kThemes[who] }) {
  at[who] = await newPage(browser, options);
  await signIn(at[who], site, who);
}

/** The form that a call left goes: what was said in it is other tests' matter. */
export async function opensDesk(who, options) {
  await signsIn(who, options);
  await at[who].locator('form.form').waitFor();
  await controls(who).waitFor();
}

export async function becomesReady(who) {
  await press(at[who], 'F9');
  await isInState(who, 'ready');
}

export async function takesBreak(who) {
  await press(at[who], 'F9');
  await at[who].getByRole('list', { name: 'Причина перерыва' }).waitFor();
  await press(at[who], 'Digit1');
  await isInState(who, 'break');
}

export async function isClean(...who) {
  for (const one of who) {
    assert.deepEqual(await axeFindings(at[one]), [], one);
    assert.deepEqual(at[one].problems, [], one);
  }
}

/** Where an earlier call's form is in front, F2 brings this one's. */
export async function talksBehindAForm(who, caller) {
  await isInState(who, 'talking');
  await says(strip(who), shown(caller.phone));
  await press(at[who], 'F2');
  await talks(who, caller);
}

/** In the two lists of the form that opened with the focus in it: so far down in each. */
export async function chooses(who, ways) {
  await controls(who).locator('select:focus').waitFor();
  for (const way of ways) {
    for (let i = 0; i < way; i++) await press(at[who], 'ArrowDown');
    await press(at[who], 'Tab');
  }
  await press(at[who], 'Enter');
}

export async function shoot(who, name) {
  const folder = process.env.OPORA_BROWSER_SHOTS;
  if (folder) await at[who].screenshot({ path: `${folder}/shift_${name}_${kThemes[who]}_${who}.png` });
}

export async function shootWall(name) {
  const folder = process.env.OPORA_BROWSER_SHOTS;
  if (folder) await at.wall.screenshot({ path: `${folder}/wall_${name}.png` });
}

/** Nothing of a desk lies beside its screen, or over anything else. */
export async function fits(who) {
  const over = await at[who].evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${who}: wider than ${kScreen.width} by ${over}`);
  for (const part of [strip(who), controls(who)]) assert.ok(await part.evaluate((card) => card.scrollWidth <= card.clientWidth), `${who}: all of it is in its line`);
}

/** Light or dark, as the head of the folder of pictures says; in English. */
export async function shootAway(who, name, theme) {
  await fits(who);
  await isClean(who);
  const folder = process.env.OPORA_BROWSER_SHOTS;
  if (folder) await at[who].screenshot({ path: `${folder}/shift_cut_${name}_${theme}_en.png` });
}
