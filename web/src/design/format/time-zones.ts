const zones = Intl.supportedValuesOf('timeZone')

/** All time zones this browser knows, found by city or region; `current` is among them even where it is not known. */
export function zoneOptions(current: string): { value: string; label: string }[] {
  const all = zones.includes('UTC') ? zones : ['UTC', ...zones]
  const known = all.includes(current) ? all : [current, ...all]
  return known.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
}
