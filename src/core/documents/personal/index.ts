/** Registry of the kinds of personal data. To add one, write its file and add its line here. */
import { card } from './card';
import { email } from './email';
import { iban } from './iban';
import { ip } from './ip';
import { key } from './key';
import type { PersonalKind } from './kind';

/** In order of display. */
export const KINDS = { email, card, iban, ip, key } as const satisfies Readonly<Record<string, PersonalKind>>;
export type PersonalKindId = keyof typeof KINDS;
