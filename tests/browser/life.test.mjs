// A day of a ticket with its deadline: the operator registers it, the specialist works on it, waits for the applicant
// and goes on; the applicant objects and it is opened again.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, newTicket, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const actions = (page) => page.getByRole('region', { name: 'Действия' });

async function act(page, name, status, fill = async () => {}) {
  await actions(page).getByRole('group').getByRole('button', { name, exact: true }).click();
  await fill(actions(page));
  await actions(page).locator('form button.primary').click();
  await page.locator(`[data-ticket-status=${status}]`).waitFor();
}

const clock = (page, which, standing) => page.locator(`[data-clock=${which}][data-deadline=${standing}]`);
const says = (label, text) => (form) => form.getByLabel(label).fill(text);

scenario('the specialist works on it, waits for the applicant and goes on; it is reopened', async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Не открывается карта пациента');
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets/${number}`);
  await clock(page, 'completion', 'in_time').getByText('осталось').waitFor();
  await clock(page, 'reaction', 'in_time').getByText('осталось').waitFor();
  await act(page, 'В работу', 'in_work');
  await act(page, 'Ждать заявителя', 'waiting', async (form) => {
    await form.getByLabel('Причина').selectOption('files');
    await form.getByLabel('О чём просим (увидит заявитель)').fill('Пришлите снимок экрана');
  });
  await clock(page, 'completion', 'paused').getByText('ждём снимков экрана').waitFor();
  await clock(page, 'reaction', 'in_time').getByText('в срок').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await act(page, 'Продолжить', 'in_work');
  await clock(page, 'completion', 'in_time').waitFor();
  await act(page, 'Срочность', 'in_work', async (form) => {
    await form.getByLabel('Срочность').selectOption('low');
    await form.getByLabel('Причина').fill('Есть обход');
  });
  await act(page, 'Выполнено', 'done', says('Что сделано', 'Обновлён сертификат'));
  await page.getByText('Повторно открыть до').waitFor();
  await act(page, 'Открыть повторно', 'assigned', says('Что не устраивает заявителя', 'Снова не открывается'));
  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.equal(ticket.reopened, 1);
  assert.deepEqual(
    ticket.timeline.map((entry) => entry.type),
    ['opened', 'started', 'waiting', 'resumed', 'reclassified', 'completed', 'reopened'],
  );
});

for (const theme of ['light', 'dark']) {
  scenario(`the queue shows deadlines and lists by them, ${theme}`, async () => {
    const desk = await openDesk(browser, site);
    const number = await newTicket(desk, 'Остановился приём');
    const page = await newPage(browser, { theme });
    await signIn(page, site, 'specialist');
    await page.goto(`${site.url}/#/tickets`);
    const row = page.locator('[role=row]').filter({ hasText: number });
    await row.locator('[data-due=reaction]').getByText('осталось').waitFor();
    await row.getByText('назначить до').waitFor();
    await page.getByLabel('Срок').selectOption('soon');
    await page.waitForURL(/due=soon/);
    assert.deepEqual(await axeFindings(page), []);
    await page.getByLabel('Срок').selectOption('late');
    await row.waitFor({ state: 'detached' });
  });
}

const ties = (page) => page.locator('[data-ties]');

