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

const bytesMax = 100 * 1024 * 1024

/** A chosen file; its key makes it one upload, however often it is tried. */
type Chosen = { file: File; key: string }

/** Adds contacts from a file: chosen or dropped, sent with its progress, and then what became of its rows. */
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
  // Whoever leaves the page leaves the upload too: half a file is none.
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
    if (file.size > bytesMax) setWrongFile('The file has more than 100 MB: send it in parts.')
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
          A CSV file with a line of headings. One column is headed <code>phone</code>; <code>name</code> and
          any others are kept with the contact. Up to 500,000 rows. Rows that are not right are reported, the
          others are taken.
        </p>
        <Dropzone
          onDrop={([file]) => take(file)}
          onReject={() => setWrongFile('That is no CSV file. Export the list as CSV first.')}
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
              {chosen === null ? 'Choose a file' : 'Choose another'}
            </Button>
          </div>
        </Dropzone>
        <Select
          label="Country of numbers without a country code"
          description="Numbers that begin with + or 00 need none."
          placeholder="None: such rows are rejected"
          data={countryOptions}
          value={country}
          onChange={setCountry}
          searchable
          clearable
          disabled={busy}
          nothingFoundMessage="No country has that name"
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
            {failed === null ? 'Upload' : 'Try again'}
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
