// A shift at the telephones (O3, O4, O6, O7, N3, T13): three agents and a supervisor at a node that drives a telephone system.
// Its telephones are a simulator's. Each chapter begins where the one before ended.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { chapter, press, status } from './lib/browser.mjs';
import { control, site, telephone, until } from './lib/region.mjs';
import {
  at,
  becomesReady,
  begin,
  board,
  byKey,
  callOf,
  chooses,
  comes,
  controls,
  device,
  deviceOf,
  end,
  gone,
  isClean,
  isInState,
  kChildren,
  kNames,
  leaves,
  lineOf,
  opensDesk,
  opensWall,
  push,
  room,
  says,
  shoot,
  shootAway,
  shootWall,
  shown,
  signsIn,
  strip,
  takes,
  takesBreak,
  talks,
  talksBehindAForm,
} from './lib/telephones.mjs';

before(begin);
after(end);

let first; // the caller of the first recorded conversation

// ---- The shift

chapter('three agents begin their shift, and the supervisor sees them', async () => {
  await signsIn('head');
  await at.head.goto(`${site.url}/#/shift`);
  for (const who of ['anna', 'boris', 'vera']) {
    await opensDesk(who);
    await isInState(who, 'offline');
    await becomesReady(who);
    await says(lineOf(who), 'Готов');
  }
  await room().getByRole('row', { name: 'Регистратура 0 2' }).waitFor();
  await room().getByRole('row', { name: 'Детская поликлиника 0 1' }).waitFor();
  await says(room(), 'Звонков нет');
  await isClean('head', 'anna', 'boris');
});

chapter('the phone of whoever is idle longest rings, and the form has the number', async () => {
  first = await comes();
  await device(deviceOf('anna')).rings();
  await isInState('anna', 'ringing');
  await says(strip('anna'), shown(first.phone));
  await says(controls('anna'), 'Звонит ваш телефон');
  await callOf(kNames.anna).getByText('Звонок').waitFor();
  await shoot('anna', 'ringing');
  await telephone('answers', deviceOf('anna'));
  await talks('anna', first);
  await callOf(kNames.anna).getByText('разговор').waitFor();

  const second = await comes();
  await takes('boris');
  await talks('boris', second);
  await shoot('anna', 'talking');
  await shoot('boris', 'talking');
  // Boris is free before Anna is: the next one is his.
  await leaves(second);
  await isInState('boris', 'ready');
  await leaves(first);
  await isInState('anna', 'ready');
  await says(room(), 'Звонков нет');
});

chapter('a caller is held, comes to a colleague who was asked first, then to another queue', async () => {
  const caller = await comes();
  await takes('boris');
  await talksBehindAForm('boris', caller);
  await push(controls('boris'), 'Удержать');
  await says(controls('boris'), /ждёт \d:\d\d/);
  await says(room(), 'на удержании');
  await shoot('boris', 'held');
  await push(controls('boris'), 'Продолжить');
  await gone(controls('boris'), 'Продолжить');

  await push(controls('boris'), 'Посоветоваться');
  await chooses('boris', [0, 0]); // a colleague, Anna

  await says(controls('boris'), 'Вызываем коллегу');
  await takes('anna');
  await says(controls('boris'), 'Говорите с коллегой');
  await says(controls('anna'), 'Коллега советуется с вами, заявитель ждёт');
  await shoot('boris', 'consulting');
  await shoot('anna', 'consulted');
  await isClean('boris', 'anna');
  await push(controls('boris'), 'Соединить');
  await isInState('boris', 'ready');
  await talksBehindAForm('anna', caller);

  await push(controls('anna'), 'Перевести');
  await chooses('anna', [1, 1]); // a queue, that of children
  await takes('vera');
  await talks('vera', caller);
  await isInState('anna', 'ready');

  await leaves(caller);
  await says(controls('vera'), 'Обработка звонка');
  await shoot('vera', 'wrap_up');
  await push(controls('vera'), 'Готов');
  await gone(controls('vera'), 'Обработка звонка');
});

