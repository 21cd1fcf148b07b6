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
        if (metadata.has(key)) throw fail(`its metadata has ${quote(key)} twice`);
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
    if (entries.has(name)) throw fail(`its header has tensor ${quote(name)} twice`);
    if (entries.size === MAX_TENSORS) throw fail(`it has more than ${MAX_TENSORS} tensors`);
    if (name.length > MAX_NAME_LENGTH || /\p{Cc}|\p{Cs}/u.test(name)) {
      throw fail(`the tensor name ${quote(name)} is longer than ${MAX_NAME_LENGTH} or has control characters`);
    }
    entries.set(name, readEntry(name, scan, fail));
  });
  scan.end();
  return { metadata, entries };
}

function readEntry(name: string, scan: Scanner, fail: (reason: string) => Error): HeaderEntry {
  const fields: { dtype?: string; shape?: number[]; offsets?: number[] } = {};
  scan.object((key) => {
    if (key === 'dtype' && !fields.dtype) fields.dtype = scan.string();
    else if (key === 'shape' && !fields.shape) fields.shape = scan.integers(MAX_DIMENSIONS);
    else if (key === 'data_offsets' && !fields.offsets) fields.offsets = scan.integers(2);
    else throw fail(`tensor ${name} has an unknown or repeated field ${quote(key)}`);
  });
  const { dtype, shape, offsets } = fields;
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
  let position = 0;
  const skip = (): void => {
    while (position < text.length && ' \n\r\t'.includes(text[position]!)) position++;
  };
  const next = (): string | undefined => {
    skip();
    return text[position];
  };
  const unexpected = (what: string): Error =>
    fail(`its header has ${quote(text.slice(position, position + 12))} at ${position}, not ${what}`);
  const expect = (character: string): void => {
    if (next() !== character) throw unexpected(character);
    position++;
  };
  /** Scans the items between two brackets, separated by commas. */
  const list = (open: string, close: string, item: () => void): void => {
    expect(open);
    if (next() !== close) {
      item();
      while (next() !== close) {
        expect(',');
        item();
      }
    }
    position++;
  };
  const string = (): string => {
    if (next() !== '"') throw unexpected('a string');
    let end = position + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const value: unknown = JSON.parse(text.slice(position, end + 1));
      position = end + 1;
      return String(value);
    } catch {
      throw unexpected('a string');
    }
  };
  const integer = (): number => {
    skip();
    INTEGER.lastIndex = position;
    const digits = INTEGER.exec(text)?.[0];
    if (digits === undefined) throw unexpected('an integer');
    if (BigInt(digits) > BigInt(Number.MAX_SAFE_INTEGER)) throw unexpected('an integer below 2^53');
    position += digits.length;
    return Number(digits);
  };
  return {
    string,
    object: (field) => {
      list('{', '}', () => {
        const key = string();
        expect(':');
        field(key);
      });
    },
    integers: (max) => {
      const values: number[] = [];
      list('[', ']', () => {
        if (values.length === max) throw unexpected(`a list of at most ${max}`);
        values.push(integer());
      });
      return values;
    },
    end: () => {
      if (next() !== undefined) throw unexpected('its end');
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
const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
