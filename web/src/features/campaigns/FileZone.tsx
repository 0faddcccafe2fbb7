import '@mantine/dropzone/styles.layer.css'
import { Button } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useRef } from 'react'
import classes from './UploadDialog.module.css'

/** Takes a CSV file that is dropped or chosen. */
export function FileZone(props: {
  file: File | null
  disabled: boolean
  onChoose: (file: File | undefined) => void
  onReject: () => void
}) {
  const { file, disabled } = props
  const openPicker = useRef<() => void>(null)
  return (
    <Dropzone
      onDrop={([dropped]) => props.onChoose(dropped)}
      onReject={props.onReject}
      accept={{ 'text/csv': ['.csv', '.tsv', '.txt'] }}
      multiple={false}
      openRef={openPicker}
      activateOnClick={false}
      activateOnKeyboard={false}
      enablePointerEvents
      disabled={disabled}
      tabIndex={-1}
      className={classes.zone ?? ''}
      inputProps={{ 'aria-label': 'CSV file of contacts' }}
    >
      <div className={classes.inside}>
        <IconFileTypeCsv size={28} stroke={1.5} className={classes.icon} aria-hidden />
        {file === null ? (
          <span>Drop a CSV file here, or</span>
        ) : (
          <span className={classes.file}>
            {file.name} <span className={classes.size}>{sizeInWords(file.size)}</span>
          </span>
        )}
        <Button
          variant="default"
          size="xs"
          disabled={disabled}
          onClick={() => openPicker.current?.()}
          data-autofocus
        >
          {file === null ? 'Choose a file' : 'Choose another file'}
        </Button>
      </div>
    </Dropzone>
  )
}

function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
