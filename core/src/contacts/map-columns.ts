import { cleanCell } from './clean-cell.ts'

/** What a column of a file is for. */
export type ColumnRole = 'phone' | 'name' | 'first_name' | 'last_name' | 'do_not_call'

/** The columns of a file, by their indexes. */
export type Columns = {
  /** Columns with phone numbers. A row's number is in the first of them that is not empty. */
  readonly phones: readonly number[]
  /** Columns whose cells make the name, in this order. */
  readonly names: readonly number[]
  /** Columns that say that a person must not be called. */
  readonly optOuts: readonly number[]
  /** All other columns that have a heading. */
  readonly others: readonly { readonly index: number; readonly heading: string }[]
}

/**
 * Headings under which files have what is needed: of spreadsheets made by hand, and of the programs that people export
 * from (Google and Apple contacts, Outlook, HubSpot, Salesforce, Zoho, Pipedrive), in the languages that they use. As
 * `normalizeHeading` returns them. Within a role, a heading that comes earlier is preferred.
 */
const HEADINGS: Readonly<Record<ColumnRole, readonly string[]>> = {
  phone: [
    ...['phone', 'phone number', 'phonenumber', 'number', 'tel', 'telephone', 'telephone number', 'phone no'],
    ...['to', 'msisdn', 'e164', 'contact number', 'contact phone', 'primary phone', 'phone 1 value'],
    ...['mobile', 'mobile phone', 'mobile number', 'mobile phone number', 'cell', 'cell phone', 'cellphone'],
    ...['cell number', 'whatsapp', 'whatsapp number', 'work phone', 'business phone', 'company phone'],
    ...[
      'home phone',
      'phone work',
      'phone mobile',
      'phone home',
      'phone 2 value',
      'phone 3 value',
      'other phone',
    ],
    ...['telefon', 'telefonnummer', 'telefonnr', 'telefon nr', 'tel nr', 'rufnummer', 'nummer', 'handy'],
    ...[
      'handynummer',
      'handynr',
      'handy nr',
      'mobil',
      'mobilnummer',
      'mobiltelefon',
      'mobilnr',
      'festnetz',
      'festnetznummer',
    ],
    ...['telefon geschaftlich', 'telefon privat', 'telefon mobil'],
    ...[
      'telefono',
      'numero de telefono',
      'numero',
      'movil',
      'telefono movil',
      'celular',
      'numero de celular',
    ],
    ...['telefone', 'numero de telefone', 'telemovel', 'telefono fijo', 'tlf', 'tfno'],
    ...['numero de telephone', 'n de telephone', 'portable', 'telephone portable', 'telephone fixe', 'gsm'],
    ...['cellulare', 'numero di telefono', 'telefono cellulare', 'fisso'],
    ...[
      'telefoon',
      'telefoonnummer',
      'mobiel',
      'mobiele nummer',
      'telefon komorkowy',
      'numer telefonu',
      'komorka',
    ],
    ...['telefonni cislo', 'telefoonnr', 'puhelin', 'puhelinnumero', 'telefonszam', 'telefon numarasi'],
    ...[
      'cep telefonu',
      'телефон',
      'номер телефона',
      'мобильный',
      '電話番号',
      '電話',
      '携帯電話',
      '电话',
      '手机',
      '手机号',
    ],
    ...['전화번호', '휴대폰', 'هاتف', 'رقم الهاتف', 'טלפון'],
  ],
  name: [
    ...[
      'name',
      'full name',
      'fullname',
      'contact',
      'contact name',
      'display name',
      'customer',
      'customer name',
    ],
    ...['client', 'client name', 'lead name', 'person', 'kontakt', 'ansprechpartner', 'kunde', 'kundenname'],
    ...['vollstandiger name', 'nombre completo', 'nombre y apellidos', 'cliente', 'contacto', 'nom complet'],
    ...[
      'nome completo',
      'naam',
      'volledige naam',
      'nazwa',
      'imie i nazwisko',
      'имя',
      'фио',
      '氏名',
      '名前',
      '姓名',
    ],
    ...['이름', 'الاسم', 'שם'],
  ],
  first_name: [
    ...[
      'first name',
      'firstname',
      'given name',
      'forename',
      'vorname',
      'nombre',
      'nombres',
      'prenom',
      'nome',
    ],
    ...['primeiro nome', 'voornaam', 'imie', 'fornavn', 'etunimi', 'keresztnev'],
  ],
  last_name: [
    ...[
      'last name',
      'lastname',
      'family name',
      'surname',
      'nachname',
      'familienname',
      'apellido',
      'apellidos',
    ],
    ...['nom', 'nom de famille', 'cognome', 'sobrenome', 'apelido', 'achternaam', 'nazwisko', 'etternavn'],
    ...['efternamn', 'sukunimi', 'vezeteknev'],
  ],
  do_not_call: [
    ...['do not call', 'donotcall', 'dnc', 'do not contact', 'do not phone', 'no call', 'opt out', 'optout'],
    ...[
      'opted out',
      'unsubscribed',
      'call opt out',
      'phone opt out',
      'nicht anrufen',
      'kein anruf',
      'keine anrufe',
    ],
    ...[
      'werbesperre',
      'anrufsperre',
      'widerspruch',
      'no llamar',
      'no contactar',
      'ne pas appeler',
      'liste rouge',
    ],
    ...['non chiamare', 'nao ligar', 'niet bellen', 'nie dzwonic'],
  ],
}

