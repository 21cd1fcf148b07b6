/**
 * Tokenizer of a run. Its merges, and an external definition, are stored separately under `merges/<run>`. They are most
 * of a run's size apart from its steps, and no list of runs shows them.
 */
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type Kind, readAll, readRecord, storedRecord, type Unreadable } from '../base/record';
import { z } from '../base/zod';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import { storableTemplate, type TokenizerSummary, tokenizerParts } from './settings';

interface StoredTokenizer {
  id: string;
  tokenizer: TokenizerSummary;
}

/** @throws HomegrownError `storage-damaged` if the merges are missing or unreadable, `newer-version` */
export async function readTokenizer(store: BlobStore, { id, tokenizer }: StoredTokenizer): Promise<TokenizerModel> {
  const { kind, roles, normalizers, merges, chatTemplate, elsewhere, applied } = tokenizer;
  const parts = merges
    ? { merges, ...(chatTemplate && { chatTemplate }), ...(elsewhere && { elsewhere }), ...(applied && { applied }) }
    : await readParts(store, mergesKey(id));
  return { kind, ...(roles && { roles }), ...(normalizers && { normalizers }), ...parts };
}

/** @throws HomegrownError `storage-damaged` if the record is missing or unreadable, `newer-version` */
async function readParts(store: BlobStore, key: string): Promise<Parts> {
  const stored = await readRecord(store, key, MERGES_OF);
  if (!stored) throw new HomegrownError('storage-damaged', `${MERGES_OF.what(key)} is missing`);
  const { version: _, ...parts } = stored;
  return parts;
}
type Parts = Pick<TokenizerModel, 'merges' | 'chatTemplate' | 'elsewhere' | 'applied'>;

/** Merges that are unreadable, or missing for a record: the run can then neither resume nor generate. */
export async function unreadableMerges(
  store: BlobStore,
  runs: readonly StoredTokenizer[],
): Promise<readonly Unreadable[]> {
  const separateKeys = runs.filter(({ tokenizer }) => !tokenizer.merges).map(({ id }) => mergesKey(id));
  const keys = new Set([...separateKeys, ...(await store.keys(MERGES))]);
  return (await readAll([...keys], (key) => readParts(store, key))).unreadable;
}

/** Splits a record into its stored form and its merges; a tokenizer without merges stores none. */
export function withoutMerges<R extends StoredTokenizer>(record: R): { record: R; put: [key: string, value: Json][] } {
  const { merges, chatTemplate, elsewhere, applied, ...tokenizer } = record.tokenizer;
  if (!merges || (merges.length === 0 && !elsewhere && !applied)) return { record, put: [] };
  const otherParts = {
    ...(chatTemplate && { chatTemplate }),
    ...(elsewhere && { elsewhere }),
    ...(applied && { applied }),
  };
  const stored = storedRecord(MERGES_OF, { version: 1, merges: [...merges], ...otherParts });
  const template = storableTemplate(record.tokenizer);
  const summary = {
    ...tokenizer,
    ...(elsewhere && { split: elsewhere.split }),
    ...(template !== undefined && { chatTemplate: template }), // for its card
  };
  return { record: { ...record, tokenizer: summary }, put: [[mergesKey(record.id), stored]] };
}

export const MERGES = 'merges/';
export const mergesKey = (runId: string): string => `${MERGES}${runId}`;
export const MERGES_OF: Kind<{ version: 1 } & Parts> = {
  what: (key) => `The tokenizer of run ${key.slice(MERGES.length)}`,
  version: 1,
  schema: z.strictObject({ version: z.literal(1), ...tokenizerParts }),
  upgrades: [],
};
