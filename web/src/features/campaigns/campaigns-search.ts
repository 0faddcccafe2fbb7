import type { CampaignStatus, ContactState } from '../../api/types.ts'
import { contactStateLabels, statusLabels } from './labels.ts'

/** What the list's address says. */
export type CampaignsSearch = { status?: CampaignStatus }

/** Reads the address; whatever it says that is not valid is left out. */
export function readCampaignsSearch(search: Record<string, unknown>): CampaignsSearch {
  return isStatus(search.status) ? { status: search.status } : {}
}

function isStatus(value: unknown): value is CampaignStatus {
  return typeof value === 'string' && Object.hasOwn(statusLabels, value)
}

/** What is open on a campaign's page stands in its address. */
export type CampaignSearch = {
  /** Which contacts are listed. */
  contacts?: ContactState
  open?: CampaignDialog
}

const dialogs = ['start', 'pause', 'resume', 'upload', 'delete'] as const
export type CampaignDialog = (typeof dialogs)[number]

export function readCampaignSearch(search: Record<string, unknown>): CampaignSearch {
  const open = dialogs.find((dialog) => dialog === search.open)
  return { ...(isContactState(search.contacts) && { contacts: search.contacts }), ...(open && { open }) }
}

function isContactState(value: unknown): value is ContactState {
  return typeof value === 'string' && Object.hasOwn(contactStateLabels, value)
}
