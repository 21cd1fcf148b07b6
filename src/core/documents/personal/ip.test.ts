import { expect, test } from 'vitest';
import { ip } from './ip';

/** Values that the kind finds in a text. */
function valuesIn(text: string): string[] {
  const values: string[] = [];
  for (const { 0: candidate, index } of text.matchAll(ip.pattern)) {
    const length = ip.lengthOf(candidate, text.slice(0, index));
    if (length > 0) values.push(candidate.slice(0, length));
  }
  return values;
}

test.each([
  'fe80::1',
  'fe80::1%eth0',
  'fe80::1%en0.100',
  '2001:db8::',
  '2001:DB8::1',
  '2001:db8:0:0:1::1',
  '2001:db8:1:2:3:4:5:6',
  '2001:db8:1:2:3:4:5::',
  'fd00::1',
  'ff02::1',
  '::ffff:192.168.10.4',
  '0:0:0:0:0:ffff:c0a8:a04',
  '64:ff9b::192.0.2.33',
  '192.168.10.4',
])('finds all of %s', (address) => {
  for (const text of [address, `From ${address}, today`, `http://[${address}]:80/`, `From ${address}.`])
    expect(valuesIn(text)).toEqual([address]);
});

test('ends an address before a colon of the sentence, and before an escape that is no zone', () => {
  expect(valuesIn('fe80::1: unreachable')).toEqual(['fe80::1']);
  expect(valuesIn('2001:db8::1%20')).toEqual(['2001:db8::1']);
});

test.each([
  ['times', '12:30:45, 12:30::45, 2026-12-07T10:20:30, 1:2:3:4:5:6:7:8'],
  ['C++ scopes', 'std::vector, a::b, Bad::Face, abc::def, fd::add(1), ::fade::bee, fdad::feed, std::array<int>::size'],
  ['MAC addresses', '00:1b:44:11:3a:b7, 00:11:22:33:44:55:66:77, FE:80:00:00:00:01, 00-1b-44-11-3a-b7'],
  ['loopback, unspecified addresses and ranges', '::1, ::, 127.0.0.1, fe80::/10, 2000::/3'],
  ['wrong notation', 'fe80::1::2, 2001:db8:1:2:3:4:5, 2001:db8:1:2:3:4:5:6:7, 2001:db8::12345, fe80:::1'],
  ['ratios and verses', '3:16, 16:9, 4:3:2:1, John 3:16::17'],
])('finds nothing in %s', (_, text) => {
  expect(valuesIn(text)).toEqual([]);
});
