/** Sends a request to a server as a program with a key does. */
export async function ask<Body>(
  port: number,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

/** Creates a campaign of a workspace's agent. Returns its id. */
export async function createCampaign(port: number, key: string, agentId: string): Promise<string> {
  const campaign = { name: 'Attacked', agentId }
  const { status, body } = await ask<{ id: string }>(port, key, 'POST', '/v1/campaigns', campaign)
  if (status !== 201) throw new Error(`No campaign was created: ${status} ${JSON.stringify(body)}`)
  return body.id
}
