export { validateEmail } from './rules.ts'
export { useSignOut } from './use-sign-out.ts'
