// A day of a ticket with its deadline: the operator registers it, the specialist works on it, waits for the applicant
// and goes on; the applicant objects and it is opened again.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, newTicket, openBrowser, openDesk, scenario, signIn } from './lib/browser.mjs';
import { ask, site } from './lib/region.mjs';

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

const says = (label, text) => (form) => form.getByLabel(label).fill(text);

scenario('the specialist works on it, waits for the applicant and goes on; it is reopened', async () => {
  const desk = await openDesk(browser, site);
  const number = await newTicket(desk, 'Не открывается карта пациента');
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets/${number}`);
  await page.locator('[data-deadline=in_time]').getByText('осталось').waitFor();
  await act(page, 'В работу', 'in_work');
  await act(page, 'Ждать заявителя', 'waiting', async (form) => {
    await form.getByLabel('Причина').selectOption('files');
    await form.getByLabel('О чём просим заявителя').fill('Пришлите снимок экрана');
  });
  await page.locator('[data-deadline=paused]').getByText('ждём снимков экрана').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await act(page, 'Продолжить', 'in_work');
  await page.locator('[data-deadline=in_time]').waitFor();
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
    await row.getByText(/осталось|нет: у линии/).waitFor();
    await page.getByLabel('Срок').selectOption('soon');
    await page.waitForURL(/due=soon/);
    assert.deepEqual(await axeFindings(page), []);
    await page.getByLabel('Срок').selectOption('late');
    await row.waitFor({ state: 'detached' });
  });
}
