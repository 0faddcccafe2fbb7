export { closeOverlays, openKeys, openPalette, useOpenOverlay } from './keyboard-overlay.ts'
export { findPageKey, type PageKey, usePageKeyList, usePageKeys } from './page-keys.ts'
export { setSingleKeys, useSingleKeys } from './single-keys.ts'
