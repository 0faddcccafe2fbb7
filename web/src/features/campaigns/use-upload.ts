import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { asProblem } from '../../api/problem.ts'
import type { ContactImport } from '../../api/types.ts'
import { type UploadProgress, uploadContacts } from './upload.ts'

const FILE_BYTES_MAX = 100 * 1024 * 1024

/** A chosen file. Retries with the same key import it only once. */
type Chosen = { file: File; key: string }

/** Chooses a file of contacts and uploads it. Leaving the page stops the upload; half a file adds no contacts. */
export function useUpload(
  campaignId: string,
  country: string | null,
  onAdded: (added: ContactImport) => void,
) {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [wrongFile, setWrongFile] = useState<string | null>(null)
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const stopping = useRef<AbortController | null>(null)
  const sending = useMutation({
    mutationFn: ({ file, key }: Chosen) => {
      stopping.current = new AbortController()
      setProgress(null)
      return uploadContacts({
        campaignId,
        file,
        country,
        idempotencyKey: key,
        onProgress: setProgress,
        signal: stopping.current.signal,
      })
    },
    onSuccess: onAdded,
  })
  useEffect(() => () => stopping.current?.abort(), [])

  return {
    file: chosen?.file ?? null,
    progress,
    busy: sending.isPending,
    failed: sending.error !== null,
    message: wrongFile ?? (sending.error === null ? null : asProblem(sending.error).message),
    result: sending.data,
    choose(file: File | undefined) {
      sending.reset()
      setWrongFile(null)
      if (file === undefined) return
      if (file.size > FILE_BYTES_MAX) setWrongFile('The file is larger than 100 MB. Split it into parts.')
      else setChosen({ file, key: crypto.randomUUID() })
    },
    rejectFile: () => setWrongFile('This is not a CSV file. Export your list as CSV first.'),
    send: () => chosen !== null && sending.mutate(chosen),
    stop: () => stopping.current?.abort(),
    startOver() {
      setChosen(null)
      sending.reset()
    },
  }
}
