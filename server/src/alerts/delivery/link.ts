import { publicId } from '../../public-ids.ts'

/**
 * Builds the URL of a dashboard page for mails and webhooks. It names the workspace, because a person may be a member of
 * several.
 *
 * @param path the page's path, such as /billing
 */
export function buildLink(origin: string, workspaceId: string, path: string): string {
  const url = new URL(path, origin)
  url.searchParams.set('workspace', publicId('workspace', workspaceId))
  return url.href
}
