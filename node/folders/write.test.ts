import fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { template } from '../../scripts/templates';
import type { Format } from '../../src/core/export/format';
import { FORMATS } from '../../src/core/export/formats';
import { huggingFaceFiles } from '../../src/core/export/formats/huggingFace/write';
import { LIST, listedIn } from './listed';
import { readModel } from './readModel';
import { Saves } from './saves';
import { markedModel } from '../../cli/testing/model';
import { filesOf, markIn, namesIn, withSentinels as sentinelsAt, write } from '../../cli/testing/withSentinels';
import { checkOutFile, checkOutFolder, writeFile, writeFolder } from './write';

let sandbox: string;
beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'write-'));
});
afterAll(() => fs.rm(sandbox, { recursive: true }));

let made = 0;
const withSentinels = () => sentinelsAt(join(sandbox, String(made++)));

describe('a folder that is written again', () => {
  test('keeps all unlisted files in place, and loses listed ones', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const exported = await markedModel(2);
    await writeFolder(model, huggingFaceFiles(exported, { withOptimizer: false }));
    await expectWhole();
    expect(await markIn(model)).toBe(2);
    expect(await fs.readdir(model)).not.toContain('optimizer.safetensors');
    expect(await namesIn(around)).toBe('model model.txt thesis.txt');
  });

  test('is refused if documents would replace a model, and keeps the model', async () => {
    const { model, expectWhole } = await withSentinels();
    await write(model, 1);
    await expect(checkOutFolder(model, [], ['documents.jsonl', 'prepared.json'])).rejects.toThrow(
      /contains another kind of result/,
    );
    await expectWhole();
    expect(await markIn(model)).toBe(1);
  });

  test('loses folders that another format leaves empty, and no others', async () => {
    const model = join(sandbox, String(made++));
    const exported = await markedModel(1);
    await writeFolder(model, await FORMATS['onnx-f32'].files(exported, { withOptimizer: false, template }));
    await writeFolder(model, await FORMATS['onnx-f16'].files(exported, { withOptimizer: false, template }));
    expect(await fs.readdir(join(model, 'onnx'))).toEqual(['model_fp16.onnx']);
    await write(model, 2);
    expect(await fs.readdir(model)).not.toContain('onnx');
    await writeFolder(model, await FORMATS['onnx-f32'].files(exported, { withOptimizer: false, template }));
    await fs.writeFile(join(model, 'onnx', 'mine.txt'), 'mine');
    await write(model, 3);
    expect(await fs.readdir(join(model, 'onnx'))).toEqual(['mine.txt']);
  });

  test('is refused if a new file has the name of a user’s file', async () => {
    const model = join(sandbox, String(made++));
    const exported = await markedModel(1);
    const options = { withOptimizer: false, template };
    await writeFolder(model, await FORMATS['onnx-f32'].files(exported, options));
    await fs.writeFile(join(model, 'model.safetensors'), 'mine');
    await expect(write(model, 2)).rejects.toThrow(/Homegrown did not write .*model\.safetensors/);
    expect(await fs.readFile(join(model, 'model.safetensors'), 'utf8')).toBe('mine');
    expect((await fs.readdir(join(model, 'onnx'))).length).toBe(1);
  });

  /** Files of the hand-over and the web service since the introduction of lists. */
  const SINCE = [
    ...['architecture.json', 'metrics.py', 'optimizers.json', 'optimizers.py', 'schedules.py'],
    ...['chat.mjs', 'classify.mjs', 'fields.mjs', 'fill.mjs', 'normalize.mjs', 'weights.mjs'],
  ];
  test.each(['hf', 'service', 'pytorch', 'onnx-f32', 'onnx-f16'] as const)(
    'without a list is known as ours: %s',
    async (format) => {
      const writer: Format = FORMATS[format];
      const all = await writer.files(await markedModel(1), { withOptimizer: true, template });
      const files = all.filter(({ name }) => !SINCE.includes(name));
      const model = join(sandbox, String(made++));
      await writeFolder(model, files);
      await fs.rm(join(model, LIST));
      await fs.writeFile(join(model, 'mine.txt'), 'mine');
      const old = (await listedIn(model))!;
      expect(files.map(({ name }) => name).filter((name) => !old.includes(name))).toEqual([]);
      await write(model, 2);
      const expected = [...(await filesOf(2)).map(({ name }) => name), LIST, 'mine.txt'];
      expect((await fs.readdir(model)).sort()).toEqual(expected.sort());
    },
  );
});

