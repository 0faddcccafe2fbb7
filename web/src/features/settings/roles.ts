import type { Role } from '../../api/types.ts'

export const roleLabels: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member' }

/** Lists the roles that a person may assign. Only owners may make others owners. */
export function listRoleOptions(withOwner: boolean): { value: Role; label: string }[] {
  const roles: Role[] = withOwner ? ['owner', 'admin', 'member'] : ['admin', 'member']
  return roles.map((role) => ({ value: role, label: roleLabels[role] }))
}
