import { defineConfig } from 'vitest/config';

// Only pure parts: no browser, no Svelte compiler, no clock.
export default defineConfig({ test: { include: ['tests/**/*.test.ts'], environment: 'node' } });
