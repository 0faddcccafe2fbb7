import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type AuditSource, accessProblems, originOf, requireOperator } from '../access/index.ts'
import type { Change } from '../ledger/index.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import { readWorkspace } from './read-workspace.ts'
import { WorkspaceResponse } from './response-schemas.ts'
import type { WorkspaceRouteDeps } from './routes.ts'
import { resumeWorkspace, suspendWorkspace } from './suspend.ts'

const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'Why. The people of the workspace read it.' })

const SuspendRequest = z.strictObject({
  reason: Reason,
  endCalls: z.boolean().optional().meta({
    description:
      'true: order the hang-up of live calls too. Left out: they go on to their end, and are charged.',
  }),
})

const ResumeRequest = z.strictObject({ reason: Reason })

const common = {
  tags: ['Operator'],
  params: z.object({ id: z.string() }),
  response: { 200: WorkspaceResponse },
}

/** The operator suspends and resumes workspaces. */
export function suspendRoutes(deps: WorkspaceRouteDeps): Routes {
  return async (server) => {
    server.post(
      '/v1/workspaces/:id/suspend',
      {
        config: { keyScope: 'admin' },
        schema: {
          ...common,
          summary: 'Suspend a workspace',
          description:
            'New calls are refused with workspace_suspended, campaigns pause, and members and keys can read but not change anything.',
          body: SuspendRequest,
        },
      },
      (request, reply) =>
        changeStatus(deps, request, reply, request.params.id, (change, by) =>
          suspendWorkspace(
            deps,
            change,
            { reason: request.body.reason, endCalls: request.body.endCalls ?? false },
            by,
          ),
        ),
    )

    server.post(
      '/v1/workspaces/:id/resume',
      {
        config: { keyScope: 'admin' },
        schema: {
          ...common,
          summary: 'Resume a suspended workspace',
          description: 'Campaigns stay paused until somebody resumes them.',
          body: ResumeRequest,
        },
      },
      (request, reply) =>
        changeStatus(deps, request, reply, request.params.id, (change, by) =>
          resumeWorkspace(deps, change, request.body.reason, by),
        ),
    )
  }
}

async function changeStatus(
  { access, ledger }: WorkspaceRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  work: (change: Change, by: AuditSource) => Promise<unknown>,
) {
  const by = { actor: requireOperator(request), origin: originOf(request) }
  const workspaceId = uuidFrom('workspace', id)
  if (workspaceId === undefined) {
    throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  }
  const body = await ledger.command(request, reply, workspaceId, async (change) => {
    await work(change, by)
    return { status: 200, body: await readWorkspace(change.tx, workspaceId, 'operator') }
  })
  access.dropCached({ kind: 'workspace', name: workspaceId })
  return body
}
