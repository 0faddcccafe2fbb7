import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readLocalAddress } from '../api/local-address.ts'
import { root } from './root-route.tsx'

// The pages for people who are not signed in.

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // What is left out here keeps the address's own value, so an address that leads elsewhere is replaced by undefined.
  validateSearch: (search): { redirect?: string | undefined } => ({
    redirect: readLocalAddress(search.redirect),
  }),
  component: lazyRouteComponent(() => import('../features/sign-in/SignInPage.tsx'), 'SignInPage'),
})

export const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('../features/sign-in/SignUpPage.tsx'), 'SignUpPage'),
})

export const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(
    () => import('../features/sign-in/ForgotPasswordPage.tsx'),
    'ForgotPasswordPage',
  ),
})

export const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(
    () => import('../features/sign-in/ResetPasswordPage.tsx'),
    'ResetPasswordPage',
  ),
})

export const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  component: lazyRouteComponent(() => import('../features/sign-in/ConfirmEmailPage.tsx'), 'ConfirmEmailPage'),
})

export const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: (search): { token: string } => ({
    token: typeof search.token === 'string' ? search.token : '',
  }),
  component: lazyRouteComponent(() => import('../features/sign-in/JoinPage.tsx'), 'JoinPage'),
})

export const pricing = createRoute({
  getParentRoute: () => root,
  path: '/pricing',
  component: lazyRouteComponent(() => import('../features/pricing/PricingPage.tsx'), 'PricingPage'),
})
