import type { Network } from '../models/network';
import { classifier } from '../sample/classify';
import { labelsOf } from '../sample/labelsOf';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { labeledIn } from './labelRows';
import { spread, textOf } from './pairRows';
import type { Answered } from './shown';

/** Labels that the model gives to six held-out texts, the same at each evaluation, with the actual ones. */
export async function showLabels(
  network: Network,
  tokenizer: Tokenizer,
  source: TokenSource,
  pause?: () => Promise<void>,
): Promise<readonly Answered[]> {
  const classes = network.choice.config.classes!;
  const all = await labeledIn(source, classes);
  const some = ofEachLabel(all);
  const texts: Uint32Array[] = [];
  for (const { start, tokens } of some) texts.push(await source.read(start, tokens));
  const own = classifier(network, tokenizer);
  try {
    const given = await own.classify(texts, pause && { pause });
    return some.map(({ labels: wanted }, i) => ({
      kind: 'answered',
      input: shortened(textOf(tokenizer, texts[i]!.subarray(0, BEGINNING))),
      wanted: wanted.map((place) => classes.labels[place]!).join(', '),
      given: labelsOf(classes, given[i]!.probabilities).join(', '),
      ...(!classes.several && { confidence: Math.max(...given[i]!.probabilities) }),
    }));
  } finally {
    own.dispose();
  }
}
const SHOWN = 6;

/** Selects texts as evenly as possible over labels, most common first, and over each label's texts; in data order. */
function ofEachLabel<T extends { labels: readonly number[] }>(texts: readonly T[]): readonly T[] {
  const byLabel = new Map<number, T[]>();
  for (const text of texts) {
    const label = text.labels[0] ?? -1; // without any of several labels
    const own = byLabel.get(label);
    if (own) own.push(text);
    else byLabel.set(label, [text]);
  }
  const groups = [...byLabel.values()].sort((a, b) => b.length - a.length).slice(0, SHOWN);
  const chosen = groups.flatMap((own, turn) => {
    const count = Math.ceil((SHOWN - turn) / groups.length);
    return spread(Math.min(count, own.length), own.length).map((place) => own[place]!);
  });
  return texts.filter((text) => chosen.includes(text));
}
/** Length of a shown beginning, in tokens and in characters. */
const [BEGINNING, CHARACTERS] = [60, 120];
const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > CHARACTERS ? `${line.slice(0, CHARACTERS)} …` : line;
};
