import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPersonal, type PersonalCounts } from './count';

async function found(...chunks: string[]): Promise<PersonalCounts> {
  const counts: PersonalCounts = {};
  await countPersonal(chunks, counts);
  return counts;
}

const POSITIVES = {
  email: ['a.b+c@example.org', 'Jürgen@bücher.example', 'x_1@mail.example.co.uk.', '<me@example.com>'],
  card: ['4111 1111 1111 1111', '5555555555554444', '3782-822463-10005', '2223003122003222', '６011111111111117'],
  iban: ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432', 'NO9386011117947', 'de89370400440532013000'],
  ip: ['192.168.10.4', '8.8.8.8.', '2001:db8::8a2e:370:7334', '2001:0db8:85a3:0000:0000:8a2e:0370:7334'],
  key: [
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'aB3'.repeat(12)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${'x'.repeat(43)}`,
    '-----BEGIN RSA PRIVATE KEY-----',
  ],
} as const;
const values = Object.entries(POSITIVES).flatMap(([kind, list]) => list.map((value) => [kind, value] as const));

test.each(values)('finds %s: %s, also with marks inside and across chunks', async (kind, value) => {
  expect(await found(`Write: ${value}, please.`)).toEqual({ [kind]: 1 });
  const middle = value.length / 2;
  expect(await found(`Write: ${value.slice(0, middle)}`, `\u200f${value.slice(middle)}, please.`)).toEqual({
    [kind]: 1,
  });
});

test.each([
  '@handle and me@, icon@2x.png, a..b@example.org',
  '4111 1111 1111 1112, 1234567812345670, 94111111111111111',
  'DE89 3704 0044 0532 0130 01, XX89370400440532013000, DE893704004405320130',
  'version 1.2.3.4, 256.1.1.1, 1.2.3.4.5, 127.0.0.1, 12:30:45, std::vector, ::1',
  'AKIA, ghp_short, eyJ.eyJ.x, -----BEGIN CERTIFICATE-----',
])('finds nothing in %s', async (text) => {
  expect(await found(text)).toEqual({});
});

test('maps full-width forms, and ignores right-to-left marks in numbers', async () => {
  expect(await found('４１１１ １１１１ １１１１ １１１１, 192.168.\u200f10.4, ａ＠example.org')).toEqual({
    card: 1,
    ip: 1,
    email: 1,
  });
});

test('finds the same wherever a text is divided', async () => {
  const part = fc.oneof(fc.constantFrom(...values.map(([, value]) => value)), fc.string({ maxLength: 9 }));
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.nat(9000), fc.nat(), async (parts, padding, place) => {
      const text = `${parts.join(' ')}${' word'.repeat(padding)} ${parts.join('\n')}`;
      const at = place % (text.length + 1);
      expect(await found(text.slice(0, at), text.slice(at))).toEqual(await found(text));
    }),
  );
});

test('counts a value on a line of 64 MB, and finishes on repeated hostile pieces', async () => {
  const line = 'x'.repeat(2 ** 20);
  expect(await found(...Array<string>(64).fill(line), ` ${POSITIVES.iban[0]} `)).toEqual({ iban: 1 });
  for (const piece of [
    'a',
    '1',
    '1 ',
    'a@',
    'a.',
    'a@a.',
    '1.',
    ':',
    'a:',
    'DE89 ',
    'eyJ',
    'eyJaaaaaaaa.',
    '-----BEGIN ',
    '\u200f',
  ])
    await found(piece.repeat(2 ** 18 / piece.length));
});
