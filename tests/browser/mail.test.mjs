// Telling the applicant (A15): the address in the form, what waits on the card and on the page Sync, the calls to make on
// the desk. The region of these tests has no mail relay, so that everything is a call to make; tests/e2e/mail_test.py has one.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, fillForm, newPage, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, site } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const field = (page, label) => page.locator('main .centre').getByLabel(label, { exact: true });
const toTell = (page) => page.getByRole('region', { name: 'Сообщить заявителю' });

const fill = (page, summary) => fillForm(page, { phone: freshPhone(), name: 'Волкова Ольга Юрьевна', summary });
async function register(page) {
  await press(page, 'Control+Enter');
  return page.locator('[data-number]').innerText();
}

scenario('an address is asked for, checked, and told by what it is not', async () => {
  const desk = await openDesk(browser, site);
  await fill(desk, 'Не открывается карта пациента');
  await field(desk, 'E-mail заявителя').fill('иванова@');
  await press(desk, 'Control+Enter');
  await desk.getByText('не похоже на адрес').waitFor();
  await field(desk, 'E-mail заявителя').fill('ivanova@clinic.example');
  await desk.getByLabel('Язык писем').selectOption('en');
  assert.deepEqual(await axeFindings(desk), []);
  const number = await register(desk);
  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.equal(ticket.email, 'ivanova@clinic.example');
  assert.deepEqual(
    ticket.to_tell.map(({ what, waits_for }) => [what, waits_for]),
    [['registered', 'no_relay']],
  );
});

const inTwoDays = () => `${new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 10)}T12:00`;

for (const theme of ['light', 'dark']) {
  scenario(`who could not be written to is called, ${theme}`, async () => {
    const desk = await openDesk(browser, site, { theme });
    await fill(desk, 'Не печатает принтер');
    await field(desk, 'E-mail заявителя').fill('petrov@clinic.example');
    const number = await register(desk);
    await desk.goto(`${site.url}/#/desk`);
    const calls = desk.getByRole('region', { name: 'Позвонить заявителям' });
    await calls.getByRole('link', { name: number }).waitFor();
    assert.deepEqual(await axeFindings(desk), []);
    await calls.getByRole('link', { name: number }).click();
    await toTell(desk).getByText('О регистрации').waitFor();
    await toTell(desk).getByText('Почта на площадке не настроена').waitFor();
    assert.deepEqual(await axeFindings(desk), []);
    // A call that does not reach him is counted, and says when the next one is.
    await toTell(desk).locator('[data-tell-due]').filter({ hasText: /^до / }).waitFor();
    await toTell(desk).getByRole('button', { name: 'Не ответил' }).click();
    await toTell(desk).getByText(/^Попыток дозвониться: 1, последняя/).waitFor();
    await toTell(desk).getByRole('button', { name: 'Просил позже' }).click();
    await toTell(desk).getByRole('alert').filter({ hasText: 'Укажите, когда позвонить снова' }).waitFor();
    await toTell(desk).getByLabel('Когда позвонить снова').fill(inTwoDays());
    await toTell(desk).getByRole('button', { name: 'Просил позже' }).click();
    await toTell(desk).getByText(/^Попыток дозвониться: 2/).waitFor();
    await toTell(desk).getByText(/^Позвонить снова/).waitFor();
    await desk.getByText('Звонок заявителю: не ответил').waitFor();
    assert.deepEqual(await axeFindings(desk), []);
    await toTell(desk).getByLabel('Что сказал заявитель').fill('Записал номер');
    await toTell(desk).getByRole('button', { name: 'Сообщено' }).click();
    await desk.getByText('Заявителю сообщено по телефону: О регистрации').waitFor();
    assert.equal(await toTell(desk).count(), 0);
    await desk.getByText('Записал номер').waitFor();
    const left = await ask(site, 'GET', '/api/v1/untold?limit=200');
    assert.ok(left.items.every((item) => item.number !== number));
  });
}

scenario('the page Sync says that there is no relay', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/sync`);
  await page.getByText('Почта не настроена: заявителям звонят.').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

scenario('what goes to the applicant says so where it is typed and where it is read', async () => {
  const desk = await openDesk(browser, site);
  await fill(desk, 'Вопрос не к нам');
  const number = await register(desk);
  const page = await newPage(browser);
  await signIn(page, site, 'specialist');
  await page.goto(`${site.url}/#/tickets/${number}`);
  const form = page.getByRole('region', { name: 'Действия' });
  await form.getByLabel('Для коллег, заявитель не увидит').fill('Звонил трижды');
  assert.equal(await form.locator('[data-goes]').count(), 0);
  await form.getByRole('button', { name: 'Добавить комментарий' }).click();
  const timeline = page.getByRole('region', { name: 'Что происходило' });
  await timeline.locator('[data-reader=colleagues]').filter({ hasText: 'Звонил трижды' }).waitFor();
  await form.getByRole('button', { name: 'Отклонить' }).first().click();
  await form.getByText('Этот текст уйдёт заявителю').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await form.getByLabel('Пояснение (увидит заявитель)').fill('Обратитесь к поставщику');
  await press(page, 'Control+Enter');
  const said = timeline.locator('[data-reader=applicant]');
  await said.filter({ hasText: 'Обратитесь к поставщику' }).waitFor();
  assert.equal(await said.count(), 1);
  assert.deepEqual(await axeFindings(page), []);
});
