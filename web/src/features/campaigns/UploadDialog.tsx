import { Button, Modal, Select } from '@mantine/core'
import { useState } from 'react'
import type { Campaign, ContactImport } from '../../api/types.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { countryOptions } from './countries.ts'
import { FileZone } from './FileZone.tsx'
import { ImportResult } from './ImportResult.tsx'
import { UploadMeter } from './UploadMeter.tsx'
import { useUpload } from './use-upload.ts'

/** Uploads a file of contacts and shows the result. */
export function UploadDialog(props: {
  campaign: Campaign
  onAdded: (added: ContactImport) => void
  onClose: () => void
}) {
  const { campaign } = props
  const [country, setCountry] = useState(campaign.defaultCountry)
  const upload = useUpload(campaign.id, country, props.onAdded)
  const { busy, result } = upload
  if (result !== undefined) {
    return (
      <Modal opened onClose={props.onClose} title="Contacts uploaded" size="40rem">
        <ImportResult campaignId={campaign.id} result={result} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={upload.startOver}>
            Upload another file
          </Button>
          <Button onClick={props.onClose} data-autofocus>
            Done
          </Button>
        </div>
      </Modal>
    )
  }
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
        <FileZone file={upload.file} disabled={busy} onChoose={upload.choose} onReject={upload.rejectFile} />
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
        {busy && <UploadMeter progress={upload.progress} />}
        <FormMessage message={upload.message} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={busy ? upload.stop : props.onClose}>
            {busy ? 'Stop' : 'Cancel'}
          </Button>
          <Button loading={busy} disabled={upload.file === null} onClick={upload.send}>
            {upload.failed ? 'Retry' : 'Upload'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
