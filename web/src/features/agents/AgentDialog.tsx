import { Autocomplete, Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Agent } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import classes from './AgentDialog.module.css'
import { agentsQuery } from './agent-queries.ts'
import { languageOptions } from './languages.ts'

/** Providers that are often used; any other can be typed. */
const providers = ['openai', 'anthropic', 'google', 'mistral', 'groq', 'azure', 'deepseek', 'xai']

const filled = (message: string) => (value: string) => (value.trim() === '' ? message : null)

/** Adds an agent, or changes one. Closing with unsaved changes asks first. */
export function AgentDialog({ agent, onClose }: { agent?: Agent; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [typedLanguage, setTypedLanguage] = useState('')
  const [leaving, setLeaving] = useState(false)
  const form = useForm({
    initialValues: {
      name: agent?.name ?? '',
      language: agent?.language ?? 'en-US',
      phoneNumber: agent?.phoneNumber ?? '',
      voiceEndpoint: agent?.voiceEndpoint ?? '',
      llmProvider: agent?.llmProvider ?? '',
      llmModel: agent?.llmModel ?? '',
    },
    validate: {
      name: filled('Give the agent a name'),
      language: (value) => (value ? null : 'Choose a language'),
      llmProvider: filled('Name the LLM provider, such as openai'),
      llmModel: filled('Name the model as its provider spells it'),
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
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
    },
    async (saved) => {
      await queryClient.invalidateQueries({ queryKey: agentsQuery.queryKey })
      toast(agent ? `${saved.name} is saved` : `${saved.name} is ready for calls`)
      onClose()
    },
  )
  const close = () => (form.isDirty() && !leaving ? setLeaving(true) : onClose())

  return (
    <Modal opened onClose={close} title={agent ? 'Edit agent' : 'New agent'}>
      <form onSubmit={onSubmit} className={classes.form} noValidate>
        <FormMessage message={message} />
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
          data={languageOptions(form.values.language, typedLanguage)}
          searchable
          onSearchChange={setTypedLanguage}
          nothingFoundMessage="No language has that name; a tag such as gsw-CH can be typed"
          allowDeselect={false}
          {...form.getInputProps('language')}
        />
        <TextInput
          label="Phone number"
          description="Optional. With country code, such as +49 30 901820. It belongs to one agent only."
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
          description="Optional. Where the carrier connects its calls: wss://agent.example.com/talk, sip:agent@example.com or a phone number. A voice stack of your own needs none."
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          {...form.getInputProps('voiceEndpoint')}
        />
        {leaving && (
          <div role="alert" className={classes.unsaved}>
            <span>Not saved yet.</span>
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
