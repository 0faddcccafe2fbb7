/** The locale of numbers and dates: the browser's, or English where there is no browser. */
export const locale = typeof document === 'undefined' ? 'en' : undefined
