/** Payment cards: an issuer's range and length, and the Luhn check digit. */
import type { PersonalKind } from './kind';

const ISSUERS: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
  /^3[47]\d{13}$/,
  /^3(?:0[0-5]|[689]\d)\d{11}$/,
  /^(?:6011|64[4-9]|65|62|35(?:2[89]|[3-8]))\d*$/,
  /^220[0-4]\d{12,15}$/,
];
/** Ranges without a length of their own have 16 digits or more; the second, Mastercard, exactly 16. */
const isIssued = (digits: string): boolean =>
  ISSUERS.some(
    (range, i) => range.test(digits) && (i === 1 ? digits.length === 16 : i === 4 ? digits.length >= 16 : true),
  );

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

export const card: PersonalKind = {
  source: 'ISO/IEC 7812-1 (Luhn, annex B) and the issuers’ published ranges',
  pattern:
    /(?<![\p{L}\p{N}_]|\p{N}[.,-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5})(?![\p{L}\p{N}_]|[.,-]\p{N})/gu,
  lengthOf(candidate) {
    const digits = candidate.replace(/[ -]/g, '');
    return isIssued(digits) && passesLuhn(digits) ? candidate.length : 0;
  },
};
