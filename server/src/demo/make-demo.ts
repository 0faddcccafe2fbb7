import { type Accounts, addMember } from '../access/index.ts'
import { createAgent } from '../agents/index.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import { invariant } from '../platform/problem.ts'
import type { RoomsConfig } from '../rooms.ts'
import { createWorkspace } from '../workspaces/index.ts'
import { type CastAgent, cast, demoOwner, demoWorkspace } from './demo-agents.ts'
import { playYear } from './year/play-year.ts'
import { createYearCampaigns, withCampaigns } from './year/year-campaigns.ts'
import { commandsOf } from './year/year-commands.ts'
import { createYearCustomer } from './year/year-customer.ts'
import { createYearOperator } from './year/year-operator.ts'
import { planYear } from './year/year-plan.ts'
import { openYearWorld } from './year/year-world.ts'

export type MakeDemoDeps = {
  readonly database: Database
  readonly accounts: Accounts
  readonly clock: Clock
  readonly config: DemoConfig
  readonly log: Logger
  /** The demo owner's. */
  readonly password: string
  /** Aborted: nothing is made. */
  readonly signal: AbortSignal
  /** Only a database without any workspace gets a demo. */
  readonly onlyIfEmpty: boolean
}

/** The settings on which the demo's year depends. */
export type DemoConfig = RoomsConfig & Pick<Config, 'payments'>

export type MadeDemo =
  | { readonly outcome: 'made'; readonly workspaceId: string; readonly calls: number }
  | { readonly outcome: 'exists'; readonly workspaceId: string }
  | { readonly outcome: 'not_empty' }

/** Every demo is the same but for the days on which it happens. */
const seed = 20

/** Any number will do, as long as it is the same in every version: whoever makes the demo holds this advisory lock. */
const demoLock = 7_314_401

/**
 * Makes the demo's workspace, its owner and its year of history up to now.
 *
 * All of it is one transaction: nobody, the server's own jobs included, sees a workspace whose year is half over, and
 * a crash leaves nothing behind. Of several that make it at once one does, and the others find it made.
 */
export async function makeDemo(deps: MakeDemoDeps): Promise<MadeDemo> {
  return deps.database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [demoLock])
    const workspaceId = await findDemo(tx)
    if (workspaceId !== undefined) return { outcome: 'exists', workspaceId }
    if (deps.onlyIfEmpty && (await hasWorkspaces(tx))) return { outcome: 'not_empty' }
    return { outcome: 'made', ...(await make(tx, deps)) }
  })
}

/** The UUID of the demo's workspace; undefined where there is none. */
export async function findDemo(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>('select id from workspaces where demo order by id limit 1')
  return rows[0]?.id
}

export async function hasWorkspaces(db: Queryable): Promise<boolean> {
  const { rows } = await db.query('select from workspaces limit 1')
  return rows.length > 0
}

async function make(tx: Tx, deps: MakeDemoDeps): Promise<{ workspaceId: string; calls: number }> {
  const { database, accounts, password, signal, config, log } = deps
  const { timeZone } = demoWorkspace
  const endsAtMs = deps.clock.now()
  const startsAtMs = yearBefore(endsAtMs, timeZone)
  const year = { startsAtMs, endsAtMs }
  // Nothing can be bought at Stripe for a year that never was: an operator sees to the credits then.
  const byCard = config.payments === 'sandbox'
  const planId = byCard ? 'free' : 'scale'
  const workspaceId = await createWorkspace(tx, { ...demoWorkspace, planId, demo: true }, startsAtMs)
  const owner = await accounts.createUser(tx, { ...demoOwner, password })
  await addMember(tx, { workspaceId, userId: owner.id, role: 'owner' }, startsAtMs)
  const agentIds = await hire(tx, workspaceId, year)
  const calls = planYear({ seed, timeZone, ...year })
  const world = openYearWorld({ database, tx, startsAtMs, config, log })
  const actor = { kind: 'user', userId: owner.id } as const
  await playYear({
    world,
    workspaceId,
    endsAtMs,
    commands: commandsOf({ workspaceId, calls, agentIdOf }),
    caretaker: withCampaigns(
      byCard
        ? createYearCustomer({ world, workspaceId, actor, timeZone, ...year })
        : createYearOperator(world, workspaceId, year),
      createYearCampaigns({ world, workspaceId, agentIdOf: agentIdByName, timeZone, endsAtMs }),
    ),
    signal,
  })
  return { workspaceId, calls: calls.length }

  function agentIdByName(name: string): string {
    const agent = cast.find((one) => one.name === name)
    invariant(agent, 'Campaigns are carried out by agents of the cast')
    return agentIdOf(agent)
  }

  function agentIdOf(agent: CastAgent): string {
    const id = agentIds.get(agent)
    invariant(id, 'Every agent of the cast was hired')
    return id
  }
}

/**
 * A year and a little more before: the longest window of the usage page begins after the first call, and the current
 * billing cycle is well under way. The resets come while the phones ring.
 */
function yearBefore(atMs: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .subtract({ months: 12, days: 11 })
    .withPlainTime('10:40').epochMilliseconds
}

/** Puts the agents to work, each on its day. */
async function hire(
  tx: Tx,
  workspaceId: string,
  year: { readonly startsAtMs: number; readonly endsAtMs: number },
): Promise<Map<CastAgent, string>> {
  const ids = new Map<CastAgent, string>()
  for (const agent of cast) {
    const { name, language, phoneNumber, llmProvider, llmModel, beginsAtShare } = agent
    const atMs = Math.round(year.startsAtMs + beginsAtShare * (year.endsAtMs - year.startsAtMs))
    const fields = { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint: null }
    ids.set(agent, (await createAgent(tx, workspaceId, fields, atMs)).id)
  }
  return ids
}
