/** The output of a command: streams of this process, or a replacement. */
import { writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';

export interface Output {
  stdout: { write(text: string): void };
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): void };
}

/** Messages go to file 3 if scripts/cli.mjs started this process, because engines write their own notes to file 2. */
const ownStderr = streamTo(Number(process.env['HOMEGROWN_WORDS'] ?? 2));
delete process.env['HOMEGROWN_WORDS']; // Not for processes that this one starts.
const processOutput: Output = { stdout: { write: (text) => void process.stdout.write(text) }, stderr: ownStderr };
let current = processOutput;

export const stdout: Output['stdout'] = { write: (text) => current.stdout.write(text) };
export const stderr: Output['stderr'] = {
  get isTTY() {
    return current.stderr.isTTY;
  },
  get columns() {
    return current.stderr.columns;
  },
  write: (text) => current.stderr.write(text),
};
export const print = (line: string): void => stdout.write(`${line}\n`);

/** Redirects everything that is written until `work` ends to `output`. */
export async function writingTo<T>(output: Output, work: () => Promise<T>): Promise<T> {
  current = output;
  try {
    return await work();
  } finally {
    current = processOutput;
  }
}

function streamTo(file: number): Output['stderr'] {
  if (isatty(file)) return new WriteStream(file);
  return { isTTY: false, columns: 80, write: (text) => writeWhole(file, Buffer.from(text)) };
}
/** Errors of a closed stream are ignored. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(file, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
