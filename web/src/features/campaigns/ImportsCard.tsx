import { Button, Modal } from '@mantine/core'
import { IconFileTypeCsv, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Campaign, ContactImport } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows } from '../../design/ui/states.tsx'
import { importsQuery } from './campaign-queries.ts'
import { ImportResult } from './ImportResult.tsx'
import { count } from './labels.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The uploaded files, with the number of added and rejected rows. */
export function ImportsCard(props: { campaign: Campaign; timeZone: string; onUpload: () => void }) {
  const { campaign, timeZone } = props
  const { mayRun } = useCampaignRights()
  const imports = useQuery(importsQuery(campaign.id))
  const [shown, setShown] = useState<ContactImport | null>(null)
  const columns = makeColumns(timeZone, setShown)
  return (
    <Card
      title="Uploads"
      caption="Contact files, newest first"
      actions={
        (imports.data?.length ?? 0) > 0 && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconUpload size={15} stroke={1.75} aria-hidden />}
            disabled={!mayRun || campaign.status === 'completed'}
            onClick={props.onUpload}
          >
            Upload contacts
          </Button>
        )
      }
      flush
    >
      <Loaded query={imports} what="Uploads" skeleton={<SkeletonRows count={2} label="uploads" />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={<IconFileTypeCsv size={22} stroke={1.5} />} title="No uploads yet">
              Uploaded files appear here with the result for their rows.
            </Empty>
          ) : (
            <DataTable name="Uploads" columns={columns} rows={list} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
      {shown && (
        <Modal
          opened
          onClose={() => setShown(null)}
          title={`Uploaded ${instant(shown.at, 'dayTime', timeZone)}`}
          size="40rem"
        >
          <ImportResult campaignId={campaign.id} result={shown} />
        </Modal>
      )}
    </Card>
  )
}

function makeColumns(timeZone: string, onShow: (shown: ContactImport) => void): Column<ContactImport>[] {
  return [
    {
      label: 'Uploaded',
      head: true,
      cell: ({ at }) => <time dateTime={at}>{instant(at, 'dayTime', timeZone)}</time>,
    },
    { label: 'Rows', end: true, width: '5rem', cell: ({ rows }) => count(rows) },
    { label: 'Added', end: true, width: '5rem', cell: ({ added }) => count(added) },
    {
      label: 'Rejected',
      end: true,
      width: '8rem',
      cell: (one) =>
        one.rejected === 0 ? (
          '0'
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => onShow(one)}
            aria-label={`View ${count(one.rejected)} rejected`}
          >
            View {count(one.rejected)}
          </Button>
        ),
    },
  ]
}
