import type { Network } from '../models/network';
import { classifier } from '../sample/classify';
import { labelsOf } from '../sample/labelsOf';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { labelledIn } from './labelRows';
import { spread, textOf } from './pairRows';
import type { Answered } from './shown';

/** What it makes of some held-out texts, beside what was wanted. */
export async function showLabels(
  network: Network,
  tokenizer: Tokenizer,
  source: TokenSource,
  pause?: () => Promise<void>,
): Promise<readonly Answered[]> {
  const classes = network.choice.config.classes!;
  const all = await labelledIn(source, classes);
  const some = spread(Math.min(SHOWN, all.length), all.length).map((place) => all[place]!);
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
    }));
  } finally {
    own.dispose();
  }
}
const SHOWN = 4;
/** Tokens, and characters, of a text by which it is known. */
const [BEGINNING, CHARACTERS] = [60, 120];
const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > CHARACTERS ? `${line.slice(0, CHARACTERS)} …` : line;
};
