import { VisuallyHidden } from '@mantine/core'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { Failure } from '../design/ui/states.tsx'

/** Shown when rendering a page fails. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <main>
      <VisuallyHidden component="h1">Something went wrong</VisuallyHidden>
      <Failure what="The page" error={error} onRetry={retry} />
    </main>
  )
}
