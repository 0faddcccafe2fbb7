import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { PaidPlanRequired } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import classes from './BuyButton.module.css'

/** Opens the dialog that buys credits. On a plan that cannot buy, it is disabled and says why. */
export function BuyButton({ reasonId }: { reasonId: string }) {
  const { manages, paid } = useSpending()
  const navigate = useNavigate({ from: '/billing' })
  return (
    <div className={classes.buy}>
      {paid === false && <PaidPlanRequired id={reasonId} />}
      <Button
        disabled={!manages || paid !== true}
        {...(paid === false ? { 'aria-describedby': reasonId } : {})}
        onClick={() =>
          void navigate({ search: (search) => ({ ...search, buy: 'credits' }), resetScroll: false })
        }
      >
        + Buy Credits
      </Button>
    </div>
  )
}
