/** Whose key a request uses, and so who pays the provider: the workspace's own key, or the platform's. */
export type LlmKeySource = 'own' | 'platform'

/** The keys that a request could use. */
export type LlmKeyAvailability = {
  /** Whether the workspace's plan includes keys of its own. */
  readonly ownKeysAllowed: boolean
  /** Whether the workspace has a key for the provider. */
  readonly hasOwnKey: boolean
  /** Whether the platform has a key for the provider and pays for the model. */
  readonly hasPlatformKey: boolean
}

/** Selects the key for a request: the workspace's own where possible, otherwise the platform's; null: there is none. */
export function selectLlmKeySource(available: LlmKeyAvailability): LlmKeySource | null {
  if (available.ownKeysAllowed && available.hasOwnKey) return 'own'
  return available.hasPlatformKey ? 'platform' : null
}

/**
 * Whether a request that the provider refused may be sent again with the platform's key. It may only when the refusal
 * was about the workspace's own key, and the workspace has switched fallback on: there is no silent fallback.
 */
export function canFallBack(
  available: LlmKeyAvailability,
  refused: {
    readonly source: LlmKeySource
    readonly isAboutTheKey: boolean
    readonly fallbackToPlatform: boolean
  },
): boolean {
  return (
    refused.source === 'own' &&
    refused.isAboutTheKey &&
    refused.fallbackToPlatform &&
    available.hasPlatformKey
  )
}
