/** What a key may do. Each route needs one of these. */
export const KEY_SCOPES = [
  'read',
  'calls:report',
  'calls:start',
  'campaigns',
  'money',
  'admin',
  'llm',
] as const

export type KeyScope = (typeof KEY_SCOPES)[number]

/** A person's role in a workspace. */
export type MemberRole = 'owner' | 'admin' | 'member'

/** A request's role in a workspace: its sender is a member, the operator or a key of the workspace. */
export type Role = MemberRole | 'operator' | 'key'

export type Membership = {
  readonly workspaceId: string
  readonly role: MemberRole
  readonly suspended: boolean
  /** Whether only members with a second factor may act in the workspace. */
  readonly requiresSecondFactor: boolean
}

/** What is known of a key that sent a request. */
type KeyPrincipal = {
  readonly keyId: string
  /** What the key may do. Null: a key from before scopes, which may do everything. */
  readonly scopes: readonly KeyScope[] | null
  /** Null: never. */
  readonly expiresAtMs: number | null
}

/** The sender of a request, proved by its key or cookie. Ids are UUIDs. */
export type Principal =
  | ({ readonly kind: 'operator' } & KeyPrincipal)
  | ({ readonly kind: 'key'; readonly workspaceId: string; readonly suspended: boolean } & KeyPrincipal)
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly sessionId: string
      /** Whether the person signs in with a second factor. */
      readonly secondFactor: boolean
      /** Oldest first. */
      readonly memberships: readonly Membership[]
    }

/** Who did something, as it is stored with what they did. */
export type Actor =
  | { readonly kind: 'operator' | 'key'; readonly keyId: string }
  | { readonly kind: 'user'; readonly userId: string }

/** Where a request came from. */
export type RequestOrigin = { readonly ip: string | null; readonly userAgent: string | null }

/** The workspace in which a request acts, its role there, its sender, and where it came from. */
export type Scope = {
  readonly workspaceId: string
  readonly role: Role
  readonly actor: Actor
  readonly origin: RequestOrigin
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read, for every route under /v1 that is not public. */
    principal: Principal | null
  }
  interface FastifyContextConfig {
    /** Needs no key and no session. */
    public?: boolean
  }
}
