/** A form with its brackets resolved: `a[b]=1&c[0]=2` is {a: {b: '1'}, c: ['2']}. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type Form = { [name: string]: FormValue }

/** Parses application/x-www-form-urlencoded as Stripe does. */
export function parseForm(text: string): Form {
  const form: Form = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/[^[\]]+/g)].map(([part]) => part)
    put(form, path, value)
  }
  return form
}

function put(into: Form, [first = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    into[first] = value
    return
  }
  const isList = /^\d+$/.test(rest[0] ?? '')
  const inner = into[first] ?? (isList ? [] : {})
  into[first] = inner
  // Indexes serve as the names of a list's items.
  put(inner as Form, rest, value)
}

/** A text field; `undefined` if it is missing. */
export function textOf(form: Form, name: string): string | undefined {
  const value = form[name]
  return typeof value === 'string' ? value : undefined
}

export function listOf(form: Form, name: string): string[] {
  const value = form[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** A field of named texts, such as metadata. */
export function textsOf(form: Form, name: string): Record<string, string> {
  const value = form[name]
  if (typeof value !== 'object' || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string')) as Record<
    string,
    string
  >
}
