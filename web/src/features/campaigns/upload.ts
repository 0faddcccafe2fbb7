import { ApiProblem, problemFrom, unreachable } from '../../api/problem.ts'
import type { ContactImport } from '../../api/types.ts'
import { currentWorkspaceId } from '../../api/workspace-choice.ts'

/** How far a file is: of its bytes, and then waiting for what the server makes of them. */
export type UploadProgress = { sentBytes: number; totalBytes: number }

/**
 * Sends a file of contacts. XMLHttpRequest, because fetch tells nothing of how far an upload is. The same key sends
 * the same file once, however often it is tried. Throws an ApiProblem; an abort too ends in one.
 */
export function uploadContacts(options: {
  campaignId: string
  file: File
  country: string | null
  idempotencyKey: string
  onProgress: (progress: UploadProgress) => void
  signal: AbortSignal
}): Promise<ContactImport> {
  const { campaignId, file, country, signal } = options
  const query = country === null ? '' : `?country=${encodeURIComponent(country)}`
  const request = new XMLHttpRequest()
  request.open('POST', `/v1/campaigns/${encodeURIComponent(campaignId)}/contacts${query}`)
  request.setRequestHeader('content-type', 'text/csv')
  request.setRequestHeader('idempotency-key', options.idempotencyKey)
  const workspaceId = currentWorkspaceId()
  if (workspaceId !== null) request.setRequestHeader('talktime-workspace', workspaceId)
  return new Promise((resolve, reject) => {
    request.upload.addEventListener('progress', (event) => {
      options.onProgress({ sentBytes: event.loaded, totalBytes: event.total })
    })
    request.addEventListener('load', () => {
      const body = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as ContactImport)
      else reject(problemFrom(request.status, body))
    })
    request.addEventListener('error', () => reject(unreachable()))
    request.addEventListener('abort', () => reject(stopped()))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

const stopped = () =>
  new ApiProblem({ status: 0, code: 'stopped', message: 'The upload was stopped: nothing was taken.' })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
