export { NewPasswordInput } from './NewPasswordInput.tsx'
export { requestConfirmation } from './request-confirmation.ts'
export { requireText, validateEmail, validatePassword } from './rules.ts'
export { useSignOut } from './use-sign-out.ts'
