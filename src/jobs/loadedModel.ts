import type { Network } from '../core/models/network';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** A saved step of a run, with its weights on the device. */
export interface LoadedModel {
  runId: string;
  network: Network;
  tokenizer: Tokenizer;
  step: number;
}
