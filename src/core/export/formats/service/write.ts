import { formatCount } from '../../../base/units';
import { type ByteStream, textFile } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import { isReadFromFirst } from '../../../models/classes';
import { countParams, type ModelKind } from '../../../models/spec';
import { PLAIN_DECISION } from '../../../runs/settings';
import { spacing } from '../../../tokenizer/passage';
import { answerStart, aroundText, promptBegin } from '../../../tokenizer/prompt';
import type { Tokenizer } from '../../../tokenizer/tokenizer';
import { chatFacts } from '../../chatFacts';
import { datasheet } from '../../datasheet';
import { fill } from '../../fill';
import type { Exported, ExportOptions } from '../../format';
import { ggufFile } from '../gguf/write';
import { DOES, type OutKind, kindOf } from '../../kinds';
import { modelCard } from '../../modelCard';

/** Writes the service. Its source is public/templates/service; parts for onnxruntime are in serviceOnnx. */
export async function serviceFiles(exported: Exported, options: ExportOptions): Promise<readonly ByteStream[]> {
  const { name, info, tokenizer } = exported;
  const { normalizers } = tokenizer.model;
  const kind = kindOf(info.model);
  const { task } = DOES[kind];
  const { own, words } = KINDS[kind];
  const weights = kind === 'decoder' ? [{ ...ggufFile(exported, 'F16'), name: 'model.gguf' }] : await onnx(exported);
  const models = weights.filter((file) => /\.(gguf|onnx)$/.test(file.name));
  const bytes = models.reduce((sum, { size }) => sum + size, 0);
  const chat = kind === 'decoder' ? chatFacts(tokenizer) : null;
  const facts = {
    id: name,
    created: Math.floor(info.createdAt / 1000),
    task,
    files: models.map((file) => file.name),
    // An ONNX folder's tokenizer.json contains the normalizers.
    ...(kind === 'decoder' ? normalizers && { normalizers } : onnxFacts(exported)),
    ...(kind === 'classifier' && { classes: classFacts(exported) }),
    ...(chat && { chat }),
  };
  const text = (path: string): Promise<string> => options.template(path);
  const values = { ...readmeValues(exported, bytes), ...(kind === 'classifier' && classWords(exported)) };
  const asks = chat ? ['ask.chat.md', `ask.${task}.md`] : [`ask.${task}.md`];
  const ask = (await Promise.all(asks.map((file) => text(`${own.folder}/${file}`)))).map((each) => fill(each, values));
  const shared = await Promise.all(SHARED.map(async (file) => [file, await text(`service/${file}`)] as const));
  const files = chat ? [...own.files, 'prompt.mjs'] : own.files;
  const others = await Promise.all(files.map(async (file) => [file, await text(`${own.folder}/${file}`)] as const));
  const about = words.about(values) + (kind === 'decoder' ? (chat ? CHATS : CHATS_NOT) : '');
  const readme = fill(await text('service/README.md'), { ...values, ...words, ask: ask.join('\n'), about });
  return [
    textFile('README.md', readme),
    ...[...shared, ...others].map(([file, content]) =>
      // Some hosts of the app don't serve names that begin with a dot.
      textFile(file === 'dockerignore' ? '.dockerignore' : file, content),
    ),
    textFile('MODEL_CARD.md', modelCard(info, exported.formats)),
    textFile('DATASHEET.md', datasheet(info)),
    textFile('model.json', `${JSON.stringify(facts)}\n`),
    ...weights,
  ];
}

const SHARED = [
  'Dockerfile',
  'dockerignore',
  'server.mjs',
  'settings.mjs',
  'model.mjs',
  'api.mjs',
  'completion.mjs',
  'chat.mjs',
  'fill.mjs',
  'classify.mjs',
  'fields.mjs',
  'text.mjs',
  'queue.mjs',
  'http.mjs',
  'errors.mjs',
];
const OWN = ['package.json', 'package-lock.json', 'engine.mjs', 'weights.mjs'];
const LLAMA = { folder: 'service', files: [...OWN, 'normalize.mjs'] };
const ONNX = {
  folder: 'serviceOnnx',
  files: [...OWN, 'tokenizer.mjs', 'passage.mjs', 'sampler.mjs', 'labels.mjs', 'overflow.mjs', 'tensors.mjs'],
};

type Values = Readonly<Record<string, string>>;
interface Kind {
  own: typeof LLAMA;
  words: { about(values: Values): string; engine: string; weights: string; gpu: string };
}
const sized = ({ parameters, context, megabytes }: Values): string =>
  `${parameters} parameters, a context of ${context}\ntokens, ${megabytes} MB.`;
const ONNX_WORDS = {
  engine:
    'onnxruntime comes as a prebuilt\nbinary in its Node package; `--ignore-scripts` skips the GPU downloads, which are not needed.',
  weights: 'Each `.onnx` file',
  gpu: 'not used',
};
/** Templates and README texts of the service, by kind of model. */
const KINDS: Readonly<Record<OutKind, Kind>> = {
  decoder: {
    own: LLAMA,
    words: {
      about: (values) => `A language model trained with Homegrown, behind an OpenAI-compatible API: ${sized(values)}`,
      engine: 'llama.cpp comes as prebuilt\nbinaries (node-llama-cpp) for Linux, macOS and Windows on x64 and arm64.',
      weights: '`model.gguf`',
      gpu: '`auto` uses Metal, or CUDA or Vulkan: for these two remove `overrides` from `package.json` and run `npm install` first',
    },
  },
  encoder: {
    own: ONNX,
    words: {
      about: (values) => `A model trained with Homegrown that fills blanks, behind an HTTP API: ${sized(values)}`,
      ...ONNX_WORDS,
    },
  },
  'encoder-decoder': {
    own: ONNX,
    words: {
      about: (values) =>
        `A model trained with Homegrown that answers an input text, behind an OpenAI-compatible API: ${sized(values)} It does not chat.`,
      ...ONNX_WORDS,
    },
  },
  classifier: {
    own: ONNX,
    words: {
      about: (values) => `A classifier trained with Homegrown, behind an HTTP API: ${sized(values)}`,
      ...ONNX_WORDS,
    },
  },
};