chapter('a whole call goes by keys alone: held, consulted, three together, passed on, ended, the next one taken and called back', async () => {
  const caller = await comes();
  await takes('boris');
  await talksBehindAForm('boris', caller);
  await byKey('boris', 'Удержать', 'Shift+F4');
  await says(controls('boris'), /ждёт \d:\d\d/);
  await byKey('boris', 'Продолжить', 'Shift+F4');
  await gone(controls('boris'), 'Продолжить');

  await press(at.boris, 'F4'); // from the field of the form, and back to it
  const field = () => at.boris.evaluate(() => document.activeElement?.getAttribute('name') ?? '');
  const before = await field();
  await byKey('boris', 'Посоветоваться', 'Shift+F8');
  await controls('boris').locator('select:focus').waitFor();
  await press(at.boris, 'Escape');
  assert.equal(await field(), before);
  await byKey('boris', 'Посоветоваться', 'Shift+F8');
  await chooses('boris', [0, 0]); // a colleague, Anna
  await device(deviceOf('anna')).rings();
  await isInState('anna', 'ringing');
  await says(strip('anna'), shown(caller.phone)); // before she has taken her phone
  await says(strip('anna'), 'Советуется Петров Б. Л.');
  await shoot('anna', 'asked');
  await telephone('answers', deviceOf('anna'));
  await says(controls('boris'), 'Говорите с коллегой');
  await byKey('boris', 'Втроём', 'Shift+F8');
  await says(controls('anna'), 'Разговор втроём');
  await byKey('boris', 'Завершить', 'Shift+F9');
  await isInState('boris', 'ready');
  await talksBehindAForm('anna', caller);
  await byKey('anna', 'Перевести', 'Shift+F7');
  await chooses('anna', [0, 0]); // a colleague, Boris
  await device(deviceOf('boris')).rings();
  await says(strip('boris'), shown(caller.phone));
  await isInState('boris', 'ringing');
  await isInState('anna', 'ready'); // she is free of him at once, on all screens
  await telephone('answers', deviceOf('boris'));
  await talks('boris', caller);
  await byKey('boris', 'Завершить', 'Shift+F9');
  await isInState('boris', 'ready');

  for (const who of ['anna', 'boris']) await takesBreak(who);
  const waits = await comes();
  await says(controls('boris'), 'Ждут: 1');
  await byKey('boris', 'Взять звонок', 'Shift+F3');
  await takes('boris');
  await talksBehindAForm('boris', waits);
  await byKey('boris', 'Завершить', 'Shift+F9');
  await isInState('boris', 'break');
  const dialled = `PJSIP/${waits.phone}@trunk`; // as it stands in the form
  await telephone('registers', dialled);
  await byKey('boris', 'Позвонить', 'Shift+F1'); // the number is in the form
  await takes('boris');
  await device(dialled).rings();
  await telephone('answers', dialled);
  await isInState('boris', 'talking');
  await byKey('boris', 'Завершить', 'Shift+F9');
  await isInState('boris', 'break');
  for (const who of ['anna', 'boris']) await becomesReady(who);

  await press(at.boris, 'F1');
  await says(at.boris.getByRole('row', { name: 'Звонок: завершить' }), '⇧ F9');
  await press(at.boris, 'Escape');
});

chapter('who does not take his phone is on a break that says so, and the lost caller is called back by a key', async () => {
  await takesBreak('anna');

  const caller = await comes();
  await device(deviceOf('boris')).rings();
  await telephone('refuses', deviceOf('boris'), '19');
  await isInState('boris', 'break');
  await says(at.boris.locator('[data-state=break]'), 'нет ответа');
  await says(controls('boris'), 'Телефон не ответил: вы не в очереди');
  await says(lineOf('boris'), 'Перерыв · нет ответа');
  await callOf('ждёт · 1').getByText('Регистратура').waitFor();
  await shoot('boris', 'aside');
  await shoot('head', 'aside');
  await leaves(caller);

  await push(controls('boris'), 'Готов');
  await isInState('boris', 'ready');
  await telephone('registers', caller.device);
  const task = at.boris.locator('[data-call-backs] [data-task]').filter({ hasText: shown(caller.phone) });
  await says(at.anna.locator('[data-call-backs] [data-task=due]'), shown(caller.phone));
  await task.press('Enter');
  await takes('boris');
  await device(caller.device).rings();
  await says(controls('boris'), 'вызываем абонента');
  await says(at.anna.locator('[data-call-backs] [data-task=claimed]'), /Петров/);
  await telephone('answers', caller.device);
  await talks('boris', caller);
  await shoot('boris', 'calls_back');
  await isClean('boris', 'head');
  // The talk has settled it.
  await task.waitFor({ state: 'detached' });
  await push(controls('boris'), 'Завершить');
  await isInState('boris', 'ready');
});

