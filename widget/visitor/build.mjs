/** Builds the loader and the frame app into dist/ and says how large they are; too large is an error. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const target = ['chrome111', 'edge111', 'firefox115', 'safari16.4'];
const shared = { root, configFile: false, logLevel: 'warn' };
const KILOBYTE = 1024;

/** The hub speaks WebSocket only, so the other transports of the library need not travel to every visitor. */
const webSocketOnly = {
  name: 'web-socket-only',
  load: (id) =>
    id.endsWith('/engine.io-client/build/esm/transports/index.js')
      ? "import { WS } from './websocket.js'; export const transports = { websocket: WS };"
      : null,
};

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  ...shared,
  base: '/widget/',
  plugins: [webSocketOnly],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target, outDir: 'dist', modulePreload: false, assetsInlineLimit: 0, rollupOptions: { input: `${root}frame.html` } },
});
await build({
  ...shared,
  build: {
    target,
    outDir: 'dist',
    emptyOutDir: false,
    lib: { entry: `${root}src/loader.ts`, formats: ['iife'], name: 'handraiseLoader', fileName: () => 'loader.js' },
  },
});

const size = (file) => gzipSync(readFileSync(`${root}dist/${file}`), { level: 9 }).length;
const assets = readdirSync(`${root}dist/assets`);
const total = (kind) => assets.filter((name) => name.endsWith(kind)).reduce((sum, name) => sum + size(`assets/${name}`), 0);
const sizes = [
  ['loader', size('loader.js'), 4.5],
  ['frame script', total('.js'), 45],
  ['frame styles', total('.css'), 6],
];
for (const [name, bytes, limit] of sizes) {
  console.log(`${name}: ${(bytes / KILOBYTE).toFixed(1)} KB gzipped (at most ${limit})`);
  if (bytes > limit * KILOBYTE) process.exitCode = 1;
}
