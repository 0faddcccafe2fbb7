/**
 * Ends a `switch` over a union: the compiler rejects the call while a case is missing, and a value that the types did
 * not foresee stops the work instead of falling through.
 *
 * @throws Error naming the value
 */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
