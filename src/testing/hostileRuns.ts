/** Reads hostile files in a process of their own, which is ended where one of them takes too long, and begun again for the rest. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { HostileOutcome } from './readHostileFiles';

/** After which a file counts as endless, in milliseconds. */
const MAX_TIME_MS = 60_000;

/** On one thread, garbage collection takes a quarter of the processor time where a reader allocates many large buffers. */
const NODE_OPTIONS = ['--expose-gc', '--single-threaded-gc', '--max-old-space-size=4096'];

/**
 * @param command arguments of Node's that start `readHostileFiles`, before the names
 * @param onOutcome is given each as it comes
 */
export async function readHostile(
  command: readonly string[],
  names: readonly string[],
  onOutcome: (outcome: HostileOutcome) => void,
): Promise<void> {
  let left = names;
  while (left.length > 0) {
    const done = await readSome(command, left, onOutcome);
    left = left.slice(done);
  }
}

/** @returns how many there is an outcome of, which is at least one */
function readSome(
  command: readonly string[],
  names: readonly string[],
  onOutcome: (outcome: HostileOutcome) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...command, ...names], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [done, complaint, isLate] = [0, '', false];
    const late = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, MAX_TIME_MS);
    child.stderr.on('data', (piece: Buffer) => (complaint = `${complaint}${piece.toString()}`.slice(-2000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      late.refresh();
      const message = JSON.parse(line) as HostileOutcome | { begins: string };
      if ('begins' in message) return;
      done++;
      onOutcome(message);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(late);
      const name = names[done];
      if (name === undefined) {
        resolve(done);
        return;
      }
      const why = isLate ? `not done after ${MAX_TIME_MS / 1000} s` : `its process ended with ${code}: ${complaint}`;
      onOutcome({
        name,
        bytes: 0,
        seconds: isLate ? MAX_TIME_MS / 1000 : 0,
        memory: 0,
        outcome: why,
        isGoodKept: false,
      });
      resolve(done + 1);
    });
  });
}
