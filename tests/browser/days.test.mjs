// A day of the operator and of the specialist over the same tickets, each on a screen of his own: what one does the
// other hears of. The supervisor's day is in queues.test.mjs, the shift at telephones in shift.test.mjs.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, newPage, openBrowser, openDesk, pickTopic, focusedName, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, PhoneCall, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const digits = (text) => text.replace(/\D/g, '');
const actions = (page) => page.getByRole('region', { name: 'Действия' });
const card = (number) => ask(site, 'GET', `/api/v1/tickets/${number}`);

async function takesCall(page, phone) {
  const call = await new PhoneCall(site, phone).queue();
  await call.ring();
  await call.answer();
  await page.waitForFunction((wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted, digits(phone));
  return call;
}

async function writes(page, text) {
  while ((await focusedName(page)) !== 'summary') await press(page, 'Tab');
  await page.keyboard.type(text);
}

async function act(page, name, status, fill = async () => {}) {
  await actions(page).getByRole('group').getByRole('button', { name, exact: true }).click();
  await fill(actions(page));
  await actions(page).locator('form button.primary').click();
  await page.locator(`[data-ticket-status=${status}]`).waitFor();
}

scenario('the operator’s and the specialist’s day: a call, its ticket, a question, the answer by telephone, done', async () => {
  const phone = freshPhone();
  const desk = await openDesk(browser, site);
  // He is there; the first caller has a question that is answered at once.
  if ((await desk.locator('section[data-state]').getAttribute('data-state')) === 'offline') await press(desk, 'F9');
  await desk.locator('section[data-state=ready]').waitFor();
  const short = await takesCall(desk, freshPhone());
  await pickTopic(desk, 'первичная');
  await writes(desk, 'Когда работает лаборатория');
  await press(desk, 'Control+Shift+Enter');
  await desk.getByText('Решено на линии').first().waitFor();
  await short.end();

  // The second one's is not: a ticket, whose number he hears.
  const call = await takesCall(desk, phone);
  await pickTopic(desk, 'первичная');
  await writes(desk, 'Не видит запись к врачу');
  await press(desk, 'Tab', 'ArrowRight', 'Tab', 'Space', 'Control+Enter');
  const number = await desk.locator('[data-number]').innerText();
  await call.end();
  await desk.getByRole('link', { name: 'Открыть карточку' }).click();
  await act(desk, 'Передать', 'assigned', (form) => form.getByLabel('Причина').fill('Нужен специалист'));

  // The specialist takes it, begins and asks the applicant something.
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets?line=2`);
  await page.locator('[role=row]').filter({ hasText: number }).click();
  await act(page, 'В работу', 'in_work');
  await act(page, 'Ждать заявителя', 'waiting', (form) => form.getByLabel('О чём просим (увидит заявитель)').fill('Номер полиса'));
  assert.deepEqual(await axeFindings(page), []);

  // The applicant calls again: his ticket stands beside the form, and what he says is added to it.
  await desk.goto(`${site.url}/#/desk`);
  await desk.locator('section[data-state]').waitFor();
  const again = await takesCall(desk, phone);
  await desk.getByText(number).first().waitFor();
  assert.deepEqual(await axeFindings(desk), []);
  await desk.goto(`${site.url}/#/tickets/${number}`);
  await desk.locator('[data-ticket-status=waiting]').waitFor();
  await ask(site, 'POST', `/api/v1/tickets/${number}/actions`, { action: 'comment', text: 'Полис 7100…' }, 'operator');
  await again.end();

  // It is on the specialist's screen without a reload; he goes on and is done.
  await page.getByText('Полис 7100…').waitFor();
  await act(page, 'Продолжить', 'in_work');
  await act(page, 'Выполнено', 'done', (form) => form.getByLabel('Что сделано').fill('Запись восстановлена'));
  // Who opened it hears of it, and finds it by his bell.
  await desk.locator('[data-ticket-status=done]').waitFor();
  await until(async () => (await ask(site, 'GET', '/api/v1/notices', undefined, 'operator')).items.some((one) => one.number === number), 'the operator is told');
  const ticket = await card(number);
  assert.deepEqual(ticket.timeline.map((entry) => entry.type), ['opened', 'assigned', 'started', 'waiting', 'commented', 'resumed', 'completed']);
  assert.deepEqual([...desk.problems, ...page.problems], []);

  // The break has its reason; at the end of the day nobody is left at the desk.
  await desk.goto(`${site.url}/#/desk`);
  await desk.locator('section[data-state=ready]').waitFor();
  await press(desk, 'F9', 'Digit1');
  await desk.locator('section[data-state=break]').waitFor();
});
