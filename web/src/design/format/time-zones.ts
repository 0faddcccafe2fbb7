const zones = Intl.supportedValuesOf('timeZone')

/** Lists the time zones this browser knows, and `current` even if the browser does not know it. */
export function listZoneOptions(current: string): { value: string; label: string }[] {
  const all = zones.includes('UTC') ? zones : ['UTC', ...zones]
  const known = all.includes(current) ? all : [current, ...all]
  return known.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
}
