import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { asProblem } from '../../api/problem.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { AuthFrame, authForm, authText } from './AuthFrame.tsx'

/**
 * Says that a mail was sent, and what it is for. It says the same whether the address has an account or not. `purpose`
 * completes "Open the link in it to …".
 */
export function MailSent(props: { email: string; purpose: string; resend: () => Promise<unknown> }) {
  const resend = useMutation({ mutationFn: props.resend })
  return (
    <AuthFrame
      title="Check your mail"
      lead={
        <>
          We sent a mail to <strong>{props.email}</strong>. Open the link in it to {props.purpose}.
        </>
      }
      footer={<Link to="/sign-in">Back to sign in</Link>}
    >
      <div className={authForm}>
        <FormMessage message={resend.error ? asProblem(resend.error).message : null} />
        <p className={authText}>
          Nothing there after a few minutes? Look in the spam folder and check the spelling of the address.
        </p>
        <Button
          variant="default"
          fullWidth
          loading={resend.isPending}
          disabled={resend.isSuccess}
          onClick={() => resend.mutate()}
        >
          {resend.isSuccess ? 'Sent again' : 'Send it again'}
        </Button>
        <span role="status" className={authText}>
          {resend.isSuccess && 'At most four mails an hour are sent to an address.'}
        </span>
      </div>
    </AuthFrame>
  )
}
