export { campaignsKey, campaignsQuery } from './campaign-queries.ts'
export { readCampaignSearch, readCampaignsSearch } from './campaigns-search.ts'