describe('a list that lies', () => {
  const lie = (model: string, files: readonly unknown[]) =>
    fs.writeFile(join(model, LIST), JSON.stringify({ version: 1, files }));

  test.each([
    '../thesis.txt',
    'notes/../../thesis.txt',
    '/etc/hostname',
    '..',
    '.',
    '',
    'notes//chapter.md',
    'a\\b',
    'C:x',
    'a\0b',
    7,
    null,
  ])('names %j: the folder is not touched', async (name) => {
    const { model, expectWhole } = await withSentinels();
    await lie(model, ['config.json', name]);
    await expect(write(model, 2)).rejects.toThrow('is damaged, or from a newer Homegrown');
    await expectWhole();
    expect(await markIn(model)).toBe(1);
  });

  test('names a folder, or a file behind a link: they stay', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const elsewhere = join(around, 'elsewhere');
    await fs.mkdir(elsewhere);
    await fs.writeFile(join(elsewhere, 'kept.txt'), 'kept');
    await fs.symlink('../elsewhere', join(model, 'door'));
    const ours = (await listedIn(model))!;
    await lie(model, [...ours, 'notes', 'door/kept.txt', 'notes/chapter.md/x']);
    await write(model, 2);
    await expectWhole();
    expect(await fs.readFile(join(elsewhere, 'kept.txt'), 'utf8')).toBe('kept');
    expect(await fs.readlink(join(model, 'door'))).toBe('../elsewhere');
  });

  test('in an interrupted save moves nothing outside', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const coming = join(around, '.model.saving', 'new');
    await fs.mkdir(coming, { recursive: true });
    await fs.writeFile(join(around, '.model.saving', 'thesis.txt'), 'theirs');
    await lie(coming, ['../thesis.txt', '../../thesis.txt']);
    await expect(readModel(model)).rejects.toThrow('is damaged, or from a newer Homegrown');
    await expectWhole();
  });

  test('and a link in place of the sibling folder isn’t followed', async () => {
    const { around, model, expectWhole } = await withSentinels();
    await fs.mkdir(join(around, 'elsewhere', 'draft'), { recursive: true });
    await fs.symlink('elsewhere', join(around, '.model.saving'));
    await expect(write(model, 2)).rejects.toThrow('is in the way');
    expect(await fs.readdir(join(around, 'elsewhere'))).toEqual(['draft']);
    await expectWhole();
  });
});

