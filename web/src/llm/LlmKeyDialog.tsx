import { Button, Group, Modal, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { LLM_PROVIDER_NAMES, LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { api, bodyOf } from '../api/client.ts'
import classes from '../settings/Dialog.module.css'
import { FormMessage } from '../ui/FormMessage.tsx'
import { tell } from '../ui/tell.ts'
import { useSubmit } from '../ui/use-submit.ts'
import { deploymentsFrom, deploymentsText } from './deployments.ts'
import { type LlmKey, type LlmProvider, llmKeysQuery } from './llm-queries.ts'

const providers = LLM_PROVIDERS.map((value) => ({ value, label: LLM_PROVIDER_NAMES[value] }))

/**
 * Adds a key, or puts another in its place. The key itself stands in the field alone, until it is sent: neither the
 * form's state nor a cache ever has it.
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
      deployments: deploymentsText(llmKey?.deployments ?? {}),
    },
    validate: {
      key: () => (keyText().length < 8 ? 'Paste the key as the provider shows it' : null),
      baseUrl: (value, { provider }) =>
        isAddressed(provider) && !/^https?:\/\/\S+$/.test(value.trim())
          ? 'Enter the address with https://, such as https://llm.example.com/v1'
          : null,
      deployments: (value) =>
        deploymentsFrom(value) === undefined ? 'Write a line for each: model = deployment' : null,
    },
  })
  const { provider } = form.values
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
      const address = {
        ...(isAddressed(values.provider) && { baseUrl: values.baseUrl.trim() }),
        ...(values.provider === 'azure_openai' && {
          apiVersion: values.apiVersion.trim() === '' ? null : values.apiVersion.trim(),
          deployments: deploymentsFrom(values.deployments) ?? {},
        }),
      }
      const key = keyText()
      return bodyOf(
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
      tell(`The ${saved.providerName} key …${saved.lastFour} is ${llmKey ? 'in its place' : 'added'}`)
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
            description="Agents that name this provider go out with the key."
            data={providers}
            allowDeselect={false}
            {...form.getInputProps('provider')}
          />
        )}
        {isAddressed(provider) && (
          <TextInput
            label={provider === 'azure_openai' ? 'Resource endpoint' : 'Base URL'}
            description={
              provider === 'azure_openai'
                ? 'Such as https://my-resource.openai.azure.com'
                : 'The address before /chat/completions. It must be public, and https.'
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
              description="Such as 2024-10-21. Empty: the v1 API."
              autoComplete="off"
              {...form.getInputProps('apiVersion')}
            />
            <Textarea
              label="Deployments"
              description="Where a deployment has another name than its model: a line for each, model = deployment"
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
          description="Kept encrypted. It is never shown again; only its last four characters are."
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

/** Whether the provider is reached at an address of the customer's. */
function isAddressed(provider: LlmProvider): boolean {
  return provider === 'azure_openai' || provider === 'openai_compatible'
}
