/** A temporary folder in which tests write exports, for other engines to open. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { afterAll } from 'vitest';
import type { Exported, Format } from '../core/export/format';
import { readBytes } from '../core/files/byteSource';

interface ExportFolder {
  /** Ends with a separator. */
  path: string;
  /** Writes the format's files, without optimizer state, into a subfolder. @returns the path of the first file */
  write(format: Format, exported: Exported, subfolder?: string): Promise<string>;
}

/** Makes a folder for the tests of the current file, which removes it after the last one. */
export function exportFolder(): ExportFolder {
  const path = `${mkdtempSync(join(tmpdir(), 'homegrown-export-'))}${sep}`;
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    async write(format, exported, subfolder = '') {
      const template = () => Promise.reject(new Error('no template is needed'));
      const paths: string[] = [];
      for (const file of await format.files(exported, { withOptimizer: false, template })) {
        const to = join(path, subfolder, file.name);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, await readBytes(file));
        paths.push(to);
      }
      return paths[0]!;
    },
  };
}

/** Makes a folder for transformers.js, which opens its subfolders by name and may not use the network. */
export async function transformersFolder(): Promise<ExportFolder> {
  const { env } = await import('@huggingface/transformers');
  const folder = exportFolder();
  env.allowRemoteModels = false;
  env.localModelPath = folder.path;
  return folder;
}
