/** Small models of each architecture, to look inside. */
import type { Exported } from '../core/export/format';
import { network, type Network } from '../core/models/network';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { untrainedBert, untrainedGpt, untrainedLlama, untrainedT5 } from './untrainedModels';

interface Inspected {
  network: Network;
  tokenizer: Tokenizer;
}

/** Models with large random weights, 2 layers, 2 heads and a context of 32 tokens. */
export const INSPECTED = {
  GPT: untrainedGpt,
  Llama: untrainedLlama,
  BERT: untrainedBert,
  T5: untrainedT5,
} as const satisfies Readonly<Record<string, () => Promise<Exported>>>;

export async function inspected(name: keyof typeof INSPECTED): Promise<Inspected> {
  const { info, snapshot, tokenizer } = await INSPECTED[name]();
  return { network: await network(info.model, snapshot.tensors), tokenizer };
}
