import { join } from 'node:path';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The screens that open first; scripts/size.mjs weighs them.
const firstScreens = ['src/screens/node/Desk.svelte', 'src/screens/hub/Region.svelte', 'src/main.ts'];

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[]; code: string | null } | null;
}

// Words are imported by way of one file that has all of them; who needs which is in the code alone.
const kWords = 'src/paraglide/messages';
const kAllWords = `${kWords}/_index.js`;

let needed: Set<string> | null = null;

/** What the first screens import, near and far. */
function neededFirst(modules: Modules): Set<string> {
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id) || id.endsWith(kAllWords)) return;
    found.add(id);
    const module = modules.getModuleInfo(id);
    for (const next of module?.importedIds ?? []) add(next);
    for (const [, word] of (module?.code ?? '').matchAll(/\bm\.(\w+)/g)) add(join(import.meta.dirname, `${kWords}/${word}.js`));
  };
  for (const screen of firstScreens) add(join(import.meta.dirname, screen));
  return found;
}

// OPORA_UI_OUT: where CMake wants the result. OPORA_UI_API: the daemon that `npm run dev` talks to.
const api = process.env.OPORA_UI_API ?? 'http://127.0.0.1:8081';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: process.env.OPORA_UI_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    // No data: URLs: the policy is default-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/paraglide/') },
      output: {
        // What several screens share comes in one file: a browser has six connections, not thirty. In another comes what
        // only later ones share, so that a screen more does not weigh on the first.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              debugName: 'shared',
              name: (id, modules) => ((needed ??= neededFirst(modules)).has(id) ? 'shared' : 'later'),
              minShareCount: 2,
              test: /\/(src|node_modules)\//,
            },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: api, ws: true } } },
});
