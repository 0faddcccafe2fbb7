import { ApiProblem, problemFrom, unreachable } from '../../api/problem.ts'
import type { ContactImport } from '../../api/types.ts'
import { currentWorkspaceId } from '../../api/workspace-choice.ts'

/** The progress of an upload. After the last byte, the server still checks the rows. */
export type UploadProgress = { sentBytes: number; totalBytes: number }

/**
 * Uploads a file of contacts, with XMLHttpRequest because fetch does not report upload progress. A retry with the same
 * key imports the file only once.
 *
 * @throws ApiProblem on any failure, and on abort
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
      const body = parseJson(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as ContactImport)
      else reject(problemFrom(request.status, body))
    })
    request.addEventListener('error', () => reject(unreachable()))
    request.addEventListener('abort', () => reject(makeStoppedProblem()))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

const makeStoppedProblem = () =>
  new ApiProblem({ status: 0, code: 'stopped', message: 'Upload stopped. No contacts were added.' })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
