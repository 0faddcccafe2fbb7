import { addMember, createKey, KEY_SCOPES } from '../../../server/src/access/index.ts'
import { systemClock } from '../../../server/src/platform/clock.ts'
import { publicId, uuidFrom } from '../../../server/src/public-ids.ts'
import type { TestWorkspace } from '../../world.ts'
import { findScope, isForMembers, isForOperator, isPublic, isReport, type Operation } from './permissions.ts'
import type { AttackWorld } from './world.ts'

/** Somebody who sends requests about a workspace. */
export type AttackActor = {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Whether the actor must not succeed with an operation on the workspace. */
  readonly mustFail: (operation: Operation) => boolean
  /** Whether everything in the workspace must look as if it did not exist. */
  readonly isStranger: boolean
}

const isChange = ({ method }: Operation) => method !== 'GET'

/** Creates everybody who may ask something of a workspace: nobody, strangers, members, keys with each scope, the operator. */
export async function createActors(world: AttackWorld, victim: TestWorkspace): Promise<AttackActor[]> {
  const { operatorKey, workspaces } = world
  const workspace = { 'talktime-workspace': publicId('workspace', victim.workspaceId) }
  const key = (secret: string) => ({ authorization: `Bearer ${secret}`, ...workspace })
  const person = async (role: 'owner' | 'admin' | 'member' | null) => {
    const { cookie, userId } = await signUp(world)
    const { workspaceId } = victim
    if (role) await addMember(world.database, { workspaceId, userId, role }, systemClock.now())
    return { cookie, 'sec-fetch-site': 'same-origin', ...workspace }
  }
  const stranger = (operation: Operation) => !isPublic(operation) && !isForMembers(operation)
  const forPeople = (operation: Operation) => isForOperator(operation) || isReport(operation)
  const forMember = (operation: Operation) =>
    isChange(operation) && !isPublic(operation) && !isForMembers(operation)
  const actor = (
    name: string,
    headers: AttackActor['headers'],
    mustFail: AttackActor['mustFail'],
    isStranger = false,
  ): AttackActor => ({ name, headers, mustFail, isStranger })
  const keys = KEY_SCOPES.map(async (scope) => {
    const { workspaceId } = victim
    const made = await createKey(
      world.database,
      { name: scope, workspaceId, scopes: [scope] },
      systemClock.now(),
    )
    return actor(
      `key with ${scope}`,
      key(made.key),
      (operation) => !isPublic(operation) && (isForOperator(operation) || findScope(operation) !== scope),
    )
  })
  const other = workspaces.find((one) => one !== victim)
  if (other === undefined) throw new Error('There is only one workspace')
  return [
    actor('nobody', workspace, (operation) => !isPublic(operation)),
    actor('owner of another workspace', await person(null), stranger, true),
    actor('key of another workspace', key(other.caller.key), stranger, true),
    actor('member', await person('member'), forMember),
    actor('admin', await person('admin'), forPeople),
    actor('owner', await person('owner'), forPeople),
    ...(await Promise.all(keys)),
    actor('operator', key(operatorKey), () => false),
  ]
}

let people = 0

async function signUp({ servers }: AttackWorld): Promise<{ cookie: string; userId: string }> {
  people += 1
  const body = { name: 'Eve', email: `eve${people}@example.com`, password: 'a long and uncommon pass phrase' }
  const response = await fetch(`http://127.0.0.1:${servers[0]?.port}/v1/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { user?: { id: string } }
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const userId = uuidFrom('user', answer.user?.id ?? '')
  if (userId === undefined)
    throw new Error(`Nobody was signed up: ${response.status} ${JSON.stringify(answer)}`)
  return { cookie, userId }
}
