import { publicId } from '../../public-ids.ts'

/**
 * The address of a page, for whoever is not in the dashboard yet: it says which workspace it is about, because a person
 * may be in several.
 *
 * @param path of the dashboard, such as /billing
 */
export function linkTo(origin: string, workspaceId: string, path: string): string {
  const url = new URL(path, origin)
  url.searchParams.set('workspace', publicId('workspace', workspaceId))
  return url.href
}
