import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { colorSchemes } from '../design/theme/color-schemes.ts'

const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }

export function ColorSchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = icons[colorScheme]
  return (
    <Menu width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Color scheme">
          <Current size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {colorSchemes.map((scheme) => {
          const Icon = icons[scheme.value]
          return (
            <Menu.Item
              key={scheme.value}
              leftSection={<Icon size={16} stroke={1.75} aria-hidden />}
              rightSection={scheme.value === colorScheme ? <IconCheck size={14} aria-label="chosen" /> : null}
              onClick={() => setColorScheme(scheme.value)}
            >
              {scheme.label}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}
