import '@mantine/dropzone/styles.layer.css'
import { Button, Modal, Select } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { asProblem } from '../../api/problem.ts'
import type { Campaign, ContactImport } from '../../api/types.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { countryOptions } from './countries.ts'
import { ImportResult } from './ImportResult.tsx'
import upload from './UploadDialog.module.css'
import { UploadMeter } from './UploadMeter.tsx'
import { type UploadProgress, uploadContacts } from './upload.ts'

const FILE_BYTES_MAX = 100 * 1024 * 1024

/** A chosen file. Retries with the same key import it only once. */
type Chosen = { file: File; key: string }

/** Uploads a file of contacts and shows the result. */
export function UploadDialog(props: {
  campaign: Campaign
  onAdded: (added: ContactImport) => void
  onClose: () => void
}) {
  const { campaign } = props
  const [country, setCountry] = useState(campaign.defaultCountry)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [wrongFile, setWrongFile] = useState<string | null>(null)
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const openPicker = useRef<() => void>(null)
  const stopping = useRef<AbortController | null>(null)
  const sending = useMutation({
    mutationFn: ({ file, key }: Chosen) => {
      stopping.current = new AbortController()
      setProgress(null)
      return uploadContacts({
        campaignId: campaign.id,
        file,
        country,
        idempotencyKey: key,
        onProgress: setProgress,
        signal: stopping.current.signal,
      })
    },
    onSuccess: props.onAdded,
  })
  // Leaving the page stops the upload. Half a file adds no contacts.
  useEffect(() => () => stopping.current?.abort(), [])

  if (sending.data !== undefined) {
    return (
      <Modal opened onClose={props.onClose} title="Contacts uploaded" size="40rem">
        <ImportResult campaignId={campaign.id} result={sending.data} />
        <div className={classes.buttons}>
          <Button
            variant="default"
            onClick={() => {
              setChosen(null)
              sending.reset()
            }}
          >
            Upload another file
          </Button>
          <Button onClick={props.onClose} data-autofocus>
            Done
          </Button>
        </div>
      </Modal>
    )
  }
  const take = (file: File | undefined) => {
    sending.reset()
    setWrongFile(null)
    if (file === undefined) return
    if (file.size > FILE_BYTES_MAX) setWrongFile('The file is larger than 100 MB. Split it into parts.')
    else setChosen({ file, key: crypto.randomUUID() })
  }
  const busy = sending.isPending
  const failed = sending.error === null ? null : asProblem(sending.error).message
  return (
    <Modal
      opened
      onClose={props.onClose}
      title="Upload contacts"
      closeOnClickOutside={!busy}
      closeOnEscape={!busy}
      withCloseButton={!busy}
    >
      <div className={classes.form}>
        <p className={classes.text}>
          Choose a CSV file with a header row, a <code>phone</code> column, and up to 500,000 rows.{' '}
          <code>name</code> and other columns are kept with the contact. Invalid rows are reported, and all
          others are added.
        </p>
        <Dropzone
          onDrop={([file]) => take(file)}
          onReject={() => setWrongFile('This is not a CSV file. Export your list as CSV first.')}
          accept={{ 'text/csv': ['.csv', '.tsv', '.txt'] }}
          multiple={false}
          openRef={openPicker}
          activateOnClick={false}
          activateOnKeyboard={false}
          enablePointerEvents
          disabled={busy}
          tabIndex={-1}
          className={upload.zone ?? ''}
          inputProps={{ 'aria-label': 'CSV file of contacts' }}
        >
          <div className={upload.inside}>
            <IconFileTypeCsv size={28} stroke={1.5} className={upload.icon} aria-hidden />
            {chosen === null ? (
              <span>Drop a CSV file here, or</span>
            ) : (
              <span className={upload.file}>
                {chosen.file.name} <span className={upload.size}>{sizeInWords(chosen.file.size)}</span>
              </span>
            )}
            <Button
              variant="default"
              size="xs"
              disabled={busy}
              onClick={() => openPicker.current?.()}
              data-autofocus
            >
              {chosen === null ? 'Choose a file' : 'Choose another file'}
            </Button>
          </div>
        </Dropzone>
        <Select
          label="Country of numbers without a country code"
          description="Numbers that start with + or 00 need none."
          placeholder="None: these rows are rejected"
          data={countryOptions}
          value={country}
          onChange={setCountry}
          searchable
          clearable
          disabled={busy}
          nothingFoundMessage="No countries found"
        />
        {busy && <UploadMeter progress={progress} />}
        <FormMessage message={wrongFile ?? failed} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={busy ? () => stopping.current?.abort() : props.onClose}>
            {busy ? 'Stop' : 'Cancel'}
          </Button>
          <Button
            loading={busy}
            disabled={chosen === null}
            onClick={() => chosen !== null && sending.mutate(chosen)}
          >
            {failed === null ? 'Upload' : 'Retry'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
