/**
 * What Twilio shows for callers who hide their number: these are words on a telephone's keys (ANONYMOUS, RESTRICTED,
 * BLOCKED, UNKNOWN, UNAVAILABLE), not numbers.
 */
const hidden: ReadonlySet<string> = new Set([
  '+266696687',
  '+7378742833',
  '+2562533',
  '+8566',
  '+86282452253',
])

/** Who calls: E.164, a SIP address or a client's name; null where the caller hides it. */
export function callerOf(form: URLSearchParams): string | null {
  const from = (form.get('From') ?? '').trim()
  const isShown = /^\P{Cc}{1,200}$/u.test(from) && !hidden.has(from) && !/^anonymous$/i.test(from)
  return isShown ? from : null
}
