/** A record of each kind that is stored, damaged or of a newer version: it is told and stays, and everything else works. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { isAt, KINDS, kindOf } from '../src/core/runs/kinds';
import { expectAccessible } from './axe';
import { restore } from './restore';
import { SMALL, Studio } from './studio';

/** As a disk or a crash leaves it; a newer version's is as it is now, but for that. */
const TORN = 'half a rec';
/** It is made again of the curve itself, and so is not told. */
const DERIVED = 'curves/';
/** None of these is in a store that nothing has happened to. */
const MISHAPS: readonly (readonly [string, unknown])[] = [
  ['project', { name: 'of an older build' }],
  ['set-aside/project/1', { name: 'set aside' }],
  ['draft/text/left/', true],
  ['device-memory/wasm', 1e9],
  ['cuts', { gpu: 'wide' }],
  ['evaluations/elsewhere/10/validation', { part: 'validation' }],
  ['cleaned/gone', { of: 'elsewhere' }],
  ['text/gone/left/0', { documents: [] }],
  [`base/${'0'.repeat(64)}`, { id: '0'.repeat(64) }],
];
const SETTINGS = { ...SMALL, Steps: 20, 'Warm-up': 2, 'Evaluate every': 10 };

test('whatever record is damaged or newer, the app starts, tells and keeps it, hands it over, and takes a text; with all of them it trains', async ({
  page,
}) => {
  test.setTimeout(900_000);
  await restore(page, '1608a14');
  const studio = new Studio(page);
  await studio.damage('device', 'wasm');
  await studio.open('/text');
  await expect.poll(() => studio.keys('project'), { timeout: 60_000 }).toEqual(['projects/first']);
  const lists = async () => (await studio.keys('text/')).filter((key) => key.includes('/documents/'));
  await expect.poll(async () => (await lists()).length, { timeout: 60_000 }).toBeGreaterThan(1);
  // Curves in few points are made when they are first asked for.
  await studio.goTo('Runs');
  await expect(studio.runs).toHaveCount(5);
  const { runId } = (await studio.stored('projects/first')) as { runId: string };
  await expect.poll(() => studio.keys(`curves/`)).not.toEqual([]);

  const pasted: string[] = [];
  for (const { at, name } of KINDS) {
    const mishap = MISHAPS.find(([key]) => isAt(at, key));
    const all = (await studio.keys('')).filter((key) => kindOf(key)?.at === at);
    // That of the run that is shown is looked at: others' curves are much to read.
    const key = mishap?.[0] ?? all.find((each) => each.includes(runId)) ?? all[0]!;
    const before = mishap ? mishap[1] : await studio.stored(key);
    for (const damaged of [TORN, { ...(before as object), version: 99 }]) {
      const [words, there] = [`${name}, ${typeof damaged === 'string' ? 'damaged' : 'newer'}`, await studio.keys('')];
      await studio.damage(key, damaged);
      await page.goto('/p/first/text');
      await studio.begun();
      if (at !== DERIVED) expect(await takenRaw(studio, key), words).toEqual(damaged);
      pasted.push(`${words}: the whale is large, and the sea is wide. `.repeat(40));
      await studio.paste(pasted.at(-1)!);
      await expect(page.getByRole('alert'), words).toHaveCount(0);
      const now = await studio.keys('');
      expect(
        there.filter((each) => !now.includes(each)),
        words,
      ).toEqual([]);
      if (at !== DERIVED) expect(await studio.stored(key), words).toEqual(damaged);
      if (mishap) await studio.drop(key);
      else await studio.damage(key, before as object);
    }
  }

  // All at once, by turns damaged and newer; in a project of its own.
  const told = new Map<string, string | object>();
  for (const [i, { at }] of KINDS.filter(({ at }) => at !== DERIVED).entries()) {
    const mishap = MISHAPS.find(([key]) => isAt(at, key));
    const all = (await studio.keys('')).filter((key) => kindOf(key)?.at === at);
    const key = mishap?.[0] ?? all.find((each) => each.includes(runId)) ?? all[0]!;
    const before = mishap ? mishap[1] : await studio.stored(key);
    told.set(key, i % 2 === 0 ? TORN : { ...(before as object), version: 99 });
  }
  await studio.fill([...told]);
  await page.goto('/model');
  await expect(page.getByText(/things that are stored cannot be read/)).toBeVisible();
  await page.getByRole('button', { name: 'Show…' }).click();
  await expectAccessible(page, 'what cannot be read');
  await page.keyboard.press('Escape');
  const there = await studio.keys('');
  await studio.useDevice('WASM');
  told.delete('device'); // chosen anew, by hand
  await studio.inProjects('New project');
  await expect(page.getByRole('heading', { level: 1, name: /^Grow a language model/ })).toBeVisible(); // its first page
  await studio.goTo('Model');
  await studio.set(SETTINGS);
  await studio.goTo('Text');
  await studio.paste('An albatross follows the ship, and the ship the wind. '.repeat(300));
  await page.getByRole('button', { name: 'Start training' }).first().click();
  await expect(studio.strip).toContainText('Finished', { timeout: 200_000 });
  await studio.goTo('Playground');
  await studio.set({ Length: 4 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^4 tokens in/)).toBeVisible({ timeout: 60_000 });

  // A changed part of a saved step shows only when it is read: then an older step is used.
  const own = (await studio.keys('runs/')).find((key) => !there.includes(key) && key.includes('/20.'));
  await studio.flip(own!);
  await page.reload();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^Step \d+ cannot be opened/).first()).toBeVisible({ timeout: 60_000 });

  await page.reload();
  await expect(page.getByText(/things that are stored cannot be read/)).toBeVisible();
  const now = await studio.keys('');
  expect(there.filter((each) => !now.includes(each))).toEqual([]);
  for (const [key, damaged] of told) expect(await studio.stored(key), key).toEqual(damaged);
  expect(studio.errors).toEqual([]);
});

/** What is handed over of a record in the list of what cannot be read. */
async function takenRaw({ page }: Studio, key: string): Promise<unknown> {
  await page.getByRole('button', { name: 'Show…' }).click();
  const list = page.getByRole('dialog', { name: 'What cannot be read' });
  const download = page.waitForEvent('download');
  await list.getByRole('button', { name: new RegExp(`, ${key.replace(/[.]/g, '\\.')}$`) }).click();
  const files = unzipSync(await readFile(await (await download).path()));
  await list.getByRole('button', { name: 'Close' }).click();
  await expect(list).toBeHidden();
  const taken = files[`${key}.json`];
  return taken && JSON.parse(Buffer.from(taken).toString());
}
