/** A response. With `isKept`, repeats of the request get it again. */
export type Answer = { readonly status: number; readonly body: object; readonly isKept: boolean }

export type Answered = Answer & { readonly isReplayed: boolean }

/** Keeps responses by the idempotency keys of their requests. */
export type KeptAnswers = {
  /**
   * Does `work` for the first request with a key. Repeats get the kept response. A repeat during the work, or another
   * request with the same key, is refused. Returns `undefined` if `work` did and answered nothing.
   */
  once(
    key: string | undefined,
    request: string,
    work: () => Promise<Answer | undefined>,
  ): Promise<Answered | undefined>
  forget(): void
}

export function createAnswerKeeper(): KeptAnswers {
  const answers = new Map<string, { readonly request: string; readonly answer: Answer }>()
  const underWay = new Map<string, string>()

  return {
    async once(key, request, work) {
      if (key === undefined) return withoutReplay(await work())
      const before = answers.get(key)
      if ((before?.request ?? underWay.get(key) ?? request) !== request) return refuse(400, otherRequest)
      if (underWay.has(key)) return refuse(409, inUse)
      if (before !== undefined) return { ...before.answer, isReplayed: true }
      underWay.set(key, request)
      try {
        const answer = await work()
        if (answer?.isKept) answers.set(key, { request, answer })
        return withoutReplay(answer)
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

function withoutReplay(answer: Answer | undefined): Answered | undefined {
  return answer && { ...answer, isReplayed: false }
}

function refuse(status: number, error: object): Answered {
  return { status, body: { error }, isKept: false, isReplayed: false }
}
