import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The colours use light-dark(), so the browsers are those that know it (2024 and later).
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
