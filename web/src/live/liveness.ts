import type { InfiniteData } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Call, Page } from '../api/types.ts'

/** `lost`: no sign of life for half a minute; the page asks every ten seconds instead. */
export type Liveness = 'connecting' | 'live' | 'lost'

/** What the page keeps of the history: pages by cursor. */
export type CallPages = InfiniteData<Page<Call>, string | null>

export const LivenessContext = createContext<Liveness>('connecting')

/** How current the numbers on screen are. */
export const useLiveness = () => useContext(LivenessContext)
