/** What a page says when its file is no longer what was written. */
import { badFile, type HomegrownError } from '../core/base/errors';
import type { PageModel } from '../core/export/html';

export const damaged = (what: string): HomegrownError =>
  badFile(
    `This page is damaged: ${what}.`,
    'Copy or download the file again. The model that it was written from is untouched.',
  );

/** @throws HomegrownError `bad-file` */
export function parseModel(json: string): PageModel {
  try {
    return JSON.parse(json) as PageModel;
  } catch {
    throw damaged('the description of its model cannot be read');
  }
}
