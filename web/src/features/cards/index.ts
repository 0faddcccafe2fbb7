export { CardPicker, findChargedCard } from './CardPicker.tsx'
export { cardInWords, expiryInWords, isExpired, testCards } from './card-labels.ts'
export { paymentMethodsQuery } from './card-queries.ts'
export { useAddCard } from './use-add-card.tsx'
