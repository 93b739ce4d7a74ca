// Writes FILE.gz and FILE.br beside every text asset that is worth it, so that the daemon only sends bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const out = process.env.OPORA_UI_OUT ?? 'dist';
const kinds = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt']);
// Below this a compressed file saves less than one network packet.
const kWorthBytes = 1024;

for (const name of readdirSync(out, { recursive: true })) {
  const path = join(out, String(name));
  if (!statSync(path).isFile() || !kinds.has(extname(path))) continue;
  const bytes = readFileSync(path);
  if (bytes.length < kWorthBytes) continue;
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  );
}
