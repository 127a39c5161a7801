import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Compressed once here, so that the service need not do it for every browser. */
function brotli(folder: string) {
  return {
    name: 'brotli',
    apply: 'build' as const,
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        writeFileSync(path + '.br', brotliCompressSync(readFileSync(path)));
      }
    },
  };
}

// `npm run dev` against a running service: RUNAIRBAC_ADDRESS, and RUNAIRBAC_TOKEN (an access token) instead of a session cookie.
const service = process.env.RUNAIRBAC_ADDRESS ?? 'http://127.0.0.1:8080';
const token = process.env.RUNAIRBAC_TOKEN;

export default defineConfig({
  plugins: [react(), brotli('dist')],
  // Browsers that know light-dark(): what older ones would get instead does not follow the chosen colour scheme.
  build: { target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'], outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1000, modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/login', '/logout', '/auth'].map((path) => [
        path,
        { target: service, headers: { origin: service, ...(token ? { authorization: `Bearer ${token}` } : {}) } },
      ]),
    ),
  },
  test: { environment: 'jsdom', setupFiles: ['src/testing/setup.ts'], restoreMocks: true },
});
