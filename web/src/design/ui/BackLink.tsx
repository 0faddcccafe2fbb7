import { IconArrowLeft } from '@tabler/icons-react'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import classes from './BackLink.module.css'

function BackAnchor({ children, ...rest }: ComponentProps<'a'>) {
  return (
    <a {...rest} className={classes.back}>
      <IconArrowLeft size={15} stroke={1.75} aria-hidden />
      {children}
    </a>
  )
}

/** The link above a page's title to its parent page. */
export const BackLink = createLink(BackAnchor)
