// Whose a ticket is: one site offers, another accepts, the region takes over, and everybody's card says so.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';

import { axeFindings, newPage, newTicket, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, canControl, control, hub, site, sites, until } from './lib/region.mjs';

const gear = { skip: canControl ? false : 'needs the gear of tests/browser/run.py' };
const other = sites.find((one) => one.no !== site.no);

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());
afterEach(async () => {
  if (canControl) await control('restore', site);
});

const panel = (page) => page.getByRole('region', { name: 'Отвечает' });

async function cardAt(member, role, number) {
  const page = await newPage(browser);
  await signIn(page, member, role);
  await page.goto(`${member.url}/#/tickets/${number}`);
  await panel(page).waitFor();
  return page;
}

const known = (member, number) =>
  until(async () => (await ask(member, 'GET', `/api/v1/tickets?q=${number}`)).items.length === 1, `${number} is at ${member.name}`);

async function offer(page, to) {
  await panel(page).getByText('Предложить другой площадке').click();
  await panel(page).getByLabel('Кому').selectOption(String(to));
  await panel(page).getByLabel('Причина').fill('Пациент прикреплён к вам');
  await panel(page).getByRole('button', { name: 'Предложить', exact: true }).click();
  await panel(page).getByText('Предложено:').waitFor();
}

scenario('a ticket is offered, accepted, and worked on where it went', async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Запись к врачу другой больницы');
  const mine = await cardAt(site, 'specialist', number);
  await offer(mine, other.no);
  await known(other, number);

  const theirs = await cardAt(other, 'specialist', number);
  await panel(theirs).getByText('Менять может только эта площадка').waitFor();
  assert.deepEqual(await axeFindings(theirs), []);
  await panel(theirs).getByRole('button', { name: 'Принять' }).click();
  await panel(theirs).getByText(other.name).waitFor();

  await panel(mine).getByText(other.name).waitFor();
  await panel(mine).getByText('Менять может только эта площадка').waitFor();
  await theirs.getByRole('button', { name: 'Выполнено' }).click();
  await theirs.getByLabel('Что сделано').fill('Записали на среду');
  await press(theirs, 'Control+Enter');
  await theirs.locator('[data-ticket-status=done]').waitFor();
  await mine.locator('[data-ticket-status=done]').waitFor();
});

scenario('what a site is offered it may decline, and what it offers it may take back', async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Кому вести?');
  const mine = await cardAt(site, 'specialist', number);
  await offer(mine, other.no);
  await panel(mine).getByRole('button', { name: 'Отозвать предложение' }).click();
  await panel(mine).getByText('Предложить другой площадке').waitFor();

  await offer(mine, other.no);
  await known(other, number);
  const theirs = await cardAt(other, 'specialist', number);
  await panel(theirs).getByRole('button', { name: 'Отказаться' }).click();
  await panel(mine).getByText('Предложить другой площадке').waitFor();
  assert.equal((await ask(site, 'GET', `/api/v1/tickets/${number}`)).owner, site.no);
});

scenario('the region takes over from a site that is cut off; what it did meanwhile is shown, without effect', gear, async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Площадка без связи');
  await known(hub, number);
  await control('cut', site);

  const regional = await cardAt(hub, 'supervisor', number);
  await panel(regional).getByText('Назначить площадку').click();
  await panel(regional).getByLabel('Кому').selectOption(String(other.no));
  await panel(regional).getByLabel('Причина').fill('Площадка без связи второй день');
  await panel(regional).getByRole('button', { name: 'Передать в обход владельца' }).click();
  await panel(regional).getByText(other.name).waitFor();

  const mine = await cardAt(site, 'specialist', number);
  await mine.getByRole('button', { name: 'Выполнено' }).click();
  await mine.getByLabel('Что сделано').fill('Сделали сами');
  await press(mine, 'Control+Enter');
  await mine.locator('[data-ticket-status=done]').waitFor();

  await control('restore', site);
  await panel(mine).getByText(other.name).waitFor();
  for (const page of [mine, regional]) await panel(page).getByText('Действий без силы: 1').waitFor();
  assert.equal((await ask(hub, 'GET', `/api/v1/tickets/${number}`)).status, 'registered');
  assert.deepEqual(mine.problems, []);
});
