/** An order that has been sent and not answered. Sending `body` again under `key` takes effect only once. */
export type SentOrder<Body> = { readonly key: string; readonly body: Body }

const slot = (name: string) => `talktime.order.${name}`

/** Reads the unanswered order of that name that this tab sent, even before a reload of the page. */
export function readOrder<Body>(
  name: string,
  isBody: (body: unknown) => body is Body,
): SentOrder<Body> | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(slot(name)) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return null
    const { key, body } = kept as { key?: unknown; body?: unknown }
    return typeof key === 'string' && isBody(body) ? { key, body } : null
  } catch {
    return null
  }
}

/** Remembers an order until it is answered. */
export function rememberOrder<Body>(name: string, order: SentOrder<Body>): void {
  try {
    sessionStorage.setItem(slot(name), JSON.stringify(order))
  } catch {
    // Without storage, the key lasts as long as the dialog.
  }
}

export function forgetOrder(name: string): void {
  try {
    sessionStorage.removeItem(slot(name))
  } catch {
    // Without storage, nothing was remembered.
  }
}
