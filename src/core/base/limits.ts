/** How much of a stranger's file is read at most. All of what Homegrown writes is far below. */
import { z } from './zod';

const MiB = 2 ** 20;

/** Bytes of a file that is read as a whole: config.json, homegrown.json, an index of tensors. */
export const MAX_JSON_BYTES = 8 * MiB;
/** trainer_state.json. */
export const MAX_LOG_BYTES = 64 * MiB;
/** tokenizer.json, or vocab.json and merges.txt. */
export const MAX_TOKENIZER_BYTES = 64 * MiB;

/** Tokens, merges or added tokens of a tokenizer, and the highest id. */
export const MAX_TOKENIZER_ENTRIES = 2 ** 20;
/** Entries of a log: no file of `MAX_LOG_BYTES` that we wrote has as many. */
export const MAX_LOG_ENTRIES = 500_000;
/** Training texts of a model. */
export const MAX_TEXTS = 1_000_000;
/** Times that a run continued with other data. */
export const MAX_SEGMENTS = 1000;

/** Of a safetensors header, in bytes: `MAX_HEADER_SIZE` in safetensors. */
export const MAX_HEADER_BYTES = 100_000_000;
export const MAX_TENSORS = 100_000;
export const MAX_NAME_LENGTH = 1024;
export const MAX_DIMENSIONS = 8;
/** Of `__metadata__`, which may hold anything: entries, and characters of all keys and values. */
export const MAX_METADATA_ENTRIES = 10_000;
export const MAX_METADATA_CHARACTERS = 8 * MiB;

/** Of a zip: files, bytes of its directory, of all files unpacked, of one that is compressed, and of one to its packed. */
export const MAX_ZIP_FILES = 256;
export const MAX_DIRECTORY_BYTES = MiB;
export const MAX_ZIP_BYTES = 4096 * MiB;
export const MAX_COMPRESSED_BYTES = 64 * MiB;
export const MAX_COMPRESSION_RATIO = 100;

/**
 * A list whose length is looked at before its items, and whose first wrong item is the last that is looked at. zod's own
 * reads all items whatever the length, and keeps a complaint about each.
 * @param isPlain whether an item is right at a glance, and is taken as it is: where there are thousands of them, such as
 * numbers, asking zod takes a hundred times as long
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
/** As `z.number()` and `z.int().nonnegative()` see them. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** That a classifier tells texts apart by. */
export const MAX_CLASSIFIER_LABELS = 1000;
/** Characters of one of them. */
export const MAX_LABEL_LENGTH = 200;
