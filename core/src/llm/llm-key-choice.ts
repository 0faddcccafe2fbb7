/** Whose key pays the provider: the workspace's own, or the platform's. */
export type LlmKeySource = 'own' | 'platform'

export type LlmKeyAvailability = {
  /** Whether the workspace's plan lets it use keys of its own. */
  readonly ownKeysAllowed: boolean
  /** Whether it has one for the provider that is asked. */
  readonly hasOwnKey: boolean
  /** Whether the platform has one for this provider and pays for this model. */
  readonly hasPlatformKey: boolean
}

/** The key that a request goes out with; null where there is none. */
export function selectLlmKeySource(offer: LlmKeyAvailability): LlmKeySource | null {
  if (offer.ownKeysAllowed && offer.hasOwnKey) return 'own'
  return offer.hasPlatformKey ? 'platform' : null
}

/**
 * Whether a request that the provider refused is tried again with the platform's key. Only where the key was what it
 * refused, and only where the workspace has switched that on: it never happens silently.
 */
export function canFallBack(
  offer: LlmKeyAvailability,
  refused: {
    readonly source: LlmKeySource
    readonly isAboutTheKey: boolean
    readonly fallbackToPlatform: boolean
  },
): boolean {
  return (
    refused.source === 'own' && refused.isAboutTheKey && refused.fallbackToPlatform && offer.hasPlatformKey
  )
}
