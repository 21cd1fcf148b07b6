/** Runs a chat template as transformers does, with @huggingface/jinja, which the caller passes in. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { MAX_TEMPLATE_LENGTH } from '../tokenizer/tokenizer';
import { boundedInterpreter, type Jinja } from './boundedInterpreter';
import { type Conversation, nameOf } from './conversation';
import { matchPython, templateFunctions } from './python';
import { TemplateBudget } from './templateBudget';
import { checkDepth, checkNesting, analyzeTemplate } from './templateSyntax';

/**
 * Returns a function that renders a conversation (`ChatTemplate.render`). Templates get the variables of transformers
 * (`messages`, `add_generation_prompt`, special tokens by name, `raise_exception`) and trimmed blocks. `strftime_now`
 * is missing: training data mustn't change daily, and templates then write their default date. `{% generation %}` has
 * no effect. `TemplateBudget` limits the work.
 * @param names special tokens by their names in tokenizer_config.json
 * @param owner name of the template in errors
 * Source: https://huggingface.co/docs/transformers/chat_templating_writing
 * @throws HomegrownError `bad-settings` with the reason if the template doesn't parse
 */
export function compileRenderer(
  jinja: Jinja,
  source: string,
  names: Readonly<Record<string, unknown>>,
  owner = 'The chat template',
): (conversation: Conversation, addGenerationPrompt?: boolean) => string {
  const { program, shape } = parseTemplate(jinja, source, owner);
  return (conversation, addGenerationPrompt = false) => {
    const budget = new TemplateBudget(conversation.messages);
    const environment = new jinja.Environment();
    const variables = {
      ...CONSTANTS,
      range: rangeWithin(budget),
      raise_exception: raise,
      ...templateFunctions(budget),
      ...names,
    };
    for (const [name, value] of Object.entries(variables)) environment.set(name, value);
    environment.set('messages', conversation.messages);
    environment.set('add_generation_prompt', addGenerationPrompt);
    try {
      return boundedInterpreter(jinja, environment, budget, shape).run(program).value as string;
    } catch (error) {
      throw badSettings(
        `${owner} can’t write ${nameOf(conversation)}: ${reasonOf(error)}.`,
        'Leave the conversation out, change it, or choose another template.',
      );
    }
  };
}

function parseTemplate({ parse, tokenize }: Jinja, source: string, owner: string) {
  try {
    if (source.length > MAX_TEMPLATE_LENGTH)
      raise(
        `it has ${formatCount(source.length)} characters, more than the limit of ${formatCount(MAX_TEMPLATE_LENGTH)}`,
      );
    if (LONG_SPACE.test(source))
      raise(`it has more than ${formatCount(MAX_SPACE_LENGTH)} whitespace characters in a row`);
    const tokens = tokenize(source.replace(/\r\n?/g, '\n'), { trim_blocks: true, lstrip_blocks: true });
    checkNesting(tokens);
    const program = parse(tokens);
    checkDepth(program);
    matchPython(program);
    return { program, shape: analyzeTemplate(program) };
  } catch (error) {
    throw badSettings(
      `${owner} can’t be read: ${reasonOf(error)}.`,
      'Nothing has been changed. Fix the template, or choose the default one.',
    );
  }
}

/** Maximum white space in a row: reading a template takes quadratic time in it. */
const MAX_SPACE_LENGTH = 1000;
const LONG_SPACE = new RegExp(`\\s{${MAX_SPACE_LENGTH + 1}}`);

/** Constants as Jinja and Python spell them. */
const CONSTANTS = { true: true, false: false, none: null, True: true, False: false, None: null };

function raise(message: unknown): never {
  throw new Error(typeof message === 'string' ? message : 'it raises an exception');
}

/** Python's `range`, for numbers only: converting a list to a number would serialize it first. */
const rangeWithin =
  (budget: TemplateBudget) =>
  (first: unknown, second?: unknown, step: unknown = 1): number[] => {
    const [start, end] = second === undefined ? [0, first] : [first, second];
    if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number')
      return raise('a range takes numbers only');
    const length = Math.max(0, Math.ceil((end - start) / step));
    if (!(length <= MAX_RANGE)) raise(`a range of ${length} is more than ${formatCount(MAX_RANGE)}`);
    budget.countSteps(length / 2);
    return Array.from({ length }, (_, i) => start + i * step);
  };
const MAX_RANGE = 100_000;

/** For an unclosed block, the parser reads past the end of the template, which is a TypeError. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it ends inside a block, or uses an undefined value';
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, 300).replace(/\.$/, '');
}
