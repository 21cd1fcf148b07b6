/** Where the saves of a run go: to --out, or beside it while the model of another run is there. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HomegrownError, paragraph } from '../src/core/base/errors';
import type { ByteStream } from '../src/core/files/byteSource';
import { isSystemError, systemFailure } from './failure';
import { checkFolder, LIST, listedIn } from './listed';
import { realPath } from './target';
import { commit, freeName, transaction } from './transaction';
import { fill, writeFolder } from './write';

type FilesFor = (folder: string) => Promise<readonly ByteStream[]>;

export class Saves {
  /** The folder of the newest save; null before the first. */
  place: string | null = null;
  /** Whether the model in --out was the run's own when it began. */
  isAdopted = false;
  /** By folder: the list that this run wrote there last. */
  private readonly marks = new Map<string, string>();

  constructor(readonly out: string) {}

  get isBeside(): boolean {
    return this.place !== null && this.place !== this.out;
  }

  /** The model in --out is the run's own, which goes on there, unless another command writes there from now on. */
  async adopt(): Promise<void> {
    this.isAdopted = true;
    this.marks.set(this.out, await markOf(this.out));
  }

  /**
   * A model in --out that this run did not write stays there.
   * @param filesFor a folder, as it is then
   * @returns the bytes of the files
   */
  async save(filesFor: FilesFor): Promise<number> {
    const bytes = await transaction(this.out, async (at) => {
      const place = await this.choose();
      const files = await filesFor(place);
      const bytes = await (place === this.out ? fill(at, place, files) : writeFolder(place, files));
      this.place = place;
      return bytes;
    });
    this.marks.set(this.place!, await markOf(this.place!));
    return bytes;
  }

  /** These files take the place of those of the same names in the newest save, whose others stay. */
  async retell(filesFor: FilesFor): Promise<void> {
    const { place } = this;
    if (place === null) return;
    await transaction(place, async (at) => {
      if (!(await this.isOwn(place))) return;
      const files = await filesFor(place);
      const others = ((await listedIn(at.path)) ?? []).filter(
        (name) => name !== LIST && !files.some((file) => file.name === name),
      );
      await fill(at, place, [...files, ...(await Promise.all(others.map((name) => copyOf(at.path, name))))]);
      this.marks.set(place, await markOf(place));
    });
  }

  /** The newest save takes the place of the model in --out, but for one that went on there and that another command wrote to since. */
  async settle(): Promise<void> {
    const { out, place } = this;
    if (place === null || place === out || this.isAdopted) return;
    await transaction(out, (at) =>
      transaction(place, async ({ path }) => {
        await checkFolder(out, (await listedIn(path)) ?? []);
        await commit(at, path);
      }),
    );
    this.place = out;
  }

  private async choose(): Promise<string> {
    const isFree = async (path: string): Promise<boolean> => {
      const names = await readdir(path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        return null;
      });
      return names !== null && (names.length === 0 || (await this.isOwn(path)));
    };
    if (this.place !== null && (await this.isOwn(this.place))) return this.place;
    return (await isFree(this.out)) ? this.out : freeName(`${await this.nameBeside()}.stopped`, isFree);
  }

  private async isOwn(path: string): Promise<boolean> {
    return this.marks.has(path) && (await markOf(path)) === this.marks.get(path);
  }

  /** Beside what a link leads to, so that it can be renamed into place; otherwise as it was typed. */
  private async nameBeside(): Promise<string> {
    const [real, typed] = [await realPath(this.out), this.out.replace(/[\\/]+$/, '')];
    return (await realPath(`${typed}.stopped`)) === `${real}.stopped` ? typed : real;
  }
}

async function copyOf(folder: string, name: string): Promise<ByteStream> {
  const path = join(folder, name);
  const { size } = await stat(path);
  return { name, size, chunks: () => createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array> };
}

/** Another write makes another file of the list. */
async function markOf(folder: string): Promise<string> {
  const found = await stat(join(folder, LIST), { bigint: true }).catch(() => null);
  return found ? `${found.ino} ${found.mtimeNs}` : '';
}

/** A failure with where the saves are. */
export function withPlace(thrown: unknown, { place, out, isBeside }: Saves): unknown {
  const error = isSystemError(thrown) ? systemFailure(thrown) : thrown;
  if (!(error instanceof HomegrownError) || place === null) return thrown;
  const where = `The newest save is in ${place}${isBeside ? `; the model in ${out} is as it was` : ''}.`;
  const remedy =
    error.code === 'diverged'
      ? 'Lower --learning-rate, or limit the gradient with --clip, and begin again; or go on from there with --resume.'
      : error.remedy;
  return new HomegrownError(error.code, paragraph(error.message, where), remedy);
}
