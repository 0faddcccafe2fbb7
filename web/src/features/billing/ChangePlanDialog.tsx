import { Button, Modal, Skeleton } from '@mantine/core'
import { assertNever } from '@talktime/core/exhaustive'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { Plan, PlanPreview } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { CardPicker, paymentMethodsQuery } from '../cards/index.ts'
import { comparePlans, type PlanDifference, plansQuery } from '../pricing/index.ts'
import { useMembership } from '../workspace/index.ts'
import { planPreviewQuery, subscriptionQuery } from './billing-queries.ts'
import { Term, Terms } from './Terms.tsx'
import { useOrder } from './use-order.ts'

type Changed = Awaited<ReturnType<typeof sendChange>>
type Props = {
  planId: string
  timeZone: string
  onChanged: (changed: Changed, plan: Plan) => void
  onClose: () => void
}

function sendChange(planId: string, key: string) {
  return readBody(api.POST('/v1/subscription', { body: { planId }, headers: { 'Idempotency-Key': key } }))
}

/** Changes the plan, after saying what is charged and granted now, and what changes when. */
export function ChangePlanDialog(props: Props) {
  const plans = useQuery(plansQuery)
  const preview = useQuery(planPreviewQuery(props.planId))
  const plan = plans.data?.find((candidate) => candidate.id === props.planId)
  const from = plans.data?.find((candidate) => candidate.id === preview.data?.from)
  return (
    <Modal opened onClose={props.onClose} title={writeTitle(preview.data, plan)}>
      <Loaded query={plans} what="Plans" skeleton={<Skeleton height={240} />}>
        {() =>
          plan === undefined ? (
            <p className={classes.text}>This plan is no longer available.</p>
          ) : (
            <Loaded query={preview} what="The preview" skeleton={<Skeleton height={240} />}>
              {(data) =>
                data.change === 'none' ? (
                  <p className={classes.text}>
                    Your workspace is already on this plan, or is scheduled to change to it.
                  </p>
                ) : (
                  <Change {...props} preview={data} plan={plan} from={from} />
                )
              }
            </Loaded>
          )
        }
      </Loaded>
    </Modal>
  )
}

function writeTitle(preview: PlanPreview | undefined, plan: Plan | undefined): string {
  if (preview === undefined || plan === undefined) return 'Change plan'
  switch (preview.change) {
    case 'upgrade':
      return `Upgrade to ${plan.name}`
    case 'downgrade':
      return `Change to ${plan.name}`
    case 'keep':
      return `Keep ${plan.name}`
    case 'none':
      return plan.name
    default:
      return assertNever(preview.change)
  }
}

type ChangeProps = Props & { preview: PlanPreview; plan: Plan; from: Plan | undefined }

function Change(props: ChangeProps) {
  const { preview, plan } = props
  const { workspace } = useMembership()
  const queryClient = useQueryClient()
  const order = useOrder<string, Changed>({
    name: `plan.${workspace.id}.${plan.id}`,
    isBody: (body): body is string => typeof body === 'string',
    send: sendChange,
    onAnswer: (changed) => props.onChanged(changed, plan),
  })
  // Plans are charged to the default card, so choosing another card makes it the default.
  const choose = useMutation({
    mutationFn: (id: string) =>
      readBody(api.POST('/v1/payment-methods/{id}/default', { params: { path: { id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: paymentMethodsQuery.queryKey }),
  })
  const effective = instant(preview.effectiveAt, 'date', props.timeZone)
  return (
    <div className={classes.form}>
      <ChangeTerms preview={preview} plan={plan} timeZone={props.timeZone} />
      <Consequences {...props} effective={effective} />
      {preview.charge.minor > 0 && (
        <CardPicker chosenId={null} onChange={(card) => !card.isDefault && choose.mutate(card.id)} />
      )}
      {preview.reason !== null && <FormMessage message={preview.reason} />}
      <FormMessage message={order.problem?.message ?? null} />
      {order.unanswered !== null && (
        <p className={classes.text} role="status">
          We sent this change but have not received a response. Retry: you will not be charged twice.
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button
          loading={order.pending || choose.isPending}
          disabled={!preview.allowed}
          onClick={() => order.place(plan.id)}
        >
          {writeButton(preview, plan, effective)}
        </Button>
      </div>
    </div>
  )
}

/** What is charged and granted now, and from the next renewal on. */
function ChangeTerms({ preview, plan, timeZone }: Pick<ChangeProps, 'preview' | 'plan' | 'timeZone'>) {
  const { change, charge, credits, renewal } = preview
  return (
    <Terms>
      {change === 'upgrade' && (
        <>
          <Term name="Charged now" note="Prorated for the rest of this billing cycle" total>
            {money(charge)}
          </Term>
          <Term name="Credits now" note="Monthly credits, which expire when the cycle ends">
            {creditsInWords(credits.milliseconds)}
          </Term>
        </>
      )}
      {change === 'downgrade' && (
        <>
          <Term name="Charged now" total>
            {money(charge)}
          </Term>
          <Term name="Takes effect" note={zoneInWords(timeZone)}>
            {instant(preview.effectiveAt, 'dateTime', timeZone)}
          </Term>
        </>
      )}
      <Term name="Credits a month">{creditsInWords(plan.monthlyCredits.milliseconds)}</Term>
      {renewal ? (
        <Term name="Next renewal" note={instant(renewal.at, 'dateTime', timeZone)}>
          {money(renewal.amount)}
        </Term>
      ) : (
        <Term name="Next renewal">No charge</Term>
      )}
    </Terms>
  )
}

/** What the change means besides its price. */
function Consequences({ preview, plan, from, effective }: ChangeProps & { effective: string }) {
  const invoiced = useQuery(subscriptionQuery).data?.status === 'invoiced'
  switch (preview.change) {
    case 'downgrade':
      return from && <UntilThen from={from} to={plan} effective={effective} />
    case 'upgrade':
      return (
        invoiced && (
          <p className={classes.text}>
            The operator invoices your current plan. After this upgrade, your card is charged instead.
          </p>
        )
      )
    case 'keep':
      return <p className={classes.text}>The scheduled change is canceled, and {plan.name} continues.</p>
    case 'none':
      return null
    default:
      return assertNever(preview.change)
  }
}

function writeButton(preview: PlanPreview, plan: Plan, effective: string): string {
  switch (preview.change) {
    case 'upgrade':
      return preview.charge.minor > 0 ? `Upgrade · ${money(preview.charge)}` : 'Upgrade'
    case 'keep':
      return `Keep ${plan.name}`
    case 'downgrade':
    case 'none':
      return `Change on ${effective}`
    default:
      return assertNever(preview.change)
  }
}

function differenceInWords({ from, to }: PlanDifference): string {
  if (to === 'not included') return 'no longer included'
  return from === 'not included' ? 'included' : `${to} instead of ${from}`
}

/** What stays until the change takes effect, and what is different afterwards. */
function UntilThen({ from, to, effective }: { from: Plan; to: Plan; effective: string }) {
  const differences = comparePlans(from, to).filter(({ name }) => name !== 'Credits a month')
  return (
    <div>
      <p className={classes.text}>
        You keep everything in {from.name} until {effective}, and your top-up credits after that.
        {differences.length > 0 && ' What changes then:'}
      </p>
      <ul className={classes.list}>
        {differences.map((difference) => (
          <li key={difference.name}>
            {difference.name}: {differenceInWords(difference)}
          </li>
        ))}
      </ul>
    </div>
  )
}
