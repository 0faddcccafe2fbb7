import { Button, Modal, SegmentedControl, Skeleton, TextInput } from '@mantine/core'
import { HOUR_MS } from '@talktime/core/time/durations'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { instantOfLocal, localDateTime, zoneInWords } from '../../design/format/instant.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { Outlook } from './Outlook.tsx'
import { useCampaignRights } from './use-campaign-rights.ts'
import { useOutlook } from './use-outlook.ts'

/** Starts a campaign now or at a chosen time, after saying what will happen. */
export function StartDialog(props: {
  campaign: Campaign
  onDone: (campaign: Campaign) => void
  onClose: () => void
}) {
  const { campaign } = props
  const { timeZone } = useCampaignRights()
  const [when, setWhen] = useState<'now' | 'later'>(campaign.status === 'scheduled' ? 'later' : 'now')
  const [at, setAt] = useState(() => {
    const chosen = campaign.startsAt === null ? serverNow() + HOUR_MS : Date.parse(campaign.startsAt)
    return localDateTime(chosen, timeZone)
  })
  const known = useOutlook(campaign, when === 'later')
  const startsAtMs = instantOfLocal(at, timeZone)
  const wrong = when === 'later' ? validateStart(startsAtMs) : null
  const start = useMutation({
    mutationFn: () =>
      readBody(
        api.POST('/v1/campaigns/{id}/start', {
          params: { path: { id: campaign.id } },
          body:
            when === 'later' && startsAtMs !== null ? { startsAt: new Date(startsAtMs).toISOString() } : {},
        }),
      ),
    onSuccess: props.onDone,
  })
  return (
    <Modal opened onClose={props.onClose} title={`Start ${campaign.name}`}>
      <div className={classes.form}>
        <SegmentedControl
          data={[
            { value: 'now', label: 'Now' },
            { value: 'later', label: 'Later' },
          ]}
          value={when}
          onChange={(value) => setWhen(value as 'now' | 'later')}
          aria-label="When to start"
        />
        {when === 'later' && (
          <TextInput
            type="datetime-local"
            label="Starts"
            description={`In the workspace’s time zone: ${zoneInWords(timeZone)}`}
            value={at}
            error={wrong}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
        )}
        {known === undefined ? <Skeleton height={96} /> : <Outlook prospects={known.prospects} />}
        <FormMessage message={start.error === null ? null : asProblem(start.error).message} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            loading={start.isPending}
            disabled={wrong !== null || (when === 'now' && known?.mayRun === false)}
            onClick={() => start.mutate()}
          >
            {when === 'now' ? 'Start now' : 'Schedule'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function validateStart(startsAtMs: number | null): string | null {
  if (startsAtMs === null) return 'Enter a date and a time'
  return startsAtMs <= serverNow() ? 'Choose a time in the future' : null
}
