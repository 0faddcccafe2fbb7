import type { UseFormReturnType } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { asProblem, fieldErrors } from '../../api/problem.ts'

/**
 * Submits a form. Errors of a field are shown at the field, and the first one gets the focus, so that screen readers read
 * it. Other errors are in `message`, to be shown above the form. `onSubmit` goes to the form element.
 */
export function useSubmit<Values extends Record<string, unknown>, Answer>(
  form: UseFormReturnType<Values>,
  send: (values: Values) => Promise<Answer>,
  onDone: (answer: Answer) => void | Promise<void>,
) {
  const [message, setMessage] = useState<string | null>(null)
  const [wrongField, setWrongField] = useState<{ name: string } | null>(null)
  const mutation = useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: (error) => {
      const { byField, rest } = fieldErrors(asProblem(error), Object.keys(form.values))
      form.setErrors(byField)
      setMessage(rest)
      const name = Object.keys(form.values).find((field) => field in byField)
      if (name !== undefined) setWrongField({ name })
    },
  })

  // A field can only announce its error after the error has been rendered.
  useEffect(() => {
    if (wrongField !== null) focusField(wrongField.name)
  }, [wrongField])

  const onSubmit = form.onSubmit(
    (values) => {
      setMessage(null)
      mutation.mutate(values)
    },
    (errors) => {
      const name = Object.keys(form.values).find((field) => field in errors)
      if (name !== undefined) setWrongField({ name })
    },
  )
  return { onSubmit, message, pending: mutation.isPending }
}

function focusField(name: string): void {
  const dialog = document.querySelector('[role="dialog"] form') ?? document
  dialog.querySelector<HTMLElement>(`[data-path="${CSS.escape(name)}"]`)?.focus()
}
