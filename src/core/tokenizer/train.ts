import { type Documents, mapped } from '../base/document';
import { badSettings } from '../base/errors';
import type { Job } from '../base/job';
import { type Normalizer, normalization } from '../base/normalizer';
import { learnBpe } from './bpe';
import { learnCharacters } from './characters';
import { END_ALONE, inOrder, rolesProblem, type TokenRole } from './special';
import type { TokenizerModel, TrainedKind } from './tokenizer';

export interface TrainSettings {
  kind: TrainedKind;
  /**
   * Requested size, for `bpe`: 256 bytes, special tokens, and trained merges. The text may have fewer pairs: the final
   * size is 256 + special tokens + merges.
   */
  vocabulary: number;
  /** Roles of special tokens; always includes the end of text. A numbered role occurs as often as listed. */
  roles?: readonly TokenRole[];
  /** Normalizers for texts, including the training texts. */
  normalizers?: readonly Normalizer[];
}

/** 256 bytes and the end of text. */
export const MIN_VOCABULARY = 257;
export const MAX_VOCABULARY = 1_000_000;
/** Maximum vocabulary that pages offer. */
export const MAX_OFFERED_VOCABULARY = 32_768;

/**
 * Trains a tokenizer on documents. The same documents give the same model.
 * @throws HomegrownError `bad-settings`; the signal's reason when stopped
 */
export async function trainTokenizer(
  { kind, vocabulary, roles: asked = END_ALONE, normalizers = [] }: TrainSettings,
  documents: Documents,
  job: Job,
): Promise<TokenizerModel> {
  const roles = inOrder(asked);
  const problem = rolesProblem(roles);
  if (problem !== null) throw badSettings(problem, 'Name each role once; only sentinels can have a number.');
  const smallest = 256 + roles.length;
  if (kind === 'bpe' && !(Number.isInteger(vocabulary) && vocabulary >= smallest && vocabulary <= MAX_VOCABULARY)) {
    throw badSettings(
      `A vocabulary of ${vocabulary} entries is outside ${smallest} to ${MAX_VOCABULARY}.`,
      `The 256 bytes and ${roles.length === 1 ? 'the end of text' : `${roles.length} special tokens`} need ${smallest}. Try 4096.`,
    );
  }
  const form = normalization(normalizers);
  const read =
    normalizers.length === 0
      ? documents
      : mapped(documents, (one) => ({ ...one, chunks: () => form.chunks(one.chunks()) }));
  const merges = await learnMerges(kind, vocabulary - smallest, read, job);
  return { kind, merges, ...(roles.length > 1 && { roles }), ...(normalizers.length > 0 && { normalizers }) };
}

async function learnMerges(
  kind: TrainedKind,
  max: number,
  documents: Documents,
  job: Job,
): Promise<TokenizerModel['merges']> {
  switch (kind) {
    case 'bytes':
      return [];
    case 'characters':
      return learnCharacters(documents, job);
    case 'bpe':
      return learnBpe(max, documents, job);
  }
}
