import type { TokenizerModel } from './tokenizer';

/** Every byte is a token, and no more: 257 entries whatever the text. */
export const bytesModel: TokenizerModel = { kind: 'bytes', merges: [] };
