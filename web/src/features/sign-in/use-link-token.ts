import { useLocation } from '@tanstack/react-router'

/** Reads the secret token of a mail's link. It stands after the hash, where servers do not see it. */
export function useLinkToken(): string {
  const hash = useLocation({ select: (location) => location.hash })
  return new URLSearchParams(hash).get('token') ?? ''
}
