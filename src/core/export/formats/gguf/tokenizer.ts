/** Reads the tokenizer of a GGUF file: keys of `tokenizer.ggml`, as llama.cpp reads them (src/llama-vocab.cpp). */
import { TOKEN_ROLES } from '../../../tokenizer/special';
import { SPLIT_NAMES, type SplitName, SPLITS } from '../../../tokenizer/splits';
import type { AddedToken, TokenizerModel } from '../../../tokenizer/tokenizer';
import { normalizersIn, parseJson } from '../../../tokenizer/readJson';
import { quoted, readVocabulary, refused } from '../../../tokenizer/readVocabulary';
import type { GgufValue } from './headerReader';

/** Homegrown's own key for text normalization; other programs ignore it. */
export const NORMALIZERS = 'homegrown.tokenizer.normalizers';

/** Reads the tokenizer. @throws HomegrownError `bad-file` naming an unsupported tokenizer type */
export function readGgufTokenizer(keys: ReadonlyMap<string, GgufValue>): TokenizerModel {
  const key = (name: string): GgufValue | undefined => keys.get(`tokenizer.ggml.${name}`);
  const model = key('model');
  if (model !== 'gpt2') throw refused(`its type is ${kindWords(model)}; only byte-level BPE is supported`);
  const split = splitOf(key('pre'));
  const texts = textsOf(key('tokens'), 'tokens');
  const given = key('token_type');
  const types = Array.isArray(given) ? (given as readonly GgufValue[]) : texts.map(() => NORMAL);
  const ids = new Map<string, number>();
  const added: AddedToken[] = [];
  for (const [id, text] of texts.entries()) {
    const type = types[id];
    if (type === UNUSED) continue;
    if (ids.has(text)) throw refused(`its tokens ${ids.get(text)} and ${id} are both ${quoted(text)}`);
    ids.set(text, id);
    const isSpecial = type === CONTROL || type === UNKNOWN;
    if (isSpecial || type === USER_DEFINED) added.push({ id, special: isSpecial, ...flags(!isSpecial) });
  }
  const tokenAt = (id: GgufValue | undefined): string | undefined => (typeof id === 'number' ? texts[id] : undefined);
  const named = Object.values(TOKEN_ROLES).flatMap(({ tokenizerConfig, gguf }) => {
    const text = gguf === undefined ? undefined : tokenAt(key(gguf));
    return tokenizerConfig === undefined || text === undefined ? [] : [[tokenizerConfig, text] as const];
  });
  const begin = key('bos_token_id');
  const bos = tokenAt(begin);
  const template = keys.get('tokenizer.chat_template');
  const isLlama3 = split === 'llama-bpe';
  const begins = key('add_bos_token') ?? isLlama3;
  if (key('add_eos_token') === true) throw refused('it adds a token after every text (add_eos_token)');
  const normalizers = keys.get(NORMALIZERS);
  return readVocabulary({
    ids,
    merges: textsOf(key('merges'), 'merges'),
    added,
    names: {
      ...(bos !== undefined && { bos_token: bos }),
      ...Object.fromEntries(named),
      ...(typeof template === 'string' && { chat_template: template }),
    },
    split,
    ...(typeof normalizers === 'string' && { normalizers: normalizersIn(parseJson(normalizers)) }),
    ...(isLlama3 && { ignoresMerges: true }),
    ...(begins === true && bos !== undefined && typeof begin === 'number' && { begin }),
    vocabulary: texts.length,
  });
}

function splitOf(pre: GgufValue | undefined): SplitName {
  const found = SPLIT_NAMES.find((name) => SPLITS[name].gguf.some((other) => other === pre));
  if (found) return found;
  const known = SPLIT_NAMES.flatMap((name) => SPLITS[name].gguf).join(', ');
  const said = typeof pre === 'string' ? `it splits text as ${quoted(pre)}` : 'it doesn’t say how it splits text';
  throw refused(`${said} (tokenizer.ggml.pre). Supported: ${known}`);
}

function textsOf(value: GgufValue | undefined, what: string): readonly string[] {
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  throw refused(`it has no list of ${what}`);
}

const kindWords = (model: GgufValue | undefined): string =>
  (typeof model === 'string' && KINDS[model]) || quoted(String(model));
const KINDS: Readonly<Record<string, string>> = {
  llama: 'SentencePiece BPE (llama)',
  bert: 'WordPiece (bert)',
  t5: 'Unigram (t5)',
  rwkv: 'RWKV',
};

/** Token types of llama.h, llama_token_type. */
const [NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED] = [1, 2, 3, 4, 5];
const flags = (normalized: boolean) => ({ single_word: false, lstrip: false, rstrip: false, normalized });
