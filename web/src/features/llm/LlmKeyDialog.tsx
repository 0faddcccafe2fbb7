import { Button, Group, Modal, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { LLM_PROVIDER_NAMES, LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { formatDeployments, parseDeployments } from './deployments.ts'
import { type LlmKey, type LlmProvider, llmKeysQuery } from './llm-queries.ts'

const providers = LLM_PROVIDERS.map((value) => ({ value, label: LLM_PROVIDER_NAMES[value] }))

type Fields = {
  provider: LlmProvider
  /** Always empty: the key exists only in its input. Named here so that errors of the API find the input. */
  key: string
  baseUrl: string
  apiVersion: string
  deployments: string
}

/**
 * Adds or replaces a key. Until it is sent, the key exists only in its input field, never in the form's state or in a
 * cache.
 */
export function LlmKeyDialog({ llmKey, onClose }: { llmKey?: LlmKey; onClose: () => void }) {
  const keyField = useRef<HTMLInputElement>(null)
  const readKey = () => keyField.current?.value.trim() ?? ''
  const { form, onSubmit, message, pending } = useLlmKeyForm(llmKey, readKey, onClose)
  return (
    <Modal
      opened
      onClose={onClose}
      title={llmKey ? `Replace the ${llmKey.providerName} key` : 'Add an LLM API key'}
    >
      <form onSubmit={onSubmit} className={classes.form} noValidate autoComplete="off">
        <FormMessage message={message} />
        {llmKey === undefined && (
          <Select
            label="Provider"
            description="Requests of agents with this provider use the key."
            data={providers}
            allowDeselect={false}
            {...form.getInputProps('provider')}
          />
        )}
        <AddressFields form={form} />
        <PasswordInput
          ref={keyField}
          label="Key"
          description="Stored encrypted. Only its last four characters are shown again."
          data-path="key"
          data-autofocus
          autoComplete="off"
          data-1p-ignore
          spellCheck={false}
          error={form.errors.key}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key' }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {llmKey ? 'Replace key' : 'Add key'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function useLlmKeyForm(llmKey: LlmKey | undefined, readKey: () => string, onSaved: () => void) {
  const queryClient = useQueryClient()
  const form = useForm<Fields>({
    initialValues: {
      provider: llmKey?.provider ?? 'openai',
      key: '',
      baseUrl: llmKey?.baseUrl ?? '',
      apiVersion: llmKey?.apiVersion ?? '',
      deployments: formatDeployments(llmKey?.deployments ?? {}),
    },
    validate: {
      key: () => (readKey().length < 8 ? 'Paste the whole key' : null),
      baseUrl: (value, { provider }) =>
        needsAddress(provider) && !/^https?:\/\/\S+$/.test(value.trim())
          ? 'Enter a URL, such as https://llm.example.com/v1'
          : null,
      deployments: (value) =>
        parseDeployments(value) === undefined ? 'Write one deployment a line: model = deployment' : null,
    },
  })
  const submission = useSubmit(
    form,
    (values) => sendKey(llmKey, readKey(), values),
    async (saved) => {
      await queryClient.invalidateQueries({ queryKey: llmKeysQuery.queryKey })
      toast(`${saved.providerName} key …${saved.lastFour} ${llmKey ? 'replaced' : 'added'}`)
      onSaved()
    },
  )
  return { form, ...submission }
}

function sendKey(llmKey: LlmKey | undefined, key: string, values: Fields) {
  const { provider } = values
  const address = {
    ...(needsAddress(provider) && { baseUrl: values.baseUrl.trim() }),
    ...(provider === 'azure_openai' && {
      apiVersion: values.apiVersion.trim() === '' ? null : values.apiVersion.trim(),
      deployments: parseDeployments(values.deployments) ?? {},
    }),
  }
  return readBody(
    llmKey
      ? api.PATCH('/v1/llm-keys/{id}', { params: { path: { id: llmKey.id } }, body: { key, ...address } })
      : api.POST('/v1/llm-keys', { body: { provider, key, ...address } as never }),
  )
}

/** The fields of providers whose address the customer gives. */
function AddressFields({ form }: { form: UseFormReturnType<Fields> }) {
  const { provider } = form.values
  if (!needsAddress(provider)) return null
  const azure = provider === 'azure_openai'
  return (
    <>
      <TextInput
        label={azure ? 'Resource endpoint' : 'Base URL'}
        description={
          azure
            ? 'Such as https://my-resource.openai.azure.com'
            : 'The part before /chat/completions. A public https address.'
        }
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('baseUrl')}
      />
      {azure && (
        <>
          <TextInput
            label="API version"
            description="Such as 2024-10-21. Leave it empty for the v1 API."
            autoComplete="off"
            {...form.getInputProps('apiVersion')}
          />
          <Textarea
            label="Deployments"
            description="If names differ from the model: one a line, model = deployment"
            autosize
            minRows={2}
            maxRows={6}
            {...form.getInputProps('deployments')}
          />
        </>
      )}
    </>
  )
}

/** Whether the customer has to give the provider's address. */
function needsAddress(provider: LlmProvider): boolean {
  return provider === 'azure_openai' || provider === 'openai_compatible'
}
