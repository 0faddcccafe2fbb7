import classes from './UploadMeter.module.css'
import type { UploadProgress } from './upload.ts'

/** The progress of the upload. After the last byte, the server still checks the rows. */
export function UploadMeter({ progress }: { progress: UploadProgress | null }) {
  const share = progress === null || progress.totalBytes === 0 ? 0 : progress.sentBytes / progress.totalBytes
  const percent = Math.floor(share * 100)
  return (
    <div className={classes.meter}>
      <progress className={classes.bar} max={100} value={percent} aria-label="Upload" />
      <span className={classes.words} role="status">
        {percent >= 100 ? 'Uploaded. Checking the numbers…' : `${percent}% uploaded`}
      </span>
    </div>
  )
}
