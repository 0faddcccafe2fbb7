/**
 * The numbers that Twilio shows for callers who hide theirs. They spell ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and
 * UNAVAILABLE on a telephone's keys.
 */
const HIDDEN_NUMBERS: ReadonlySet<string> = new Set([
  '+266696687',
  '+7378742833',
  '+2562533',
  '+8566',
  '+86282452253',
])

/** Reads who calls: a number in E.164, a SIP address or a client's name. Null if the caller hides it. */
export function readCaller(form: URLSearchParams): string | null {
  const from = (form.get('From') ?? '').trim()
  const isShown = /^\P{Cc}{1,200}$/u.test(from) && !HIDDEN_NUMBERS.has(from) && !/^anonymous$/i.test(from)
  return isShown ? from : null
}
