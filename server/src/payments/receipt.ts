/** Who a receipt is made out to. */
export type Buyer = { readonly name: string; readonly email: string | null }

/** Who sells, as receipts state it. */
export type Seller = {
  readonly name: string
  readonly address: string | undefined
  readonly taxId: string | undefined
  /** The tax that prices include; `undefined` if receipts state none. */
  readonly tax: { readonly name: string; readonly percent: number } | undefined
}

/** Seller and buyer, as they were called at the time of payment: a receipt never changes. */
export type Receipt = {
  readonly seller: {
    readonly name: string
    readonly address: string | null
    readonly taxId: string | null
  }
  readonly buyer: Buyer
  /** The tax that the amount includes; `null` if none is stated. */
  readonly tax: { readonly name: string; readonly percent: number; readonly amountMinor: number } | null
}

/** Creates the receipt for an amount. The amount includes the seller's tax. */
export function createReceipt(seller: Seller, buyer: Buyer, amountMinor: number): Receipt {
  const { name, address, taxId, tax } = seller
  return {
    seller: { name, address: address ?? null, taxId: taxId ?? null },
    buyer,
    tax:
      tax === undefined ? null : { ...tax, amountMinor: computeIncludedTaxMinor(amountMinor, tax.percent) },
  }
}

function computeIncludedTaxMinor(amountMinor: number, percent: number): number {
  return Math.round((amountMinor * percent) / (100 + percent))
}
