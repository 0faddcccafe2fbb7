/** Where a campaign's contacts with their results are downloaded. The path names the campaign, and so its workspace. */
export const resultsHref = (campaignId: string) =>
  `/v1/campaigns/${encodeURIComponent(campaignId)}/contacts.csv`

/** Where all rejected rows of a file are downloaded. */
export const rejectedHref = (campaignId: string, importId: string) =>
  `/v1/campaigns/${encodeURIComponent(campaignId)}/imports/${encodeURIComponent(importId)}/rejected.csv`
