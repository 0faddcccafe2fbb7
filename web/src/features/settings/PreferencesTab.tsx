import { Button, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import { colorSchemes } from '../../design/theme/color-schemes.ts'
import { Card } from '../../design/ui/Card.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { hideSetup, useSetupHidden } from '../setup/index.ts'
import { openKeys, setSingleKeys, useSingleKeys } from '../shortcuts/index.ts'
import { useMembership } from '../workspace/index.ts'

/** What each person chooses for this browser; it is kept here and at once. */
export function PreferencesTab() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const singleKeys = useSingleKeys()
  const { workspace } = useMembership()
  const setupHidden = useSetupHidden(workspace.id)
  return (
    <Card footer="Kept in this browser, for you alone.">
      <SettingsRow name="Colour scheme" note="Printed pages are always light.">
        <SegmentedControl
          aria-label="Colour scheme"
          data={colorSchemes.map((scheme) => ({ ...scheme }))}
          value={colorScheme}
          onChange={(value) => {
            const chosen = colorSchemes.find((scheme) => scheme.value === value)
            if (chosen) setColorScheme(chosen.value)
          }}
        />
      </SettingsRow>
      <SettingsRow
        name="Single-letter shortcuts"
        note="Such as g then l for Live calls. Switch them off if something types letters for you. Ctrl/⌘-K works either way."
      >
        <Switch
          label={singleKeys ? 'On' : 'Off'}
          aria-label="Single-letter shortcuts"
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <Button variant="default" size="xs" mt="sm" onClick={openKeys}>
          Show all keys
        </Button>
      </SettingsRow>
      <SettingsRow name="Setup checklist" note="What a new workspace needs; it completes itself.">
        <Switch
          label={setupHidden ? 'Hidden' : 'In the sidebar'}
          aria-label="Setup checklist in the sidebar"
          checked={!setupHidden}
          onChange={(event) => hideSetup(workspace.id, !event.currentTarget.checked)}
        />
      </SettingsRow>
    </Card>
  )
}
