/**
 * Special tokens: ids that no text encodes to, each with a role. They have the last ids of a vocabulary, in the order
 * of the roles below. The role determines a token's text in files, so merges and roles define a tokenizer.
 */
import { badSettings } from '../base/errors';

interface Role {
  /** Name before `token`, as in `a mask token`. */
  label: string;
  purpose: string;
  /** Texts in files: writes the first, reads all. A numbered role has `{n}` for its number, from 0. */
  texts: readonly [string, ...string[]];
  /** A tokenizer may have several tokens with this role. */
  isNumbered?: true;
  /** Key in Hugging Face's tokenizer_config.json. Roles without one are listed as `additional_special_tokens`. */
  tokenizerConfig?: string;
  /** Key in GGUF after `tokenizer.ggml.`. */
  gguf?: string;
}

export type TokenRole = 'end' | 'padding' | 'mask' | 'separator' | 'sentinel' | 'system' | 'user' | 'assistant';

/** Roles in order of their ids. Add a new role at the end. */
export const TOKEN_ROLES: Readonly<Record<TokenRole, Role>> = {
  end: {
    label: 'end of text',
    purpose: 'marks where a text ends',
    texts: ['<|endoftext|>', '<|end_of_text|>', '</s>', '<eos>'],
    tokenizerConfig: 'eos_token',
    gguf: 'eos_token_id',
  },
  padding: {
    label: 'padding',
    purpose: 'pads shorter rows to the same length',
    texts: ['<pad>', '<|pad|>', '<|padding|>', '[PAD]'],
    tokenizerConfig: 'pad_token',
    gguf: 'padding_token_id',
  },
  mask: {
    label: 'mask',
    purpose: 'hides a token to predict (BERT)',
    texts: ['<mask>', '<|mask|>', '[MASK]'],
    tokenizerConfig: 'mask_token',
    gguf: 'mask_token_id',
  },
  separator: {
    label: 'separator',
    purpose: 'separates the parts of an input',
    texts: ['<sep>', '<|sep|>', '[SEP]'],
    tokenizerConfig: 'sep_token',
    gguf: 'seperator_token_id', // llama.cpp's spelling
  },
  sentinel: {
    label: 'sentinel',
    purpose: 'replaces a removed span (T5)',
    texts: ['<extra_id_{n}>'],
    isNumbered: true,
  },
  system: { label: 'system turn', purpose: 'starts a system message', texts: ['<|system|>'] },
  user: { label: 'user turn', purpose: 'starts a user message', texts: ['<|user|>'] },
  assistant: { label: 'assistant turn', purpose: 'starts an assistant message', texts: ['<|assistant|>'] },
};

export interface SpecialToken {
  /** Absent for an imported token without a known role. */
  role?: TokenRole;
  text: string;
  id: number;
}

/** Default roles: only the end of text, which every tokenizer has. */
export const END_ALONE: readonly TokenRole[] = ['end'];
export const [END_OF_TEXT] = TOKEN_ROLES.end.texts;

/** Special tokens with the given roles, in order of id. */
export function specialTokens(
  roles: readonly TokenRole[],
  firstId: number,
): readonly (SpecialToken & { role: TokenRole })[] {
  const counts = new Map<TokenRole, number>();
  return roles.map((role, i) => {
    const number = counts.get(role) ?? 0;
    counts.set(role, number + 1);
    return { role, text: TOKEN_ROLES[role].texts[0].replace('{n}', String(number)), id: firstId + i };
  });
}

/** Role that a text usually has, with its number for numbered roles. */
export function usualRole(text: string): { role: TokenRole; number?: number } | undefined {
  for (const role of ROLES) {
    const { texts, isNumbered } = TOKEN_ROLES[role];
    if (!isNumbered) {
      if (texts.includes(text)) return { role };
      continue;
    }
    const number = numberIn(text, texts[0]);
    if (number !== undefined) return { role, number };
  }
  return undefined;
}
export const ROLES = Object.keys(TOKEN_ROLES) as readonly TokenRole[];

/** Roles in order of their ids; adds the end of text, which every tokenizer has, if missing. */
export const inOrder = (roles: readonly TokenRole[]): readonly TokenRole[] =>
  ROLES.flatMap((role) => {
    const some = roles.filter((other) => other === role);
    return some.length === 0 && role === 'end' ? END_ALONE : some;
  });

/** Roles in `needed` that `roles` lacks, with multiplicity. */
export const missingRoles = (roles: readonly TokenRole[], needed: readonly TokenRole[]): readonly TokenRole[] =>
  ROLES.flatMap((role) => {
    const times = (some: readonly TokenRole[]): number => some.filter((other) => other === role).length;
    return new Array<TokenRole>(Math.max(0, times(needed) - times(roles))).fill(role);
  });

/** Number in a text: 12 for `<extra_id_12>`. */
function numberIn(text: string, pattern: string): number | undefined {
  const [before = '', after = ''] = pattern.split('{n}');
  if (!text.startsWith(before) || !text.endsWith(after)) return undefined;
  const digits = text.slice(before.length, text.length - after.length);
  return /^(0|[1-9]\d{0,5})$/.test(digits) ? Number(digits) : undefined;
}

/** Describes what is wrong with a tokenizer's roles; null if nothing is. */
export function rolesProblem(roles: readonly TokenRole[]): string | null {
  if (roles[0] !== 'end' || roles.some((role, i) => i > 0 && ROLES.indexOf(role) < ROLES.indexOf(roles[i - 1]!)))
    return `Special tokens must be in the order ${ROLES.join(', ')}, and the first is required`;
  const twice = roles.find((role, i) => !TOKEN_ROLES[role].isNumbered && roles.indexOf(role) !== i);
  return twice === undefined ? null : `A tokenizer has one ${TOKEN_ROLES[twice].label} token, but two are given`;
}

/** Id of the token with this role; if there are several, of the one with this number, counted from 0. */
export function idOfRole(special: readonly SpecialToken[], role: TokenRole, number: number): number {
  const tokens = special.filter((token) => token.role === role);
  const token = tokens[number];
  if (token) return token.id;
  const { label } = TOKEN_ROLES[role];
  throw badSettings(
    tokens.length === 0
      ? `This tokenizer has no ${label} token`
      : `This tokenizer has ${tokens.length} ${label} tokens, so number ${number}, counted from 0, doesn't exist`,
    `Train a tokenizer with ${tokens.length === 0 ? `the role ${role}` : `more of the role ${role}`}. This one is unchanged.`,
  );
}
