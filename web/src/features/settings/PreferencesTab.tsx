import { Button, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import { colorSchemes } from '../../design/theme/color-schemes.ts'
import { Card } from '../../design/ui/Card.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { hideSetup, useSetupHidden } from '../setup/index.ts'
import { openKeys, setSingleKeys, useSingleKeys } from '../shortcuts/index.ts'
import { useMembership } from '../workspace/index.ts'

/** Preferences of this person in this browser. They are saved right away. */
export function PreferencesTab() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const singleKeys = useSingleKeys()
  const { workspace } = useMembership()
  const setupHidden = useSetupHidden(workspace.id)
  return (
    <Card footer="Saved in this browser, for you only.">
      <SettingsRow name="Color scheme" note="Printed pages are always light.">
        <SegmentedControl
          aria-label="Color scheme"
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
        note="Such as g then l for Live calls. Turn them off if you use dictation or similar tools. Ctrl/⌘-K always works."
      >
        <Switch
          label={singleKeys ? 'On' : 'Off'}
          aria-label="Single-letter shortcuts"
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <Button variant="default" size="xs" mt="sm" onClick={openKeys}>
          Show all shortcuts
        </Button>
      </SettingsRow>
      <SettingsRow name="Setup checklist" note="The first steps for a new workspace.">
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
