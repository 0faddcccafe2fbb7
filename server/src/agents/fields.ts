import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'

const phoneSentence =
  '"phoneNumber" must be a phone number in international form, such as +49 30 901820 or +1 415 555 2671.'

/** A phone number, however it is grouped, as E.164: `+4930901820`. */
export const PhoneNumber = z
  .string(phoneSentence)
  .transform((text, context) => {
    const number = text.trim().startsWith('+') ? parsePhoneNumberFromString(text.trim()) : undefined
    if (number?.isPossible() && number.ext === undefined) return number.number as string
    context.addIssue({ code: 'custom', message: phoneSentence })
    return z.NEVER
  })
  .meta({ description: 'In international form.', example: '+4930901820' })

const languageSentence = '"language" must be a language tag (BCP 47), such as en-US or de.'

/** A language tag, spelled as it should be: `de-DE`. */
export const Language = z
  .string(languageSentence)
  .transform((tag, context) => {
    const canonical = canonicalTag(tag)
    if (canonical !== undefined) return canonical
    context.addIssue({ code: 'custom', message: languageSentence })
    return z.NEVER
  })
  .meta({ description: 'A language tag (BCP 47).', example: 'en-US' })

function canonicalTag(tag: string): string | undefined {
  if (tag.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}

export const AgentName = z.string().trim().min(1).max(100)
export const LlmName = z.string().trim().min(1).max(100)
