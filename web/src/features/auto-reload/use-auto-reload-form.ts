import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { billingKey } from '../../api/query-keys.ts'
import type { AutoReload, Package } from '../../api/types.ts'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { autoReloadQuery } from './auto-reload-queries.ts'
import { type ChoiceFields, fieldsOf, readChoice, validateFields } from './choice.ts'

/** Holds the auto-reload form and saves it. Settings saved elsewhere show up here, unless there are unsaved changes. */
export function useAutoReloadForm(saved: AutoReload, packages: Package[]) {
  const queryClient = useQueryClient()
  const form = useForm<ChoiceFields>({
    initialValues: fieldsOf(saved),
    validate: (values) => validateFields(values, packages),
  })
  const { setInitialValues, setValues, resetDirty } = form
  const show = useCallback(
    (fields: ChoiceFields) => {
      setInitialValues(fields)
      setValues(fields)
      resetDirty(fields)
    },
    [setInitialValues, setValues, resetDirty],
  )
  const submission = useSubmit(
    form,
    (values) => save(values, packages),
    async (answer) => {
      queryClient.setQueryData(autoReloadQuery.queryKey, answer)
      show(fieldsOf(answer))
      toast(answer.enabled ? 'Auto-reload saved and on' : 'Auto-reload saved and off')
      await queryClient.invalidateQueries({ queryKey: billingKey })
    },
  )

  const dirty = form.isDirty()
  const savedFields = JSON.stringify(fieldsOf(saved))
  const shownFields = useRef(savedFields)
  useEffect(() => {
    if (dirty || shownFields.current === savedFields) return
    shownFields.current = savedFields
    show(JSON.parse(savedFields) as ChoiceFields)
  }, [dirty, savedFields, show])
  return { form, dirty, ...submission }
}

function save(values: ChoiceFields, packages: readonly Package[]): Promise<AutoReload> {
  const choice = readChoice(values, packages)
  if (choice === null) {
    throw new ApiProblem({ status: 0, code: 'page_error', message: 'Some fields are invalid.' })
  }
  const { enabled, thresholdCredits, quantity, monthlyCap } = choice
  return readBody(
    api.PUT('/v1/auto-reload', {
      body: { enabled, thresholdCredits, packageId: choice.pack.id, quantity, monthlyCap },
    }),
  )
}
