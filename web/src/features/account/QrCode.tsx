import encodeQr from 'qr'
import classes from './QrCode.module.css'

/** A QR code, drawn here: its text is a secret and goes to nobody. `label` says what it is to screen readers. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const rows = encodeQr(text, 'raw', { ecc: 'medium', border: 2 })
  const squares = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
      className={classes.code}
    >
      <path d={squares.join('')} />
    </svg>
  )
}
