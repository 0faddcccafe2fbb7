export { findMembership, type Membership, MembershipContext, mayManage, useMembership } from './membership.ts'
export { ReadOnlyNote } from './ReadOnlyNote.tsx'
export { useSpending } from './use-spending.ts'
export { membersQuery, sessionQuery, workspaceQuery } from './workspace-queries.ts'
