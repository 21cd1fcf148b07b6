/** Building blocks of hostile files. */
import { zip } from './zip';

/** Files by name. */
export type HostileFiles = Readonly<Record<string, Uint8Array>>;
/** Files by their defect, made on demand. */
export type Hostile = Readonly<Record<string, () => HostileFiles>>;

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const zipped = (parts: Readonly<Record<string, string>>): Uint8Array =>
  zip(Object.fromEntries(Object.entries(parts).map(([path, text]) => [path, utf8(text)])));
/** Concatenates a text for each number from 0. */
export const repeatEach = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('');
export const nested = (tag: string, depth: number, inside = 'Aye'): string =>
  `${`<${tag}>`.repeat(depth)}${inside}${`</${tag}>`.repeat(depth)}`;
const file = (name: string, content: string | Uint8Array): (() => HostileFiles) => {
  return () => ({ [name]: typeof content === 'string' ? utf8(content) : content });
};
/** Makes a large file on demand. */
export const lazyFile =
  (name: string, make: () => string | Uint8Array): (() => HostileFiles) =>
  () =>
    file(name, make())();
