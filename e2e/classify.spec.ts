/** From a table to a classifier: evaluated, corrected, used, exported and imported. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { expectNothingCut } from './cut';
import { addTable, DESKS, matrix, opened, pane, setPasses, TABLE } from './labels';

/** Returns the predicted label of a pasted text. */
async function askOf(page: Page): Promise<string> {
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Are you open on Sunday? No. 999');
  await page.getByRole('button', { name: 'Classify', exact: true }).click();
  const answer = page.getByRole('status').filter({ hasText: 'It is' });
  await expect(answer).toBeVisible({ timeout: 60_000 });
  return answer.innerText();
}

/** Classifies a whole file in an old encoding, chosen by keyboard; the letters come back intact. */
async function inItsEncoding(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Classify file…' }).press('Enter');
  const buffer = Buffer.from('id,body\n1,Le café est-il fermé ?\n2,Renew my three books\n', 'latin1');
  await (await chooser).setFiles({ name: 'café.csv', mimeType: 'text/csv', buffer });
  const asked = page.getByRole('dialog', { name: 'café.csv: which lines look right?' });
  await expect(asked).toContainText('1,Le café est-il fermé ?');
  await expect(asked.getByRole('button', { name: 'Use this encoding' })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page, 'Classify, the encoding of a whole file');
  await asked.getByRole('radio', { name: /Western European, Windows-1252/ }).focus();
  await page.keyboard.press('Space');
  await asked.getByRole('button', { name: 'Use this encoding' }).press('Enter');
  const columns = page.getByRole('dialog', { name: 'Which columns of café.csv hold the text?' });
  const download = page.waitForEvent('download');
  await columns.getByRole('button', { name: 'Classify' }).press('Enter');
  expect(await readFile(await (await download).path(), 'utf8')).toMatch(/\n1,Le café est-il fermé \?,(Hours|Loans),/);
}

