/** Tells the rooms of this process what was committed, so that each can act on it without polling. */
export type Commits<Commit> = {
  /** Announces commits to every subscriber. Call it after COMMIT, never before. */
  publish(commits: readonly Commit[]): void
  /**
   * Subscribes to all commits of this process. A subscriber returns at once: it notes what it has to do and does it in
   * the background. Commits of other processes are not heard, so rooms that depend on them poll too.
   */
  subscribe(subscriber: (commits: readonly Commit[]) => void): void
}

/** @param onError a subscriber threw; the commit stands and the other subscribers still hear of it */
export function createCommits<Commit>(onError: (error: unknown) => void): Commits<Commit> {
  const subscribers: ((commits: readonly Commit[]) => void)[] = []
  return {
    publish(commits) {
      if (commits.length === 0) return
      for (const subscriber of subscribers) {
        try {
          subscriber(commits)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe: (subscriber) => subscribers.push(subscriber),
  }
}

/** Commits that nobody hears of: for rooms whose work is part of a transaction of somebody else's. */
export function createSilentCommits<Commit>(): Commits<Commit> {
  return { publish() {}, subscribe() {} }
}
