import type { Document } from '../base/document';
import { badSettings } from '../base/errors';
import type { Job } from '../base/job';
import { learnBpe } from './bpe';
import { bytesModel } from './bytes';
import { learnCharacters } from './characters';
import type { TokenizerKind, TokenizerModel } from './tokenizer';

export interface TrainSettings {
  kind: TokenizerKind;
  /** Entries wanted, for `bpe`: 257 and up. The text may hold fewer pairs: the size reached is `257 + merges`. */
  vocabulary: number;
}

export const SMALLEST_VOCABULARY = 257;
export const LARGEST_VOCABULARY = 1_000_000;

/**
 * Learns a tokenizer from documents. The same documents give the same model.
 * @throws HomegrownError `bad-settings`; the signal's reason when stopped
 */
export async function trainTokenizer(
  { kind, vocabulary }: TrainSettings,
  documents: readonly Document[],
  job: Job,
): Promise<TokenizerModel> {
  switch (kind) {
    case 'bytes':
      return bytesModel;
    case 'characters':
      return learnCharacters(documents, job);
    case 'bpe':
      if (!Number.isInteger(vocabulary) || vocabulary < SMALLEST_VOCABULARY || vocabulary > LARGEST_VOCABULARY) {
        throw badSettings(
          `A vocabulary of ${vocabulary} entries is outside ${SMALLEST_VOCABULARY} to ${LARGEST_VOCABULARY}.`,
          `The 256 bytes and the end of text take ${SMALLEST_VOCABULARY}. Try 4096.`,
        );
      }
      return learnBpe(vocabulary - SMALLEST_VOCABULARY, documents, job);
  }
}