describe('--out is refused', () => {
  const refused = async (out: string, inputs: readonly string[] = []) => {
    const said = await checkOutFolder(out, inputs, []).then(
      () => 'nothing',
      (error: unknown) => error as Error,
    );
    expect(said).toMatchObject({ code: 'bad-settings' });
    return (said as Error).message;
  };

  test('if it is or contains a user’s folder or an input, whatever its name', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const text = join(model, 'notes.txt');
    await fs.symlink(model, join(around, 'alias'));
    expect(await refused(model, [text])).toContain('notes.txt');
    expect(await refused(join(around, 'alias'), [text])).toContain('notes.txt');
    expect(await refused(model, [join(around, 'alias')])).toContain('alias');
    expect(await refused(join(model, 'notes', '..'), [model])).toContain('is or contains');
    for (const folder of ['.', '..', '/', './cli/..'])
      expect(await refused(folder)).toContain('not written by Homegrown');
    const home = process.env['HOME'];
    try {
      process.env['HOME'] = join(model, 'notes');
      expect(await refused(model)).toContain('your home folder');
      expect(await refused(join(model, 'notes'))).toContain('not written by Homegrown');
      process.env['HOME'] = around;
      await checkOutFolder(model, [], []); // A home folder may contain a model.
    } finally {
      process.env['HOME'] = home;
    }
    await expectWhole();
    await checkOutFolder(model, [join(around, 'thesis.txt')], []);
    await checkOutFolder(join(around, 'alias'), [], []);
  });

  test('if it is part of our own output', async () => {
    const over = join(sandbox, String(made++));
    await writeFolder(over, await FORMATS.pytorch.files(await markedModel(1), { withOptimizer: true, template }));
    expect(await refused(join(over, 'model'))).toContain('is part of');
    await checkOutFolder(join(over, 'checkpoints'), [], []);
  });

  test('if the final write would fail, and the attempt leaves no folder', async () => {
    const { around, expectWhole } = await withSentinels();
    expect(await refused(join(around, 'thesis.txt'))).toContain("can't be used");
    expect(await refused(join(around, 'thesis.txt', 'model'))).toContain("can't be written");
    expect(await refused(join(around, 'x'.repeat(300)))).toContain('its name is too long');
    expect(await refused('/proc/nowhere/model')).toContain("can't be written");
    await fs.symlink('round', join(around, 'round'));
    expect(await refused(join(around, 'round'))).toContain('form a loop');
    await checkOutFolder(join(around, 'deep', 'deeper', 'model'), [], []);
    expect(await namesIn(around)).toBe('model model.txt round thesis.txt');
    await expectWhole();
  });
});

describe('a single file', () => {
  test('replaces a regular file or nothing; a link stays and its target is replaced', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const [file] = await filesOf(5);
    const at = (name: string) => join(around, name);
    await fs.writeFile(at('old.gguf'), 'old');
    await fs.symlink('old.gguf', at('link.gguf'));
    await fs.symlink('new.gguf', at('ahead.gguf'));
    for (const name of ['link.gguf', 'ahead.gguf']) {
      await checkOutFile(at(name), model);
      await writeFile(at(name), file!);
      expect((await fs.lstat(at(name))).isSymbolicLink()).toBe(true);
      expect((await fs.readFile(at(name))).length).toBe(file!.size);
    }
    expect(await namesIn(around)).toBe('ahead.gguf link.gguf model model.txt new.gguf old.gguf thesis.txt');
    await expectWhole();
  });

  test('is refused if the path is a folder, a socket, a device, or a file of a model', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const socket = join(around, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const foreign = join(around, 'foreign');
    await fs.cp(model, foreign, { recursive: true, verbatimSymlinks: true });
    for (const name of [LIST, 'homegrown.json', 'link']) await fs.rm(join(foreign, name));
    await fs.rename(join(foreign, 'model.safetensors'), join(around, 'blob'));
    await fs.symlink('../blob', join(foreign, 'model.safetensors'));
    await fs.symlink('model/config.json', join(around, 'alias'));
    try {
      for (const [out, from, why] of [
        [model, model, 'it is a folder'],
        [socket, model, 'a device, a pipe or a socket'],
        ['/dev/null', model, 'a device, a pipe or a socket'],
        [join(model, 'config.json'), model, 'is part of'],
        [join(model, 'config.json'), foreign, 'is part of'],
        [join(around, 'alias'), foreign, 'is part of'],
        [join(foreign, 'config.json'), foreign, 'is read from'],
        [join(foreign, 'model-00001-of-00002.safetensors'), foreign, 'is read from'],
        [join(around, 'blob'), foreign, 'is read from'],
        [join(around, 'nowhere', 'x.gguf'), model, 'there is no such folder'],
      ] as const)
        await expect(checkOutFile(out, from), out).rejects.toThrow(why);
    } finally {
      server.close();
    }
    await checkOutFile(join(model, 'page.html'), model);
    await expectWhole();
  });
});

