import { template as read } from '../../../scripts/templates';
import { once } from '../once';

/** The text of a template; those that are built are built once per process. */
export const template = (path: string): Promise<string> => once(`template ${path}`, () => read(path));
