/** Size limits for files from untrusted sources. Everything that Homegrown writes is far below. */
import { z } from './zod';

const MiB = 2 ** 20;

/** Bytes of a file that is read whole: config.json, homegrown.json, an index of tensors. */
export const MAX_JSON_BYTES = 8 * MiB;
/** Bytes of trainer_state.json. */
export const MAX_LOG_BYTES = 64 * MiB;
/** Bytes of tokenizer.json, or of vocab.json and merges.txt. */
export const MAX_TOKENIZER_BYTES = 64 * MiB;

/** Tokens, merges or added tokens of a tokenizer, and the highest ID. */
export const MAX_TOKENIZER_ENTRIES = 2 ** 20;
/** Entries of a log. No file of `MAX_LOG_BYTES` that we wrote has as many. */
export const MAX_LOG_ENTRIES = 500_000;
/** Training texts of a model. */
export const MAX_TEXTS = 1_000_000;
/** Times that a run continued with other data. */
export const MAX_SEGMENTS = 1000;

/** Bytes of a safetensors header: `MAX_HEADER_SIZE` in safetensors. */
export const MAX_HEADER_BYTES = 100_000_000;
export const MAX_TENSORS = 100_000;
export const MAX_NAME_LENGTH = 1024;
export const MAX_DIMENSIONS = 8;
/** Limits of `__metadata__`, which may hold anything: entries, and characters of all keys and values. */
export const MAX_METADATA_ENTRIES = 10_000;
export const MAX_METADATA_CHARACTERS = 8 * MiB;

/** Limits of a zip: files, bytes of its directory, unpacked bytes, bytes of a compressed file, compression ratio. */
export const MAX_ZIP_FILES = 256;
export const MAX_DIRECTORY_BYTES = MiB;
export const MAX_ZIP_BYTES = 4096 * MiB;
export const MAX_COMPRESSED_BYTES = 64 * MiB;
export const MAX_COMPRESSION_RATIO = 100;

/**
 * Schema of a list that checks the length first, and stops at the first invalid item. zod's own `array` reads all
 * items whatever the length, and keeps an issue for each.
 * @param isPlain quick check of an item that needs no parsing, because zod takes a hundred times as long for numbers
 */
export const listOf = <T>(item: z.ZodType<T>, max: number, isPlain: (value: unknown) => value is T = never) =>
  z.unknown().transform((value, context): T[] => {
    if (!Array.isArray(value)) {
      context.addIssue('expected a list');
      return z.NEVER;
    }
    if (value.length > max) {
      context.addIssue(`it has ${value.length} items; the maximum is ${max}`);
      return z.NEVER;
    }
    const items: T[] = [];
    for (let i = 0; i < value.length; i++) {
      const given: unknown = value[i];
      if (isPlain(given)) {
        items.push(given);
        continue;
      }
      const { success, data, error } = item.safeParse(given);
      if (!success) {
        const [first] = error.issues;
        context.addIssue({ code: 'custom', message: first?.message ?? 'wrong', path: [i, ...(first?.path ?? [])] });
        return z.NEVER;
      }
      items.push(data);
    }
    return items;
  });

const never = (_: unknown): _ is never => false;
/** Same checks as `z.number()` and `z.int().nonnegative()`. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Labels of a classifier. */
export const MAX_CLASSIFIER_LABELS = 1000;
/** Characters of a label. */
export const MAX_LABEL_LENGTH = 200;
