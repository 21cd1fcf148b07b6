/** IP addresses, versions 4 and 6, other than loopback and unspecified ones. */
import type { PersonalKind } from './kind';

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = `(?:${BYTE}\\.){3}${BYTE}`;
const BEFORE_VERSION = /(?:\bv(?:ersion)?|\brelease|\bbuild|§|\bsection)[ :.]{0,2}$/i;

function isV6(candidate: string): boolean {
  const parts = candidate.split('::');
  if (parts.length > 2) return false;
  const groups = parts.flatMap((part) => (part === '' ? [] : part.split(':')));
  const count = groups.length + (candidate.includes('.') ? 1 : 0);
  return groups.every((group) => group !== '') && (parts.length === 2 ? count > 2 && count < 8 : count === 8);
}

export const ip: PersonalKind = {
  source: 'RFC 3986 3.2.2 (version 4), RFC 4291 2.2 (version 6)',
  pattern: new RegExp(
    `(?<![\\p{L}\\p{N}_.:])(?:${V4}(?![\\p{L}\\p{N}_]|\\.\\d)|(?:[\\da-f]{0,4}:){2,7}(?:${V4}|[\\da-f]{1,4})?(?![\\p{L}\\p{N}_:]))`,
    'giu',
  ),
  lengthOf(candidate, before) {
    if (candidate.includes(':')) return isV6(candidate) ? candidate.length : 0;
    return /^(?:127\.|0\.0\.0\.0)/.test(candidate) || BEFORE_VERSION.test(before) ? 0 : candidate.length;
  },
};
