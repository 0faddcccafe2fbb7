import { Card } from '../../design/ui/Card.tsx'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from './LlmKeysTab.module.css'

/** How an agent's language model is asked through this server. */
export function ConnectCard() {
  const base = `${window.location.origin}/llm/v1`
  const example = `curl ${base}/chat/completions \\
  -H "Authorization: Bearer tt_…" \\
  -H "Talktime-Agent: agt_…" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "agent", "messages": [{"role": "user", "content": "Hello"}]}'`
  return (
    <Card
      title="Connect an agent"
      caption="Any client of OpenAI’s API works: give it this base URL, a workspace key or a token of the call, and name the agent. “agent” is the model the agent is set to."
    >
      <div className={classes.blocks}>
        <CopyBlock value={base} what="base URL" />
        <CopyBlock value={example} what="example" />
      </div>
    </Card>
  )
}
