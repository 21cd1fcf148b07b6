import {
  MAX_METADATA_CHARACTERS,
  MAX_NAME_LENGTH,
  MAX_DIMENSIONS,
  MAX_METADATA_ENTRIES,
  MAX_TENSORS,
} from '../base/limits';

/** A tensor's entry in a safetensors header. Offsets count from the end of the header. */
export interface HeaderEntry {
  dtype: string;
  shape: readonly number[];
  begin: number;
  end: number;
}
interface Header {
  metadata: ReadonlyMap<string, string>;
  entries: ReadonlyMap<string, HeaderEntry>;
}

/**
 * Parses the header's JSON by the grammar `{name: {dtype, shape, data_offsets}}` alone. JSON.parse would keep the last
 * of two equal keys, round integers above 2^53, interpret `__proto__` and follow any depth.
 */
export function parseHeader(bytes: Uint8Array, fail: (reason: string) => Error): Header {
  if (bytes[0] !== 0x7b) throw fail('its header does not start with {');
  const scan = scanner(decode(bytes, fail), fail);
  const metadata = new Map<string, string>();
  const entries = new Map<string, HeaderEntry>();
  let hasMetadata = false;
  let characters = 0;
  scan.object((name) => {
    if (name === '__metadata__') {
      if (hasMetadata) throw fail('its header has __metadata__ twice');
      hasMetadata = true;
      scan.object((key) => {
        if (metadata.has(key)) throw fail(`its metadata has ${shown(key)} twice`);
        if (metadata.size === MAX_METADATA_ENTRIES)
          throw fail(`its metadata has more than ${MAX_METADATA_ENTRIES} entries`);
        const value = scan.string();
        characters += key.length + value.length;
        if (characters > MAX_METADATA_CHARACTERS)
          throw fail(`its metadata has more than ${MAX_METADATA_CHARACTERS} characters`);
        metadata.set(key, value);
      });
      return;
    }
    if (entries.has(name)) throw fail(`its header has tensor ${shown(name)} twice`);
    if (entries.size === MAX_TENSORS) throw fail(`it has more than ${MAX_TENSORS} tensors`);
    if (name.length > MAX_NAME_LENGTH || /\p{Cc}|\p{Cs}/u.test(name)) {
      throw fail(`the tensor name ${shown(name)} is longer than ${MAX_NAME_LENGTH} or has control characters`);
    }
    entries.set(name, readEntry(name, scan, fail));
  });
  scan.end();
  return { metadata, entries };
}

function readEntry(name: string, scan: Scanner, fail: (reason: string) => Error): HeaderEntry {
  const found: { dtype?: string; shape?: number[]; offsets?: number[] } = {};
  scan.object((key) => {
    if (key === 'dtype' && !found.dtype) found.dtype = scan.string();
    else if (key === 'shape' && !found.shape) found.shape = scan.integers(MAX_DIMENSIONS);
    else if (key === 'data_offsets' && !found.offsets) found.offsets = scan.integers(2);
    else throw fail(`tensor ${name} has an unknown or repeated field ${shown(key)}`);
  });
  const { dtype, shape, offsets } = found;
  if (!dtype || !shape || offsets?.length !== 2)
    throw fail(`tensor ${name} lacks its dtype, shape or two data_offsets`);
  return { dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

interface Scanner {
  /** Calls `field` for each key, with the scanner at its value. */
  object(field: (key: string) => void): void;
  integers(max: number): number[];
  string(): string;
  /** Throws if anything but whitespace follows. */
  end(): void;
}

function scanner(text: string, fail: (reason: string) => Error): Scanner {
  let at = 0;
  const skip = (): void => {
    while (at < text.length && ' \n\r\t'.includes(text[at]!)) at++;
  };
  const next = (): string | undefined => {
    skip();
    return text[at];
  };
  const wanted = (what: string): Error =>
    fail(`its header has ${shown(text.slice(at, at + 12))} at ${at}, not ${what}`);
  const take = (character: string): void => {
    if (next() !== character) throw wanted(character);
    at++;
  };
  /** Scans the items between two brackets, separated by commas. */
  const list = (open: string, close: string, item: () => void): void => {
    take(open);
    if (next() !== close) {
      item();
      while (next() !== close) {
        take(',');
        item();
      }
    }
    at++;
  };
  const string = (): string => {
    if (next() !== '"') throw wanted('a string');
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const value: unknown = JSON.parse(text.slice(at, end + 1));
      at = end + 1;
      return String(value);
    } catch {
      throw wanted('a string');
    }
  };
  const integer = (): number => {
    skip();
    INTEGER.lastIndex = at;
    const digits = INTEGER.exec(text)?.[0];
    if (digits === undefined) throw wanted('an integer');
    if (BigInt(digits) > BigInt(Number.MAX_SAFE_INTEGER)) throw wanted('an integer below 2^53');
    at += digits.length;
    return Number(digits);
  };
  return {
    string,
    object: (field) => {
      list('{', '}', () => {
        const key = string();
        take(':');
        field(key);
      });
    },
    integers: (max) => {
      const values: number[] = [];
      list('[', ']', () => {
        if (values.length === max) throw wanted(`a list of at most ${max}`);
        values.push(integer());
      });
      return values;
    },
    end: () => {
      if (next() !== undefined) throw wanted('its end');
    },
  };
}

/** A JSON integer >= 0 of at most 20 digits, without a fraction or an exponent. */
const INTEGER = /(?:0|[1-9]\d{0,19})(?![\d.eE])/y;

function decode(bytes: Uint8Array, fail: (reason: string) => Error): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail('its header is not valid UTF-8');
  }
}

/** Quotes text from a file, truncated and with control characters escaped. */
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
