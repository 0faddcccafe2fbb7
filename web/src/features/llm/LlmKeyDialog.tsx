import { Button, Group, Modal, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { llmProviderNames, llmProviders } from '@talktime/core/llm/llm-provider'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { formatDeployments, parseDeployments } from './deployments.ts'
import { type LlmKey, type LlmProvider, llmKeysQuery } from './llm-queries.ts'

const providers = llmProviders.map((value) => ({ value, label: llmProviderNames[value] }))

/**
 * Adds or replaces a key. Until it is sent, the key exists only in its input field, never in the form's state or in a
 * cache.
 */
export function LlmKeyDialog({ llmKey, onClose }: { llmKey?: LlmKey; onClose: () => void }) {
  const queryClient = useQueryClient()
  const keyField = useRef<HTMLInputElement>(null)
  const keyText = () => keyField.current?.value.trim() ?? ''
  const form = useForm({
    initialValues: {
      provider: (llmKey?.provider ?? 'openai') as LlmProvider,
      key: '',
      baseUrl: llmKey?.baseUrl ?? '',
      apiVersion: llmKey?.apiVersion ?? '',
      deployments: formatDeployments(llmKey?.deployments ?? {}),
    },
    validate: {
      key: () => (keyText().length < 8 ? 'Paste the whole key' : null),
      baseUrl: (value, { provider }) =>
        needsAddress(provider) && !/^https?:\/\/\S+$/.test(value.trim())
          ? 'Enter a URL, such as https://llm.example.com/v1'
          : null,
      deployments: (value) =>
        parseDeployments(value) === undefined ? 'Write one deployment a line: model = deployment' : null,
    },
  })
  const { provider } = form.values
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
      const address = {
        ...(needsAddress(values.provider) && { baseUrl: values.baseUrl.trim() }),
        ...(values.provider === 'azure_openai' && {
          apiVersion: values.apiVersion.trim() === '' ? null : values.apiVersion.trim(),
          deployments: parseDeployments(values.deployments) ?? {},
        }),
      }
      const key = keyText()
      return readBody(
        llmKey
          ? api.PATCH('/v1/llm-keys/{id}', {
              params: { path: { id: llmKey.id } },
              body: { key, ...address },
            })
          : api.POST('/v1/llm-keys', { body: { provider: values.provider, key, ...address } as never }),
      )
    },
    async (saved) => {
      await queryClient.invalidateQueries({ queryKey: llmKeysQuery.queryKey })
      toast(`${saved.providerName} key …${saved.lastFour} ${llmKey ? 'replaced' : 'added'}`)
      onClose()
    },
  )

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
        {needsAddress(provider) && (
          <TextInput
            label={provider === 'azure_openai' ? 'Resource endpoint' : 'Base URL'}
            description={
              provider === 'azure_openai'
                ? 'Such as https://my-resource.openai.azure.com'
                : 'The part before /chat/completions. A public https address.'
            }
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('baseUrl')}
          />
        )}
        {provider === 'azure_openai' && (
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

/** Whether the customer has to give the provider's address. */
function needsAddress(provider: LlmProvider): boolean {
  return provider === 'azure_openai' || provider === 'openai_compatible'
}
