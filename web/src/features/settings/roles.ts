import type { Role } from '../../api/types.ts'

export const roleLabels: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member' }

/** The roles one may give: only owners make owners. */
export function roleOptions(withOwner: boolean): { value: Role; label: string }[] {
  const roles: Role[] = withOwner ? ['owner', 'admin', 'member'] : ['admin', 'member']
  return roles.map((role) => ({ value: role, label: roleLabels[role] }))
}
