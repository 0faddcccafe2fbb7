import { Button } from '@mantine/core'
import { IconLock, IconPlus, IconSparkles } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows } from '../../design/ui/states.tsx'
import { mayManage, ReadOnlyNote, useMembership } from '../workspace/index.ts'
import { ConnectCard } from './ConnectCard.tsx'
import { FallbackRow } from './FallbackRow.tsx'
import { LlmKeyDialog } from './LlmKeyDialog.tsx'
import classes from './LlmKeysTab.module.css'
import { LlmKeysTable } from './LlmKeysTable.tsx'
import { LlmRequests } from './LlmRequests.tsx'
import { LlmUsageCard } from './LlmUsageCard.tsx'
import { type LlmKeyList, llmKeysQuery } from './llm-queries.ts'
import { ModelTestCard } from './ModelTestCard.tsx'
import { PlatformQuota } from './PlatformQuota.tsx'

/** The workspace's own LLM keys, and the requests made with them. */
export function LlmKeysTab() {
  const keys = useQuery(llmKeysQuery)
  const manages = mayManage(useMembership().workspace.role)
  const [adding, setAdding] = useState(false)
  const may = manages && keys.data?.available === true
  const add = (
    <Button
      size="xs"
      leftSection={<IconPlus size={15} aria-hidden />}
      disabled={!may}
      aria-describedby="own-keys-reason"
      onClick={() => setAdding(true)}
    >
      Add key
    </Button>
  )
  return (
    <>
      <ReadOnlyNote what="add, test or remove LLM API keys" />
      <Card
        title="LLM API keys"
        caption="Your agents’ LLM requests use your own key for a provider if you have one, and the platform’s otherwise."
        actions={add}
        flush
      >
        <Loaded query={keys} what="LLM API keys" skeleton={<SkeletonRows count={2} label="LLM API keys" />}>
          {(list) => (
            <>
              <NotAvailable list={list} />
              {list.data.length === 0 ? (
                <Empty icon={<IconSparkles size={22} stroke={1.5} />} title="No LLM API keys yet">
                  {list.available
                    ? 'Add a key for a provider that your agents use. Their requests then use your key, and the provider bills you.'
                    : 'Until then, your agents use the platform’s keys.'}
                </Empty>
              ) : (
                <LlmKeysTable keys={list.data} manages={manages} available={list.available} />
              )}
            </>
          )}
        </Loaded>
        <FallbackRow manages={manages} />
      </Card>
      <PlatformQuota />
      <ModelTestCard manages={manages} />
      <LlmUsageCard />
      <LlmRequests />
      <ConnectCard />
      {adding && <LlmKeyDialog onClose={() => setAdding(false)} />}
    </>
  )
}

/** Says why own keys cannot be used. */
function NotAvailable({ list }: { list: LlmKeyList }) {
  if (list.available) return null
  return (
    <p id="own-keys-reason" className={classes.reason}>
      <IconLock size={16} stroke={1.75} className={classes.reasonIcon} aria-hidden />
      <span>
        {list.reason}{' '}
        <Link to="/billing" hash="plans">
          Compare plans
        </Link>
      </span>
    </p>
  )
}
