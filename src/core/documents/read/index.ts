import type { TextFormat } from './format';
import { md } from './md';
import { txt } from './txt';

/** Every format that text is read from. Adding one is a file and a line here. */
export const FORMATS = { txt, md } as const satisfies Record<string, TextFormat>;
export type FormatId = keyof typeof FORMATS;

/** The format of a file by its name; anything else is tried as plain text, whose reader refuses what is not text. */
export function formatOf(name: string): FormatId {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const ids = Object.keys(FORMATS) as FormatId[];
  return ids.find((id) => FORMATS[id].endings.includes(ending)) ?? 'txt';
}
