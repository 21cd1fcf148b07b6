/** A process that saves marked models into a folder: writer FOLDER FIRST COUNT */
import { huggingFaceFiles } from '../../src/core/export/huggingFace';
import { writeFolder } from '../write';
import { markedModel } from './model';

const [folder, first, count] = process.argv.slice(2);
process.stdout.write('ready\n');
for (let i = 0; i < Number(count); i++) {
  const files = huggingFaceFiles(await markedModel(Number(first) + i), { withOptimizer: true });
  await writeFolder(folder!, files);
  process.stdout.write(`${Number(first) + i}\n`);
}
