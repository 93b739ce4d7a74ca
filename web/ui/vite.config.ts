import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

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
        // What several screens share comes in one file: a browser has six connections, not thirty.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2, test: /\/(src|node_modules)\// }] },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: api, ws: true } } },
});
