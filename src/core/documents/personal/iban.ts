/** International bank account numbers: the country's length, and the check digits. */
import type { PersonalKind } from './kind';

/** Countries and lengths of the SWIFT IBAN registry, release 101. */
const LENGTHS =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30';
const LENGTH_BY_COUNTRY: ReadonlyMap<string, number> = new Map(
  Array.from(LENGTHS.matchAll(/([A-Z]{2})(\d\d)/g), ([, country, length]) => [country!, Number(length)]),
);

/** Whether the number that A = 10 to Z = 35 gives has the remainder 1 by 97. */
function passesMod97(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

export const iban: PersonalKind = {
  source: 'ISO 13616-1 (structure), ISO/IEC 7064 MOD 97-10, lengths of the SWIFT IBAN registry',
  pattern: /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z\d]){11,30}/gu,
  lengthOf(candidate) {
    const length = LENGTH_BY_COUNTRY.get(candidate.slice(0, 2).toUpperCase()) ?? Infinity;
    let [value, end] = ['', 0];
    while (value.length < length && end < candidate.length) {
      const character = candidate[end++]!;
      if (/[a-z\d]/i.test(character)) value += character;
    }
    if (value.length < length || /^[a-z\d]/i.test(candidate.slice(end))) return 0;
    return passesMod97(value.toUpperCase()) ? end : 0;
  },
};
