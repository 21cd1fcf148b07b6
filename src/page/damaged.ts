/** Errors of a page whose file has changed since the export. */
import { badFile, type HomegrownError } from '../core/base/errors';
import type { PageModel } from '../core/export/formats/html/write';

export const damaged = (what: string): HomegrownError =>
  badFile(`This page is damaged: ${what}.`, 'Copy or download the file again. The original model is safe.');

/** @throws HomegrownError `bad-file` */
export function parseModel(json: string): PageModel {
  try {
    return JSON.parse(json) as PageModel;
  } catch {
    throw damaged('its model description can’t be read');
  }
}
