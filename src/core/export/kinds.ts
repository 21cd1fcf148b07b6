/** What a model of each kind does, as others call it and in words. */
import type { ModelKind } from '../models/spec';

interface Does {
  /** Of a pipeline of transformers and transformers.js, and of a model card. */
  task: 'text-generation' | 'fill-mask' | 'text2text-generation';
  /** The class of transformers that opens any of them. */
  auto: string;
  /** `It continues what you begin.` */
  words: string;
}
export const DOES: Readonly<Record<ModelKind, Does>> = {
  decoder: { task: 'text-generation', auto: 'AutoModelForCausalLM', words: 'It continues what you begin' },
  encoder: { task: 'fill-mask', auto: 'AutoModelForMaskedLM', words: 'It fills blanks of a passage' },
  'encoder-decoder': {
    task: 'text2text-generation',
    auto: 'AutoModelForSeq2SeqLM',
    words: 'It answers a text with another',
  },
};
