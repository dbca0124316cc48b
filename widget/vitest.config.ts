// Vitest stays at 4 (package.json) because 5 wants Node 22, and Node 20 must do.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { projects: ['*/vitest.config.ts'] } });
