// Files of a ticket (V6): chosen, dropped and pasted; what was refused says why.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { after, before } from 'node:test';

import { axeFindings, newPage, newTicket, openBrowser, openDesk, scenario, signIn } from './lib/browser.mjs';
import { ask, site } from './lib/region.mjs';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const kCrc = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => (bytes.reduce((c, byte) => kCrc[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(type, content) {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A picture of two colours; `noise` makes it as large as its pixels. */
function png(side = 64, noise = false) {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  const rows = Buffer.alloc(side * (side * 3 + 1));
  for (let i = 0; i < rows.length; i += 1) rows[i] = noise ? (i * 2654435761) >>> 24 : i % 3 === 0 ? 40 : 160;
  for (let y = 0; y < side; y += 1) rows[y * (side * 3 + 1)] = 0;
  const data = deflateSync(rows, { level: noise ? 0 : 9 });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

const file = (name, buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

async function openCard(options) {
  const page = await openDesk(browser, site, options);
  const number = await newTicket(page, 'Программа показывает ошибку');
  await page.goto(`${site.url}/#/tickets/${number}`);
  await page.locator('[data-files]').waitFor();
  return { page, number };
}

const here = (page) => page.locator('[data-files] li[data-file=here]');

/** What a browser does when somebody drops or pastes files, which no key of a test can. */
const bring = (page, kind, files) =>
  page.evaluate(
    ([event, list]) => {
      const data = new DataTransfer();
      for (const one of list) data.items.add(new File([new Uint8Array(one.bytes)], one.name, { type: 'image/png' }));
      const target = document.querySelector('[data-files]');
      if (event === 'paste') window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      else target.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [kind, files.map(({ name, buffer }) => ({ name, bytes: [...buffer] }))],
  );

scenario('a file is chosen by keyboard, is shown, opens and gets ✓✓', async () => {
  const { page, number } = await openCard();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Прикрепить' }).focus();
  await page.keyboard.press('Enter');
  await (await chooser).setFiles([file('ошибка на экране.png', png())]);
  await here(page).waitFor();
  const [item] = (await ask(site, 'GET', `/api/v1/tickets/${number}/attachments`)).items;
  assert.deepEqual([item.name, item.kind, item.state], ['ошибка на экране.png', 'png', 'here']);
  await page.waitForFunction(() => document.querySelector('[data-files] img')?.naturalWidth === 64);
  await page.locator('[data-files] [data-receipt=region]').waitFor();
  await page.getByText('Приложен файл PNG').waitFor();
  assert.deepEqual(page.problems, []);
});

scenario('files are dropped and pasted, several at once', async () => {
  const { page, number } = await openCard();
  await bring(page, 'drop', [file('один.png', png(8)), file('два.png', png(16))]);
  await page.waitForFunction(() => document.querySelectorAll('[data-files] li[data-file=here]').length === 2);
  await bring(page, 'paste', [file('три.png', png(24))]);
  await page.waitForFunction(() => document.querySelectorAll('[data-files] li[data-file=here]').length === 3);
  const { items } = await ask(site, 'GET', `/api/v1/tickets/${number}/attachments`);
  assert.deepEqual(items.map((item) => item.name), ['один.png', 'два.png', 'три.png']);
});

scenario('what is not taken says why in words and can be put away', async () => {
  const { page } = await openCard();
  const input = page.locator('[data-files] input[type=file]');
  await input.setInputFiles([
    file('таблица.xlsx', Buffer.from('PK\x03\x04'), 'application/octet-stream'),
    file('обрезан.png', png().subarray(0, 60)),
    file('велик.png', png(1100, true)),
    file('огромен.png', Buffer.alloc(17 << 20)),
    file('пуст.pdf', Buffer.alloc(0)),
  ]);
  const refused = page.locator('[data-files] .refused');
  await page.waitForFunction(() => document.querySelectorAll('[data-files] .refused').length === 5);
  const words = ['Принимаются только JPEG, PNG, PDF', 'Файл пуст, повреждён', 'Файл больше 3 МБ', 'Файл больше 3 МБ', 'Файл пуст, повреждён'];
  for (const [at, said] of words.entries()) assert.ok((await refused.nth(at).textContent()).startsWith(said), said);
  assert.equal(await here(page).count(), 0);
  for (const name of ['таблица.xlsx', 'обрезан.png', 'велик.png', 'огромен.png', 'пуст.pdf'])
    await page.getByRole('button', { name: `Убрать ${name}` }).click();
  assert.equal(await page.locator('[data-files] .upload').count(), 0);
});

for (const theme of ['light', 'dark']) {
  scenario(`a card with files, ${theme}`, async () => {
    const { page } = await openCard({ theme });
    const input = page.locator('[data-files] input[type=file]');
    await input.setInputFiles([file('снимок экрана с ошибкой при записи к врачу.png', png()), file('плохой.png', Buffer.from('x'))]);
    await here(page).waitFor();
    await page.locator('[data-files] .refused').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    if (process.env.OPORA_BROWSER_SHOTS) await page.screenshot({ path: `${process.env.OPORA_BROWSER_SHOTS}/files_${theme}.png`, fullPage: true });
  });
}

scenario('who may only read sees files and adds none', async () => {
  const { page, number } = await openCard();
  await page.locator('[data-files] input[type=file]').setInputFiles([file('a.png', png())]);
  await here(page).waitFor();
  const reader = await newPage(browser);
  await signIn(reader, site, 'administrator');
  await reader.goto(`${site.url}/#/tickets/${number}`);
  await here(reader).waitFor();
  assert.equal(await reader.getByRole('button', { name: 'Прикрепить' }).count(), 0);
});
