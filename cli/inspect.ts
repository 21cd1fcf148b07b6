/** npm run inspect: looks inside a model while it reads a passage. */
import { counted } from '../src/core/base/units';
import { yieldUntil } from '../src/core/base/job';
import { REPLACEMENTS } from '../src/core/inspect/ablation';
import { network } from '../src/core/models/network';
import { inspect, type InspectInput, OF_MODEL, OF_PASSAGE } from '../src/jobs/inspect';
import { readWeights } from '../node/folders/readModel';
import { printerOf } from './inspections';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import { UsageError, type Values } from './options';
import { usedStep } from './stepWords';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: MERGED_ADAPTER_FLAG,
  prompt: {
    kind: 'text',
    path: 'none',
    otherwise: 'none; required unless --what is heads or weights',
    help: 'Passage to read; for BERT, [MASK] or ___ is a blank; for T5, the input of the encoder',
  },
  target: {
    kind: 'text',
    path: 'none',
    otherwise: "for T5 the model's greedy answer; for attribution and patching the most probable token",
    help: 'For T5: what the decoder reads; for others, with --what attribution, patching: text whose first token is explained, or a label',
  },
  against: {
    kind: 'text',
    path: 'none',
    otherwise: 'none; required with --what patching',
    help: 'With --what patching: another text of as many tokens',
  },
  what: {
    kind: 'choice',
    of: [...OF_PASSAGE, ...OF_MODEL],
    help: 'What to look at; positions, layers and heads count from 0',
    choices: [
      'What is predicted at each token, as JSON {"tokens":[text],"loss","predictions":[{"position","token","loss","rank","entropy","alternatives":[{"token","probability"}]}]}: loss and entropy in nats, rank from 1, probability 0 to 1; position is the index in tokens whose output predicts, and the last prediction of a decoder has no token',
      'Weights after the softmax, as JSON {"tokens":[text],"attention":[layer][head][query][key]}: 0 to 1, each row of keys sums to 1; for T5 tokens and attention are of the decoder, with {"source":[text],"encoder":[layer][head][query][key],"cross":[layer][head][query][source key]}',
      'Predictions if the layers after one were left out, as JSON {"tokens":[text],"predictions":[{"position","token","answer","firstLeads","depths":[{"after","divergence","answer":{"probability","rank"},"loss","entropy","alternatives"}]}]}: after and firstLeads are "embedding" or a layer, divergence is KL(output ‖ lens) in nats, answer is the most probable token of the output',
      'Loss without each head, MLP and layer, as JSON {"tokens":[text],"replacement","loss","components":[{"site","kind","layer","head","loss","change"}]}: loss is the mean of the predicted tokens in nats, change is against the whole model, highest first; kind is head, mlp or layer; site is self or, for T5, encoder or cross',
      'How much each token adds to a logit, as JSON {"position","token","logit","baselineLogit","baseline","tokens":[text],"gradientInput":[x],"integratedGradients":[x],"leaveOneOut":[x],"source","gap","gradients","agreement":[{"methods","correlation"}]}: x in logits, one for each token; integratedGradients sum to logit - baselineLogit up to gap; correlation is of ranks, -1 to 1; for T5 source has the tokens of the encoder, and for a classifier label is in place of token',
      'Where the difference between two texts lies, as JSON {"position","answer","foil","clean","corrupted","tokens":[text],"against":[text],"effects":[depth][token]}: --against is read with the stream of one token replaced by that of --prompt; depth 0 is before the first layer, depth n after layer n - 1; an effect is the share of clean - corrupted that comes back, 0 for none and 1 for all; clean and corrupted are differences of logits, of answer minus foil, which is the most probable token of --against; for T5 also {"source":[text],"againstSource":[text],"encoder":[depth][token]}',
      'Input embeddings, as JSON {"tokens":[{"token","nearest":[{"token","similarity"}]}],"shares":[x,y],"map":[{"token","x","y"}]}: similarity is a cosine, -1 to 1; map has every token of the vocabulary along the first two principal components, and shares their parts of the variance, 0 to 1',
      'Roles of heads, measured on random tokens that are repeated once, as JSON {"length","sequences","minScore","heads":[{"site","layer","head","scores":{"previous","first","same","induction"},"role"}]}: site is self or, for T5, encoder; scores are mean attention weights, 0 to 1; role is null below minScore',
      'Weights, as JSON {"tensors":[{"name","columns","shape","norm","mean","deviation","max","stableRank","effectiveRank","singularValues":[x]}]}: norm is the root of the sum of squares, columns are the first and the one after the last of one of several joined matrices, and only matrices have ranks and singular values, highest first',
    ],
  },
  layer: {
    kind: 'whole',
    min: 0,
    max: 1e6,
    otherwise: 'all',
    help: 'With --what attention, ablation, weights: layer to look at, from 0',
  },
  head: {
    kind: 'whole',
    min: 0,
    max: 1e6,
    otherwise: 'all',
    help: 'With --what attention, ablation: head to look at, from 0',
  },
  replacement: {
    kind: 'choice',
    of: REPLACEMENTS,
    initial: 'zero',
    help: 'With --what ablation: what replaces the output of a component',
    choices: ['Zeros', 'Its mean over the tokens of the passage'],
  },
  token: {
    kind: 'whole',
    min: 0,
    max: 1e6,
    otherwise: 'all',
    help: 'With --what loss, lens, ablation, attribution, patching, embeddings: position to look at, from 0',
  },
  alternatives: {
    kind: 'whole',
    min: 1,
    max: 1000,
    initial: 5,
    help: 'With --what loss, lens, embeddings: most probable or nearest tokens at each position',
  },
  seed: {
    kind: 'whole',
    min: 0,
    max: 2 ** 32 - 1,
    initial: 1,
    help: 'With --what heads: seed of the random tokens',
  },
  json: {
    kind: 'switch',
    help: 'Print two JSON objects, one a line: what was read ({"what","step","tokens","cut":{"prompt","target"}}, numbers of tokens), and the result',
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
} as const;

