// TypeScript stays below 6.1 (package.json) because typescript-eslint 8 does not read what later compilers produce.
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noRawHtml = [
  { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Text nodes only.' },
  { selector: 'Property[key.name="dangerouslySetInnerHTML"]', message: 'Text nodes only.' },
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)$/]', message: 'Text nodes only.' },
];

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  { rules: { 'no-restricted-syntax': ['error', ...noRawHtml], eqeqeq: 'error', 'no-eval': 'error' } },
  {
    files: ['visitor/src/**'],
    ignores: ['visitor/src/client.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'socket.io-client', message: 'Only client.ts speaks Socket.IO.' }] }] },
  },
  {
    files: ['console/src/**'],
    ignores: ['console/src/net/socket.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'socket.io-client', message: 'Only net/socket.ts speaks Socket.IO.' }] }],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', URL: 'readonly' },
    },
  },
);
