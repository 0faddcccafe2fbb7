export { LiveProvider } from './LiveProvider.tsx'