async function inspectModel({ from, adapter, json, device, ...flags }: Values<typeof OPTIONS>): Promise<void> {
  const input = inputOf(flags);
  const signal = interruptible();
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  const stepUsed = usedStep(info, [adapter]);
  if (stepUsed.words !== undefined && !json) stderr.write(`${stepUsed.words}\n`);
  await openDevice(device);
  const net = await network(model, snapshot.tensors, []);
  const found = await inspect({ network: net, tokenizer }, input, yieldUntil(signal));
  const read = 'passage' in found ? found.passage : undefined;
  for (const [name, tokens] of Object.entries(read?.cut ?? {}))
    if (tokens > 0)
      stderr.write(
        `Truncated the ${name}: ${counted(tokens, 'token')} didn't fit into the context of ${model.config.context}.\n`,
      );
  const printer = printerOf(found, tokenizer, model.config.classes?.labels);
  if (json) {
    const passage = read && { tokens: read.ids.length + (read.source?.length ?? 0), cut: read.cut };
    print(JSON.stringify({ what: found.what, ...stepUsed.json, ...passage }));
    print(JSON.stringify(printer.json()));
  } else printer.print();
}

/** @throws UsageError if the prompt is missing, or the model is looked at alone */
function inputOf({
  what,
  prompt,
  target,
  against,
  ...settings
}: Omit<Values<typeof OPTIONS>, 'from' | 'adapter' | 'json' | 'device'>): InspectInput {
  const ofModel = OF_MODEL.find((each) => each === what);
  if (ofModel) {
    if ((prompt ?? target ?? against) === undefined) return { what: ofModel, ...settings };
    throw new UsageError(`--what ${what} looks at the model alone, without --prompt, --target and --against.`);
  }
  const ofPassage = OF_PASSAGE.find((each) => each === what)!;
  if (prompt === undefined) throw new UsageError(`--what ${what} needs --prompt.`);
  const isPatching = ofPassage === 'patching';
  if (isPatching && against === undefined) throw new UsageError('--what patching needs --against.');
  if (!isPatching && against !== undefined) throw new UsageError('--against needs --what patching.');
  return { what: ofPassage, prompt, target, against, ...settings };
}

const examples = [
  '--from my-model --prompt "The whale swam away" --what loss',
  '--from my-model --prompt "The whale swam away" --what attention --layer 1 --head 0',
  '--from my-model --prompt "The whale swam away" --what lens --token 2',
  '--from my-model --what heads --json',
  '--from my-model --what weights --layer 0',
  '--from my-model --prompt "The whale swam away" --what ablation --replacement mean',
  '--from my-bert --prompt "The [MASK] swam away" --what attribution --target " whale"',
  '--from my-model --prompt "Paul saw Anna and Paul" --against "Paul saw Emma and Paul" --what patching',
  '--from my-t5 --prompt "hgfedcba" --target "abcdefgh" --what attention --json',
];
const about =
  'Looks inside a model while it reads a passage: loss of each token, attention and role of each head, predictions after each layer, loss without each part.';
export const inspectCommand = command({ name: 'inspect', about, options: OPTIONS, examples, run: inspectModel });
