/** Builds a tokenizer from the tokens and merges in a file: one of ours if it has our order, else an imported one. */
import { badFile } from '../base/errors';
import type { Normalizer } from '../base/normalizer';
import { formatCount } from '../base/units';
import { BYTE_OF_ID, CHARACTER_OF_BYTE, unspell } from './alphabet';
import { ROLES, specialTokens, TOKEN_ROLES, type TokenRole, usualRole } from './special';
import type { SplitName } from './splits';
import { type AddedToken, MAX_TEMPLATE_LENGTH, type TokenizerKind, type TokenizerModel } from './tokenizer';

interface Vocabulary {
  /** Ids by spelling: bytes in GPT-2's alphabet, or the text of added tokens. */
  ids: ReadonlyMap<string, number>;
  /** `left right` strings or pairs, in rank order. */
  merges: readonly unknown[];
  added: readonly AddedToken[];
  /** Names of tokens in tokenizer_config.json. */
  names: Readonly<Record<string, string>>;
  split: SplitName;
  /** Normalizers other than those of the split. */
  normalizers?: readonly Normalizer[];
  ignoresMerges?: true;
  begin?: number;
  /** The model itself puts the end of text before every text, so ignores a `begin` with that token. */
  isReadFromFirst?: boolean;
  /** Number of rows in the model's embedding; by default the number of ids. */
  vocabulary?: number;
}

/**
 * @throws HomegrownError `bad-file` if merges join or make strings that are not tokens, or two tokens share an id. Also
 * if a token is neither bytes nor special, or none is the end of text.
 */
export function readVocabulary(given: Vocabulary): TokenizerModel {
  const { ids, added } = given;
  const seen = new Set<number>();
  for (const id of ids.values()) {
    if (seen.has(id)) throw refused(`two of its tokens have the id ${id}`);
    seen.add(id);
  }
  const declared = new Set(added.map(({ id }) => id));
  const merges = pairsOf(given, declared);
  const made = new Set(merges.map(({ made }) => made));
  const bytes = CHARACTER_OF_BYTE.map((character) => ids.get(character));
  const known = new Set([...bytes, ...made]);
  for (const [text, id] of ids) {
    if (declared.has(id) && known.has(id))
      throw refused(`${quoted(text)} is both a special token and a byte or a merge`);
  }
  const roles = rolesOf(given, known);
  if (![...roles.values()].includes('end')) {
    const others = [...ids].flatMap(([text, id]) => (known.has(id) ? [] : [text]));
    const some = others.slice(0, 20).map(quoted).join(', ');
    throw refused(
      `it has ${others.length} tokens other than bytes and merges (${some}), but needs exactly one, the end of text`,
    );
  }
  const special = [...added];
  for (const [text, id] of ids) {
    if (known.has(id) || declared.has(id)) continue;
    // Older files do not state which tokens are special.
    if (roles.has(text)) special.push({ id, special: true, ...NO_FLAGS });
    else if (!unspell(text)) throw refused(`${quoted(text)} is neither a special token nor made of bytes`);
  }
  const texts = new Map([...ids].map(([text, id]) => [id, text]));
  const named = special.map((token) => ({ ...token, text: texts.get(token.id)! })).sort((a, b) => a.id - b.id);
  const pairs = merges.map(({ left, right }) => [left, right] as const);
  const own = withoutUsualBegin(given, roles);
  const model = inOurOrder(own, pairs, named, roles) ?? elsewhere(own, pairs, named, roles);
  return { ...model, ...(given.normalizers && { normalizers: given.normalizers }) };
}
function withoutUsualBegin(given: Vocabulary, roles: ReadonlyMap<string, TokenRole>): Vocabulary {
  const { begin, isReadFromFirst, ids, names } = given;
  const [end] = [...roles].find(([, role]) => role === 'end')!;
  if (!isReadFromFirst || begin !== (ids.get(names['bos_token'] ?? end) ?? ids.get(end))) return given;
  const { begin: _, ...rest } = given;
  return rest;
}
const NO_FLAGS = { single_word: false, lstrip: false, rstrip: false, normalized: false };

interface Merge {
  left: number;
  right: number;
  made: number;
}

function pairsOf({ ids, merges }: Vocabulary, declared: ReadonlySet<number>): readonly Merge[] {
  return merges.map((merge, i) => {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ', 3) : merge;
    const [left, right, ...more] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof left !== 'string' || typeof right !== 'string' || more.length > 0 || left === '' || right === '')
      throw refused(`merge ${i + 1} is not a pair of tokens`);
    const [a, b, both] = [left, right, left + right].map((name) => ids.get(name));
    if (a === undefined || b === undefined || declared.has(a) || declared.has(b)) {
      throw refused(`merge ${i + 1} joins ${quoted(left)} and ${quoted(right)}, but one of them is not a token`);
    }
    if (both === undefined) throw refused(`merge ${i + 1} makes ${quoted(left + right)}, which is not a token`);
    return { left: a, right: b, made: both };
  });
}

/**
 * Roles of special tokens by text, except for `known` bytes and merges: those named in the file, then the usual ones.
 */
