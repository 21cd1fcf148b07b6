/** --tokenizer and --special: settings of a new tokenizer. */
import { inOrder, missingRoles, ROLES, rolesProblem, TOKEN_ROLES, type TokenRole } from '../src/core/tokenizer/special';
import { MAX_VOCABULARY, MIN_VOCABULARY, type TrainSettings } from '../src/core/tokenizer/train';
import { UsageError } from './options';

export const TOKENIZERS = `characters, bytes, or bpe: and a size from ${MIN_VOCABULARY} to ${MAX_VOCABULARY}`;
const OTHER_ROLES = ROLES.filter((role) => role !== 'end');
const LIST = OTHER_ROLES.map((role) => (TOKEN_ROLES[role].isNumbered ? `${role}:8` : role)).join(',');
export const SPECIAL = `Special tokens in addition to end of text: any of ${LIST}`;

/**
 * @param needed roles that it always has
 * @throws UsageError
 */
export function tokenizerSettings(
  tokenizer: string,
  special: string,
  needed: readonly TokenRole[] = [],
): TrainSettings {
  const requestedRoles = rolesOf(special);
  const roles = [...requestedRoles, ...missingRoles(requestedRoles, needed)];
  if (tokenizer === 'characters' || tokenizer === 'bytes') return { kind: tokenizer, vocabulary: 0, roles };
  const [, digits] = /^bpe:(\d{1,9})$/.exec(tokenizer) ?? [];
  const vocabulary = Number(digits);
  if (!(vocabulary >= MIN_VOCABULARY && vocabulary <= MAX_VOCABULARY))
    throw new UsageError(`--tokenizer must be ${TOKENIZERS}, not '${tokenizer}'.`);
  const minVocabulary = MIN_VOCABULARY + roles.length;
  if (vocabulary >= minVocabulary) return { kind: 'bpe', vocabulary, roles };
  throw new UsageError(
    `--tokenizer ${tokenizer} is too small for ${roles.length + 1} special tokens. Use bpe:${minVocabulary} or larger.`,
  );
}

/** `mask,sentinel:2` -> mask, sentinel, sentinel. */
function rolesOf(typed: string): readonly TokenRole[] {
  if (typed === '') return [];
  const roles = typed.split(',').flatMap((item): TokenRole[] => {
    const [, name, digits] = /^([a-z]+)(?::([1-9]\d{0,3}))?$/.exec(item) ?? [];
    const role = OTHER_ROLES.find((other) => other === name);
    if (!role || (digits !== undefined && !TOKEN_ROLES[role].isNumbered))
      throw new UsageError(`--special must be any of ${LIST}, not '${typed}'.`);
    return new Array<TokenRole>(Number(digits ?? 1)).fill(role);
  });
  const problem = rolesProblem(inOrder(roles));
  if (problem !== null) throw new UsageError(`--special: ${problem}.`);
  return roles;
}
