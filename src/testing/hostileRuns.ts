/** Reads hostile files in a separate process. Kills it when a file takes too long, and restarts it for the others. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { HostileOutcome } from './readHostileFiles';

/** Time limit for a file, in milliseconds. */
const MAX_TIME_MS = 60_000;

/** With one thread, garbage collection of many large buffers takes a quarter of the processor time. */
const NODE_OPTIONS = ['--expose-gc', '--single-threaded-gc', '--max-old-space-size=4096'];

/**
 * @param command Node arguments that start `readHostileFiles`, before the names
 * @param onOutcome receives each outcome as it arrives
 */
export async function readHostile(
  command: readonly string[],
  names: readonly string[],
  onOutcome: (outcome: HostileOutcome) => void,
): Promise<void> {
  let remaining = names;
  while (remaining.length > 0) {
    const done = await readSome(command, remaining, onOutcome);
    remaining = remaining.slice(done);
  }
}

/** @returns number of files with an outcome, at least one */
function readSome(
  command: readonly string[],
  names: readonly string[],
  onOutcome: (outcome: HostileOutcome) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...command, ...names], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [done, stderrTail, isLate] = [0, '', false];
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, MAX_TIME_MS);
    child.stderr.on('data', (piece: Buffer) => (stderrTail = `${stderrTail}${piece.toString()}`.slice(-2000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      timer.refresh();
      const message = JSON.parse(line) as HostileOutcome | { begins: string };
      if ('begins' in message) return;
      done++;
      onOutcome(message);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const name = names[done];
      if (name === undefined) {
        resolve(done);
        return;
      }
      const reason = isLate
        ? `not done after ${MAX_TIME_MS / 1000} s`
        : `its process ended with ${code}: ${stderrTail}`;
      onOutcome({
        name,
        bytes: 0,
        seconds: isLate ? MAX_TIME_MS / 1000 : 0,
        memory: 0,
        outcome: reason,
        isGoodKept: false,
      });
      resolve(done + 1);
    });
  });
}
