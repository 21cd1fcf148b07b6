/**
 * What Homegrown computes and none of its commands prints, for the oracles to compare: scores, and text as ids. One process
 * for all: each line of standard input is a question, and gets a line in answer.
 *
 *     { "folder": path, "texts": [text, ...] }    -> { "answer": [[id, ...], ...] }
 *     { "folder": path, "ids": [id, ...] }        -> { "answer": [score, ...] }, [ids, vocabulary] row after row
 *     a folder that cannot be opened              -> { "refused": its reason }
 *
 * Folders are read as `npm run sample` reads them.
 */
import { createInterface } from 'node:readline';
import { readModel } from '../cli/read';
import { openDevice } from '../cli/terminal';
import { HomegrownError } from '../src/core/base/errors';
import { network } from '../src/core/models/network';
import { logits } from '../src/core/sample/logits';

type Question = { folder: string } & ({ texts: readonly string[] } | { ids: readonly number[] });

async function answer(question: Question): Promise<number[] | number[][]> {
  const { model, tokenizer, snapshot } = await readModel(question.folder, UNNEEDED);
  if ('texts' in question) return question.texts.map((text) => Array.from(tokenizer.encode(text)));
  const net = await network(model, snapshot.tensors);
  try {
    return Array.from(await logits(net, question.ids));
  } finally {
    net.dispose();
  }
}
const UNNEEDED = ['optimizer.safetensors', 'trainer_state.json'];

// TensorFlow.js speaks to the console; standard output is for answers alone.
console.log = console.info = console.warn = () => undefined;
await openDevice('wasm');
for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line) as Question).then(
    (values) => ({ answer: values }),
    (error: unknown) => {
      if (error instanceof HomegrownError) return { refused: error.message };
      throw error;
    },
  );
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
