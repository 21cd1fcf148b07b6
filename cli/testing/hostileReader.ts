/** Reader thread of commands (reader.ts), with a subtitle reader that does what a file says. */
import { FORMATS } from '../../src/core/documents/formats';
import type { DocumentReader } from '../../src/core/documents/formats/format';
import '../../node/texts/reader';

const documents: DocumentReader['documents'] = async function* ({ bytes }) {
  let said = '';
  for await (const piece of bytes) said += new TextDecoder().decode(piece);
  if (said === 'hang') for (;;);
  if (said === 'explode') for (const held: object[] = []; ;) held.push({ held, more: new Array(100).fill(said) });
  if (said === 'exit') process.exit(3);
  if (said === 'throw')
    await new Promise(() => {
      setTimeout(() => {
        throw new Error('thrown out of the blue');
      }, 0);
    });
  if (said === 'reject') void Promise.reject(new Error('nobody looks'));
  yield { text: said };
};
Object.assign(FORMATS.srt, { open: () => Promise.resolve({ documents }) });
