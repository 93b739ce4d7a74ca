// A list of tickets on screen while colleagues work: rows behind its first page, rows whose place has moved, the list of
// one colleague.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { newPage, openBrowser, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, site } from './lib/region.mjs';

// More than a page of the list, which is a hundred.
const kMany = 140;

let browser;
/** Newest first, as the list has them. */
let numbers;

async function makeTicket(summary) {
  const body = {
    desk: 1,
    direction: 'in',
    channel: 'phone',
    phone: freshPhone(),
    applicant: 'Волкова Ольга Юрьевна',
    topic: 'support-clinic',
    kind: 'support',
    summary,
    outcome: 'ticket',
    urgency: 'high',
  };
  return (await ask(site, 'POST', '/api/v1/contacts', body, 'operator')).ticket.number;
}

const act = (number, body, role = 'specialist') => ask(site, 'POST', `/api/v1/tickets/${number}/actions`, body, role);

before(async () => {
  browser = await openBrowser();
  const made = [];
  for (let i = 0; i < kMany; ++i) made.push(await makeTicket(`Список, ${i}`));
  numbers = made.reverse();
});
after(() => browser.close());

async function openList(filters, role = 'specialist') {
  const page = await newPage(browser);
  await signIn(page, site, role);
  await page.goto(`${site.url}/#/tickets${filters}`);
  await page.locator('[role=row][id=ticket-0]').waitFor();
  return page;
}

const rowOf = (page, number) => page.locator('[role=row]').filter({ hasText: number });

/** The list scrolled until the row is on screen. */
async function show(page, at) {
  const grid = page.getByRole('grid');
  await grid.focus();
  await press(page, 'Home');
  while ((await rowOf(page, numbers[at]).count()) === 0) {
    await grid.evaluate((element) => (element.scrollTop += 400));
    await page.waitForTimeout(30);
  }
  await rowOf(page, numbers[at]).scrollIntoViewIfNeeded();
}

scenario('a row behind the first hundred shows what colleagues do with it, and is greyed when it leaves the list', async () => {
  const page = await openList('');
  await show(page, 125);
  await act(numbers[125], { action: 'start' });
  await rowOf(page, numbers[125]).getByText('В работе').waitFor();
  await act(numbers[126], { action: 'complete', text: 'Сделано' });
  await page.locator('[role=row].gone').filter({ hasText: numbers[126] }).waitFor();
  assert.equal(await page.locator('[role=row].gone').count(), 1, 'no other row is said to be gone');
});

scenario('what changed while it was out of sight is asked for when it comes into sight', async () => {
  const page = await openList('');
  await show(page, 130);
  await press(page, 'Home');
  await page.locator('[role=row][id=ticket-0].current').waitFor();
  await act(numbers[130], { action: 'start' });
  await act(numbers[0], { action: 'start' });
  await rowOf(page, numbers[0]).getByText('В работе').waitFor();
  await show(page, 130);
  await rowOf(page, numbers[130]).getByText('В работе').waitFor();
});

scenario('a row whose place in the order has moved is still in the list', async () => {
  const page = await openList('?status=all');
  await act(numbers[3], { action: 'complete', text: 'Сделано' });
  await rowOf(page, numbers[3]).getByText('Выполнено').waitFor();
  // Behind all that are open: no page's beginning has it any more.
  await act(numbers[4], { action: 'start' });
  await rowOf(page, numbers[4]).getByText('В работе').waitFor();
  assert.equal(await page.locator('[role=row].gone').count(), 0);
});

// A9: before more is given to somebody.
scenario('a supervisor looks at what one colleague has, by keyboard, and the address says whose it is', async () => {
  const { login } = site.sign_ins.specialist;
  await act(numbers[10], { action: 'assign', assignee: login, line: 2, reason: 'Нужен специалист' }, 'operator');
  const page = await openList('', 'supervisor');
  await page.getByRole('button', { name: 'Ещё' }).click();
  const whose = page.getByRole('combobox', { name: 'У кого' });
  await whose.fill(login);
  await press(page, 'Enter');
  await rowOf(page, numbers[10]).waitFor();
  await rowOf(page, numbers[11]).waitFor({ state: 'detached' });
  assert.match(page.url(), new RegExp(`assignee=${login}`));
  await page.reload();
  await rowOf(page, numbers[10]).waitFor();
  assert.notEqual(await whose.inputValue(), '', 'a filter that is set stands open');
  await page.getByLabel('Исполнитель').first().selectOption('');
  await rowOf(page, numbers[0]).waitFor();
});
