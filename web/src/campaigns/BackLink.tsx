import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Campaign } from '../api/types.ts'
import classes from './BackLink.module.css'

/** The way back: to the campaign, or to the list of them. */
export function BackLink({ campaign }: { campaign?: Campaign }) {
  const content = (
    <>
      <IconArrowLeft size={15} stroke={1.75} aria-hidden />
      {campaign?.name ?? 'Campaigns'}
    </>
  )
  return campaign === undefined ? (
    <Link to="/campaigns" className={classes.back ?? ''}>
      {content}
    </Link>
  ) : (
    <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={classes.back ?? ''}>
      {content}
    </Link>
  )
}
