import type { KnownNumber, NumberKind } from '@talktime/core/contacts/judge-number'
import { type CountryCode, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** Calling codes of no country: networks of satellites and of ships, and services that cost what they like. */
const KINDS_BY_CALLING_CODE: Readonly<Record<string, NumberKind>> = {
  808: 'shared_cost',
  870: 'satellite',
  878: 'personal',
  881: 'satellite',
  882: 'satellite',
  883: 'satellite',
  888: 'satellite',
  979: 'premium_rate',
}

/** Looks a number up in the numbering plans of all countries, as Google's libphonenumber publishes them. */
export function lookUpNumber(text: string, country: string | null): KnownNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, {
    ...(country !== null && { defaultCountry: country as CountryCode }),
    // A number that is found inside something else is somebody else's.
    extract: false,
  })
  if (parsed === undefined || parsed.ext !== undefined) return undefined
  // With the full numbering plans, a number is valid if it has a type. To ask both took a tenth of an import.
  const type = parsed.getType()
  return {
    number: parsed.number,
    country: parsed.country ?? null,
    callingCode: parsed.countryCallingCode,
    isValid: type !== undefined,
    kind: findKind(parsed.countryCallingCode, type),
  }
}

function findKind(callingCode: string, type: NumberType): NumberKind {
  const byCode = KINDS_BY_CALLING_CODE[callingCode]
  if (byCode !== undefined) return byCode
  switch (type) {
    case 'PREMIUM_RATE':
      return 'premium_rate'
    case 'SHARED_COST':
      return 'shared_cost'
    case 'PERSONAL_NUMBER':
      return 'personal'
    case 'PAGER':
    case 'VOICEMAIL':
      return 'service'
    default:
      return 'ordinary'
  }
}
