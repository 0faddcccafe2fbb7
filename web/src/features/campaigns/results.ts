/** The address of the CSV of a campaign's contacts and results. The campaign's id implies the workspace. */
export const buildResultsHref = (campaignId: string) =>
  `/v1/campaigns/${encodeURIComponent(campaignId)}/contacts.csv`

/** The address of the CSV of all rejected rows of an import. */
export const buildRejectedHref = (campaignId: string, importId: string) =>
  `/v1/campaigns/${encodeURIComponent(campaignId)}/imports/${encodeURIComponent(importId)}/rejected.csv`
