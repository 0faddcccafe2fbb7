export { SecondFactorWall } from './SecondFactorWall.tsx'
