/** BCP 47 tags of common languages. Any other tag can be typed. */
const commonTags = [
  'en-US',
  'en-GB',
  'en-AU',
  'en-IN',
  'es-ES',
  'es-MX',
  'es-419',
  'pt-BR',
  'pt-PT',
  'fr-FR',
  'fr-CA',
  'de-DE',
  'de-AT',
  'de-CH',
  'it-IT',
  'nl-NL',
  'nl-BE',
  'sv-SE',
  'da-DK',
  'nb-NO',
  'fi-FI',
  'pl-PL',
  'cs-CZ',
  'sk-SK',
  'hu-HU',
  'ro-RO',
  'bg-BG',
  'el-GR',
  'tr-TR',
  'uk-UA',
  'ru-RU',
  'he-IL',
  'ar-SA',
  'ar-AE',
  'fa-IR',
  'hi-IN',
  'bn-IN',
  'ta-IN',
  'te-IN',
  'ur-PK',
  'id-ID',
  'ms-MY',
  'fil-PH',
  'th-TH',
  'vi-VN',
  'ja-JP',
  'ko-KR',
  'zh-CN',
  'zh-TW',
  'zh-HK',
  'ca-ES',
  'hr-HR',
  'sw-KE',
]

const names = new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' })

/** Names a language: `German (Germany)`. A tag without a name is returned as is. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag
  } catch {
    return tag
  }
}

/** Normalizes the spelling of a tag; null if the text is not a tag. */
export function normalizeTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim())[0] ?? null
  } catch {
    return null
  }
}

type Option = { value: string; label: string }

const makeOption = (tag: string): Option => ({ value: tag, label: `${languageName(tag)} · ${tag}` })

const commonOptions = commonTags.map(makeOption).sort((one, other) => one.label.localeCompare(other.label))

/** Lists the common languages, the chosen one and the one being typed. */
export function listLanguageOptions(chosen: string, typed: string): Option[] {
  const extra = [chosen, normalizeTag(typed)].filter(
    (tag) => tag !== null && tag !== '' && !commonTags.includes(tag),
  )
  return [...new Set(extra)].map((tag) => makeOption(tag ?? '')).concat(commonOptions)
}
