import ipaddr from 'ipaddr.js'

/**
 * Names the network of an address: an IPv4 address alone, an IPv6 address by its first 64 bits, because one customer of
 * an Internet provider has all addresses below them.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const bytes = parsed.toByteArray().map((byte, index) => (index < 8 ? byte : 0))
  return `${ipaddr.fromByteArray(bytes).toString()}/64`
}
