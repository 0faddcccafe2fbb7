/** The reader's language for numbers and dates: the browser's choice; English where there is no browser. */
export const locale = typeof document === 'undefined' ? 'en' : undefined
