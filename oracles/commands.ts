/**
 * Runs the terminal's commands for the oracles in one process, since most of a short command's time is the start of its own.
 * Each line of standard input is a command as a JSON list of its name and flags; each gets `{ code, stdout, stderr }` in answer.
 */
import { createInterface } from 'node:readline';
import { run } from '../cli/testing/run';

/** Texts that a model writes while it is trained: no oracle reads them, and they take most of the time of a short run. */
const TRAINS = ['grow', 'tune'];

const { write } = process.stdout;
const answer = (text: string): boolean => write.call(process.stdout, `${text}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const typed = JSON.parse(line) as string[];
  answer(JSON.stringify(await run(typed, { wholeTexts: !TRAINS.includes(typed[0]!) })));
}
