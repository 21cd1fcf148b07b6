/** Saves of a run: in --out, or next to it while another run's model is there. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError, systemFailure } from '../systemError';
import { HomegrownError, paragraph } from '../../src/core/base/errors';
import type { ByteStream } from '../../src/core/files/byteSource';
import { keep, removeLeftovers } from './leftovers';
import { checkFolder, LIST, listedIn, type Unfinished } from './listed';
import { thisProcess } from './lock';
import { markOf } from './mark';
import { makeFolder, realPath } from './target';
import { commit, freeName, type Transaction, transaction } from './transaction';
import { fill, nextTo } from './write';

type FilesFor = (folder: string) => Promise<readonly ByteStream[]>;

export class Saves {
  /** The folder of the newest save; null before the first. */
  place: string | null = null;
  /** Whether the model in --out was the run's own at its start. */
  isAdopted = false;
  /** Whether another command wrote to --out since, so that the result is next to it. */
  isOvertaken = false;
  /** Mark of --out at the start of the run, or at its first save. */
  since: string | undefined;
  private step = 0;
  /** Mark of this run's newest write, by folder. */
  private readonly marks = new Map<string, string>();

  constructor(readonly out: string) {}

  get isRedirected(): boolean {
    return this.place !== null && this.place !== this.out;
  }

  /** The run resumes in --out, unless another command writes there from now on. */
  async adopt(): Promise<void> {
    this.isAdopted = true;
    this.marks.set(this.out, await markOf(this.out));
  }

  /**
   * Keeps a model in --out that another run wrote.
   * @param filesFor a folder, as it is then
   * @returns the bytes of the files
   */
  async save(step: number, filesFor: FilesFor): Promise<number> {
    return transaction(this.out, async (at) => {
      this.since ??= await markOf(at.path);
      this.step = step;
      const place = await this.choose();
      return place === this.out
        ? this.put(at, place, filesFor)
        : within(place, (own) => this.put(own, place, filesFor));
    });
  }

  private async put(at: Transaction, place: string, filesFor: FilesFor): Promise<number> {
    const bytes = await fill(at, place, await filesFor(place), { unfinished: await this.unfinishedIn(at) });
    this.place = place;
    this.marks.set(place, await markOf(at.path));
    return bytes;
  }

  /** Identifies the saves of a killed run next to --out. */
  private async unfinishedIn({ path }: Transaction): Promise<Unfinished | undefined> {
    const out = await realPath(this.out);
    return path === out ? undefined : { out, place: path, step: this.step, holder: await thisProcess() };
  }

  /** Replaces some files of the newest save. */
  async retell(filesFor: FilesFor): Promise<void> {
    const { place } = this;
    if (place === null) return;
    await transaction(place, async (at) => {
      if (!(await this.isOwn(place))) return;
      const files = await filesFor(place);
      const otherFiles = ((await listedIn(at.path)) ?? []).filter(
        (name) => name !== LIST && !files.some((file) => file.name === name),
      );
      const newFiles = [...files, ...(await Promise.all(otherFiles.map((name) => streamOf(at.path, name))))];
      await fill(at, place, newFiles, { unfinished: await this.unfinishedIn(at) });
      this.marks.set(place, await markOf(at.path));
    });
  }

  /**
   * Moves the newest save to --out, or next to a model that another command wrote there since the start. Removes
   * leftovers of killed runs.
   * @returns removed paths
   */
  async settle(): Promise<readonly string[]> {
    const { out, place } = this;
    if (place === null) return [];
    if (place !== out)
      await transaction(out, (at) =>
        transaction(place, async (own) => {
          await keep(own);
          this.isOvertaken = this.isAdopted || ![this.since, this.marks.get(out)].includes(await markOf(at.path));
          this.place = this.isOvertaken ? await nextTo(await this.typedOut()) : out;
          const files = (await listedIn(own.path)) ?? [];
          if (this.isOvertaken) await within(this.place, (next) => commit(next, own.path));
          else {
            await checkFolder(out, files);
            await commit(at, own.path);
          }
        }),
      );
    return this.isOvertaken ? [] : removeLeftovers(out, await this.redirectedName(), this.step);
  }

  /** Ends the run: its newest save stays where it is. */
  async end(): Promise<void> {
    const { place } = this;
    if (place !== null && place !== this.out && (await this.isOwn(place))) await transaction(place, keep);
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
    return (await isFree(this.out)) ? this.out : freeName(await this.redirectedName(), isFree);
  }

  private async isOwn(path: string): Promise<boolean> {
    return this.marks.has(path) && (await markOf(path)) === this.marks.get(path);
  }

  private redirectedName = async (): Promise<string> => `${await this.typedOut()}.stopped`;

  /** Target of a link, because a folder next to the target can be renamed into its place; otherwise the typed path. */
  private async typedOut(): Promise<string> {
    const [realOut, typedPath] = [await realPath(this.out), this.out.replace(/[\\/]+$/, '')];
    return (await realPath(`${typedPath}.stopped`)) === `${realOut}.stopped` ? typedPath : realOut;
  }
}

async function streamOf(folder: string, name: string): Promise<ByteStream> {
  const path = join(folder, name);
  const { size } = await stat(path);
  return { name, size, chunks: () => createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array> };
}

/** A transaction on a path whose folder may not exist. */
async function within<T>(place: string, work: (at: Transaction) => Promise<T>): Promise<T> {
  await makeFolder(dirname(await realPath(place)));
  return transaction(place, work);
}

/** Returns an error that says where the saves are. */
export function withPlace(thrown: unknown, { place, out, isRedirected }: Saves): unknown {
  const error = isSystemError(thrown) ? systemFailure(thrown) : thrown;
  if (!(error instanceof HomegrownError) || place === null) return thrown;
  const location = `The last checkpoint is in ${place}${isRedirected ? `; the model in ${out} is unchanged` : ''}.`;
  const remedy =
    error.code === 'diverged'
      ? 'Lower --learning-rate or clip gradients with --clip, then start again, or continue with --resume.'
      : error.remedy;
  return new HomegrownError(error.code, paragraph(error.message, location), remedy);
}

/** Message for the moment when checkpoints go next to --out. */
export const redirectedWords = (saves: Saves): string =>
  saves.isAdopted
    ? `Another command also writes to ${saves.out}: checkpoints now go to ${saves.place!}.`
    : `${saves.out} keeps its model until this run ends; checkpoints go to ${saves.place!}.`;
