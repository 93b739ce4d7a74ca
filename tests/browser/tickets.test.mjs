// The queue and the ticket card.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { newPage, newTicket, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, site } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

scenario('news wait for «показать», rows do not jump', async () => {
  const desk = await openDesk(browser, site);
  await newTicket(desk, 'Первое');
  const list = await newPage(browser);
  await signIn(list, site, 'specialist');
  await list.goto(`${site.url}/#/tickets`);
  const first = list.locator('[role=row][id=ticket-0]');
  await first.waitFor();
  const shown = await first.innerText();
  const number = await newTicket(desk, 'Второе');
  const button = list.getByRole('button', { name: /Показать \d+ нов/ });
  await button.waitFor();
  assert.equal((await first.innerText()).split('\n')[0], shown.split('\n')[0]);
  await button.click();
  await list.locator('[role=row]').filter({ hasText: number }).waitFor();
});

scenario('a search typed in the wrong layout finds, says so and stands in the address', async () => {
  const page = await openDesk(browser, site);
  await newTicket(page, 'Истёк сертификат врача');
  await press(page, 'F3');
  await page.locator('input[type=search]:focus').waitFor();
  await page.keyboard.type('cthnbabrfn');
  await page.getByText('Понято как «сертификат»').waitFor();
  assert.match(page.url(), /q=cthnbabrfn/);
  await page.reload();
  await page.getByText('Понято как «сертификат»').waitFor();
  await press(page, 'F3');
  await page.locator('input[type=search]:focus').waitFor();
  await press(page, 'ArrowDown', 'Enter');
  await page.locator('h1').filter({ hasText: /^\d+-\d{6,}-\d$/ }).waitFor();
});

scenario('a ticket goes from line to line and is completed, with every step in its timeline', async () => {
  const page = await openDesk(browser, site);
  const number = await newTicket(page, 'АРМ «Поликлиника» не открывает расписание');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.getByRole('button', { name: 'Передать' }).first().click();
  await page.getByRole('region', { name: 'Действия' }).getByLabel('Причина').fill('Нужен специалист');
  await page.locator('form button.primary').click();
  await page.locator('[data-ticket-status=assigned]').waitFor();
  await page.getByRole('button', { name: 'Выполнено' }).click();
  await page.getByLabel('Что сделано').fill('Расписание открыто');
  await press(page, 'Control+Enter');
  await page.locator('[data-ticket-status=done]').waitFor();
  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.deepEqual(ticket.timeline.map((entry) => entry.type), ['opened', 'assigned', 'completed']);
  assert.equal(ticket.resolution, 'Расписание открыто');
});

scenario('a ticket is rejected only with one of the fixed reasons', async () => {
  const page = await openDesk(browser, site);
  const number = await newTicket(page, 'Вне области');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.getByRole('button', { name: 'Отклонить' }).first().click();
  await page.getByRole('region', { name: 'Действия' }).getByLabel('Причина').selectOption('outside_competence');
  await page.locator('form button.primary').click();
  await page.locator('[data-ticket-status=rejected]').waitFor();
  assert.equal((await ask(site, 'GET', `/api/v1/tickets/${number}`)).status, 'rejected');
});

scenario('what a person typed turns the direction of nothing but itself', async () => {
  const page = await openDesk(browser, site);
  await newTicket(page, 'Просит \u202Eтак\u202C и \u202Eне иначе');
  await page.getByRole('link', { name: 'Открыть карточку' }).click();
  await page.locator('[data-ticket-status]').first().waitFor();
  await page.getByText('не иначе').first().waitFor();
  const open = await page.evaluate(() => {
    const out = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (walk.nextNode()) {
      if (!walk.currentNode.data.includes('\u202E')) continue;
      seen += 1;
      const holder = walk.currentNode.parentElement;
      if (!['isolate', 'isolate-override', 'plaintext'].includes(getComputedStyle(holder).unicodeBidi)) out.push(holder.outerHTML);
    }
    return { seen, out };
  });
  assert.ok(open.seen > 0);
  assert.deepEqual(open.out, []);
});
