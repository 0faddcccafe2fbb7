/** What is answered; `isKept`: repeats of the request get it again. */
export type Answer = { readonly status: number; readonly body: object; readonly isKept: boolean }

export type Answered = Answer & { readonly isReplayed: boolean }

/** Remembers answers by the idempotency keys of their requests. */
export type KeptAnswers = {
  /**
   * Does `work` for the first request under a key. Its repeats get its answer; a repeat while it is under way is
   * refused, and so is another request under the same key. Undefined: nothing was done, and nothing is answered.
   */
  once(
    key: string | undefined,
    request: string,
    work: () => Promise<Answer | undefined>,
  ): Promise<Answered | undefined>
  forget(): void
}

export function keepAnswers(): KeptAnswers {
  const answers = new Map<string, { readonly request: string; readonly answer: Answer }>()
  const underWay = new Map<string, string>()

  return {
    async once(key, request, work) {
      if (key === undefined) return answered(await work())
      const before = answers.get(key)
      if ((before?.request ?? underWay.get(key) ?? request) !== request) return refused(400, otherRequest)
      if (underWay.has(key)) return refused(409, inUse)
      if (before !== undefined) return { ...before.answer, isReplayed: true }
      underWay.set(key, request)
      try {
        const answer = await work()
        if (answer?.isKept) answers.set(key, { request, answer })
        return answered(answer)
      } finally {
        underWay.delete(key)
      }
    },
    forget: () => answers.clear(),
  }
}

const otherRequest = {
  type: 'idempotency_error',
  message:
    'Keys for idempotent requests can only be used with the same parameters they were first used with.',
}

const inUse = {
  type: 'idempotency_error',
  code: 'idempotency_key_in_use',
  message: 'There is currently another in-progress request using this Idempotent Key.',
}

function answered(answer: Answer | undefined): Answered | undefined {
  return answer && { ...answer, isReplayed: false }
}

function refused(status: number, error: object): Answered {
  return { status, body: { error }, isKept: false, isReplayed: false }
}
