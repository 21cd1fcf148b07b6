/** npm run glossary: explains a term, from the entries that the app shows. */
import { searchTerms, termSentence } from '../src/core/glossary/sentence';
import { otherNames, TERM_IDS, termName, type TermId } from '../src/core/glossary/terms';
import { UsageError, type Values } from './options';
import { command, print } from './terminal';

const OPTIONS = {
  term: { kind: 'text', path: 'none', initial: '', help: 'Term, or words to find; all terms without it' },
  json: { kind: 'switch', help: 'Print one JSON object: the terms, or the error' },
} as const;

function show({ term, json }: Values<typeof OPTIONS>): Promise<void> {
  const terms = termsFor(term);
  if (terms.length === 0)
    throw new UsageError(`No term matches '${term}'. Without a term, the command lists all ${TERM_IDS.length}.`);
  if (json) print(JSON.stringify({ terms: terms.map((id) => ({ id, name: termName(id), says: termSentence(id) })) }));
  else print(terms.map(termLine).join('\n'));
  return Promise.resolve();
}

/** Returns the term of that name, otherwise all terms that match. */
function termsFor(query: string): readonly TermId[] {
  const normalized = query.toLowerCase();
  const exact = TERM_IDS.find(
    (id) => id === normalized || [termName(id), ...otherNames(id)].some((name) => name.toLowerCase() === normalized),
  );
  return exact ? [exact] : searchTerms(query);
}

const termLine = (id: TermId): string => `${termName(id)}: ${termSentence(id)}`;

const about = 'Explains a machine-learning term: perplexity, warm-up, LoRA and about 100 others.';
const examples = ['perplexity', 'learning rate', '--term loss --json'];
const baseCommand = command({ name: 'glossary', about, options: OPTIONS, examples, run: show });

/** Words before the first flag are the term: `glossary learning rate --json`. */
export const glossaryCommand: typeof baseCommand = {
  ...baseCommand,
  run(args) {
    const flags = args.findIndex((arg) => arg.startsWith('--'));
    const words = args.slice(0, flags === -1 ? undefined : flags);
    return baseCommand.run(words.length > 0 ? [`--term=${words.join(' ')}`, ...args.slice(words.length)] : args);
  },
};
