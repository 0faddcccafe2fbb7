/** Shapes of the HTTP API that the dashboard reads. Instants are RFC 3339 in UTC. */

/** An amount of credit; milliseconds of talk time are exact, credits are the same divided by 60,000. */
export type Amount = { milliseconds: number; credits: number }

export type Page<Item> = { data: Item[]; nextCursor: string | null }

export type Role = 'owner' | 'admin' | 'member'

export type SessionWorkspace = { id: string; name: string; role: Role; demo: boolean }

export type Session = {
  user: { id: string; name: string; email: string }
  workspaces: SessionWorkspace[]
}

export type Workspace = {
  id: string
  name: string
  timeZone: string
  planId: string
  plan: { id: string; name: string; paid: boolean }
  status: 'active' | 'suspended'
  whenCreditsRunOut: 'finish' | 'end'
  monthlyBudgetCredits: number | null
  demo: boolean
  createdAt: string
  cycle: { startsAt: string; endsAt: string }
}

export type Balance = {
  asOf: string
  balance: Amount
  monthly: { remaining: Amount; granted: Amount; resetsAt: string }
  topUp: { remaining: Amount }
  promotional: { remaining: Amount }
  overdraft: Amount
  liveCalls: number
  runsOutAt: string | null
  status: 'ok' | 'low' | 'out'
}

export type Agent = {
  id: string
  name: string
  language: string
  phoneNumber: string | null
  llmProvider: string
  llmModel: string
  status: 'active' | 'disabled'
  createdAt: string
}

export type CallStatus =
  | 'authorized'
  | 'in_conversation'
  | 'ended'
  | 'refused'
  | 'unanswered'
  | 'failed'
  | 'lost'

export type Direction = 'inbound' | 'outbound' | 'web'

/** What the live stream says about a call. */
export type CallSummary = {
  id: string
  status: CallStatus
  agentId: string
  direction: Direction
  from: string | null
  to: string | null
  authorizedAt: string
  answeredAt: string | null
  endedAt: string | null
  duration: Amount | null
  charged: Amount
  refusal: { reason: string; detail: string } | null
}

export type Call = CallSummary & {
  agentName: string
  externalId: string | null
  campaignId: string | null
  endReason: string | null
  endSource: 'reported' | 'presumed' | null
  maxDurationSeconds: number
}

export type GrantKind = 'monthly' | 'top_up' | 'promotional' | 'adjustment' | 'returned'

export type Payment = {
  grantId: string
  kind: GrantKind
  grantedAt: string
  expiresAt: string | null
  amount: Amount
}

export type ReceiptEntry = { transactionId: string; at: string; amount: Amount; balanceAfter: Amount }

export type Receipt = Call & {
  asOf: string
  timeZone: string
  payments: Payment[]
  unpaid: Amount
  entries: ReceiptEntry[]
}

export type Member = { userId: string; name: string; email: string; role: Role; joinedAt: string }

export type Invitation = { id: string; email: string; role: Role; createdAt: string; expiresAt: string }

export type ApiKey = {
  id: string
  name: string
  lastFour: string
  createdAt: string
  lastUsedAt: string | null
  createdBy: string | null
}
