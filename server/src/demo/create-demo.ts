import { type Accounts, addMember, type HashedPassword } from '../access/index.ts'
import { createAgent } from '../agents/index.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import { invariant } from '../platform/problem.ts'
import type { RoomsConfig } from '../rooms.ts'
import { createWorkspace } from '../workspaces/index.ts'
import { DEMO_AGENTS, DEMO_OWNER, DEMO_WORKSPACE, type DemoAgent } from './demo-agents.ts'
import { findDemo, hasWorkspaces, lockDemoCreation } from './demo-store.ts'
import { playYear } from './year/play-year.ts'
import { combineActors, createYearCampaigns } from './year/year-campaigns.ts'
import { planCommands } from './year/year-commands.ts'
import { createYearCustomer } from './year/year-customer.ts'
import { createYearOperator } from './year/year-operator.ts'
import { planYear } from './year/year-plan.ts'
import { openYearWorld } from './year/year-world.ts'

export type CreateDemoDeps = {
  readonly database: Database
  readonly accounts: Accounts
  readonly clock: Clock
  readonly config: DemoConfig
  readonly log: Logger
  /** The password of the demo's owner. */
  readonly password: string
  /** Aborting it rolls everything back, and `createDemo` rejects. */
  readonly signal: AbortSignal
  /** Creates the demo only if the database has no workspace at all. */
  readonly onlyIfEmpty: boolean
}

/** The settings that the demo's year depends on. */
export type DemoConfig = RoomsConfig & Pick<Config, 'payments'>

export type CreatedDemo =
  | { readonly outcome: 'created'; readonly workspaceId: string; readonly calls: number }
  | { readonly outcome: 'exists'; readonly workspaceId: string }
  | { readonly outcome: 'not_empty' }

/** Every demo has the same history, shifted to its own dates. */
const SEED = 20

/**
 * Creates the demo workspace with its owner and a year of history that ends now.
 *
 * Everything happens in one transaction: nobody, not even a background job, sees a workspace whose year is incomplete,
 * and a crash leaves nothing behind. If several processes call it at once, one creates the demo and the others get
 * `exists`.
 */
export async function createDemo(deps: CreateDemoDeps): Promise<CreatedDemo> {
  const password = await deps.accounts.hashPassword(deps.password)
  return deps.database.transaction(async (tx) => {
    await lockDemoCreation(tx)
    const workspaceId = await findDemo(tx)
    if (workspaceId !== undefined) return { outcome: 'exists', workspaceId }
    if (deps.onlyIfEmpty && (await hasWorkspaces(tx))) return { outcome: 'not_empty' }
    return { outcome: 'created', ...(await createWorkspaceWithYear(tx, { ...deps, password })) }
  })
}

async function createWorkspaceWithYear(
  tx: Tx,
  deps: Omit<CreateDemoDeps, 'password'> & { readonly password: HashedPassword },
): Promise<{ workspaceId: string; calls: number }> {
  const { database, accounts, password, signal, config, log } = deps
  const { timeZone } = DEMO_WORKSPACE
  const endsAtMs = deps.clock.now()
  const startsAtMs = computeYearStartMs(endsAtMs, timeZone)
  const year = { startsAtMs, endsAtMs }
  // Stripe cannot charge for a year that never happened: there, an operator grants the credits.
  const paysByCard = config.payments === 'sandbox'
  const planId = paysByCard ? 'free' : 'scale'
  const workspaceId = await createWorkspace(tx, { ...DEMO_WORKSPACE, planId, demo: true }, startsAtMs)
  const owner = await accounts.createUser(tx, { ...DEMO_OWNER, password })
  await addMember(tx, { workspaceId, userId: owner.id, role: 'owner' }, startsAtMs)
  const agentIds = await createAgents(tx, workspaceId, year)
  const calls = planYear({ seed: SEED, timeZone, ...year })
  const world = openYearWorld({ database, tx, startsAtMs, config, log })
  const buyer = { kind: 'user', userId: owner.id } as const
  const payer = paysByCard
    ? createYearCustomer({ world, workspaceId, buyer, timeZone, ...year })
    : createYearOperator(world, workspaceId, year)
  const campaigns = createYearCampaigns({
    world,
    workspaceId,
    findAgentId: agentIds.byName,
    timeZone,
    endsAtMs,
  })
  await playYear({
    world,
    workspaceId,
    endsAtMs,
    commands: planCommands({ workspaceId, calls, findAgentId: agentIds.byAgent }),
    actor: combineActors(payer, campaigns),
    signal,
  })
  return { workspaceId, calls: calls.length }
}

/**
 * The start of the year: 12 months and 11 days before its end. The usage page's longest window then begins after the
 * first call, and the current billing cycle is well under way. The time of day lets cycles reset during office hours,
 * while calls are live.
 */
function computeYearStartMs(endsAtMs: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(endsAtMs)
    .toZonedDateTimeISO(timeZone)
    .subtract({ months: 12, days: 11 })
    .withPlainTime('10:40').epochMilliseconds
}

/** The UUIDs of the demo's agents. Both functions throw for an agent that does not exist. */
type AgentIds = {
  byAgent(agent: DemoAgent): string
  byName(name: string): string
}

/** Creates all agents, each dated to its first day. */
async function createAgents(
  tx: Tx,
  workspaceId: string,
  year: { readonly startsAtMs: number; readonly endsAtMs: number },
): Promise<AgentIds> {
  const ids = new Map<string, string>()
  for (const agent of DEMO_AGENTS) {
    const { name, language, phoneNumber, llmProvider, llmModel, beginsAtShare } = agent
    const atMs = Math.round(year.startsAtMs + beginsAtShare * (year.endsAtMs - year.startsAtMs))
    const fields = { name, language, phoneNumber, llmProvider, llmModel, voiceEndpoint: null }
    ids.set(name, (await createAgent(tx, workspaceId, fields, atMs)).id)
  }
  const byName = (name: string) => {
    const id = ids.get(name)
    invariant(id, 'The demo uses only agents in DEMO_AGENTS, and all of them were created')
    return id
  }
  return { byName, byAgent: ({ name }) => byName(name) }
}
