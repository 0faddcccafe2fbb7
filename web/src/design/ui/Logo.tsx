import classes from './Logo.module.css'

/** The logo's symbol: a speech bubble with clock hands. */
export function LogoMark({ size = 24 }: { size?: number }) {
  return (
    <svg className={classes.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className={classes.tile} />
      <path d="M16 7a9 9 0 1 1-4.6 16.74L7 25l1.3-4.3A9 9 0 0 1 16 7Z" className={classes.stroke} />
      <path d="M16 11.6V16l3 2.2" className={classes.stroke} />
    </svg>
  )
}

export function Logo() {
  return (
    <span className={classes.logo}>
      <LogoMark />
      <span className={classes.name}>Talktime</span>
    </span>
  )
}