export function rolesOf(
  { ids, names }: Pick<Vocabulary, 'ids' | 'names'>,
  known: ReadonlySet<number | undefined>,
): ReadonlyMap<string, TokenRole> {
  const roles = new Map<string, TokenRole>();
  const taken = new Set<TokenRole>();
  const isFree = (text: string): boolean => ids.has(text) && !known.has(ids.get(text)) && !roles.has(text);
  const others = [...ids].flatMap(([text, id]) => (known.has(id) ? [] : [text]));
  const usualEnd = TOKEN_ROLES.end.texts.find(isFree);
  for (const role of ROLES) {
    const key = TOKEN_ROLES[role].tokenizerConfig;
    const said = key === undefined ? undefined : names[key];
    // A token may be named for several roles; the end of text has priority.
    const text = role === 'end' && (said === undefined || !isFree(said)) ? usualEnd : said;
    if (text === undefined || !isFree(text)) continue;
    roles.set(text, role);
    taken.add(role);
  }
  for (const text of others) {
    const role = usualRole(text)?.role;
    if (!role || !isFree(text) || (taken.has(role) && !TOKEN_ROLES[role].isNumbered)) continue;
    roles.set(text, role);
    taken.add(role);
  }
  return roles;
}

interface Special extends AddedToken {
  text: string;
}

/** Model in our form if ids, split and special tokens match one trained here; else undefined. */
function inOurOrder(
  { ids, names: called, split, ignoresMerges, begin, vocabulary }: Vocabulary,
  merges: TokenizerModel['merges'],
  special: readonly Special[],
  roles: ReadonlyMap<string, TokenRole>,
): TokenizerModel | undefined {
  const first = 256 + merges.length;
  if (split !== 'gpt-2' || ignoresMerges || begin !== undefined) return undefined;
  if (ids.size !== first + special.length || (vocabulary ?? ids.size) !== ids.size) return undefined;
  const names = Array.from(BYTE_OF_ID, (byte) => CHARACTER_OF_BYTE[byte]!);
  for (const [left, right] of merges) {
    const [a, b] = [names[left], names[right]];
    if (a === undefined || b === undefined) return undefined;
    names.push(a + b);
  }
  if (names.some((name, id) => ids.get(name) !== id)) return undefined;
  const own = special.flatMap(({ text }) => roles.get(text) ?? []);
  const ranks = own.map((role) => ROLES.indexOf(role));
  if (own.length !== special.length || ranks.some((rank, i) => i > 0 && rank < ranks[i - 1]!)) return undefined;
  const ours = specialTokens(own, first);
  if (ours.some(({ text, id }, i) => text !== special[i]!.text || id !== special[i]!.id)) return undefined;
  const { chat_template: chatTemplate } = called;
  if (chatTemplate !== undefined && chatTemplate.length > MAX_TEMPLATE_LENGTH)
    throw refused(
      `its chat template has ${formatCount(chatTemplate.length)} characters; the maximum is ${formatCount(MAX_TEMPLATE_LENGTH)}`,
    );
  return {
    kind: kindOf(merges),
    merges,
    ...(own.length > 1 && { roles: own }),
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
}

function elsewhere(
  { ids, names, split, ignoresMerges, begin, vocabulary }: Vocabulary,
  merges: TokenizerModel['merges'],
  special: readonly Special[],
  roles: ReadonlyMap<string, TokenRole>,
): TokenizerModel {
  let size = 0;
  for (const id of ids.values()) size = Math.max(size, id + 1);
  const spellings = Array.from({ length: vocabulary ?? size }, () => '');
  for (const [text, id] of ids) {
    if (id >= spellings.length)
      throw refused(`it has a token ${id}, but the model has only ${spellings.length} rows of embeddings`);
    spellings[id] = text;
  }
  const added = special.map(({ text, ...token }): AddedToken => {
    const role = roles.get(text);
    return { ...token, ...(role && { role }) };
  });
  const kept = Object.entries(names).filter(([key, text]) => key === 'chat_template' || ids.has(text));
  return {
    kind: 'bpe',
    merges,
    elsewhere: {
      split,
      spellings,
      added,
      names: { eos_token: special.find(({ text }) => roles.get(text) === 'end')!.text, ...Object.fromEntries(kept) },
      ...(ignoresMerges && { ignoresMerges }),
      ...(begin !== undefined && { begin }),
    },
  };
}

/** Infers the kind from the merges, since the file doesn't state it: none, characters and their prefixes, or words. */
function kindOf(merges: TokenizerModel['merges']): TokenizerKind {
  if (merges.length === 0) return 'bytes';
  const firstBytes: number[] = [...BYTE_OF_ID];
  const lengths: number[] = firstBytes.map(() => 1);
  for (const [left, right] of merges) {
    const [lead, continuation] = [firstBytes[left]!, firstBytes[right]!];
    const length = lengths[left]! + lengths[right]!;
    if (lengths[right] !== 1 || (continuation & 0xc0) !== 0x80 || length > utf8Length(lead)) return 'bpe';
    firstBytes.push(lead);
    lengths.push(length);
  }
  return 'characters';
}
const utf8Length = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1);

export const refused = (reason: string): Error =>
  badFile(
    `This tokenizer cannot be used: ${reason}.`,
    'Nothing was stored. Use a tokenizer from Homegrown, byte-level BPE with the splits of GPT-2, SmolLM, Llama 3 or Qwen 2, or WordPiece or Unigram.',
  );
export const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
