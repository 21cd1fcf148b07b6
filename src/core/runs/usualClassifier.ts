/** Default classifier without a base. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { usualConfig } from '../models/spec';
import type { TokenizerChoice } from './settings';

/** About a million parameters with its tokenizer. A CPU takes minutes for three epochs on a few thousand texts. */
export const USUAL_BODY = {
  id: 'bert',
  config: usualConfig(modelSpec('bert'), { layers: 2, heads: 4, width: 128, context: 192 }),
} as const satisfies Pick<ModelChoice, 'id' | 'config'>;
export const USUAL_TOKENIZER: TokenizerChoice = { kind: 'bpe', vocabulary: 4096 };
