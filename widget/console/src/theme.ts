/** Mantine dressed in the tokens of tokens.css, so that console and widget are one family in light and dark. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// Only a fallback: the colours that are seen come from the tokens below.
const brand: MantineColorsTuple = [
  '#e6f3f6',
  '#cfe6ec',
  '#a9d0da',
  '#7cb8c8',
  '#4f9fb3',
  '#2b879f',
  '#17809a',
  '#0e6377',
  '#0a5163',
  '#073c4a',
];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: { brand },
  fontFamily: 'var(--hr-font)',
  fontFamilyMonospace: 'var(--hr-mono)',
  headings: { fontFamily: 'var(--hr-font)', fontWeight: '600' },
  fontSizes: { xs: 'var(--hr-12)', sm: 'var(--hr-14)', md: 'var(--hr-14)', lg: 'var(--hr-17)', xl: 'var(--hr-20)' },
  lineHeights: { xs: '1.35', sm: '1.43', md: '1.43', lg: '1.4', xl: '1.35' },
  radius: { xs: '4px', sm: 'var(--hr-r-control)', md: 'var(--hr-r-control)', lg: 'var(--hr-r-card)', xl: 'var(--hr-r-card)' },
  spacing: { xs: 'var(--hr-s2)', sm: 'var(--hr-s3)', md: 'var(--hr-s4)', lg: 'var(--hr-s6)', xl: 'var(--hr-s8)' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  shadows: { md: 'var(--hr-shadow)', lg: 'var(--hr-shadow)', xl: 'var(--hr-shadow)' },
  components: {
    InputWrapper: { styles: { label: { marginBlockEnd: '4px', fontWeight: 500 }, description: { textWrap: 'pretty' } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show the password' } } },
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.4 } },
      styles: { title: { fontSize: 'var(--hr-17)', fontWeight: 600 } },
    },
  },
});

const shared = {
  '--mantine-color-body': 'var(--hr-surface)',
  '--mantine-color-text': 'var(--hr-text)',
  '--mantine-color-bright': 'var(--hr-text)',
  '--mantine-color-dimmed': 'var(--hr-text-quiet)',
  '--mantine-color-placeholder': 'var(--hr-text-quiet)',
  '--mantine-color-anchor': 'var(--hr-brand-text)',
  '--mantine-color-error': 'var(--hr-red-text)',
  '--mantine-color-default': 'var(--hr-surface)',
  '--mantine-color-default-hover': 'var(--hr-sunken)',
  '--mantine-color-default-color': 'var(--hr-text)',
  '--mantine-color-default-border': 'var(--hr-line-strong)',
  '--mantine-color-disabled': 'var(--hr-grey-2)',
  '--mantine-color-disabled-color': 'var(--hr-grey-7)',
  '--mantine-color-disabled-border': 'var(--hr-grey-3)',
  '--mantine-color-brand-filled': 'var(--hr-brand)',
  '--mantine-color-brand-filled-hover': 'var(--hr-brand-strong)',
  '--mantine-color-brand-light': 'var(--hr-brand-wash)',
  '--mantine-color-brand-light-hover': 'var(--hr-brand-wash)',
  '--mantine-color-brand-light-color': 'var(--hr-brand-text)',
  '--mantine-color-brand-outline': 'var(--hr-brand-text)',
  '--mantine-color-gray-light': 'var(--hr-grey-2)',
  '--mantine-color-gray-light-hover': 'var(--hr-grey-3)',
  '--mantine-color-gray-light-color': 'var(--hr-grey-8)',
  '--mantine-color-red-filled': 'var(--hr-red)',
  '--mantine-color-red-light': 'var(--hr-red-wash)',
  '--mantine-color-red-light-color': 'var(--hr-red-text)',
  '--mantine-primary-color-filled': 'var(--hr-brand)',
  '--mantine-primary-color-filled-hover': 'var(--hr-brand-strong)',
};

/** Mantine's own greys, for whatever is not named above: each step becomes a step of the tokens' ramp. */
const ramp = (name: 'gray' | 'dark', steps: readonly number[]) =>
  Object.fromEntries(steps.map((step, i) => [`--mantine-color-${name}-${String(i)}`, `var(--hr-grey-${String(step)})`]));

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...ramp('gray', [1, 2, 3, 3, 4, 5, 7, 7, 8, 9]), ...shared },
  dark: { ...ramp('dark', [9, 8, 7, 6, 4, 3, 1, 0, 0, 0]), ...shared },
});
