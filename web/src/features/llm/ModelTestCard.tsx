import { Button, Select, TextInput } from '@mantine/core'
import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { locale } from '../../design/format/locale.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { agentsQuery } from '../agents/index.ts'
import classes from './LlmKeysTab.module.css'
import { type LlmModelTest, llmRequestsQuery, llmSettingsQuery } from './llm-queries.ts'

/** Asks an agent's model a question, outside a call. */
export function ModelTestCard({ manages }: { manages: boolean }) {
  const agents = useQuery(agentsQuery).data ?? []
  const queryClient = useQueryClient()
  const [chosenId, setChosenId] = useState<string | null>(null)
  const [message, setMessage] = useState('Hello, who are you?')
  const agent = agents.find(({ id }) => id === chosenId) ?? agents[0]
  const test = useMutation({
    mutationFn: (agentId: string) =>
      readBody(
        api.POST('/v1/agents/{id}/llm-test', { params: { path: { id: agentId } }, body: { message } }),
      ),
    async onSettled() {
      await queryClient.invalidateQueries({ queryKey: llmSettingsQuery.queryKey })
      await queryClient.invalidateQueries({ queryKey: llmRequestsQuery.queryKey })
      await queryClient.invalidateQueries({ queryKey: ['llm-usage'] })
    },
  })
  return (
    <Card title="Test a model" caption="Asks an agent’s model one question with the key its calls use.">
      <form
        className={classes.test}
        onSubmit={(event) => {
          event.preventDefault()
          if (agent !== undefined) test.mutate(agent.id)
        }}
      >
        <Select
          label="Agent"
          data={agents.map(({ id, name }) => ({ value: id, label: name }))}
          value={agent?.id ?? null}
          onChange={setChosenId}
          allowDeselect={false}
          disabled={!manages || agents.length === 0}
          placeholder="No agents yet"
        />
        <TextInput
          label="Question"
          value={message}
          maxLength={1_000}
          disabled={!manages}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <Button
          type="submit"
          disabled={!manages || agent === undefined || message.trim() === ''}
          loading={test.isPending}
        >
          Test
        </Button>
      </form>
      <FormMessage message={test.error ? asProblem(test.error).message : null} />
      <div role="status">{test.data && <Result result={test.data} />}</div>
    </Card>
  )
}

function Result({ result }: { result: LlmModelTest }) {
  const { answer, detail, provider, model, keySource, totalMilliseconds, tokens } = result
  const facts = [
    `${LLM_PROVIDER_NAMES[provider]} ${model}`,
    keySource === 'own' ? 'your key' : 'the platform’s key',
    `${totalMilliseconds.toLocaleString(locale)} ms`,
    ...(tokens.total === null ? [] : [`${tokens.total.toLocaleString(locale)} tokens`]),
  ]
  return (
    <>
      {answer === null ? <FormMessage message={detail} /> : <p className={classes.answer}>{answer}</p>}
      <p className={classes.facts}>{facts.join(', ')}</p>
    </>
  )
}
