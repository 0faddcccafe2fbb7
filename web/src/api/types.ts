import type { components, paths } from './schema.gen.ts'

// The shapes of the HTTP API, from the server's OpenAPI document, under the names that the dashboard uses.
type Schemas = components['schemas']

export type Session = Schemas['Session']
export type SessionWorkspace = Session['workspaces'][number]
export type Role = SessionWorkspace['role']
export type Account = Schemas['Account']
/** A browser in which the person is signed in. */
export type OwnSession = Schemas['OwnSession']
export type SecondFactorEnrollment = Schemas['SecondFactorEnrollment']
export type Workspace = Schemas['Workspace']
export type Balance = Schemas['Balance']
/** An amount of credit. Milliseconds of talk time are exact; credits are milliseconds divided by 60,000. */
export type Amount = Schemas['Amount']
export type Agent = Schemas['Agent']
export type Call = Schemas['Call']
export type CallStatus = Call['status']
export type Direction = Call['direction']
export type Receipt = Schemas['Receipt']
export type Payment = Receipt['payments'][number]
export type Correction = Receipt['corrections'][number]
export type ReceiptEntry = Receipt['entries'][number]
export type GrantKind = Payment['kind']
export type Member = Schemas['Member']
export type Invitation = Schemas['Invitation']
export type NewInvitation = Schemas['NewInvitation']
export type ApiKey = Schemas['Key']
export type NewApiKey = Schemas['NewKey']
export type KeyScope = NonNullable<ApiKey['scopes']>[number]
/** Money in minor units of its currency. */
export type Money = Schemas['Money']
export type Plan = Schemas['Plan']
/** Top-up credits with a price. */
export type Package = Schemas['Package']
export type Subscription = Schemas['Subscription']
export type PlanPreview = Schemas['SubscriptionPreview']
export type Purchase = Schemas['Purchase']
export type PurchaseDetail = Schemas['PurchaseDetail']
export type PurchaseReceipt = Schemas['PurchaseReceipt']
export type PaymentMethod = Schemas['PaymentMethod']
export type TestCard = NonNullable<PaymentMethod['testCard']>
export type AutoReload = Schemas['AutoReload']
export type AutoReloadAttempt = Schemas['AutoReloadAttempt']
export type Grant = Schemas['Grant']
export type Transaction = Schemas['Transaction']
/** Who did what, when, from where, and what it changed. */
export type AuditEntry = Schemas['AuditEntry']
export type Alert = Schemas['Alert']
export type AlertKind = Alert['kind']
export type AlertSettings = Schemas['AlertSettings']
/** One alert sent to one person or one webhook. */
export type Delivery = Schemas['Delivery']
export type Webhook = Schemas['Webhook']
export type WebhookWithSecret = Schemas['WebhookWithSecret']
export type UsageSummary = Schemas['UsageSummary']
export type UsageRange = Schemas['UsageRange']
export type Campaign = Schemas['Campaign']
export type CampaignStatus = Campaign['status']
export type CallingHours = Schemas['CallingHours']
export type NewCampaign = paths['/v1/campaigns']['post']['requestBody']['content']['application/json']
export type Contact = Schemas['Contact']
export type ContactState = Contact['state']
/** The result of importing a file of contacts. */
export type ContactImport = Schemas['ContactImport']

export type Page<Item> = { data: Item[]; nextCursor: string | null }
