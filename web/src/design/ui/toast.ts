import { notifications } from '@mantine/notifications'

/** Shows a message in the corner of the screen for a few seconds. */
export function toast(message: string): void {
  notifications.show({
    message,
    autoClose: 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Close' },
  })
}
