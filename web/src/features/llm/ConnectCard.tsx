import { Card } from '../../design/ui/Card.tsx'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from './LlmKeysTab.module.css'

/** Explains how to send an agent's LLM requests through the gateway. */
export function ConnectCard() {
  const base = `${window.location.origin}/llm/v1`
  const example = `curl ${base}/chat/completions \\
  -H "Authorization: Bearer tt_…" \\
  -H "Talktime-Agent: agt_…" \\
  -H "Talktime-Test: true" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "agent", "messages": [{"role": "user", "content": "Hello"}]}'`
  return (
    <Card
      title="Connect an agent"
      caption="Works with any OpenAI client. Set this base URL, use a workspace key or a call token, and name the call in the header Talktime-Call. The example is a test outside a call. The model “agent” stands for the model the agent is set to."
    >
      <div className={classes.blocks}>
        <CopyBlock value={base} what="base URL" />
        <CopyBlock value={example} what="example" />
      </div>
    </Card>
  )
}
