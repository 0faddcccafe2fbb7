import { Autocomplete, Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Agent } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import classes from './AgentDialog.module.css'
import { agentsQuery } from './agent-queries.ts'
import { listLanguageOptions } from './languages.ts'

/** Common providers. Any other can be typed. */
const providers = ['openai', 'anthropic', 'google', 'mistral', 'groq', 'azure', 'deepseek', 'xai']

const requireText = (message: string) => (value: string) => (value.trim() === '' ? message : null)

type Fields = {
  name: string
  language: string
  phoneNumber: string
  voiceEndpoint: string
  llmProvider: string
  llmModel: string
}

/** Creates or edits an agent. Closing with unsaved changes asks first. */
export function AgentDialog({ agent, onClose }: { agent?: Agent; onClose: () => void }) {
  const [leaving, setLeaving] = useState(false)
  const { form, onSubmit, message, pending } = useAgentForm(agent, onClose)
  const close = () => (form.isDirty() && !leaving ? setLeaving(true) : onClose())
  return (
    <Modal opened onClose={close} title={agent ? 'Edit agent' : 'New agent'}>
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
        <AgentFields form={form} />
        {leaving && (
          <div role="alert" className={classes.unsaved}>
            <span>You have unsaved changes.</span>
            <Button variant="subtle" color="red" size="compact-sm" onClick={onClose}>
              Discard changes
            </Button>
          </div>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {agent ? 'Save' : 'Create agent'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function useAgentForm(agent: Agent | undefined, onSaved: () => void) {
  const queryClient = useQueryClient()
  const form = useForm<Fields>({
    initialValues: {
      name: agent?.name ?? '',
      language: agent?.language ?? 'en-US',
      phoneNumber: agent?.phoneNumber ?? '',
      voiceEndpoint: agent?.voiceEndpoint ?? '',
      llmProvider: agent?.llmProvider ?? '',
      llmModel: agent?.llmModel ?? '',
    },
    validate: {
      name: requireText('Enter a name'),
      language: (value) => (value ? null : 'Choose a language'),
      llmProvider: requireText('Enter the LLM provider, such as openai'),
      llmModel: requireText('Enter the model’s name as the provider spells it'),
    },
  })
  const submission = useSubmit(
    form,
    (values) => sendAgent(agent, values),
    async (saved) => {
      await queryClient.invalidateQueries({ queryKey: agentsQuery.queryKey })
      toast(agent ? `${saved.name} saved` : `${saved.name} is ready for calls`)
      onSaved()
    },
  )
  return { form, ...submission }
}

function sendAgent(agent: Agent | undefined, values: Fields): Promise<Agent> {
  const phoneNumber = values.phoneNumber.replace(/[\s()./-]/g, '')
  const voiceEndpoint = values.voiceEndpoint.trim()
  const body = {
    ...values,
    phoneNumber: phoneNumber === '' ? null : phoneNumber,
    voiceEndpoint: voiceEndpoint === '' ? null : voiceEndpoint,
  }
  return readBody(
    agent
      ? api.PATCH('/v1/agents/{id}', { params: { path: { id: agent.id } }, body })
      : api.POST('/v1/agents', { body }),
  )
}

function AgentFields({ form }: { form: UseFormReturnType<Fields> }) {
  const [typedLanguage, setTypedLanguage] = useState('')
  return (
    <>
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        data-autofocus
        maxLength={100}
        {...form.getInputProps('name')}
      />
      <Select
        label="Language"
        data={listLanguageOptions(form.values.language, typedLanguage)}
        searchable
        onSearchChange={setTypedLanguage}
        nothingFoundMessage="No languages found. You can type a tag, such as gsw-CH"
        allowDeselect={false}
        {...form.getInputProps('language')}
      />
      <TextInput
        label="Phone number"
        description="Optional. With country code, such as +1 415 555 0132. A number belongs to one agent only."
        type="tel"
        autoComplete="off"
        {...form.getInputProps('phoneNumber')}
      />
      <div className={classes.pair}>
        <Autocomplete
          label="LLM provider"
          data={providers}
          required
          withAsterisk={false}
          maxLength={100}
          {...form.getInputProps('llmProvider')}
        />
        <TextInput
          label="Model"
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          {...form.getInputProps('llmModel')}
        />
      </div>
      <TextInput
        label="Connects to"
        description="Optional. Where the carrier connects calls: wss://agent.example.com/talk, sip:agent@example.com or a phone number. Not needed with your own voice stack."
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        {...form.getInputProps('voiceEndpoint')}
      />
    </>
  )
}
