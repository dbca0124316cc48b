/** Light, dark or as the system: remembered by Mantine, and told to the tokens, before anything is drawn. */
import { localStorageColorSchemeManager, type MantineColorScheme } from '@mantine/core';

export const schemeManager = localStorageColorSchemeManager({ key: 'handraise.scheme' });

/** The tokens follow the system unless `data-theme` says otherwise. */
export function applyScheme(scheme: MantineColorScheme): void {
  const root = document.documentElement;
  const dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  if (scheme === 'auto') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', scheme);
}
