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

/** The workspace's own keys for language models, and what they did. */
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
        caption="Your agents’ language models are asked with your own keys where you have one, with the platform’s otherwise."
        actions={add}
        flush
      >
        <Loaded
          query={keys}
          what="The LLM API keys"
          skeleton={<SkeletonRows count={2} label="LLM API keys" />}
        >
          {(list) => (
            <>
              <NotAvailable list={list} />
              {list.data.length === 0 ? (
                <Empty icon={<IconSparkles size={22} stroke={1.5} />} title="No keys of your own">
                  {list.available
                    ? 'Add one for a provider that your agents use. From then on their requests go out with it, and the provider bills you.'
                    : 'Until then your agents use the platform’s keys.'}
                </Empty>
              ) : (
                <LlmKeysTable keys={list.data} manages={manages} available={list.available} />
              )}
            </>
          )}
        </Loaded>
        <FallbackRow manages={manages} />
      </Card>
      <LlmUsageCard />
      <LlmRequests />
      <ConnectCard />
      {adding && <LlmKeyDialog onClose={() => setAdding(false)} />}
    </>
  )
}

/** Why own keys cannot be used, and the way out: in text, where the controls are disabled. */
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
