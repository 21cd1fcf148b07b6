import { expect, test } from 'vitest';
import { iban } from './iban';

/** Lengths of release 101 of the SWIFT IBAN registry, in its order, as python-stdnum 2.2 carries them. */
const REGISTRY =
  '15 NO; 16 BE; 18 DK FI FK FO GL NL SD; 19 MK SI; 20 AT BA EE KZ LT LU MN XK; 21 CH HR LI LV; ' +
  '22 BG BH CR DE GB GE IE ME RS VA; 23 AE GI IL IQ OM SO TL; 24 AD CZ ES MD PK RO SA SE SK TN VG; 25 LY PT ST; ' +
  '26 IS TR; 27 BI DJ FR GR IT MC MR SM; 28 AL AZ BY CY DO GT HN HU LB NI PL SV; 29 BR EG PS QA UA; ' +
  '30 JO KW MU YE; 31 MT SC; 32 LC; 33 RU';
const COUNTRIES = REGISTRY.split('; ').flatMap((line) => {
  const [length, ...countries] = line.split(' ') as [string, ...string[]];
  return countries.map((country) => [country, Number(length)] as const);
});

/** A number with valid check digits (ISO 7064 MOD 97-10). */
function numberOf(country: string, length: number): string {
  const account = '1234567890'.repeat(3).slice(0, length - 4);
  const digits = Array.from(`${account}${country}00`, (character) => Number.parseInt(character, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}

const found = (text: string): string[] =>
  Array.from(text.matchAll(iban.pattern), ([candidate]) => candidate.slice(0, iban.lengthOf(candidate, ''))).filter(
    (value) => value !== '',
  );

test('the registry has 89 countries', () => expect(new Set(COUNTRIES.map(([country]) => country)).size).toBe(89));

test.each(COUNTRIES)('finds a number of %s with %i characters, and no shorter or longer one', (country, length) => {
  const value = numberOf(country, length);
  expect(value).toHaveLength(length);
  expect(found(`Pay ${value}.`)).toEqual([value]);
  expect(found(`Pay ${value.replace(/(.{4})(?=.)/g, '$1 ')}.`)).toHaveLength(1);
  for (const other of [length - 1, length + 1]) expect(found(`Pay ${numberOf(country, other)}.`)).toEqual([]);
});
