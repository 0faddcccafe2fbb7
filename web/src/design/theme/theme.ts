import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** The accent color. White text on shade 8 has a contrast of 5.9:1. */
const ink: MantineColorsTuple = [
  '#f4f7fe',
  '#e6eeff',
  '#d0deff',
  '#b3c9ff',
  '#92afff',
  '#7193f9',
  '#577bee',
  '#4668e1',
  '#3857d0',
  '#2c45ae',
]

const gray: MantineColorsTuple = [
  '#fafafb',
  '#f4f4f6',
  '#ededf1',
  '#e6e6eb',
  '#d2d2d9',
  '#b4b4be',
  '#6b6b77',
  '#5d5d68',
  '#3a3a43',
  '#17171c',
]

const dark: MantineColorsTuple = [
  '#ececef',
  '#d0d0d7',
  '#a1a1ab',
  '#8f8f9a',
  '#34343b',
  '#212127',
  '#18181c',
  '#131316',
  '#0f0f12',
  '#0a0a0c',
]

const red: MantineColorsTuple = [
  '#fef5f4',
  '#fee8e6',
  '#fed3ce',
  '#fdb6af',
  '#f4948d',
  '#e96f69',
  '#da4f4c',
  '#ca3738',
  '#b82028',
  '#9a131d',
]

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: 8,
  colors: { ink, gray, dark, red },
  black: '#17171c',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', Menlo, monospace",
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm', fw: 500 } },
    Radio: { defaultProps: { size: 'md' } },
    Badge: { defaultProps: { size: 'lg', variant: 'light', tt: 'none', fw: 500 } },
    InputWrapper: {
      styles: {
        label: { marginBottom: '0.3125rem' },
        description: { marginBottom: '0.3125rem', lineHeight: 1.45 },
        error: { lineHeight: 1.4 },
      },
    },
    Modal: {
      styles: {
        title: { fontSize: '1rem', fontWeight: 600, letterSpacing: '-0.01em' },
        header: { padding: '1.25rem 1.25rem 0.75rem', background: 'var(--surface-raised)' },
        body: { padding: '0 1.25rem 1.25rem' },
        content: { border: '1px solid var(--line)', background: 'var(--surface-raised)' },
      },
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.45 },
        size: '30rem',
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Select: { defaultProps: { checkIconPosition: 'right', comboboxProps: { shadow: 'md' } } },
    Autocomplete: { defaultProps: { comboboxProps: { shadow: 'md' } } },
    // ARIA does not allow the placeholder as a child of a menu. The first item takes the focus instead.
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false } },
    Popover: { defaultProps: { shadow: 'md' } },
  },
})

const fromTokens = {
  '--mantine-color-body': 'var(--surface-card)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-quiet)',
  '--mantine-color-placeholder': 'var(--text-faint)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-default': 'var(--surface-card)',
  '--mantine-color-default-hover': 'var(--surface-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-disabled': 'var(--surface-sunken)',
  '--mantine-color-disabled-color': 'var(--text-faint)',
  '--mantine-color-disabled-border': 'var(--line)',
}

/** Maps Mantine's colors to the tokens, so that all colors on a page come from there. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: fromTokens,
  dark: fromTokens,
})
