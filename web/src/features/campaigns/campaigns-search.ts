import type { CampaignStatus, ContactState } from '../../api/types.ts'
import { contactStateLabels, statusLabels } from './labels.ts'

/** The address of the list of campaigns. */
export type CampaignsSearch = { status?: CampaignStatus }

/** Reads the address. Invalid values are dropped. */
export function readCampaignsSearch(search: Record<string, unknown>): CampaignsSearch {
  return isStatus(search.status) ? { status: search.status } : {}
}

function isStatus(value: unknown): value is CampaignStatus {
  return typeof value === 'string' && Object.hasOwn(statusLabels, value)
}

/** The address of a campaign's page, with what is open on it. */
export type CampaignSearch = {
  /** Lists only contacts in this state. */
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