test("saves of a run stay next to another run's model until they replace it", async () => {
  const { around, model, expectWhole } = await withSentinels();
  await fs.mkdir(`${model}.stopped`);
  await fs.writeFile(join(`${model}.stopped`, 'mine.txt'), 'mine');
  const saves = new Saves(`${model}/`);
  for (const step of [10, 20]) await saves.save(step, () => filesOf(step));
  expect(saves.place).toBe(`${model}.stopped-2`);
  expect([await markIn(model), await markIn(saves.place!)]).toEqual([1, 20]);
  await fs.writeFile(join(saves.place!, 'mine.txt'), 'mine');
  await saves.settle();
  expect(await markIn(model)).toBe(20);
  // Files added next to the save in the meantime are never removed.
  expect(await fs.readdir(`${model}.stopped-2`)).toEqual(['mine.txt']);
  expect(await namesIn(around)).toBe('model model.stopped model.stopped-2 model.txt thesis.txt');
  await expectWhole();
});

describe('several commands with one --out keep every result', () => {
  test('of runs, next to the first that ended', async () => {
    const { around, model, expectWhole } = await withSentinels();
    const runs = [10, 20, 30].map((step) => ({ step, saves: new Saves(model) }));
    for (const { step, saves } of runs) await saves.save(step, () => filesOf(step));
    for (const { saves } of runs) await saves.settle();
    expect(runs.map(({ saves }) => saves.place)).toEqual([model, `${model}-2`, `${model}-3`]);
    expect(runs.map(({ saves }) => saves.isOvertaken)).toEqual([false, true, true]);
    for (const { step, saves } of runs) expect(await markIn(saves.place!)).toBe(step);
    expect(await namesIn(around)).toBe('model model-2 model-3 model.txt thesis.txt');
    await expectWhole();
  });

  test('of runs that started with an empty place', async () => {
    const fresh = join(sandbox, String(made++));
    const [early, late] = [new Saves(fresh), new Saves(fresh)];
    [early.since, late.since] = ['', ''];
    await early.save(30, () => filesOf(30));
    await late.save(40, () => filesOf(40));
    await early.save(31, () => filesOf(31));
    expect([early.place, late.place]).toEqual([fresh, `${fresh}.stopped`]);
    await late.settle();
    await early.settle();
    expect([early.place, late.place]).toEqual([fresh, `${fresh}-2`]);
    expect([await markIn(fresh), await markIn(`${fresh}-2`)]).toEqual([31, 40]);
  });

  test('of a run that continues in its folder, which another command replaced', async () => {
    const { model } = await withSentinels();
    const saves = new Saves(model);
    await saves.adopt();
    await saves.save(10, () => filesOf(10));
    expect(saves.place).toBe(model);
    await write(model, 50);
    await saves.save(20, () => filesOf(20));
    expect(saves.place).toBe(`${model}.stopped`);
    await saves.settle();
    expect([saves.place, await markIn(model), await markIn(`${model}-2`)]).toEqual([`${model}-2`, 50, 20]);
  });

  test('of exports, folders and files, whose marks were taken before', async () => {
    const { around, model } = await withSentinels();
    const [folder, file] = [join(around, 'copy'), join(around, 'labels.csv')];
    const [ofFolder, ofFile] = [await checkOutFolder(folder, [], []), await checkOutFile(file, model)];
    const places = [];
    for (const mark of [2, 3, 4]) {
      const files = await filesOf(mark);
      places.push((await writeFolder(folder, files, ofFolder)).place, (await writeFile(file, files[0]!, ofFile)).place);
    }
    expect(places.map((place) => basename(place))).toEqual([
      'copy',
      'labels.csv',
      'copy-2',
      'labels-2.csv',
      'copy-3',
      'labels-3.csv',
    ]);
    for (const [i, name] of ['copy', 'copy-2', 'copy-3'].entries())
      expect(await markIn(join(around, name))).toBe(i + 2);
    // One after another, each replaces the one before.
    expect(await writeFolder(folder, await filesOf(5), await checkOutFolder(folder, [], []))).toMatchObject({
      place: folder,
    });
    expect(await markIn(folder)).toBe(5);
  });
});