chapter('the supervisor listens, takes a call over, opens the reserve, lends an agent and changes states', async () => {
  const caller = await comes();
  await takes('boris');
  await push(callOf(kNames.boris), 'Слушать');
  await takes('head');
  await says(callOf(kNames.boris), 'слушает Королёва Н. П.');
  await says(lineOf('head'), 'слушает разговор');
  await says(board('talking'), 'Королёва');
  await says(board('talking'), 'слушает разговор');
  await shoot('head', 'listens');
  await isClean('head');
  await telephone('puts_down', deviceOf('head'));
  await gone(room(), 'слушает Королёва Н. П.');
  await push(callOf(kNames.boris), 'Подсказать');
  await takes('head');
  await says(callOf(kNames.boris), 'подсказывает Королёва Н. П.');
  await says(board('talking'), 'подсказывает коллеге');
  await telephone('puts_down', deviceOf('head'));
  await gone(room(), 'подсказывает Королёва Н. П.');
  await push(callOf(kNames.boris), 'Забрать');
  await takes('head');
  await callOf(kNames.head).getByText('разговор').waitFor();
  await isInState('boris', 'ready');
  await leaves(caller);
  await says(room(), 'Звонков нет');

  await push(lineOf('boris'), 'Снять с очереди');
  await isInState('boris', 'offline');
  const waits = await comes();
  await callOf('ждёт · 1').waitFor();
  await room().getByRole('button', { name: /^Подключить резерв/ }).press('Enter');
  await takes('vera');
  await talksBehindAForm('vera', waits);
  await room().getByRole('button', { name: /^Отпустить резерв/ }).press('Enter');
  await room().getByRole('button', { name: /^Подключить резерв/ }).waitFor();
  await leaves(waits);
  await isInState('vera', 'ready');

  await lineOf('boris').getByRole('combobox').selectOption('Детская поликлиника');
  await lineOf('boris').getByRole('button', { name: 'Вернуть из «Детская поликлиника»' }).waitFor();
  await press(at.vera, 'F9', 'Digit1');
  await isInState('vera', 'break');
  await push(lineOf('boris'), 'Вернуть в очередь');
  await isInState('boris', 'ready');
  const child = await comes(kChildren);
  await takes('boris');
  await talksBehindAForm('boris', child);
  await leaves(child);
  await push(lineOf('boris'), 'Вернуть из «Детская поликлиника»');
  await push(controls('boris'), 'Готов');
  await gone(controls('boris'), 'Обработка звонка');
});

chapter('what was said is found by its number, and heard for a purpose', async () => {
  await at.head.getByRole('link', { name: 'Записи', exact: true }).press('Enter');
  await at.head.getByLabel('Телефон', { exact: true }).fill(first.phone);
  await press(at.head, 'Tab');
  const row = at.head.locator('[data-recording]');
  await row.getByText(shown(first.phone)).waitFor();
  await until(async () => (await row.count()) === 1, 'his recording alone');
  await says(row, 'Иванова А. С.');
  await row.getByRole('button').press('Enter');
  const player = at.head.locator('[data-player]');
  await player.getByText('жалоба').click();
  await push(player, 'Слушать');
  await until(() => player.locator('audio').evaluate((audio) => audio.played.length > 0 && audio.error === null), 'it is heard');
  await shoot('head', 'recording');
  await isClean('head');
  await at.head.goto(`${site.url}/#/shift`);
  await room().waitFor();
});

chapter('a browser that is closed in the middle of a call is no break of its agent', async () => {
  const caller = await comes();
  await takes('boris');
  await talksBehindAForm('boris', caller);
  await at.boris.context().close();
  await says(lineOf('boris'), 'Разговор · браузер закрыт');
  await callOf(kNames.boris).getByText('разговор').waitFor();
  await opensDesk('boris');
  await talks('boris', caller);
  await gone(lineOf('boris'), 'браузер закрыт');
  await push(controls('boris'), 'Завершить');
  await isInState('boris', 'ready');
});

