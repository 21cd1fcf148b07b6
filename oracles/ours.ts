/**
 * What Homegrown computes and none of its commands prints, for the oracles to compare: scores, and text as ids.
 *
 *     tsx oracles/ours.ts logits FOLDER...    ids on standard input -> for each folder, scores [ids, vocabulary]
 *     tsx oracles/ours.ts ids FOLDER          texts on standard input -> for each text, its ids
 *
 * Both ways in JSON. Folders are read as `npm run sample` reads them.
 */
import { text } from 'node:stream/consumers';
import { openDevice } from '../cli/terminal';
import { readModel } from '../cli/read';
import { network } from '../src/core/models/network';
import { logits } from '../src/core/sample/logits';

const UNNEEDED = ['optimizer.safetensors', 'trainer_state.json'];
const [what, ...folders] = process.argv.slice(2);
const given = JSON.parse(await text(process.stdin)) as unknown;
// TensorFlow.js speaks to the console; standard output is for the answer alone.
console.log = console.info = console.warn = () => undefined;
try {
  process.stdout.write(
    JSON.stringify(what === 'ids' ? await idsOf(folders[0]!) : await Promise.all(folders.map(scores))),
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function idsOf(folder: string): Promise<number[][]> {
  const { tokenizer } = await readModel(folder, UNNEEDED);
  return (given as string[]).map((each) => [...tokenizer.encode(each)]);
}

/** Row after row. */
async function scores(folder: string): Promise<number[]> {
  const { model, snapshot } = await readModel(folder, UNNEEDED);
  await openDevice('wasm');
  const net = await network(model, snapshot.tensors);
  const values = [...(await logits(net, given as number[]))];
  net.dispose();
  return values;
}
