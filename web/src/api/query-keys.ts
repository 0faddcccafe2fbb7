/**
 * The first part of every query key about money: plan, cards, purchases, grants and auto-reload. One event of the
 * stream can change any of them, so they are invalidated together.
 */
export const billingKey = ['billing'] as const
