import { formatBytes, formatCount } from '../base/units';
import { METRICS } from '../metrics';
import { valueWords } from '../metrics/words';
import { baselinesOf } from '../objectives';
import { looksAt } from '../runs/looks';
import { partHash } from '../runs/partHash';
import { dataOf, recipeOf } from '../runs/segments';
import type { DataFacts } from '../runs/settings';
import { isApplied } from '../tokenizer/tokenizer';
import type { RunInfo } from './homegrownJson';
import { plain, table, tokenizerKind } from './markdown';
import { bySegment, cleanedWords, heldOut, parentWords } from './modelCard';
import { normalizerWords } from './normalizerWords';

/**
 * DATASHEET.md: what is known of the text, in the order of "Datasheets for Datasets" (Gebru et al. 2018, arXiv:1803.09010).
 * What only a person can say stands there as a question.
 */
export function datasheet(info: RunInfo): string {
  const { name, tokenizer, model, normalizers } = info;
  const isCleaned = dataOf(info)?.texts.some(({ cleaned }) => cleaned) ?? false;
  const formed = isApplied(tokenizer)
    ? ', changed as the tokenizer’s files say'
    : normalizers
      ? `, normalised (${plain(normalizerWords(normalizers))})`
      : isCleaned
        ? ''
        : ', neither lower-cased nor normalised';
  const sections = [
    `# Datasheet of the text that ${plain(name)} learnt from`,
    'In the order of [Datasheets for Datasets](https://arxiv.org/abs/1803.09010). What Homegrown knows is filled in; what ' +
      'only the person who chose the text can say is left as a question.',
    '## Motivation',
    '_For what purpose was the text chosen, by whom, and who paid for it?_',
    '## Composition',
    ...tunedOn(info),
    bySegment(info, (facts) => composition(info, facts)),
    '_Does it name or describe people? Could it offend, or is any of it confidential?_',
    '## Collection',
    dataOf(info)
      ? 'Files that were given to Homegrown in a browser or a terminal. They were read there and left the machine at no time.'
      : 'Not recorded.',
    '_Where do the files come from, over what time, and did the people in them agree?_',
    '## Cleaning and labelling',
    `Decoded as text${isCleaned ? ', cleaned by the recipe that stands beside it above' : ''}${formed}, and cut into tokens: ${tokenizerKind(info)}, ` +
      `${formatCount(model.vocabulary)} entries. ${labels(info)}`,
    '## Uses',
    'Language modelling. What the model writes carries the views, errors and gaps of this text.',
    '## Distribution and maintenance',
    'The text itself does not travel with the model. A file with the same SHA-256 is the same text.',
    '_Under what licence may it be passed on, and who answers questions about it?_',
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Of a model that was one before. */
function tunedOn(info: RunInfo): string[] {
  const from = parentWords(info);
  if (from === null) return [];
  return [
    `The model learnt ${from}, and this is what it learnt since: the datasheet of that one tells of the text before.`,
  ];
}

const labels = (info: RunInfo): string =>
  recipeOf(info).objective === 'chats'
    ? 'Of each conversation the answers are learnt, and what ends them; what is asked is read alone.'
    : 'No labels.';

function composition(info: RunInfo, data: DataFacts): string {
  const {
    texts,
    parts: { train, validation, test },
  } = data;
  const rows = texts.map(({ name, characters, licence, sha256, cleaned }) => [
    plain(name) + cleanedWords(cleaned),
    formatCount(characters),
    licence === undefined ? 'not stated' : plain(licence),
    `\`${sha256}\`${cleaned ? `, out of \`${cleaned.from}\`` : ''}`,
  ]);
  const parts = [
    ['To learn from', formatCount(train.tokens), formatBytes(train.bytes)],
    [`Held out, ${heldOut(data)}`, formatCount(validation.tokens), formatBytes(validation.bytes)],
    ...(test
      ? [[`Held out for a test, and ${lookedAt(info, data)}`, formatCount(test.tokens), formatBytes(test.bytes)]]
      : []),
  ];
  return [
    table(rows, ['Text', 'Characters', 'Licence', 'SHA-256']),
    table(parts, ['Part', 'Tokens', 'Bytes']),
    ...baselinesOf(recipeOf(info).objective, info.model, data)
      .slice(1)
      .map(({ words, loss }) => `On the held-out part ${words} costs ${valueWords(METRICS.loss, { value: loss })}.`),
  ].join('\n\n');
}

function lookedAt({ looks }: RunInfo, data: DataFacts): string {
  const count = looksAt(looks, partHash(data, 'test'));
  return count === 0 ? 'not looked at' : `looked at ${count === 1 ? 'once' : `${formatCount(count)} times`}`;
}
