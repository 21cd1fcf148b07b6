/** How a chat template is run: as transformers runs it, by @huggingface/jinja, which is handed over. */
import { badSettings } from '../base/errors';
import { LONGEST_TEMPLATE } from '../tokenizer/tokenizer';
import { type Conversation, nameOf } from './conversation';
import { asInPython, calledFunctions } from './python';

/** What is used of @huggingface/jinja. */
export type Jinja = Pick<typeof import('@huggingface/jinja'), 'Environment' | 'Interpreter' | 'parse' | 'tokenize'>;

/**
 * What writes a conversation, as `ChatTemplate` has it. It is given what transformers gives (`messages`,
 * `add_generation_prompt`, the tokenizer's special tokens by their names, `raise_exception`, blocks trimmed as there) but for
 * the time: `strftime_now` is not defined, so that the same text is learnt every day, and templates write the date that their
 * makers chose for that. `{% generation %}` is read and means nothing here: what is learnt is found without it.
 * @param names what tokenizer_config.json calls the special tokens
 * Source: https://huggingface.co/docs/transformers/chat_templating_writing
 * @throws HomegrownError `bad-settings` with the reason, where it does not parse
 */
export function runnable(
  { Environment, Interpreter, parse, tokenize }: Jinja,
  source: string,
  names: Readonly<Record<string, unknown>>,
): (conversation: Conversation, asks?: boolean) => string {
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
  return (conversation, asks = false) => {
    const environment = new Environment();
    const given = { ...CONSTANTS, range, raise_exception: raise, ...calledFunctions(), ...names };
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
  };
}

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
