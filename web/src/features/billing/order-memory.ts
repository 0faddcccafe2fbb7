/** An order whose answer is still owed: what was sent, and the key under which sending it again orders nothing twice. */
export type SentOrder<Body> = { readonly key: string; readonly body: Body }

const slot = (name: string) => `talktime.order.${name}`

/** The order of that name that was sent from this tab and not answered yet, also before a reload of the page. */
export function rememberedOrder<Body>(
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

export function rememberOrder<Body>(name: string, order: SentOrder<Body>): void {
  try {
    sessionStorage.setItem(slot(name), JSON.stringify(order))
  } catch {
    // Without storage the key lasts as long as the dialog.
  }
}

export function forgetOrder(name: string): void {
  try {
    sessionStorage.removeItem(slot(name))
  } catch {
    // Nothing was kept.
  }
}
