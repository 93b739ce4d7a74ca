// The operator's desk, by keyboard alone.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, fillForm, focusedName, newPage, newTab, openBrowser, openDesk, pickTopic, press, scenario, signIn, status } from './lib/browser.mjs';
import { ask, freshPhone, newKey, PhoneCall, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const digits = (text) => text.replace(/\D/g, '');

scenario('a call is registered by keyboard alone, from its answer to the number that is read aloud', async () => {
  const page = await openDesk(browser, site);
  const phone = freshPhone();
  const call = await new PhoneCall(site, phone).queue();
  await call.ring();
  await call.answer();
  // The form is the call's: its number is in it, nothing was pressed.
  await page.waitForFunction((wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted, digits(phone));

  await pickTopic(page, 'gthdbxyfz');
  while ((await focusedName(page)) !== 'summary') await press(page, 'Tab');
  await page.keyboard.type('Просит записать к кардиологу');
  await press(page, 'Tab', 'ArrowRight', 'Tab', 'Space', 'Control+Enter');
  const number = await page.locator('[data-number]').innerText();
  await call.end();

  const ticket = await ask(site, 'GET', `/api/v1/tickets/${number}`);
  assert.equal(digits(ticket.phone), digits(phone));
  assert.equal(ticket.urgency, 'high');
  assert.equal(ticket.summary, 'Просит записать к кардиологу');
  assert.match(ticket.topic_name, /Первичная запись$/);
  assert.deepEqual(page.problems, []);
});

for (const theme of ['light', 'dark']) {
  scenario(`by when each urgency would be done stands there before anything is saved, ${theme}`, async () => {
    const page = await openDesk(browser, site, { theme });
    await press(page, 'F2');
    await pickTopic(page, 'gthdbxyfz');
    const promise = page.locator('[data-promise]');
    await promise.locator('[data-promise-of=high]').getByText(/^до /).waitFor();
    await page.getByRole('group', { name: /срочно/ }).getByText('Да').first().click();
    await promise.locator('[data-promise-of=critical].on').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    if (process.env.OPORA_BROWSER_SHOTS) await page.screenshot({ path: `${process.env.OPORA_BROWSER_SHOTS}/promise_${theme}.png` });
  });
}

scenario('whoever writes is known by his address when he has no number', async () => {
  const { topics } = await ask(site, 'GET', '/api/v1/catalogues/rubricator');
  const email = `olga${Date.now()}@example.org`;
  const letter = { channel: 'email', direction: 'in', email, topic: topics[0].id, summary: 'Нет результатов', outcome: 'ticket', urgency: 'low' };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', letter, 'operator');
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.locator('input[name=email]').fill(email.toUpperCase());
  const known = page.getByRole('region', { name: 'Открытые обращения: по адресу почты' });
  await known.getByRole('link', { name: ticket.number }).waitFor();
  await known.locator('[data-history-link]').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

scenario('a patient is known by his name with his date of birth, however his name is written', async () => {
  const surname = [...newKey()].map((digit) => 'абвгдежзиклмнопр'[parseInt(digit, 16)]).join('');
  const patient = { applicant: `Ё${surname} Анна Петровна`, birth_date: '1970-01-31' };
  const said = { channel: 'paper', direction: 'in', topic: 'booking-first', kind: 'booking', summary: 'Нет талонов', outcome: 'ticket', urgency: 'low', ...patient };
  const { ticket } = await ask(site, 'POST', '/api/v1/contacts', said, 'operator');
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await pickTopic(page, 'первичная');
  await page.locator('input[name=applicant]').fill(patient.applicant.replace('Ё', 'Е').toUpperCase());
  const known = page.getByRole('region', { name: 'Открытые обращения: по имени и дате рождения' });
  // A namesake of another day of birth, and whoever said none, is somebody else.
  const asked = page.waitForResponse((answer) => answer.url().includes('birth_date=1970-02-28'));
  await page.locator('input[name=birthDate]').fill('1970-02-28');
  assert.deepEqual((await (await asked).json()).open_tickets, []);
  assert.equal(await known.count(), 0);
  await page.locator('input[name=birthDate]').fill(patient.birth_date);
  await known.getByRole('link', { name: ticket.number }).waitFor();
  await known.locator('[data-history-link]').waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

scenario('the desk is one screen: nothing makes the page longer', async () => {
  const page = await openDesk(browser, site);
  await page.locator('[data-contact]').first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0);
});

// What of `inner` is out of `outer`, in pixels.
const beyond = async (inner, outer) => {
  const [a, b] = [await inner.boundingBox(), await outer.boundingBox()];
  return Math.max(0, b.x - a.x, a.x + a.width - b.x - b.width, a.y + a.height - b.y - b.height);
};

scenario('the own time of a contact fits into its field, and so does the way back to «сейчас»', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.getByLabel('Время обращения').click();
  const input = page.locator('input[name=occurredAt]');
  await input.fill('2026-09-30T20:58');
  // As wide as it would like to be with all its digits.
  const cut = await input.evaluate((field) => {
    const given = field.offsetWidth;
    field.style.flex = 'none';
    field.style.width = 'max-content';
    const wanted = field.offsetWidth;
    field.style.flex = field.style.width = '';
    return wanted - given;
  });
  assert.ok(cut <= 0, `${cut} px are cut`);
  const clear = page.locator('form.form').getByRole('button', { name: 'сейчас' });
  assert.equal(await beyond(clear, page.locator('form.form')), 0);
  const [field, summary] = [await clear.boundingBox(), await page.locator('textarea[name=summary]').boundingBox()];
  assert.ok(field.x + field.width <= summary.x + summary.width + 1, 'in line with the other fields');
  await clear.click();
  assert.equal(await input.count(), 0);
});

scenario('a long wait stays within its card, and a site’s name is not cut while there is room', async () => {
  const page = await newPage(browser);
  await page.route('**/api/v1/calls/live', async (route) => {
    const answer = await route.fetch();
    const lists = await answer.json();
    const call = (id, minutes) => ({
      ...{ id: id.repeat(32), site: site.no, desk: 1, line: null, phone: '+79000003706', direction: 'in', answered_at: null },
      ...{ ended_at: null, agent: null, agent_name: null, class: 'waiting', wait_ms: null, talk_ms: null, answer_ms: null },
      ...{ queued_at: new Date(Date.now() - minutes * 60_000).toISOString(), ringing_at: new Date().toISOString() },
      ...{ overlaps: false, erased: false },
    });
    await route.fulfill({ response: answer, json: { ...lists, waiting: [], ringing: [call('a', 30), call('b', 185)] } });
  });
  await signIn(page, site, 'operator');
  const card = page.getByRole('region', { name: 'Звонят' });
  await card.getByText(/^3:0\d:\d\d$/).waitFor();
  for (const pill of await card.locator('.pill').all()) {
    const [a, b] = [await pill.boundingBox(), await card.boundingBox()];
    assert.ok(a.x + a.width <= b.x + b.width - 8, `${a.x + a.width} of ${b.x + b.width}`);
  }
  await page.unrouteAll({ behavior: 'wait' });
  await status(page, 'online').waitFor();
  const name = page.locator('header .place');
  assert.equal(await name.evaluate((shown) => shown.scrollWidth - shown.clientWidth), 0, await name.innerText());
});

scenario('who signs out in one tab is out in all of them', async () => {
  const page = await openDesk(browser, site);
  await fillForm(page, { phone: freshPhone(), name: 'Ильина Вера Олеговна', summary: 'Не открывается карта' });
  const other = await newTab(page);
  await other.goto(site.url);
  await status(other, 'online').waitFor();
  await page.locator('header .menu > button').click();
  await page.getByRole('button', { name: 'Выйти' }).click();
  await page.getByLabel('Логин').waitFor();
  await other.getByLabel('Логин').waitFor();
  assert.equal(await other.getByText('Ильина').count(), 0);
});

scenario('the desk’s own records are asked for, however busy its neighbours are', async () => {
  const page = await newPage(browser);
  const asked = page.waitForRequest((request) => /\/api\/v1\/contacts\?/.test(request.url()) && !request.url().includes('phone='));
  await signIn(page, site, 'operator');
  assert.match((await asked).url(), /[?&]desk=\d+/);
});

scenario('an address that leads nowhere has a heading and a way back', async () => {
  const page = await openDesk(browser, site);
  await page.goto(`${site.url}/#/nonsense`);
  await page.getByRole('heading', { level: 1, name: 'Такой страницы здесь нет' }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('link', { name: 'Открыть «Рабочее место»' }).click();
  await page.locator('form.form').waitFor();
});

scenario('a form that lacks something says what, and the focus is there', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type(freshPhone());
  await press(page, 'Control+Enter');
  await page.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true');
  assert.equal(await page.locator('[data-number]').count(), 0);
});

scenario('what is solved on the line needs one chord and no number', async () => {
  const page = await openDesk(browser, site);
  const phone = freshPhone();
  await fillForm(page, { phone, name: 'Соколова Анна', summary: 'Уточнила время приёма', urgent: false });
  await press(page, 'Control+Shift+Enter');
  await page.getByText('Решено на линии').first().waitFor();
  const { items } = await ask(site, 'GET', `/api/v1/contacts?phone=${encodeURIComponent(phone)}`);
  assert.deepEqual(items.map((one) => [one.outcome, one.ticket_number]), [['solved', null]]);
});

scenario('a call never takes the focus, and a form in progress stays with its text', async () => {
  const page = await openDesk(browser, site);
  await press(page, 'F2');
  await page.keyboard.type('8900');
  const phone = freshPhone();
  const call = await new PhoneCall(site, phone).queue();
  await call.ring();
  await call.answer();
  await page.getByRole('button', { name: 'Открыть форму' }).waitFor();
  assert.equal(await focusedName(page), 'phone');
  await page.keyboard.type('1234567');
  assert.equal(digits(await page.locator('input[name=phone]').inputValue()), '89001234567');

  await press(page, 'F2');
  await page.waitForFunction((wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted, digits(phone));
  await press(page, 'Alt+ArrowUp');
  await page.waitForFunction(() => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '').endsWith('9001234567'));
  await call.end();
});

scenario('a draft survives a reload', async () => {
  const page = await openDesk(browser, site);
  const phone = freshPhone();
  await fillForm(page, { phone, name: 'Лебедев Сергей', summary: 'Рецепт на лекарство' });
  await page.locator('[data-draft=saved]').waitFor();
  await page.reload();
  await page.waitForFunction(() => document.querySelector('textarea[name=summary]')?.value === 'Рецепт на лекарство');
  assert.equal(digits(await page.locator('input[name=phone]').inputValue()), digits(phone));
  await page.locator('[data-urgency=high]').waitFor();
});

scenario('two tabs are live, and each keeps its own form', async () => {
  const first = await openDesk(browser, site);
  await press(first, 'F2');
  await first.keyboard.type('8900555');
  await first.locator('[data-draft=saved]').waitFor();
  const second = await newTab(first);
  await second.goto(site.url);
  await second.locator('form.form').waitFor();
  assert.equal(await second.locator('input[name=phone]').inputValue(), '');
  const call = await new PhoneCall(site, freshPhone()).queue();
  const waiting = (page) => page.getByRole('region', { name: 'Звонят' }).getByText('••• ' + call.phone.slice(-4, -2) + '-' + call.phone.slice(-2));
  await Promise.all([waiting(first).waitFor(), waiting(second).waitFor()]);
  await call.end();
  await Promise.all([first, second].map((page) => until(async () => (await waiting(page).count()) === 0, 'the call is gone')));
});

scenario('a break has its reason, by F9 and a digit, and the way back', async () => {
  const page = await openDesk(browser, site);
  const state = page.locator('section[data-state]');
  await page.locator('section:is([data-state=ready], [data-state=offline])').waitFor();
  if ((await state.getAttribute('data-state')) === 'offline') await press(page, 'F9');
  await page.locator('section[data-state=ready]').waitFor();
  await press(page, 'F9', 'Digit1');
  await page.locator('section[data-state=break]').waitFor();
  assert.match(await state.innerText(), /отдых/);
  await press(page, 'F9');
  await page.locator('section[data-state=ready]').waitFor();
});