const CHATS = ' It chats with its own chat template, and continues text.';
const CHATS_NOT = ' It continues text; it does not chat.';

/** The ONNX folder's graphs, the encoder first, and the tokenizer. */
async function onnx(exported: Exported): Promise<readonly ByteStream[]> {
  const { onnxFiles } = await import('../onnx/write');
  return (await onnxFiles(exported, 'f16'))
    .filter(({ name }) => name.endsWith('.onnx') || name === 'tokenizer.json')
    .map((file) => ({ ...file, name: file.name.slice(file.name.lastIndexOf('/') + 1) }))
    .sort((a, b) => Number(a.name.startsWith('decoder')) - Number(b.name.startsWith('decoder')));
}

/** Facts that the engine can't read from the graph. */
function onnxFacts({ info, tokenizer }: Exported) {
  const { id, config } = info.model;
  const spec = modelSpec(id);
  return {
    context: config.context,
    tokens: tokensOf(spec.kind, tokenizer),
    cache: { heads: config.heads, headWidth: spec.headWidth(config) },
  };
}

/** Facts that a classifier's engine needs to read texts and to decide on labels. */
function classFacts({ info: { model, decision = PLAIN_DECISION }, tokenizer }: Exported) {
  const { labels, several = false, inWindows = false } = model.config.classes!;
  const [before, after] = aroundText(tokenizer, isReadFromFirst(model));
  const { atLeast } = decision;
  return { labels, several, inWindows, before, after, padding: tokenizer.endOfText, atLeast };
}

function classWords(exported: Exported): Values {
  const { labels, several, inWindows, before, after, atLeast } = classFacts(exported);
  const room = formatCount(exported.info.model.config.context - before.length - after.length);
  const shown = labels.slice(0, 20).map((label) => `\`${label.replaceAll('`', '’')}\``);
  return {
    labels: shown.join(', ') + (labels.length > 20 ? ` and ${formatCount(labels.length - 20)} more` : ''),
    atLeast: String(atLeast),
    decides: several
      ? 'A text gets every label with a probability of at least `at_least` (more than 0.5 if that is 0), so it may get none.'
      : 'A text gets its likeliest label, or none if its probability is below `at_least`: the model is not sure then.',
    long: inWindows
      ? `A text longer than ${room} tokens is read in windows, and their scores are averaged.`
      : `A text longer than ${room} tokens is truncated: \`read\` is then less than \`tokens\`.`,
  };
}

function tokensOf(kind: ModelKind, tokenizer: Tokenizer) {
  const mask = tokenizer.special.find(({ role }) => role === 'mask');
  // The same ids that `sourceIds` puts before a source text, and `passageIds` around a passage.
  const begin = kind === 'encoder-decoder' ? promptBegin(tokenizer) : tokenizer.begin;
  return {
    ...(mask && { mask: mask.id, maskText: mask.text }),
    begin: begin ?? null,
    separator: tokenizer.begin === undefined ? null : tokenizer.idOf('separator'),
    start: answerStart(tokenizer),
    end: tokenizer.endOfText,
    spaces: spacing(tokenizer),
  };
}

function readmeValues({ name, info: { model } }: Exported, bytes: number): Values {
  const { id, config, vocabulary } = model;
  const { layers, context } = config;
  const spec = modelSpec(id);
  const megabytes = (n: number): string => formatCount(Math.max(1, Math.ceil(n / 1e6)));
  // KV cache in f16. llama.cpp rounds contexts up to a multiple of 256.
  const remembered = PARALLEL * 2 * layers * spec.cacheColumns(config) * Math.ceil(context / 256) * 256;
  return {
    name,
    parameters: formatCount(countParams(spec.params(config, vocabulary))),
    context: formatCount(context),
    // A classifier truncates a longer text or reads it in windows.
    notice: config.classes
      ? 'Every reply has a `notice` that a machine chose the label and that it may be wrong. Show it to readers.'
      : 'Every reply, and the last event of a stream with text, has a `notice` that a machine wrote the text and that it may be false.\n' +
        'Show it to readers. Where the law requires you to mark such text (in the EU, article 50 of the AI Act), you must do so.',
    tooLong: config.classes ? '' : `, or the text is longer than ${formatCount(context)} tokens`,
    megabytes: megabytes(bytes),
    memory: formatCount(Math.ceil((NODE_BYTES + bytes + remembered) / 5e7) * 50),
    parallel: String(PARALLEL),
  };
}
/** Default number of parallel requests in settings.mjs. */
const PARALLEL = 4;
/** Other memory of the server: measured 112 MB with a model of 0.3 MB, plus room for a forward pass of a larger one. */
const NODE_BYTES = 150e6;
