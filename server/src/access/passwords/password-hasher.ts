import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { createQueue, type QueueLimits } from './queue.ts'

/** Hashes passwords with scrypt, which takes a processor for about 50 ms and 32 MB of memory each time. */
export type PasswordHasher = {
  /** Throws {@link QueueFull} if too many passwords are waiting. */
  hash(password: string): Promise<string>
  /**
   * Whether a password belongs to a hash. Without a hash it takes as long and returns false, so that the time of an answer
   * does not reveal which addresses have an account. Throws {@link QueueFull} if too many passwords are waiting.
   */
  verify(hash: string | undefined, password: string): Promise<boolean>
}

/** The hash of a random text that nobody knows. */
const NOBODY = `${'0'.repeat(32)}:${'0'.repeat(128)}`

/** Creates a hasher. Calls on this machine need its processors too, so few passwords are hashed at once. */
export function createPasswordHasher(limits: QueueLimits): PasswordHasher {
  const queue = createQueue(limits)
  return {
    hash: (password) => queue.run(() => hashPassword(password)),
    async verify(hash, password) {
      const isRight = await queue.run(() => verifyPassword({ hash: hash ?? NOBODY, password }))
      return isRight && hash !== undefined
    },
  }
}