test('a table becomes a classifier: evaluated, a mistake relabeled, used, exported and imported', async ({
  page,
}, info) => {
  const studio = await opened(page);
  await expect(page.getByRole('button', { name: /^Train the classifier/ })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page, 'Classify, with nothing to learn');
  await addTable(page);
  await expect(page.getByRole('listitem').filter({ hasText: /^Hours\s*66$/ })).toBeVisible();
  await expect(page.getByText('6 unlabeled texts')).toBeVisible();
  await expectAccessible(page, 'Classify, a table');
  await setPasses(studio, 16);
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });

  // On Train: predictions, confusion matrix, and milestones.
  await expect(page).toHaveURL(/\/train$/);
  await expect(page.getByRole('list', { name: 'Held-out texts' }).getByRole('listitem')).toHaveCount(6);
  await expect(matrix(page)).toContainText('recall');
  await expect(page.getByRole('list', { name: 'Milestones' })).toContainText(/Better than one label for all/);
  await expect(page.getByRole('figure').filter({ hasText: 'Accuracy' }).first()).toContainText('95 % interval');
  await expectAccessible(page, 'Train, a classifier');
  const own = `${TABLE.replaceAll('"', '')} Hours Loans`;
  await expectNothingCut(page, 'Train, a classifier', own);

  // A reload shows the same matrix, as it is stored with the run.
  const shown = await matrix(page).innerText();
  await page.reload();
  await studio.begun();
  await expect.poll(() => matrix(page).innerText()).toBe(shown);
  await studio.goTo('Tune');

  // Accuracy, next to baselines.
  await expect(matrix(page)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('main')).toContainText(
    /% of 24 texts right.* Step \d+, (latest|best on the validation set)/,
  );
  await expect(pane(page)).toContainText('naive Bayes');
  await expect(studio.entry('Train')).toContainText(/accuracy [\d.]+ %/);
  await expectAccessible(page, 'Classify, judged');
  await expectNothingCut(page, 'Classify, judged', own);
  // Texts in the list of rows wrap.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Show all rows' }).click();
  const rows = page.getByRole('dialog').getByRole('group', { name: 'Rows' });
  expect(await rows.evaluate(({ clientWidth, scrollWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const stage of ['Evaluate', 'Playground', 'Runs', 'Export']) {
    await studio.goTo(stage);
    await expectNothingCut(page, `${stage}, a classifier`, own);
  }
  await studio.goTo('Tune');

  // Opens a mistake by its cell and relabels it after the run was trained.
  await pane(page)
    .getByRole('tab', { name: /Mistakes/ })
    .click();
  const first = pane(page).getByRole('listitem').first();
  await expect(first).toContainText(/the model says (Hours|Loans)/);
  const wanted = /Labeled (Hours|Loans)/.exec(await first.innerText())![1]!;
  const other = wanted === 'Hours' ? 'Loans' : 'Hours';
  // Explanation of the mistake, in Playground.
  await first.getByRole('button', { name: /^Why/ }).click();
  await expect(page.getByRole('heading', { name: 'Why this label' })).toBeVisible({ timeout: 60_000 });
  await page.goBack();
  await pane(page).getByRole('tab', { name: 'Confusion matrix' }).click();
  await matrix(page)
    .getByRole('button', { name: new RegExp(`^actual ${wanted}, predicted ${other}: [1-9]`) })
    .click();
  const mistake = pane(page).getByRole('listitem').first();
  const relabel = async (): Promise<void> => {
    await mistake.getByRole('button', { name: /^Change label/ }).click();
    await page.getByRole('menu').getByText(other, { exact: true }).click();
    await expect(mistake).toContainText(`Relabeled to ${other} after this run trained`);
  };
  await relabel();
  // While the toast is visible: axe takes longer than that on a slow machine.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(mistake).not.toContainText('after this run trained');
  await relabel();
  await expectAccessible(page, 'Classify, relabeled');

  // Labels texts by keyboard, and undoes one label.
  await pane(page)
    .getByRole('tab', { name: /Unlabeled/ })
    .click();
  await pane(page).getByRole('button', { name: 'Start labeling' }).click();
  await expect(pane(page)).toContainText('0 of 6');
  await page.keyboard.press('1');
  await expect(pane(page)).toContainText('1 of 6');
  await page.keyboard.press('u');
  await expect(pane(page)).toContainText('0 of 6');
  await expectAccessible(page, 'Classify, labelling');

  // Classifies a pasted text: confidence in each label, and the words that changed the answer.
  const answer = await askOf(page);
  expect(DESKS.map((desk) => `It is ${desk}`)).toContain(answer);
  await expect(page.getByRole('group', { name: /Words that changed the answer/ })).toContainText('open on Sunday', {
    timeout: 60_000,
  });
  await expectAccessible(page, 'Classify, asked');
  await studio.goTo('Playground');
  const table = { name: 'desk.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) };
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Classify file…' }).click();
  await (await chooser).setFiles(table);
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Classify' }).click();
  expect((await download).suggestedFilename()).toBe('desk-labels.csv');
  await inItsEncoding(page);

  // Exports the classifier and imports it into a fresh browser, with its labels.
  const zip = info.outputPath('classifier.zip');
  await studio.takeFolder(zip);
  await studio.bringAnew(zip, 'WASM');
  await studio.goTo('Tune');
  await expect(studio.tuningKinds.getByRole('link', { name: 'Classify' })).toHaveAttribute('aria-current', 'page');
  await expect(pane(page)).toContainText('Imported with its metrics, without its texts');
  await expect(page.getByRole('slider', { name: 'Confidence threshold' })).toBeVisible();
  expect(await askOf(page)).toBe(answer);
  expect(studio.errors).toEqual([]);
});

test('a word that leaks a label is reported below the labels, by the doctor of Model, and next to the accuracy', async ({
  page,
}) => {
  const studio = await opened(page);
  const rows = Array.from({ length: 80 }, (_, i) => `Line ${i * 7} ${i % 2 === 0 ? 'xqz' : ''},${DESKS[i % 2]!}`);
  await page.getByRole('button', { name: 'Paste…' }).click();
  await page.getByRole('textbox', { name: 'Table' }).fill(['text,label', ...rows].join('\n'));
  await page.getByRole('dialog').getByRole('button', { name: 'Add texts' }).click();
  await page.getByRole('button', { name: 'Add labeled texts' }).click();
  const words = 'The word “xqz” gives “Hours” away: it is in 40 of 40 (100 %) of its texts, and in 0 of 40 (0 %)';
  const warning = page.getByText('The accuracy may come from one word');
  await expect(warning).toBeVisible();
  await expect(page.getByRole('main')).toContainText(`${words} of the others. A classifier may learn that word`);
  await studio.goTo('Model');
  await expect(page.getByText('1 word gives the label “Hours” away')).toBeVisible();
  await expect(page.getByRole('main')).toContainText(words);
  await expectAccessible(page, 'Model, a word that gives a label away');
  await page.getByRole('button', { name: 'Open texts' }).click();
  await expect(studio.tuningKinds.getByRole('link', { name: 'Classify' })).toHaveAttribute('aria-current', 'page');
  await setPasses(studio, 6);
  await page.getByRole('button', { name: /^Train the classifier/ }).click();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await expect(warning).toBeVisible();
  // One press in the rail opens an evaluation; its first line is the result.
  await studio.goTo('Evaluate');
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(/^\d+ of 16 texts right \(/);
  await expect(warning).toBeVisible();
  await expectAccessible(page, 'Evaluate, a word that gives a label away');
  expect(studio.errors).toEqual([]);
});
