import { expect } from 'vitest'
import { cookieOf, type TestAnswer, type TestApp, type TestPerson, testPassword } from './app.ts'
import { readAppCode } from './totp.ts'

/** A person whose second factor is on. `cookie` is that of their session since. */
export type EnrolledPerson = {
  readonly person: TestPerson
  readonly cookie: string
  readonly otpauthUri: string
  readonly recoveryCodes: readonly string[]
  /** The code that turned the second factor on. It is used. */
  readonly code: string
}

type Server = Pick<TestApp, 'request'>

/** Signs up a person and turns their second factor on. */
export async function enroll(t: TestApp): Promise<EnrolledPerson> {
  const person = await t.signUp()
  const post = (path: string, body: unknown) => t.request('POST', path, { cookie: person.cookie, body })
  const begun = await post('/v1/account/second-factor', { password: testPassword })
  expect(begun.status).toBe(201)
  const { otpauthUri, recoveryCodes } = begun.body as unknown as EnrolledPerson
  const code = readAppCode(otpauthUri)
  const done = await post('/v1/account/second-factor/confirm', { code })
  expect(done.status).toBe(204)
  return { person, cookie: cookieOf(done), otpauthUri, recoveryCodes, code }
}

/** Signs in with the password. The answer's cookie waits for the second factor. */
export const startSignIn = ({ request }: Server, { email }: TestPerson): Promise<TestAnswer> =>
  request('POST', '/v1/sign-in', { body: { email, password: testPassword } })

export const finishSignIn = ({ request }: Server, cookie: string, body: unknown): Promise<TestAnswer> =>
  request('POST', '/v1/sign-in/second-factor', { cookie, body })
