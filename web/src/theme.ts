/** How the console looks: one colour, quiet greys, readable in both schemes. */
import { createTheme, type CSSVariablesResolver, mergeThemeOverrides } from '@mantine/core';
import { pine, shadesOf } from './brand/shades.ts';

const theme = createTheme({
  colors: { pine },
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.05rem' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500, miw: 'max-content' } },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
});

/** The look of the house, in another colour where a tenant has chosen one. */
export function themeIn(color: string | undefined) {
  return color === undefined ? theme : mergeThemeOverrides(theme, { colors: { pine: shadesOf(color) } });
}

/** Mantine’s quiet text is too pale to be read by everybody. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56606b',
    '--mantine-color-placeholder': '#6b7580',
    '--mantine-color-error': '#c02525',
    '--mantine-color-anchor': 'var(--mantine-color-pine-7)',
    '--console-canvas': '#f6f8f8',
    '--mantine-color-green-light-color': '#17632c',
    '--mantine-color-orange-light-color': '#8f4400',
    '--mantine-color-red-light-color': '#a01c1c',
    '--mantine-color-blue-light-color': '#17548f',
    '--mantine-color-gray-light-color': '#3d454d',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b2bb',
    '--mantine-color-placeholder': '#8d97a1',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': 'var(--mantine-color-pine-3)',
    '--mantine-color-body': '#171b1e',
    '--console-canvas': '#101315',
  },
});
