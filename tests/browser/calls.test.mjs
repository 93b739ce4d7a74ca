// What calls leave behind: whom the desk calls back (O7), and what was said, found and heard (O6).
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { axeFindings, fillForm, newPage, openBrowser, openDesk, press, scenario, signIn } from './lib/browser.mjs';
import { ask, freshPhone, hub, newKey, site, until } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const digits = (text) => text.replace(/\D/g, '');
const shotsTo = process.env.OPORA_BROWSER_SHOTS;

/** He waited a minute at the first desk and hung up. */
async function lost(phone) {
  const call_id = `browser-${newKey()}`;
  for (const [seq, type, ago] of [[0, 'queued', 60_000], [1, 'ended', 1_000]]) {
    const at = new Date(Date.now() - ago).toISOString();
    await ask(site, 'POST', '/api/v1/telephony/events', { source: 'browser-tests', call_id, seq, type, at, desk: 1, phone });
  }
  return taskOf(phone);
}

async function taskOf(phone) {
  const { items } = await ask(site, 'GET', '/api/v1/call_backs?limit=200', undefined, 'operator');
  return items.find((task) => digits(task.phone ?? '') === digits(phone));
}

const act = (task, what, role) => ask(site, 'POST', `/api/v1/call_backs/${task.id}`, { do: what }, role);
const rowOf = (page, phone) => page.locator('[data-call-backs] [data-task]').filter({ hasText: `${phone.slice(-4, -2)}-${phone.slice(-2)}` });