for (const [english, asked] of [
  ['light', 'dark'],
  ['dark', 'light'],
])
  chapter(`with the region away calls are talked, held and consulted on in English, ${english}`, async () => {
    for (const [who, theme] of [['vera', english], ['anna', asked]]) {
      await at[who].context().close();
      await opensDesk(who, { theme, locale: 'en' });
    }
    await control('cut', site);
    try {
      for (const who of ['vera', 'anna']) await status(at[who], 'no_region').getByText(/^No connection since .* Working locally/).waitFor();
      for (const who of ['vera', 'anna']) await becomesReady(who);
      const caller = await comes(kChildren);
      await takes('vera');
      await talks('vera', caller);
      await shootAway('vera', 'talks', english);
      await push(controls('vera'), 'Hold');
      await says(controls('vera'), /waiting \d:\d\d/);
      await shootAway('vera', 'holds', english);
      // Her telephone's button ends its own hold, not this one (O4).
      await telephone('holds', deviceOf('vera'));
      await telephone('unholds', deviceOf('vera'));
      await push(controls('vera'), 'Consult');
      await controls('vera').locator('select:focus').waitFor();
      await shootAway('vera', 'chooses', english);
      await chooses('vera', [0, 0]); // a colleague, Anna
      await says(controls('vera'), 'Ringing a colleague');
      await takes('anna');
      await says(controls('vera'), 'You talk to a colleague');
      await says(controls('anna'), 'A colleague asks you, the caller waits');
      await shootAway('vera', 'consults', english);
      await shootAway('anna', 'is_asked', asked);
      await push(controls('vera'), 'All three');
      await says(controls('anna'), 'You are three in this call');
      await shootAway('anna', 'three', asked);
      await push(controls('vera'), 'Hang up');
      await talks('anna', caller);
      await push(controls('vera'), 'Ready');
      await isInState('vera', 'ready');
      await push(controls('anna'), 'Hang up');
      await push(controls('anna'), 'Ready');
      await isInState('anna', 'ready');
      for (const who of ['vera', 'anna']) {
        await press(at[who], 'F9', 'Digit1');
        await isInState(who, 'break');
      }
    } finally {
      await control('restore', site);
    }
    await status(at.vera, 'online').waitFor();
  });

/** Text lower than this share of the screen's height is not read from five metres (ShiftWall). */
const kLeastText = 1 / 28;

chapter('the wall is read from five metres, has nothing to press, and follows within a second', async () => {
  for (const theme of ['dark', 'light']) {
    await opensWall(theme);
    await at.wall.goto(`${site.url}/#/shift?wall=1`);
    const wall = at.wall.locator('[data-wall]');
    await says(wall, 'Регистратура');
    await says(wall, /Связь с регионом есть/);
    assert.equal(await at.wall.locator('button, a, input, select, [tabindex]').count(), 0, 'nothing to press');
    const sizes = await wall.evaluate((main) =>
      [...main.querySelectorAll('*')]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && !one.closest('.visually-hidden'))
        .map((one) => [parseFloat(getComputedStyle(one).fontSize) / innerHeight, one.textContent]),
    );
    for (const [size, text] of sizes) assert.ok(size >= kLeastText, `${text}: ${size}`);
    assert.ok(await at.wall.evaluate(() => document.documentElement.scrollHeight <= innerHeight), 'all of it is on the screen');
    await isClean('wall');
    await shootWall(theme);
    if (theme === 'dark') await at.wall.context().close();
  }
  await takesBreak('boris'); // as the others are: nobody is left to take a call
  const waiting = at.wall.locator('.figure').filter({ hasText: /^Ждут/ }).locator('b');
  const took = [];
  for (let i = 0; i < 3 && !took.some((ms) => ms < 1000); i++) {
    const caller = await comes();
    const since = Date.now();
    await waiting.getByText('1').waitFor();
    took.push(Date.now() - since);
    if (i === 0) await shootWall('waits');
    await leaves(caller);
    await waiting.getByText('0').waitFor();
  }
  assert.ok(took.some((ms) => ms < 1000), `within a second: ${took.join(', ')} ms`);
  await becomesReady('boris');
});

chapter('a telephone system that falls silent is told of in words, and so is its return', async () => {
  const kAway = 'АТС не отвечает: звонки в её собственной очереди';
  await telephone('freeze');
  try {
    await says(controls('boris'), kAway);
    await says(room(), kAway);
    await says(at.wall, kAway);
    await shootWall('away');
    await shoot('boris', 'away');
    await shoot('head', 'away');
    await isClean('boris', 'head');
  } finally {
    await telephone('thaw');
  }
  await gone(controls('boris'), kAway);
  await gone(room(), kAway);
  const caller = await comes();
  await takes('boris');
  await talksBehindAForm('boris', caller);
  await leaves(caller);
  await isInState('boris', 'ready');
});
