/** Reader thread of commands (reader.ts), with a subtitle reader that does what a file says. */
import { FORMATS } from '../../src/core/documents/formats';
import type { DocumentReader } from '../../src/core/documents/formats/format';
import '../../node/texts/reader';

const documents: DocumentReader['documents'] = async function* ({ bytes }) {
  let command = '';
  for await (const piece of bytes) command += new TextDecoder().decode(piece);
  if (command === 'hang') for (;;);
  if (command === 'explode') for (const held: object[] = []; ;) held.push({ held, more: new Array(100).fill(command) });
  if (command === 'exit') process.exit(3);
  if (command === 'throw')
    await new Promise(() => {
      setTimeout(() => {
        throw new Error('thrown out of the blue');
      }, 0);
    });
  if (command === 'reject') void Promise.reject(new Error('nobody looks'));
  yield { text: command };
};
Object.assign(FORMATS.srt, { open: () => Promise.resolve({ documents }) });
