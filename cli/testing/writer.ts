/** A process that saves marked models into a folder: writer FOLDER FIRST COUNT; with GOES_ON as a resumed run */
import { huggingFaceFiles } from '../../src/core/export/formats/huggingFace/write';
import { Saves } from '../../node/folders/saves';
import { writeFolder } from '../../node/folders/write';
import { markedModel } from './model';

const [folder, first, count] = process.argv.slice(2);
void save(new Saves(folder!));

async function save(saves: Saves): Promise<void> {
  if (process.env['GOES_ON']) await saves.adopt();
  process.stdout.write('ready\n');
  for (let i = 0; i < Number(count); i++) {
    const files = huggingFaceFiles(await markedModel(Number(first) + i), { withOptimizer: true });
    await (process.env['GOES_ON']
      ? saves.save(Number(first) + i, () => Promise.resolve(files))
      : writeFolder(folder!, files));
    process.stdout.write(`${Number(first) + i}\n`);
  }
}
