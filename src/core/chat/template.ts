/** A chat template: in Jinja, as `chat_template` of tokenizer_config.json has it, run by @huggingface/jinja. */
import { badSettings } from '../base/errors';
import { loaded } from '../base/load';
import { tokenizerNames } from '../tokenizer/json';
import { readTokenizerConfig } from '../tokenizer/readJson';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Conversation, nameOf } from './conversation';
import { asInPython, calledFunctions } from './python';

export interface ChatTemplate {
  readonly source: string;
  /** Whose special tokens it writes. */
  readonly tokenizer: Tokenizer;
  /**
   * A conversation as one text.
   * @param asks whether an answer is to follow (`add_generation_prompt`)
   * @throws HomegrownError `bad-settings` naming the conversation, where the template raises an exception or cannot be run
   */
  render(conversation: Conversation, asks?: boolean): string;
}

/**
 * A template that can be run. It is given what transformers gives (`messages`, `add_generation_prompt`, the tokenizer's special
 * tokens by their names, `raise_exception`, blocks trimmed as there) but for the time: `strftime_now` is not defined, so that the
 * same text is learnt every day, and templates write the date that their makers chose for that. `{% generation %}` is read and
 * means nothing here: what is learnt is found without it.
 * Source: https://huggingface.co/docs/transformers/chat_templating_writing
 * @throws HomegrownError `bad-settings` with the reason, where it does not parse
 */
export async function compiled(source: string, tokenizer: Tokenizer): Promise<ChatTemplate> {
  const { Environment, Interpreter, parse, tokenize } = await loaded(
    'What runs chat templates',
    import('@huggingface/jinja'),
  );
  let program: ReturnType<typeof parse>;
  try {
    if (source.length > LONGEST_TEMPLATE) raise(`it has more than ${LONGEST_TEMPLATE} characters`);
    if (LONG_SPACE.test(source)) raise(`it has white space of more than ${LONGEST_SPACE} characters`);
    program = parse(tokenize(source.replace(/\r\n?/g, '\n'), { trim_blocks: true, lstrip_blocks: true }));
    asInPython(program);
  } catch (error) {
    throw badSettings(
      `The chat template cannot be read: ${reasonOf(error)}.`,
      'Mend it, or take the usual one. Nothing has been changed.',
    );
  }
  const tokens = specialNames(tokenizer);
  return {
    source,
    tokenizer,
    render(conversation, asks = false) {
      const environment = new Environment();
      const given = { ...CONSTANTS, range, raise_exception: raise, ...calledFunctions(), ...tokens };
      for (const [name, value] of Object.entries(given)) environment.set(name, value);
      environment.set('messages', conversation.messages);
      environment.set('add_generation_prompt', asks);
      try {
        const text = new Interpreter(environment).run(program).value as string;
        return text.length > MOST_WRITTEN ? raise(`it writes more than ${MOST_WRITTEN} characters`) : text;
      } catch (error) {
        throw badSettings(
          `The chat template does not take ${nameOf(conversation)}: ${reasonOf(error)}.`,
          'Leave the conversation out, change it, or choose another template.',
        );
      }
    },
  };
}

/** Of a template; as of one in tokenizer_config.json. */
const LONGEST_TEMPLATE = 100_000;
/** In one place: what reads a template takes time by the square of it. */
const LONGEST_SPACE = 1000;
const LONG_SPACE = new RegExp(`\\s{${LONGEST_SPACE + 1}}`);
/** Characters of a conversation as it is written: a text that is doubled again and again has no end. */
const MOST_WRITTEN = 2 ** 26;

/** As Jinja spells them, and as Python does. */
const CONSTANTS = { true: true, false: false, none: null, True: true, False: false, None: null };

function raise(message: unknown): never {
  throw new Error(String(message));
}

/** Python's, of no more than a template could be for. */
function range(first: number, second?: number, step = 1): number[] {
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= MOST_IN_RANGE)) raise(`a range of ${length} is more than ${MOST_IN_RANGE}`);
  return Array.from({ length }, (_, i) => from + i * step);
}
const MOST_IN_RANGE = 100_000;

/** Where a block is not closed the parser looks for its end beyond the template. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it ends in the middle of a block, or asks for what is not there';
  const words = error instanceof Error ? error.message : String(error);
  return words.slice(0, 300).replace(/\.$/, '');
}

/** What tokenizer_config.json calls the special tokens: `eos_token` and its kin. */
function specialNames(tokenizer: Tokenizer): Record<string, unknown> {
  const { chat_template: _, ...names } = namesOf(tokenizer);
  return names;
}

/** Of one that is applied, as its own file says. */
function namesOf(tokenizer: Tokenizer): Record<string, string | string[]> {
  const { applied } = tokenizer.model;
  return applied ? { ...readTokenizerConfig(JSON.parse(applied.config ?? '{}')) } : tokenizerNames(tokenizer);
}

/** The template that a tokenizer came with; undefined where it has none. */
export function ownTemplate(tokenizer: Tokenizer): string | undefined {
  const { chat_template: template } = namesOf(tokenizer);
  return typeof template === 'string' ? template : undefined;
}
