// Writes the test files of the readers into a folder, each case in a folder of its own:
// node --import tsx scripts/hostileFiles.ts FOLDER [WORDS OF A CASE'S NAME]
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HOSTILE } from '../src/testing/hostileFiles';

const [folder, ...words] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name a folder to write into.');
for (const [name, make] of Object.entries(HOSTILE)) {
  if (!words.every((word) => name.includes(word))) continue;
  for (const [path, bytes] of Object.entries(make())) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    console.log(`${file}: ${bytes.length.toLocaleString('en')} bytes`);
  }
}
