/**
 * Runs the terminal's commands for the oracles in one process, since most of a short command's time is the start of its own.
 * Each line of standard input is a command as a JSON list of its name and flags; each gets `{ code, stdout, stderr }` in answer.
 */
import { createInterface } from 'node:readline';
import { run } from '../cli/testing/run';

const { write } = process.stdout;
const answer = (text: string): boolean => write.call(process.stdout, `${text}\n`);
for await (const line of createInterface({ input: process.stdin }))
  answer(JSON.stringify(await run(JSON.parse(line) as string[], { wholeTexts: true })));
