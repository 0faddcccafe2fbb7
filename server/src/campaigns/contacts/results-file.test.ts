import { expect, test } from 'vitest'
import { useCampaignCustomer } from '../../../test/campaign-customer.ts'

const customer = useCampaignCustomer()

/** Imports a file into a new campaign. Returns the campaign's id. */
async function importFile(file: string): Promise<{ id: string }> {
  const { id } = await customer.createCampaign()
  await customer.addContacts(id, file)
  return { id }
}

test('results end with the other columns of all files; a column named like a result column is marked', async () => {
  const { id } = await importFile('phone,name,city,state\n+4930901820,Ada,Berlin,BE\n')
  await customer.addContacts(id, 'phone,"=plan"\n+4930901821,"-gold, old"\n')
  const { text } = await customer.ask('GET', `/v1/campaigns/${id}/contacts.csv`)
  expect(text.split('\n')[0]).toMatch(/,last_call_id,'=plan,city,state \(file\)$/)
  expect(text).toContain('+4930901820,Ada,waiting,0,,,,,Berlin,BE\n')
  expect(text).toContain(`+4930901821,,waiting,0,,,,"'-gold, old",,\n`)
})

test('results are a CSV file in which names that look like formulas are escaped', async () => {
  const { id } = await importFile('phone,name\n+4930901820,"=cmd|calc"\n+4930901821,Ada\n')
  const { text, headers } = await customer.ask('GET', `/v1/campaigns/${id}/contacts.csv`)
  expect(headers['content-type']).toContain('text/csv')
  expect(text.split('\n')[0]).toBe(
    'contact_id,phone,name,state,attempts,last_outcome,last_attempt_at,last_call_id',
  )
  expect(text).toContain(`,+4930901820,'=cmd|calc,waiting,0,,,`)
})
