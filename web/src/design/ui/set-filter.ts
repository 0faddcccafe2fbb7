/** Sets one filter of a page's search parameters, or removes it with null. */
export function setFilter<Search extends object, Name extends keyof Search>(
  search: Search,
  name: Name,
  value: Search[Name] | null | undefined,
): Omit<Search, Name> | Search {
  const { [name]: _old, ...rest } = search
  return value === null || value === undefined ? rest : { ...search, [name]: value }
}
