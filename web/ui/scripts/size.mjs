// What a browser fetches until the first screen works, gzipped: the page, the entry and the screen itself with
// everything they import, and the worker. Fails above the limit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const kLimitKb = 100;
const out = process.env.OPORA_UI_OUT ?? 'dist';
const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
const screens = { desk: 'src/screens/node/Desk.svelte', region: 'src/screens/hub/Region.svelte' };

function closure(key, files) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`no ${key} in the manifest`);
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const asset of chunk.assets ?? []) files.add(asset);
  for (const next of chunk.imports ?? []) closure(next, files);
  return files;
}

let failed = false;
for (const [name, screen] of Object.entries(screens)) {
  const files = closure(screen, closure('index.html', new Set(['index.html'])));
  let bytes = 0;
  for (const file of files) bytes += gzipSync(readFileSync(join(out, file)), { level: 9 }).length;
  const kb = bytes / 1024;
  failed ||= kb > kLimitKb;
  console.log(`first load, ${name}: ${kb.toFixed(1)} KB gzip in ${files.size} files (limit ${kLimitKb})`);
}
process.exit(failed ? 1 : 0);
