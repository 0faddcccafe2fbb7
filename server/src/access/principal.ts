/** What a person may be in a workspace. */
export type MemberRole = 'owner' | 'admin' | 'member'

/** What a request may be in a workspace: a member, the operator, or a key of the workspace. */
export type Role = MemberRole | 'operator' | 'key'

export type Membership = {
  readonly workspaceId: string
  readonly role: MemberRole
  readonly suspended: boolean
}

/** Who sends a request, as its key or its cookie proves. Identifiers are UUIDs. */
export type Principal =
  | { readonly kind: 'operator'; readonly keyId: string }
  | {
      readonly kind: 'key'
      readonly keyId: string
      readonly workspaceId: string
      readonly suspended: boolean
    }
  | {
      readonly kind: 'user'
      readonly userId: string
      /** The oldest membership first. */
      readonly memberships: readonly Membership[]
    }

/** Who did something, for records. */
export type Actor =
  | { readonly kind: 'operator' | 'key'; readonly keyId: string }
  | { readonly kind: 'user'; readonly userId: string }

/** The workspace a request acts in, and as what. */
export type Scope = { readonly workspaceId: string; readonly role: Role; readonly actor: Actor }

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every address under /v1 that is not public, before the body is read. */
    principal: Principal | null
  }
  interface FastifyContextConfig {
    /** Needs no key and no session. */
    public?: boolean
  }
}
