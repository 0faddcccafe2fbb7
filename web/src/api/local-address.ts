/** Any origin serves: an address that leaves it would leave every site. */
const BASE = 'https://this.site.invalid'

/** What browsers drop from an address or read as a slash, so that "/\t/evil.com" and "/\evil.com" lead to evil.com. */
const MISLEADING = /[\\\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * Reads an address to go to from text that anybody may have written, such as a link's search parameters.
 *
 * @returns the path with search and hash, as a browser reads it; undefined for anything but a path on this site
 */
export function readLocalAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/') || isMisleading(value)) return undefined
  if (!URL.canParse(value, BASE)) return undefined
  const { origin, pathname, search, hash } = new URL(value, BASE)
  if (origin !== BASE || isMisleading(pathname)) return undefined
  return `${pathname}${search}${hash}`
}

/** Whether a path could be read as another site's address, also once its percent signs are decoded. */
function isMisleading(path: string): boolean {
  const decoded = decodeFully(path)
  return decoded === undefined || decoded.startsWith('//') || MISLEADING.test(decoded)
}

/** Decodes a path until nothing changes. Undefined if a percent sign encodes no character. */
function decodeFully(path: string): string | undefined {
  const [beforeSearch = ''] = path.split(/[?#]/)
  let decoded = beforeSearch
  try {
    for (let next = decodeURIComponent(decoded); next !== decoded; next = decodeURIComponent(decoded)) {
      decoded = next
    }
  } catch {
    return undefined
  }
  return decoded
}
