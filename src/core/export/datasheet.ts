import { counted, formatBytes, formatCount } from '../base/units';
import { METRICS } from '../metrics';
import { valueWords } from '../metrics/words';
import { baselinesOf } from '../objectives';
import { testSetAccessCount } from '../runs/testSetAccesses';
import { partHash } from '../runs/partHash';
import { dataOf, recipeOf } from '../runs/segments';
import type { DataFacts } from '../runs/settings';
import { isApplied } from '../tokenizer/tokenizer';
import type { RunInfo } from './homegrownJson';
import { plain, table, tokenizerKind } from './markdown';
import { bySegment, cleanedWords, heldOut, parentWords } from './modelCard';
import { normalizerWords } from './normalizerWords';

/**
 * DATASHEET.md: facts about the training text, in the order of "Datasheets for Datasets" (Gebru et al. 2018, arXiv:1803.09010).
 * Questions that only a person can answer are left open.
 */
export function datasheet(info: RunInfo): string {
  const { name, tokenizer, model, normalizers } = info;
  const isCleaned = dataOf(info)?.texts.some(({ cleaned }) => cleaned) ?? false;
  const formed = isApplied(tokenizer)
    ? ', normalized as the tokenizer’s files specify'
    : normalizers
      ? `, normalized (${plain(normalizerWords(normalizers))})`
      : isCleaned
        ? ''
        : ', neither lowercased nor normalized';
  const sections = [
    `# Datasheet for the training text of ${plain(name)}`,
    'Follows [Datasheets for Datasets](https://arxiv.org/abs/1803.09010). Homegrown fills in what it knows; questions in ' +
      'italics are for the person who chose the text.',
    '## Motivation',
    '_Who chose the text, for what purpose, and who paid for it?_',
    '## Composition',
    ...tunedOn(info),
    bySegment(info, (facts) => composition(info, facts)),
    '_Does the text name or describe people? Could it offend, or is any of it confidential?_',
    '## Collection',
    dataOf(info)
      ? 'Files were added to Homegrown in a browser or a terminal. They were read on that computer and never left it.'
      : 'Not recorded.',
    '_Where do the files come from, from what period, and did the people in them consent?_',
    '## Preprocessing, cleaning and labeling',
    `Decoded as text${isCleaned ? ', cleaned by the recipe named above' : ''}${formed}, and tokenized: ${tokenizerKind(info)}, ` +
      `${formatCount(model.vocabulary)} entries. ${labels(info)}`,
    '## Uses',
    `${model.config.classes ? 'Text classification' : 'Language modeling'}. The model’s output carries the views, errors and gaps of this text.`,
    '## Distribution and maintenance',
    'The export does not contain the text. A file with the same SHA-256 is the same text.',
    '_Under what license may it be shared, and who answers questions about it?_',
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Origin of a model that was fine-tuned from another; empty otherwise. */
function tunedOn(info: RunInfo): string[] {
  const from = parentWords(info);
  if (from === null) return [];
  return [
    `The model was trained ${from}. This datasheet covers the text since then; see that model’s datasheet for earlier text.`,
  ];
}

/** Maximum number of labels that are listed by name. */
const MAX_NAMED = 20;

function labels(info: RunInfo): string {
  if (recipeOf(info).objective === 'chats')
    return 'In each conversation, only the answers and their end-of-turn tokens are trained on; the questions are context.';
  const { classes } = info.model.config;
  if (!classes) return 'No labels.';
  const each = classes.several ? 'Each text has any number of the' : 'Each text has one of the';
  const more = classes.labels.length > MAX_NAMED ? ' and others' : '';
  const names = classes.labels.slice(0, MAX_NAMED).map(plain).join(', ');
  return `${each} ${counted(classes.labels.length, 'label')} ${names}${more}, as stated in the files.`;
}

function composition(info: RunInfo, data: DataFacts): string {
  const {
    texts,
    parts: { train, validation, test },
  } = data;
  const rows = texts.map(({ name, characters, licence, sha256, cleaned }) => [
    plain(name) + cleanedWords(cleaned),
    formatCount(characters),
    licence === undefined ? 'not stated' : plain(licence),
    `\`${sha256}\`${cleaned ? `, cleaned from \`${cleaned.from}\`` : ''}`,
  ]);
  const parts = [
    ['Training set', formatCount(train.tokens), formatBytes(train.bytes)],
    [`Validation set, ${heldOut(data)}`, formatCount(validation.tokens), formatBytes(validation.bytes)],
    ...(test
      ? [[`Test set, ${testSetAccessWords(info, data)}`, formatCount(test.tokens), formatBytes(test.bytes)]]
      : []),
  ];
  return [
    table(rows, ['Text', 'Characters', 'License', 'SHA-256']),
    table(parts, ['Set', 'Tokens', 'Bytes']),
    ...baselinesOf(recipeOf(info).objective, info.model, data)
      .slice(1)
      .map(
        ({ words, loss }) =>
          `On the validation set, ${words} has a loss of ${valueWords(METRICS.loss, { value: loss })}.`,
      ),
  ].join('\n\n');
}

function testSetAccessWords({ looks }: RunInfo, data: DataFacts): string {
  const count = testSetAccessCount(looks, partHash(data, 'test'));
  return count === 0 ? 'never evaluated' : `evaluated ${count === 1 ? 'once' : `${formatCount(count)} times`}`;
}
