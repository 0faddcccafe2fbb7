import { notifications } from '@mantine/notifications'

/** Says in a corner, for some seconds, that something was done. */
export function toast(message: string): void {
  notifications.show({
    message,
    autoClose: 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Close' },
  })
}
