import { formatCount, formatNumber, formatShare } from '../base/units';
import { modelSpec } from '../models';
import { countParams } from '../models/spec';
import { huggingFaceType } from './huggingFaceConfig';
import type { RunInfo } from './homegrownJson';

/** README.md of an exported model: what it learnt from, how, how well, what it cannot do, and how to load it. */
export function modelCard(info: RunInfo): string {
  const { name, model, recipe, state, data, result } = info;
  const { config, vocabulary } = model;
  const spec = modelSpec(model.id);
  const front = [
    'library_name: transformers',
    'pipeline_tag: text-generation',
    `tags: [${huggingFaceType[model.id]}, homegrown]`,
    `model_name: ${JSON.stringify(name)}`,
  ];
  const optimizer =
    recipe.optimizer === 'adamw'
      ? `AdamW, betas ${recipe.beta1} and ${recipe.beta2}, epsilon ${recipe.epsilon}`
      : `SGD, momentum ${recipe.momentum}`;
  const sections = [
    `---\n${front.join('\n')}\n---`,
    `# ${plain(name)}`,
    `A ${spec.label} language model of ${formatCount(countParams(spec.params(config, vocabulary)))} parameters, ` +
      `trained from scratch with Homegrown, begun on ${new Date(info.createdAt).toISOString().slice(0, 10)}.`,
    '## Training data',
    data ? dataSection(data) : 'Not recorded.',
    '## Tokenizer',
    `${TOKENIZERS[info.tokenizer]}, ${formatCount(vocabulary)} entries, the last of which is \`<|endoftext|>\`. ` +
      'Text is neither lower-cased nor normalised.',
    '## Settings',
    table([
      ['Layers, heads, width', `${config.layers}, ${config.heads}, ${config.width}`],
      ['Context', `${formatCount(config.context)} tokens`],
      ['Optimizer', optimizer],
      [
        'Learning rate',
        `${recipe.learningRate}, ${formatCount(recipe.warmup)} steps of warm-up, then ${recipe.schedule}` +
          (recipe.schedule === 'constant' ? '' : ` to ${formatShare(recipe.finalRate)} of it`),
      ],
      ['Weight decay', String(recipe.weightDecay)],
      ['Gradient clipping', recipe.clip === 0 ? 'none' : `global norm ${recipe.clip}`],
      ['Dropout', String(recipe.dropout)],
      ['Batch', `${recipe.batch} rows of ${config.context} tokens`],
      ['Steps', `${formatCount(state.step)} of ${formatCount(recipe.steps)}, ${formatCount(state.tokensSeen)} tokens`],
      ['Seed', String(recipe.seed)],
      ['Device', info.device === null ? 'not recorded' : plain(info.device)],
    ]),
    '## Results',
    result ? resultSection(result, vocabulary, data) : 'Not evaluated.',
    '## Limits',
    'It continues text in the manner of what it learnt from, and knows nothing else. What it writes may be false, ' +
      'or repeat the training text word for word. It follows no instructions and has had no safety training.',
    '## How to load it',
    '```python\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n' +
      'tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")\n' +
      'model = AutoModelForCausalLM.from_pretrained("path/to/this/folder")\n' +
      `ids = tokenizer(${JSON.stringify(recipe.samplePrompt)}, return_tensors="pt")\n` +
      'print(tokenizer.decode(model.generate(**ids, max_new_tokens=100, do_sample=True)[0]))\n```',
    'Dropped back into Homegrown, the same files are a model again.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function dataSection(data: NonNullable<RunInfo['data']>): string {
  const texts = data.texts.map(({ name, characters, sha256, licence }) => [
    plain(name),
    formatCount(characters),
    licence === undefined ? 'not stated' : plain(licence),
    `\`${sha256.slice(0, 16)}\``,
  ]);
  return (
    `${table(texts, ['Text', 'Characters', 'Licence', 'SHA-256 begins'])}\n\n` +
    `${formatCount(data.trainTokens)} tokens to learn from; ` +
    `the last ${formatShare(data.validationShare)} (${formatCount(data.validationTokens)} tokens) held out.`
  );
}

function resultSection(
  { step, loss, bitsPerByte }: NonNullable<RunInfo['result']>,
  vocabulary: number,
  data: RunInfo['data'],
): string {
  const row = (what: string, nats: number): string[] => [what, formatNumber(nats), formatNumber(Math.exp(nats))];
  const rows = [row(`This model, step ${formatCount(step)}`, loss)];
  if (data) rows.push(row('Knowing only how common each token is', data.unigramLoss));
  rows.push(row('Guessing blindly', Math.log(vocabulary)));
  return (
    `${table(rows, ['On held-out text', 'Nats per token', 'Perplexity'])}\n\n` +
    `${formatNumber(bitsPerByte)} bits per byte, which can be compared across tokenizers; perplexity cannot.`
  );
}

function table(rows: readonly (readonly string[])[], head: readonly string[] = ['Setting', 'Value']): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Names come from people and files: here they are words, never Markdown or HTML. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replace(/[\\`*_{}[\]<>#+!|&~]/g, (c) => `&#${c.charCodeAt(0)};`);

const TOKENIZERS = {
  bpe: 'Byte-level BPE with the split pattern of GPT-2',
  characters: 'Characters, as byte-level BPE',
  bytes: 'Bytes',
};
