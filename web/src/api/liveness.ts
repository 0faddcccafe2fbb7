import { createContext, useContext } from 'react'

/** Whether events arrive. `lost`: none for half a minute, not even a ping; the page polls every ten seconds instead. */
export type Liveness = 'connecting' | 'live' | 'lost'

export const LivenessContext = createContext<Liveness>('connecting')

/** Whether the numbers on screen are kept current by events. */
export const useLiveness = () => useContext(LivenessContext)
