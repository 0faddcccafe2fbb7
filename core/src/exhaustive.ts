/**
 * Ends a `switch` over a union. The compiler rejects the call while a case is missing. At run time, a value outside the
 * union throws instead of falling through.
 *
 * @throws Error naming the value
 */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
