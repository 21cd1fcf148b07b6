/** Small tokenizer.json files of kinds that are applied from files, in the layout of the crate `tokenizers`. */

const token = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'un', '##want', '##ed', 'want', 'run', '##ning', ',', '[', ']', 'mask', '东', 'e', '##e', '.', "'", 's']; // prettier-ignore

/** BERT's tokenizer, uncased. */
export const wordPiece = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: WORDS.slice(0, 5).map((text, id) => token(id, text)),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {},
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
  },
};

const PIECES = ['<pad>', '</s>', '<unk>', '▁', 'a', 'b', 'c', '▁a', '▁ab', 'bc', 'abc', '▁the', '<', '>', '/', 's', 'é', '<extra_id_1>', '<extra_id_0>']; // prettier-ignore

/** T5's tokenizer: pieces with their log probabilities, ▁ for a space. */
export const unigram = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [0, 1, 2, 17, 18].map((id) => token(id, PIECES[id]!)),
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }] },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [],
    special_tokens: {},
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram',
    unk_id: 2,
    byte_fallback: false,
    vocab: PIECES.map((piece, id): [string, number] => [piece, id < 3 || id > 16 ? 0 : -2 - id / 8]),
  },
};
