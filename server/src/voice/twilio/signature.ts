import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Twilio's signature of a request (https://www.twilio.com/docs/usage/webhooks/webhooks-security): the HMAC-SHA1, in
 * Base64, of the address followed by the name and value of each field, in the order of the names. Of several values of
 * a name each different one counts once.
 */
function signatureOf(authToken: string, url: string, fields: URLSearchParams): string {
  const names = [...new Set(fields.keys())].sort()
  const signed = names.flatMap((name) =>
    [...new Set(fields.getAll(name))].sort().map((value) => name + value),
  )
  return createHmac('sha1', authToken)
    .update(url + signed.join(''))
    .digest('base64')
}

/**
 * Whether Twilio signed a request.
 *
 * @param url the address as Twilio knows it, query included. Twilio names the port of some and not of others, so both
 *   are taken.
 */
export function isSignedByTwilio(
  authToken: string,
  signature: string,
  url: string,
  fields: URLSearchParams,
): boolean {
  const given = Buffer.from(signature)
  return withAndWithoutPort(url).some((one) => {
    const expected = Buffer.from(signatureOf(authToken, one, fields))
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

/** Path and query stay as they were written. */
function withAndWithoutPort(url: string): string[] {
  const [, scheme = '', host = '', port = '', rest = ''] =
    /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(:\d+)?(.*)$/s.exec(url) ?? []
  const usual = scheme === 'https' ? ':443' : ':80'
  return [`${scheme}://${host}${rest}`, `${scheme}://${host}${port || usual}${rest}`]
}
