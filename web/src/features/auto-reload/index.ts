export { Attempts } from './Attempts.tsx'
export { AutoReloadCard } from './AutoReloadCard.tsx'