/** Columns that a file of rejected rows has added. */
export const REJECTION_HEADINGS = { line: 'rejected_line', reason: 'rejected_reason' }
const IGNORED = new Set(Object.values(REJECTION_HEADINGS).map(normalizeHeading))

/** Brings a heading into the form in which headings are compared: lower case, without accents, signs and doubled spaces. */
export function normalizeHeading(heading: string): string {
  return cleanCell(heading)
    .normalize('NFKD')
    .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}

const ROLES: ReadonlyMap<string, ColumnRole> = new Map(
  Object.entries(HEADINGS).flatMap(([role, headings]) =>
    headings.map((heading) => [heading, role as ColumnRole] as const),
  ),
)

/** Words for phones in headings that are not known as a whole, such as "Customer phone". */
const PHONE_WORDS = new Set(
  HEADINGS.phone.filter(
    (heading) => !heading.includes(' ') && !['to', 'number', 'numero', 'nummer'].includes(heading),
  ),
)
/** Words that turn such a heading into one of something else, such as "Phone type". */
const OTHER_WORDS =
  /\b(?:type|typ|tipo|label|ext|extension|provider|carrier|operator|consent|country|code|prefix|vorwahl|status|valid|verified|time|date|notes?|fax|bill|plan|model|name|opt|id)\b/u

/** Finds what a column is for by its heading. Undefined for a heading that says something else. */
export function findRole(heading: string): ColumnRole | undefined {
  const normalized = normalizeHeading(heading)
  const role = ROLES.get(normalized)
  if (role !== undefined || OTHER_WORDS.test(normalized)) return role
  return normalized.split(' ').some((word) => PHONE_WORDS.has(word)) ? 'phone' : undefined
}

/** Whether any of these cells heads a column of phone numbers. */
export function hasPhoneHeading(cells: readonly string[]): boolean {
  return cells.some((cell) => findRole(cell) === 'phone')
}

/** Maps the columns of a file by their headings. Undefined if none heads phone numbers. */
export function mapColumns(headings: readonly string[]): Columns | undefined {
  const roles = headings.map(findRole)
  const ofRole = (role: ColumnRole) => roles.flatMap((of, index) => (of === role ? [index] : []))
  const phones = ofRole('phone').sort((a, b) => preference(headings[a]) - preference(headings[b]) || a - b)
  if (phones.length === 0) return undefined
  const [fullName] = ofRole('name')
  const parts = [ofRole('first_name')[0], ofRole('last_name')[0]].flatMap((index) => index ?? [])
  const names = fullName === undefined ? parts : [fullName]
  const optOuts = ofRole('do_not_call')
  const used = new Set([...phones, ...names, ...optOuts])
  const others = headings
    .map((heading, index) => ({ index, heading: cleanCell(heading) }))
    .filter(({ index, heading }) => {
      const normalized = normalizeHeading(heading)
      return normalized !== '' && !used.has(index) && !IGNORED.has(normalized)
    })
  return { phones, names, optOuts, others }
}

/** The place of a heading of phone numbers among those that are known; the others come last. */
function preference(heading = ''): number {
  const place = HEADINGS.phone.indexOf(normalizeHeading(heading))
  return place < 0 ? HEADINGS.phone.length : place
}

const NO = new Set([
  '',
  '0',
  'no',
  'n',
  'false',
  'f',
  'nein',
  'falsch',
  'non',
  'faux',
  'nee',
  'nao',
  'falso',
  'none',
])

/**
 * Whether a cell under a heading such as "do not call" says so. Any cell does that does not plainly say no: "yes", "x", a
 * date, a reason. Calling somebody who objected is worse than not calling somebody who did not.
 */
export function saysOptOut(cell: string): boolean {
  return !NO.has(normalizeHeading(cell))
}
