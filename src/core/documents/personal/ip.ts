/** IP addresses, versions 4 and 6, other than loopback and unspecified ones. */
import type { PersonalKind } from './kind';

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = `(?:${BYTE}\\.){3}${BYTE}`;
const BEFORE_VERSION = /(?:\bv(?:ersion)?|\brelease|\bbuild|§|\bsection)[ :.]{0,2}$/i;

const ZONE = '%[a-z\\d](?:[._-]?[a-z\\d]){0,14}';

/** The eight groups of an address as numbers, or undefined if the notation is wrong. */
function groupsOf(address: string): readonly number[] | undefined {
  const sides = address.split('::').map((side) =>
    (side === '' ? [] : side.split(':')).flatMap((group) => {
      if (!group.includes('.')) return [group === '' ? NaN : Number.parseInt(group, 16)];
      const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number];
      return [a * 256 + b, c * 256 + d];
    }),
  );
  if (sides.length > 2 || sides.flat().some(Number.isNaN)) return undefined;
  const [start, end = []] = sides as [number[], number[]?];
  const missing = 8 - start.length - end.length;
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...start, ...Array<number>(missing).fill(0), ...end];
}

/**
 * Whether an address is in a range that IANA allocated. This rejects times, scopes of C++ and hardware addresses.
 * A first group alone (`fe80::`) names a range, and isn't an address.
 */
function isAllocated(groups: readonly number[]): boolean {
  const first = groups[0]!;
  if (groups.slice(1).every((group) => group === 0)) return false;
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  const isTranslated = first === 0x64 && groups[1] === 0xff9b;
  const isGlobal = first >= 0x2000 && first <= 0x3fff;
  return isMapped || isTranslated || isGlobal || (first >= 0xfc00 && first <= 0xfdff) || isScoped(first);
}

/** Whether a first group is of link-local or multicast addresses, which may name a zone (`%eth0`). */
const isScoped = (first: number): boolean => (first >= 0xfe80 && first <= 0xfebf) || first >= 0xff00;

/** Length of the address of version 6 at the start of a candidate, zone included; 0: none. */
function lengthOfV6(candidate: string): number {
  const zoneAt = candidate.indexOf('%');
  const written = zoneAt < 0 ? candidate : candidate.slice(0, zoneAt);
  const address = /[^:]:$/.test(written) ? written.slice(0, -1) : written;
  const groups = /\d/.test(address) ? groupsOf(address) : undefined;
  if (!groups || !isAllocated(groups)) return 0;
  return isScoped(groups[0]!) && address === written ? candidate.length : address.length;
}

export const ip: PersonalKind = {
  source: 'RFC 3986 3.2.2 (version 4), RFC 4291 2.2 (version 6), RFC 4007 11 (zones), IANA IPv6 address space',
  pattern: new RegExp(
    `(?<![\\p{L}\\p{N}_.:])(?:${V4}(?![\\p{L}\\p{N}_]|\\.\\d)|(?:[\\da-f]{0,4}:){2,8}(?:${V4}|[\\da-f]{1,4})?(?:${ZONE})?(?![\\p{L}\\p{N}_:]))`,
    'giu',
  ),
  lengthOf(candidate, before) {
    if (candidate.includes(':')) return lengthOfV6(candidate);
    return /^(?:127\.|0\.0\.0\.0)/.test(candidate) || BEFORE_VERSION.test(before) ? 0 : candidate.length;
  },
};
