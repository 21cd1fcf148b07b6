/** Table of labeled texts, and the studio on Classify. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

const OF = {
  Hours: ['Are you open on Sunday?', 'When does the room close?'],
  Loans: ['May I borrow the log?', 'Renew my three books'],
};
export const DESKS = Object.keys(OF) as (keyof typeof OF)[];
/** Rows: every twentieth text has a wrong label; the last six have none. */
const ROWS = Array.from({ length: 126 }, (_, i) => {
  const [own, other] = [DESKS[i % 2]!, DESKS[(i + 1) % 2]!];
  const label = i >= 120 ? '' : i % 20 === 7 ? other : own;
  return `R-${i},"${OF[own][Math.floor(i / 2) % 2]!} No. ${i}",${label}`;
});
export const TABLE = ['id,body,desk', ...ROWS].join('\n');

export const pane = (page: Page) => page.getByRole('region', { name: 'Evaluation' });
export const matrix = (page: Page) => page.getByRole('group', { name: 'Confusion matrix' });

/** Opens Classify on WASM, with settings that train in seconds. */
export async function opened(page: Page): Promise<Studio> {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Width: 32, Context: 64 });
  await studio.goTo('Tune');
  await studio.tuningKinds.getByRole('link', { name: 'Classify' }).focus();
  await page.keyboard.press('Enter');
  await expect(studio.tuningKinds.getByRole('link', { name: 'Classify' })).toHaveAttribute('aria-current', 'page');
  return studio;
}

/** Adds the table by keyboard alone. */
export async function addTable(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Paste…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Table' }).fill(TABLE);
  await page.getByRole('dialog').getByRole('button', { name: 'Add texts' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /What is in each column of/ });
  // The column with few distinct values is guessed as the label.
  await expect(dialog.getByRole('button', { name: /desk/ })).toContainText('Label');
  await expectAccessible(page, 'Which columns hold what');
  await dialog.getByRole('button', { name: 'Add labeled texts' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
}

/** Sets epochs and a learning rate with which the classifier fits its texts. */
export async function setPasses(studio: Studio, passes: number): Promise<void> {
  await studio.set({ Epochs: passes });
  await studio.page.getByText('Advanced', { exact: true }).click();
  await studio.set({ Batch: 8, 'Learning rate': 0.01 });
}