scenario('a duplicate is merged into the earlier ticket and taken apart again', async () => {
  const desk = await openDesk(browser, site);
  const first = await newTicket(desk, 'Не печатает принтер');
  const second = await newTicket(desk, 'Снова не печатает принтер');
  const page = await newPage(browser);
  await signIn(page, site, 'operator');
  await page.goto(`${site.url}/#/tickets/${second}`);
  await ties(page).getByRole('button', { name: 'Объединить…' }).click();
  await ties(page).getByLabel('Номер исходного обращения').fill(first);
  await ties(page).getByRole('button', { name: 'Объединить', exact: true }).click();
  await page.locator('[data-ticket-status=merged]').waitFor();
  await ties(page).locator('[data-ties-group=merged_into]').getByRole('link', { name: first }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await ties(page).locator('[data-ties-group=merged_into]').getByRole('link').click();
  await ties(page).locator('[data-ties-group=merged]').getByRole('link', { name: second }).click();
  await ties(page).getByRole('button', { name: 'Отменить объединение' }).click();
  await page.locator('[data-ticket-status=registered]').waitFor();
  await ties(page).getByRole('button', { name: 'Выделить часть…' }).click();
  await ties(page).getByLabel('Суть части').fill('Нужен картридж');
  await ties(page).getByRole('button', { name: 'Выделить', exact: true }).click();
  await ties(page).locator('[data-ties-group=parts]').getByText('Нужен картридж').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

for (const theme of ['light', 'dark']) {
  scenario(`things to do are ticked, and what is left is said before it is done, ${theme}`, async () => {
    const desk = await openDesk(browser, site, { theme });
    const number = await newTicket(desk, 'Заменить картридж');
    await desk.goto(`${site.url}/#/tickets/${number}`);
    const list = desk.locator('[data-checklist]');
    await list.getByLabel('Новый пункт').fill('Заказать картридж');
    await press(desk, 'Enter');
    await list.getByRole('checkbox', { name: 'Заказать картридж' }).waitFor();
    await list.getByLabel('Новый пункт').fill('Позвонить заявителю');
    await press(desk, 'Enter');
    await list.getByRole('checkbox', { name: 'Позвонить заявителю' }).click();
    await list.getByText('1 из 2').waitFor();
    await actions(desk).getByRole('group').getByRole('button', { name: 'Выполнено', exact: true }).click();
    await desk.locator('[data-unticked]').getByText('1').waitFor();
    assert.deepEqual(await axeFindings(desk), []);
  });
}

scenario('what looks alike stands beside the form, and is added to by one key', async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Улетел дирижабль поликлиники');
  await press(desk, 'F2');
  await desk.getByLabel('Суть обращения').fill('Ищут дирижабль');
  const similar = desk.locator('[data-similar]');
  await similar.getByRole('link', { name: number }).waitFor();
  assert.deepEqual(await axeFindings(desk), []);
  await press(desk, 'Alt+Enter');
  await until(async () => {
    const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
    return ticket.timeline.some((entry) => entry.type === 'commented' && entry.text?.includes('Ищут дирижабль'));
  }, 'what was typed stands on the ticket');
});

scenario('when a problem is over its callers are called back from a list', async () => {
  const form = { kind: 'no_link', name: 'Нет связи с лабораторией', started_at: new Date().toISOString(), site: site.no };
  const problem = await ask(site, 'POST', '/api/v1/problems', form);
  const { items } = await ask(site, 'GET', '/api/v1/catalogues/rubricator').then(({ topics }) => ({ items: topics }));
  const contact = {
    channel: 'phone',
    direction: 'in',
    phone: '+7 903 111-22-33',
    applicant: 'Громов Илья Петрович',
    topic: items[0].id,
    summary: 'Нет анализов',
    outcome: 'solved',
    problem: problem.id,
  };
  await ask(site, 'POST', '/api/v1/contacts', contact, 'operator');
  await ask(site, 'POST', `/api/v1/problems/${problem.id}/close`, {});
  const page = await newPage(browser);
  await signIn(page, site, 'operator');
  await page.goto(`${site.url}/#/problems?status=closed`);
  await page.locator(`[data-problem="${problem.id}"]`).getByRole('button', { name: 'Обзвонить' }).click();
  const side = page.getByRole('dialog');
  await side.getByText('Осталось позвонить: 1 из 1').waitFor();
  await side.getByText('Громов Илья Петрович').waitFor();
  assert.deepEqual(await axeFindings(page, 'dialog'), []);
  await side.getByRole('button', { name: 'Дозвонились' }).click();
  await side.getByText('Осталось позвонить: 0 из 1').waitFor();
  await side.getByText('Всем позвонили.').waitFor();
});