scenario('who was not answered is called back by one desk: taken up, tried, not too soon again', async () => {
  const phone = freshPhone();
  const page = await openDesk(browser, site);
  const task = await lost(phone);
  const row = rowOf(page, phone);
  await row.waitFor();
  if (task.state === 'later') {
    // Nobody is called at night.
    assert.match(await row.innerText(), /не раньше/);
    assert.equal(await row.getByRole('button').count(), 0);
    return;
  }
  assert.equal(await row.getAttribute('data-task'), 'due');
  await row.focus();
  await press(page, 'Enter');
  await page.waitForFunction((wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted, digits(phone));
  const ends = row.getByRole('group', { name: 'Чем кончился звонок' });
  await ends.waitFor();
  assert.match(await row.innerText(), /звоню/);
  await assert.rejects(act(task, 'claim', 'supervisor'), /409/);
  assert.deepEqual(await axeFindings(page), []);
  if (shotsTo) await page.screenshot({ path: `${shotsTo}/call_backs.png` });

  await ends.getByRole('button', { name: 'Не ответили' }).click();
  await page.waitForFunction(() => document.activeElement?.closest('[data-call-backs]'));
  await row.getByText(/^попытка 1 из \d+: не ответили$/).waitFor();
  await row.getByText(/^не раньше /).waitFor();
  assert.equal((await taskOf(phone)).state, 'later');
  assert.deepEqual(page.problems, []);
});

scenario('who calls again and is answered is off the list', async () => {
  const phone = freshPhone();
  const page = await openDesk(browser, site);
  await lost(phone);
  await rowOf(page, phone).waitFor();
  const at = new Date().toISOString();
  const call = { source: 'browser-tests', call_id: `browser-${newKey()}`, at, desk: 1, phone };
  const events = ['queued', 'answered', 'ended'].map((type, seq) => ({ ...call, seq, type, ...(type === 'answered' ? { agent: '199' } : {}) }));
  await ask(site, 'POST', '/api/v1/telephony/events', { events });
  await until(async () => (await rowOf(page, phone).count()) === 0, 'he is off the list');
});

// Its times are the page's alone: nobody is called at night, and nobody waits here for five minutes.
scenario('whoever talks longer than a claim lasts keeps it, as long as the form of the call is open', async () => {
  const phone = freshPhone();
  const page = await newPage(browser);
  const said = [];
  const in2Minutes = () => new Date(Date.now() + 120_000).toISOString();
  const task = { ...(await lost(phone)), state: 'due', again_at: new Date(Date.now() - 60_000).toISOString() };
  const now = () => (said.length > 0 ? { ...task, state: 'claimed', claimed_by: site.sign_ins.operator.login, claimed_until: in2Minutes() } : task);
  await page.route(/\/api\/v1\/call_backs\?.*show=open/, (route) =>
    route.fulfill({ json: { items: [now()], told_twice: [], next_cursor: null, total_estimate: 1 } }),
  );
  await page.route(/\/api\/v1\/call_backs\/\w+$/, (route) => (said.push(route.request().postDataJSON().do), route.fulfill({ json: now() })));
  await signIn(page, site, 'operator');
  await page.locator('form.form').waitFor();
  await rowOf(page, phone).press('Enter');
  await until(() => said.length >= 2, 'it is taken up, and asked for again');
  assert.deepEqual(said, ['claim', 'claim']); // and not with every tick of the clock
  await rowOf(page, phone).getByRole('button', { name: 'Дозвонились' }).click();
  await until(() => said.at(-1) === 'reached', 'what came of it is said');
  assert.deepEqual(page.problems, []);
});

scenario('a supervisor gives a call back to another site, and sees those that are over, by keyboard alone', async () => {
  const [lent, over] = [freshPhone(), freshPhone()];
  await lost(lent);
  await lost(over);
  const call = { source: 'browser-tests', call_id: `browser-${newKey()}`, at: new Date().toISOString(), desk: 1, phone: over };
  const events = ['queued', 'answered', 'ended'].map((type, seq) => ({ ...call, seq, type, ...(type === 'answered' ? { agent: '199' } : {}) }));
  await ask(site, 'POST', '/api/v1/telephony/events', { events });

  const page = await newPage(browser, { theme: 'dark' });
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/shift`);
  const panel = page.locator('[data-shift-call-backs]');
  const row = (phone) => panel.getByRole('row').filter({ hasText: `${phone.slice(-4, -2)}-${phone.slice(-2)}` });
  await row(lent).getByRole('button', { name: 'Передать…' }).press('Enter');
  await panel.locator('select:focus').waitFor();
  const other = await panel.locator('select:focus option').first().innerText();
  await press(page, 'Tab', 'ArrowDown', 'Tab');
  assert.deepEqual(await axeFindings(page), []);
  if (shotsTo) await page.screenshot({ path: `${shotsTo}/call_backs_shift.png` });
  await press(page, 'Enter');
  await row(lent).waitFor({ state: 'detached' });
  await panel.getByRole('radio', { name: 'Ждут звонка' }).focus();
  await press(page, 'ArrowRight');
  await row(lent).getByText(`звонит ${other} до`).waitFor();
  await press(page, 'ArrowRight');
  await row(over).getByText('дозвонился сам').waitFor();
  assert.equal(await row(over).getByRole('button').count(), 0);
  assert.deepEqual(page.problems, []);
});

// ---- The desk's controls, on a queue that is given to the page: no telephone system is driven here.

const me = { agent: '101', state: 'ready', reason: null, then: null, since: null, here: true, aside: null, rest: null, rest_until: null, call: null, serves: [], lent: [] };

/** A desk whose agent is in this call, or in none; what it asks of the queue. */
async function driven(theme, call = null, reaches = { number: true, region: true }) {
  const asked = [];
  const page = await newPage(browser, { theme });
  const agents = [{ ...me, call: call?.no ?? null }];
  const queue = { driven: true, connected: true, controls: true, reaches, keeps_my_state: false, me: me.agent, queues: [], calls: call ? [call] : [], agents, reserves: [] };
  await page.route(/\/api\/v1\/call_queue$/, (route) => route.fulfill({ json: queue }));
  await page.route(/\/api\/v1\/call_queue\/asks$/, (route) => (asked.push(route.request().postDataJSON()), route.fulfill({ status: 204 })));
  await signIn(page, site, 'operator');
  await page.locator('form.form').waitFor();
  return { page, asked };
}

scenario('a number of the history is called by a click, where the node makes calls', async () => {
  const { page, asked } = await driven('light');
  const phone = freshPhone();
  await fillForm(page, { phone, name: 'Волкова Ольга Юрьевна', summary: 'Не печатаются направления', urgent: false });
  await press(page, 'Control+Shift+Enter');
  const row = page.locator('[data-contact]').filter({ hasText: `${phone.slice(-4, -2)}-${phone.slice(-2)}` });
  await row.getByRole('button', { name: /^Позвонить: \+7/ }).press('Enter');
  await until(() => asked.length > 0, 'it is dialled');
  assert.deepEqual(asked.map((one) => [one.do, digits(one.number)]), [['dial', digits(phone)]]);
  await page.waitForFunction((wanted) => document.querySelector('input[name=phone]')?.value.replace(/\D/g, '') === wanted, digits(phone));
  assert.deepEqual(await axeFindings(page), []);
});

for (const theme of ['light', 'dark'])
  scenario(`who is held longer than a minute is shown so, and it is said, ${theme}`, async () => {
    const at = (ago) => new Date(Date.now() - ago).toISOString();
    const times = { arrived_at: at(700_000), phase_at: at(690_000), answered_at: at(690_000), held_at: at(630_000) };
    const call = { no: '5', call: '0'.repeat(32), phase: 'talking', direction: 'in', queue: null, priority: 0, held: true, position: null, expected_wait_ms: null };
    const { page } = await driven(theme, { ...call, ...times, legs: [{ role: 'agent', up: true, agent: '101' }] });
    const controls = page.getByRole('region', { name: 'Управление звонком' });
    await controls.locator('[data-held=long]').getByText(/ждёт 10:\d\d/).waitFor();
    await controls.getByRole('status').getByText('Заявитель на удержании дольше минуты').waitFor();
    assert.ok(await controls.evaluate((card) => card.scrollWidth <= card.clientWidth), 'all of it is in its line');
    assert.deepEqual(await axeFindings(page), []);
    if (shotsTo) await page.screenshot({ path: `${shotsTo}/held_${theme}.png` });
  });

// O4: what the telephone system has no way to is not offered.
for (const [reaches, ways] of [
  [{ number: true, region: true }, ['agent', 'queue', 'number', 'region']],
  [{ number: true, region: false }, ['agent', 'queue', 'number']],
  [{ number: false, region: false }, ['agent', 'queue']],
])
  scenario(`a call is passed on to ${ways.join(', ')}, and to nobody else`, async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const call = { no: '7', call: '0'.repeat(32), phase: 'talking', direction: 'in', queue: null, priority: 0, held: false, held_at: null, position: null, expected_wait_ms: null };
    const times = { arrived_at: at, phase_at: at, answered_at: at };
    const { page } = await driven('light', { ...call, ...times, legs: [{ role: 'agent', up: true, agent: '101' }] }, reaches);
    const controls = page.getByRole('region', { name: 'Управление звонком' });
    await controls.getByRole('button', { name: /^Перевести/ }).press('Enter');
    await controls.locator('form select').first().waitFor();
    assert.deepEqual(await controls.locator('form select').first().locator('option').evaluateAll((all) => all.map((one) => one.value)), ways);
    assert.deepEqual(page.problems, []);
  });

// What the key does next is something else: who is kept on hold would be taken back, a pause that ends would take a caller.
scenario('a key of the call that is held down asks once', async () => {
  const at = new Date(Date.now() - 60_000).toISOString();
  const call = { no: '6', call: '0'.repeat(32), phase: 'talking', direction: 'in', queue: null, priority: 0, held: false, held_at: null, position: null, expected_wait_ms: null };
  const times = { arrived_at: at, phase_at: at, answered_at: at };
  const { page, asked } = await driven('light', { ...call, ...times, legs: [{ role: 'agent', up: true, agent: '101' }] });
  await page.getByRole('region', { name: 'Управление звонком' }).waitFor();
  await page.keyboard.down('Shift');
  for (let i = 0; i < 4; i++) {
    await page.keyboard.down('F4'); // from the second on as a key that is not let go
    await until(() => asked.length > 0, 'it is asked for');
    await page.waitForTimeout(100);
  }
  await page.keyboard.up('F4');
  assert.deepEqual(asked.map((one) => one.do), ['hold']);
  await page.keyboard.down('F4');
  await until(() => asked.length === 2, 'and again when it is pressed again');
  await page.keyboard.up('F4');
  await page.keyboard.up('Shift');
});

// T23. Of another site's caller; what that site and its telephone system do is given to the page.
scenario('the strip says from where a caller comes over, and for how long he waits in all', async () => {
  const at = (ago) => new Date(Date.now() - ago).toISOString();
  const call = { id: '7'.repeat(32), site: 1, desk: 1, line: '122', phone: freshPhone(), direction: 'in', agent: me.agent, agent_name: null, class: 'waiting' };
  const times = { queued_at: at(95_000), ringing_at: at(5_000), answered_at: null, ended_at: null, wait_ms: null, talk_ms: null, answer_ms: null };
  const over = { overlaps: false, journey: 'a7'.repeat(16), from_site: 9999, erased: false };
  const page = await newPage(browser, { theme: 'light' });
  const live = { waiting: [], ringing: [{ ...call, ...times, ...over }], talking: [], missed: [] };
  await page.route(/\/api\/v1\/calls\/live/, (route) => route.fulfill({ json: live }));
  await signIn(page, site, 'operator');
  const strip = page.locator('.strip');
  await strip.locator('[data-came-over]').getByText(/^из: № 9999 · ждёт 1:[34]\d$/).waitFor();
  assert.ok(await strip.evaluate((card) => card.scrollWidth <= card.clientWidth), 'all of it is in its line');
  assert.deepEqual(await axeFindings(page), []);
  if (shotsTo) await page.screenshot({ path: `${shotsTo}/came_over.png` });
});

// ---- Recordings. No telephone system records here: what the node would answer is given to the page.

const kRate = 8000;
// Longer than any look at it takes.
const kSeconds = 60;

function wav() {
  const out = Buffer.alloc(44 + 2 * kRate * kSeconds);
  out.write('RIFF', 0);
  out.writeUInt32LE(out.length - 8, 4);
  out.write('WAVEfmt ', 8);
  [16, 1 | (1 << 16), kRate, 2 * kRate, 2 | (16 << 16)].forEach((word, i) => out.writeUInt32LE(word, 16 + 4 * i));
  out.write('data', 36);
  out.writeUInt32LE(out.length - 44, 40);
  return out;
}

const recording = (no, more = {}) => ({
  id: String(no).padStart(32, '0'),
  call_id: String(no).padStart(32, 'c'),
  part: 1,
  site: site.no,
  desk: 1,
  line: 'Регистратура',
  agent: '201',
  agent_name: 'Иванова Анна Сергеевна',
  phone: `+7900000000${no}`,
  direction: 'in',
  started_at: new Date(Date.now() - no * 60_000).toISOString(),
  duration_ms: kSeconds * 1000,
  keep_until: new Date(Date.now() + 29 * 86_400_000).toISOString(),
  state: 'here',
  fault: null,
  ...more,
});

/** The page's requests for recordings, answered; those for sound are counted with their purpose. */
async function recorded(page, items) {
  const heard = [];
  await page.route(/\/api\/v1\/recordings(\?|\/|$)/, async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const [, , , , id, sound] = pathname.split('/');
    if (sound) {
      heard.push(searchParams.get('purpose'));
      return route.fulfill({ contentType: 'audio/wav', body: wav() });
    }
    const one = items.find((each) => each.id === id);
    const levels = Array.from({ length: 600 }, (_, i) => (i * 7) % 64);
    if (id) return route.fulfill({ json: { ...one, levels: one.state === 'here' ? levels : [] } });
    return route.fulfill({ json: { items, next_cursor: null, total_estimate: items.length } });
  });
  return heard;
}

const button = (page, no) => page.locator(`[data-recording="${recording(no).id}"]`).getByRole('button');
const playing = (page) => page.locator('[data-player] audio').evaluate((audio) => !audio.paused);

for (const [member, place, theme] of [[site, 'site', 'light'], [hub, 'hub', 'dark']]) {
  scenario(`at the ${place} a conversation is heard for a purpose, by keyboard alone, ${theme}`, async () => {
    const page = await newPage(browser, { theme });
    const items = [recording(1), recording(2), recording(3, { state: 'missed', fault: 'refused', keep_until: null, duration_ms: 0 }), recording(4, { state: 'at_site' })];
    const heard = await recorded(page, items);
    await signIn(page, member, 'supervisor');
    await page.getByRole('link', { name: 'Записи', exact: true }).click();
    await button(page, 1).focus();
    await press(page, 'Space');
    const player = page.locator('[data-player]');
    await player.waitFor();
    await page.waitForURL(/open=/);
    const play = player.getByRole('button', { name: 'Слушать' });
    assert.ok(await play.isDisabled(), 'nothing is heard without a purpose');
    await until(async () => ((await player.locator('path.bars').first().getAttribute('d')) ?? '').length > 0, 'the waveform is there');
    assert.deepEqual(heard, []);

    await player.getByText('жалоба').click();
    await play.focus();
    await press(page, 'Enter');
    await until(() => playing(page), 'it plays');
    assert.ok(heard.length > 0 && heard.every((purpose) => purpose === 'complaint'), heard.join());
    await player.getByRole('button', { name: 'Пауза' }).waitFor();
    await button(page, 1).focus();
    await press(page, 'Space');
    await until(async () => !(await playing(page)), 'it is paused');
    assert.deepEqual(await axeFindings(page), []);
    if (shotsTo) await page.screenshot({ path: `${shotsTo}/recordings_${place}_${theme}.png` });

    await press(page, 'ArrowDown');
    await until(() => play.isDisabled(), 'why the next one is listened to is asked anew');
    await press(page, 'ArrowDown');
    await player.getByText('АТС не начала запись.').waitFor();
    await press(page, 'ArrowDown');
    await player.getByText('хранится только на площадке').waitFor();
    assert.equal(await play.count(), 0, 'what is elsewhere is not heard');
    assert.equal(await page.locator('[data-recording]').count(), 4);
    await press(page, 'Escape');
    await player.waitFor({ state: 'detached' });
    assert.deepEqual(page.problems, []);
  });
}

scenario('where nothing is recorded the screen says so, and a wrong question why it has no answer', async () => {
  const page = await newPage(browser);
  await signIn(page, site, 'supervisor');
  await page.goto(`${site.url}/#/recordings`);
  await page.getByText('Записей пока нет').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.getByLabel('Телефон', { exact: true }).fill('нет');
  await press(page, 'Tab');
  await page.getByRole('alert').getByText(/Телефон/).waitFor();
  await page.getByRole('button', { name: 'Сбросить отбор' }).click();
  await page.getByText('Записей пока нет').waitFor();
});
