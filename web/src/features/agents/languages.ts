/** BCP 47 tags that voice agents often speak; any other can be typed. */
const common = [
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

/** What people call a language: `German (Germany)`; the tag itself where it has no name. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag
  } catch {
    return tag
  }
}

/** The tag in its proper spelling, or null for a text that is none. */
export function languageTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim())[0] ?? null
  } catch {
    return null
  }
}

type Option = { value: string; label: string }

const option = (tag: string): Option => ({ value: tag, label: `${languageName(tag)} · ${tag}` })

const commonOptions = common.map(option).sort((one, other) => one.label.localeCompare(other.label))

/** The common languages, and with them the one that is chosen and the one that is being typed. */
export function languageOptions(chosen: string, typed: string): Option[] {
  const extra = [chosen, languageTag(typed)].filter(
    (tag) => tag !== null && tag !== '' && !common.includes(tag),
  )
  return [...new Set(extra)].map((tag) => option(tag ?? '')).concat(commonOptions)
}
