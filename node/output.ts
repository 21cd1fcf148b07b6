/** Where a command writes: to the streams of this process, or to an output that replaces them for a while. */
import { writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';

export interface Output {
  stdout: { write(text: string): void };
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): void };
}

/** For messages: file 3 where scripts/cli.mjs has started this, because engines write to file 2 what is not for people. */
const ownStderr = streamTo(Number(process.env['HOMEGROWN_WORDS'] ?? 2));
delete process.env['HOMEGROWN_WORDS']; // It does not hold for what is started from here.
const own: Output = { stdout: { write: (text) => void process.stdout.write(text) }, stderr: ownStderr };
let current = own;

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

/** Sends everything that is written until `use` ends to `output`. */
export async function writingTo<T>(output: Output, use: () => Promise<T>): Promise<T> {
  current = output;
  try {
    return await use();
  } finally {
    current = own;
  }
}

function streamTo(file: number): Output['stderr'] {
  if (isatty(file)) return new WriteStream(file);
  return { isTTY: false, columns: 80, write: (text) => writeWhole(file, Buffer.from(text)) };
}
/** Who does not listen any more is not told. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
